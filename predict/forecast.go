package predict

import (
	"errors"
	"math"
	"math/big"
)

// Million is how many millionths a whole has: chances are reckoned with as they are
// shown, in six places, so that a forecast can be added up again.
const Million = 1_000_000

// Millionths rounds a chance to six places.
func Millionths(chance float64) int64 { return int64(math.Round(chance * Million)) }

// Bet is one open record: it brings the amount with the chance, or nothing.
type Bet struct {
	Chance int64 // in millionths
	Amount int64 // in minor units; may be negative
}

// Coverage is the part of all that may come of a pipeline which an interval covers:
// one in ten times it comes to less, and one in ten times to more.
const Coverage = 0.8

// Outlook is what a pipeline will come to, if its records end independently of one
// another with the chances given. That the chances themselves are estimates is not in
// the intervals.
type Outlook struct {
	Records int

	Wins            int64 // expected, in millionths
	WinsLow, WinsUp int   // interval

	Pipeline int64 // sum of the amounts
	Expected int64 // sum of chance times amount, exact and rounded half to even at the end
	Low, Up  int64 // interval, from sums of amounts rounded to Step
	Step     int64 // 1: nothing was rounded
}

var errTooLarge = errors.New("predict: the sum of the amounts is too large")

// largest bounds amounts and their sums, so that nothing leaves an int64 on the way.
const largest = math.MaxInt64 / 4

// Forecast adds bets up. The error is nil unless the amounts are too large for it.
func Forecast(bets []Bet) (*Outlook, error) {
	o := &Outlook{Records: len(bets)}
	expected := new(big.Int)
	var most, least int64 // that the bets may come to
	for _, b := range bets {
		if b.Amount > largest || b.Amount < -largest {
			return nil, errTooLarge
		}
		most, least = most+max(b.Amount, 0), least+min(b.Amount, 0)
		if most > largest || least < -largest {
			return nil, errTooLarge
		}
		o.Wins += b.Chance
		expected.Add(expected, new(big.Int).Mul(big.NewInt(b.Amount), big.NewInt(b.Chance)))
	}
	o.Pipeline, o.Expected = most+least, halfEven(expected, Million)
	o.WinsLow, o.WinsUp = winsWithin(bets)
	o.Step = max(1, (most-least+gridCells-1)/gridCells)
	low, up := amountWithin(bets, o.Step)
	o.Low, o.Up = min(max(low, least), most), min(max(up, least), most)
	return o, nil
}

// halfEven divides, and rounds a half to the even neighbour.
func halfEven(n *big.Int, by int64) int64 {
	divisor := big.NewInt(by)
	q, r := new(big.Int).DivMod(n, divisor, new(big.Int)) // 0 ≤ r < by
	switch twice := r.Lsh(r, 1); twice.Cmp(divisor) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, big.NewInt(int64(q.Bit(0))))
	}
	return q.Int64()
}

// winsWithin returns the interval of the number of wins. Its distribution is the
// Poisson binomial, found exactly by convolving one record after the other (Hong, On
// computing the distribution function for the Poisson binomial distribution,
// Computational Statistics & Data Analysis 59, 2013, section 2.1).
func winsWithin(bets []Bet) (low, up int) {
	steps := make([]int, len(bets))
	for i := range steps {
		steps[i] = 1
	}
	return convolve(bets, steps)
}

// gridCells is into how many steps the sum of all amounts is cut for their interval.
const gridCells = 4096

// amountWithin returns the interval of the sum of the amounts of the bets that are
// won, by the same convolution over amounts in whole steps. A normal approximation
// would be wrong where a few large deals decide.
func amountWithin(bets []Bet, step int64) (low, up int64) {
	steps := make([]int, len(bets))
	for i, b := range bets {
		steps[i] = int(math.Round(float64(b.Amount) / float64(step)))
	}
	l, u := convolve(bets, steps)
	return int64(l) * step, int64(u) * step
}

// convolve returns between which sums of steps the coverage lies.
func convolve(bets []Bet, steps []int) (low, up int) {
	least, size := 0, 1
	for _, s := range steps {
		least += min(s, 0)
		size += max(s, -s)
	}
	chances := make([]float64, size) // of the sum least + i
	chances[-least] = 1
	for b, s := range steps {
		chances = shift(chances, s, float64(bets[b].Chance)/Million)
	}
	below := 0.0
	low, up = least, least+size-1
	found := false
	for i, p := range chances {
		below += p
		if !found && below >= (1-Coverage)/2 {
			low, found = least+i, true
		}
		if below >= (1+Coverage)/2 {
			return low, least + i
		}
	}
	return low, up
}

// shift adds one bet: with its chance, every sum moves by its steps.
func shift(chances []float64, steps int, chance float64) []float64 {
	next := make([]float64, len(chances))
	for i, p := range chances {
		if p == 0 {
			continue
		}
		next[i] += p * (1 - chance)
		next[i+steps] += p * chance
	}
	return next
}
