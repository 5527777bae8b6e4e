package predict

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawBets(t *rapid.T, most int, negative bool) []Bet {
	least := int64(0)
	if negative {
		least = -500
	}
	n := rapid.IntRange(0, most).Draw(t, "n")
	bets := make([]Bet, n)
	for i := range bets {
		bets[i] = Bet{rapid.Int64Range(1, Million-1).Draw(t, "chance"), rapid.Int64Range(least, 500).Draw(t, "amount")}
	}
	return bets
}

// outcome is one way that all bets can end.
type outcome struct {
	chance float64
	wins   int
	amount int64
}

// everyOutcome lists all ways in which bets can end.
func everyOutcome(bets []Bet) []outcome {
	all := []outcome{{chance: 1}}
	for _, b := range bets {
		p := float64(b.Chance) / Million
		var next []outcome
		for _, o := range all {
			next = append(next, outcome{o.chance * (1 - p), o.wins, o.amount}, outcome{o.chance * p, o.wins + 1, o.amount + b.Amount})
		}
		all = next
	}
	return all
}

// covers checks an interval against all outcomes: less than a tenth lies below it,
// less than a tenth above, and neither end could be drawn in.
func covers(t *rapid.T, all []outcome, of func(outcome) int64, low, up int64) {
	below := func(x int64) (p float64) {
		for _, o := range all {
			if of(o) <= x {
				p += o.chance
			}
		}
		return p
	}
	const slack = 1e-9
	if below(low-1) >= 0.1+slack || below(low) < 0.1-slack {
		t.Fatalf("at or below the lower end %d lies %v, below it %v", low, below(low), below(low-1))
	}
	if below(up) < 0.9-slack || below(up-1) >= 0.9+slack {
		t.Fatalf("at or below the upper end %d lies %v, below it %v", up, below(up), below(up-1))
	}
}

// The forecast is what adding up every way that all can end gives.
func TestForecastIsTheSumOfAllOutcomes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bets := drawBets(t, 9, true)
		o, err := Forecast(bets)
		if err != nil {
			t.Fatal(err)
		}
		all := everyOutcome(bets)
		covers(t, all, func(o outcome) int64 { return int64(o.wins) }, int64(o.WinsLow), int64(o.WinsUp))
		if o.Step != 1 && len(bets) > 0 {
			t.Skip("amounts were rounded")
		}
		covers(t, all, func(o outcome) int64 { return o.amount }, o.Low, o.Up)
	})
}

// Expected sums are exact: a rational number, rounded once, half to even.
func TestExpectedAmountIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bets := drawBets(t, 40, true)
		for i := range bets {
			bets[i].Amount *= rapid.Int64Range(1, 1e12).Draw(t, "times")
		}
		o, err := Forecast(bets)
		if err != nil {
			t.Fatal(err)
		}
		exact, pipeline := new(big.Rat), int64(0)
		for _, b := range bets {
			exact.Add(exact, big.NewRat(b.Amount, 1).Mul(big.NewRat(b.Amount, 1), big.NewRat(b.Chance, Million)))
			pipeline += b.Amount
		}
		off := new(big.Rat).Sub(exact, big.NewRat(o.Expected, 1))
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 || pipeline != o.Pipeline {
			t.Fatalf("expected %d, exactly %s", o.Expected, exact.FloatString(3))
		}
	})
	for n, want := range map[int64]int64{500_000: 0, 1_500_000: 2, 2_500_000: 2, -500_000: 0, -1_500_000: -2, 500_001: 1, 499_999: 0} {
		if got := halfEven(big.NewInt(n), Million); got != want {
			t.Errorf("%d millionths are rounded to %d, want %d", n, got, want)
		}
	}
}

// Where amounts are rounded to steps, the ends are off by no more than half a step a
// bet.
func TestRoundedAmountsAreNearlyRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bets := drawBets(t, 8, true)
		for i := range bets {
			bets[i].Amount *= 1_000_003
		}
		o, err := Forecast(bets)
		if err != nil {
			t.Fatal(err)
		}
		room := o.Step * int64(len(bets)+1)
		all := everyOutcome(bets)
		at := func(q float64) int64 {
			sorted := slices.Clone(all)
			slices.SortFunc(sorted, func(a, b outcome) int { return int(a.amount - b.amount) })
			p := 0.0
			for _, o := range sorted {
				if p += o.chance; p >= q {
					return o.amount
				}
			}
			return sorted[len(sorted)-1].amount
		}
		if low := at(0.1 + 1e-9); o.Low > low+room {
			t.Fatalf("the lower end is %d, want %d", o.Low, low)
		}
		if up := at(0.9 - 1e-9); o.Up < up-room {
			t.Fatalf("the upper end is %d, want %d", o.Up, up)
		}
		if o.Low > o.Up {
			t.Fatalf("from %d to %d", o.Low, o.Up)
		}
	})
}

// One large deal is won or not: there is nothing in between.
func TestOneDealIsAllOrNothing(t *testing.T) {
	o, err := Forecast([]Bet{{600_000, 48_600_000}})
	if err != nil || o.Low != 0 || o.Up != 48_600_000 || o.Expected != 29_160_000 || o.WinsLow != 0 || o.WinsUp != 1 || o.Wins != 600_000 {
		t.Errorf("%+v (%v)", o, err)
	}
	if o, err := Forecast(nil); err != nil || *o != (Outlook{Step: 1}) {
		t.Errorf("nothing is %+v (%v)", o, err)
	}
	for _, amounts := range [][]int64{{math.MaxInt64}, {math.MinInt64}, {largest, largest}, {-largest, -1}} {
		var bets []Bet
		for _, a := range amounts {
			bets = append(bets, Bet{1, a})
		}
		if _, err := Forecast(bets); err == nil {
			t.Errorf("%v is added up", amounts)
		}
	}
}

// With many alike the Poisson binomial is the binomial, which is nearly normal.
func TestManyDealsAreNearlyNormal(t *testing.T) {
	bets := slices.Repeat([]Bet{{300_000, 100}}, 1000)
	o, err := Forecast(bets)
	if err != nil {
		t.Fatal(err)
	}
	deviation := 1.2816 * math.Sqrt(1000*0.3*0.7)
	if math.Abs(float64(o.WinsLow)-(300-deviation)) > 1.5 || math.Abs(float64(o.WinsUp)-(300+deviation)) > 1.5 {
		t.Errorf("from %d to %d, want 300 ± %.1f", o.WinsLow, o.WinsUp, deviation)
	}
}

// The largest forecast that is made.
func BenchmarkForecast(b *testing.B) {
	r := source(6)
	bets := make([]Bet, 2000)
	for i := range bets {
		bets[i] = Bet{1 + r.Int64N(Million-1), r.Int64N(1e9)}
	}
	for b.Loop() {
		if _, err := Forecast(bets); err != nil {
			b.Fatal(err)
		}
	}
}
