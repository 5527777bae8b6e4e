package predict

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// The fields of the records that tests make: what tells, what is noise, and what is
// known only afterwards.
var testFields = []Field{
	{"industry", Category},
	{"amount", Number},
	{"color", Category},
	{"size", Number},
	{"reason", Category},    // filled in where a record was lost
	{"probability", Number}, // 0 or 100 once decided
	{"next_step", Category}, // empty once decided
	{"name", Category},      // of the record alone
	{"currency", Category},  // the same everywhere
	{"paid", Category},      // says nothing by being filled, and is only filled once decided
}

const (
	industryField = iota
	amountField
	colorField
	sizeField
	reasonField
	probabilityField
	nextStepField
	nameField
	currencyField
	paidField
)

func level(s string) Cell   { return Cell{State: Given, Level: s} }
func number(x float64) Cell { return Cell{State: Given, Number: x} }

// makeRecords returns records whose outcome hangs on industry and amount as strongly
// as signal says, with ids in random order.
func makeRecords(r *rand.Rand, n int, open bool, signal float64) []Record {
	effects := map[string]float64{"medical": 1, "energy": 0, "food": -1}
	records := make([]Record, n)
	for i := range records {
		industry := []string{"medical", "energy", "food"}[r.IntN(3)]
		amount := math.Exp(8 + 1.5*r.NormFloat64())
		z := 0.3 + signal*(effects[industry]-0.5*(math.Log(amount)-8))
		won := r.Float64() < 1/(1+math.Exp(-z))
		cells := []Cell{
			level(industry),
			number(amount),
			level([]string{"red", "green", "blue"}[r.IntN(3)]),
			number(r.Float64() * 100),
			{},
			{},
			{},
			level(fmt.Sprint("deal ", r.Uint64())),
			level("USD"),
			{},
		}
		switch {
		case open:
			cells[probabilityField] = number(float64(10 + 20*r.IntN(4)))
			cells[nextStepField] = level([]string{"call", "write"}[r.IntN(2)])
		case won:
			cells[probabilityField] = number(100)
		default:
			cells[probabilityField], cells[reasonField] = number(0), level("price")
		}
		if !open && r.IntN(2) == 0 {
			cells[paidField] = level("yes")
		}
		if r.IntN(10) == 0 {
			cells[industryField] = Cell{State: Hidden}
		}
		records[i] = Record{ID: fmt.Sprintf("%016x", r.Uint64()), Cells: cells, Won: won && !open}
	}
	return records
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }
