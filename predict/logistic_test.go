package predict

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// problemOf returns a problem over records with one or more of the fields.
func problemOf(records []Record, penalty float64, fields ...int) *problem {
	m := &Model{Used: fields}
	for _, f := range fields {
		m.Fields = append(m.Fields, testFields[f])
	}
	var narrowed []Record
	for _, r := range records {
		narrowed = append(narrowed, m.narrow(r))
	}
	p := newProblem(encode(m.Fields, narrowed), narrowed)
	p.penalty = penalty
	return p
}

func (p *problem) solve(t testing.TB) []float64 {
	t.Helper()
	weights, _, err := p.minimise(context.Background(), make([]float64, len(p.columns)+1))
	if err != nil {
		t.Fatal(err)
	}
	return weights
}

// apart is the greatest difference between two lists of weights.
func apart(a, b []float64) float64 {
	most := 0.0
	for i := range a {
		most = max(most, math.Abs(a[i]-b[i]))
	}
	return most
}

// The fit is what another computation gives: Newton's method written out over plain
// slices, with the linear equations solved by Gauss and Jordan.
func TestFitIsThatOfAnIndependentComputation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := source(rapid.Uint64().Draw(t, "seed"))
		records := makeRecords(r, rapid.IntRange(20, 200).Draw(t, "records"), false, 1)
		records[0].Won, records[1].Won = true, false
		penalty := rapid.Float64Range(0.5, 100).Draw(t, "penalty")
		p := problemOf(records, penalty, industryField, amountField, colorField)
		weights, _, err := p.minimise(context.Background(), make([]float64, len(p.columns)+1))
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(weights, plainNewton(p)); d > 1e-6 {
			t.Fatalf("the weights are %g apart", d)
		}
	})
}

func plainNewton(p *problem) []float64 {
	n, k := len(p.y), len(p.columns)+1
	w := make([]float64, k)
	for range 200 {
		gradient, hessian := make([]float64, k), make([][]float64, k)
		for a := range k {
			hessian[a] = make([]float64, k+1)
			if a > 0 {
				gradient[a], hessian[a][a] = p.penalty*w[a], p.penalty
			}
		}
		for i := range n {
			z := 0.0
			for a := range k {
				z += p.x.At(i, a) * w[a]
			}
			chance := 1 / (1 + math.Exp(-z))
			for a := range k {
				gradient[a] += p.x.At(i, a) * (chance - p.y[i])
				for b := range k {
					hessian[a][b] += p.x.At(i, a) * p.x.At(i, b) * chance * (1 - chance)
				}
			}
		}
		for a := range k {
			hessian[a][k] = gradient[a]
		}
		for a, step := range gaussJordan(hessian) {
			w[a] -= step / 2 // half a step at a time always gets there
		}
	}
	return w
}

// gaussJordan solves equations given as rows of coefficients with the right side.
func gaussJordan(rows [][]float64) []float64 {
	k := len(rows)
	for a := range k {
		best := a
		for b := a + 1; b < k; b++ {
			if math.Abs(rows[b][a]) > math.Abs(rows[best][a]) {
				best = b
			}
		}
		rows[a], rows[best] = rows[best], rows[a]
		for b := range k {
			if b == a {
				continue
			}
			factor := rows[b][a] / rows[a][a]
			for c := a; c <= k; c++ {
				rows[b][c] -= factor * rows[a][c]
			}
		}
	}
	solution := make([]float64, k)
	for a := range k {
		solution[a] = rows[a][k] / rows[a][a]
	}
	return solution
}

// With one field of two levels and next to no penalty, the chances are the shares of
// wins, and the weights differ by the logarithm of the odds ratio.
func TestFitOfOneBinaryFieldIsTheOddsRatio(t *testing.T) {
	var records []Record
	add := func(n int, name string, won bool) {
		for range n {
			records = append(records, Record{Cells: []Cell{level(name)}, Won: won})
		}
	}
	add(30, "a", true)
	add(10, "a", false)
	add(12, "b", true)
	add(28, "b", false)
	p := newProblem(encode([]Field{{"x", Category}}, records), records)
	p.penalty = 1e-7
	w := p.solve(t)
	if got, want := w[1]-w[2], math.Log(30.0/10*28/12); math.Abs(got-want) > 1e-5 {
		t.Errorf("log odds ratio %v, want %v", got, want)
	}
	if got := logistic(w[0] + w[1]); math.Abs(got-0.75) > 1e-5 {
		t.Errorf("the chance of level a is %v, want 0.75", got)
	}
}

// The first weight is free, so the chances add up to the wins.
func TestChancesAddUpToTheWins(t *testing.T) {
	records := makeRecords(source(1), 300, false, 1)
	p := problemOf(records, 20, industryField, amountField)
	w := p.solve(t)
	sum := 0.0
	for i := range p.y {
		z := w[0]
		for j, v := range p.x.RawRowView(i)[1:] {
			z += v * w[j+1]
		}
		sum += logistic(z)
	}
	if math.Abs(sum-float64(wins(records))) > 1e-4 {
		t.Errorf("the chances add up to %v, and %d were won", sum, wins(records))
	}
}

// A stronger penalty makes smaller weights, down to none.
func TestPenaltyShrinksTheWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := makeRecords(source(rapid.Uint64().Draw(t, "seed")), 120, false, 1)
		before := math.Inf(1)
		for _, penalty := range []float64{0.1, 1, 10, 100, 1e9} {
			p := problemOf(records, penalty, industryField, amountField)
			weights, _, err := p.minimise(context.Background(), make([]float64, len(p.columns)+1))
			if err != nil {
				t.Fatal(err)
			}
			norm := 0.0
			for _, w := range weights[1:] {
				norm += w * w
			}
			if norm > before+1e-9 {
				t.Fatalf("penalty %v: the weights grow from %v to %v", penalty, before, norm)
			}
			before = norm
		}
		if before > 1e-6 {
			t.Fatalf("an overwhelming penalty leaves %v", before)
		}
	})
}

// A record that comes k times weighs like k records: so the penalty does k times.
func TestCopiesWeighLikeRecords(t *testing.T) {
	records := makeRecords(source(2), 80, false, 1)
	var copies []Record
	for range 3 {
		copies = append(copies, records...)
	}
	// The rare levels are rare by count, so none must be.
	once, thrice := problemOf(records, 2, amountField), problemOf(copies, 6, amountField)
	if d := apart(once.solve(t), thrice.solve(t)); d > 1e-6 {
		t.Errorf("the weights are %g apart", d)
	}
}

// A field that parts the outcomes cleanly has a finite weight, and the more the
// weaker the penalty.
func TestCleanSeparationIsSettled(t *testing.T) {
	var records []Record
	for i := range 100 {
		won := i%2 == 0
		records = append(records, Record{Cells: []Cell{level(fmt.Sprint(won))}, Won: won})
	}
	for _, penalty := range penalties {
		p := newProblem(encode([]Field{{"x", Category}}, records), records)
		p.penalty = penalty
		for _, w := range p.solve(t) {
			if math.IsNaN(w) || math.Abs(w) > 20 {
				t.Errorf("penalty %v: weight %v", penalty, w)
			}
		}
	}
}

// The evidence is the logarithm of the integral of likelihood times prior: with one
// weight it can be summed up directly.
func TestEvidenceIsTheIntegral(t *testing.T) {
	r := source(3)
	var records []Record
	for range 60 {
		x := r.NormFloat64()
		records = append(records, Record{Cells: []Cell{number(math.Exp(x + 5))}, Won: r.Float64() < logistic(x)})
	}
	differences := map[string]float64{}
	for _, penalty := range []float64{1, 64} {
		p := newProblem(encode([]Field{{"x", Number}}, records), records)
		p.penalty = penalty
		_, evidence, err := p.minimise(t.Context(), []float64{0, 0})
		if err != nil {
			t.Fatal(err)
		}
		differences["laplace"] += sign(penalty) * evidence
		differences["summed"] += sign(penalty) * summedEvidence(p)
	}
	if d := math.Abs(differences["laplace"] - differences["summed"]); d > 0.05 {
		t.Errorf("between two penalties the evidence differs by %v, summed by %v", differences["laplace"], differences["summed"])
	}
}

func sign(penalty float64) float64 {
	if penalty > 1 {
		return -1
	}
	return 1
}

func summedEvidence(p *problem) float64 {
	sum := 0.0
	for a := -3.0; a <= 3; a += 0.02 {
		for b := -4.0; b <= 4; b += 0.02 {
			sum += math.Sqrt(p.penalty) * math.Exp(30-p.loss(mat.NewVecDense(2, []float64{a, b})))
		}
	}
	return math.Log(sum)
}

func TestFitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := source(4)
	_, err := Fit(ctx, testFields, makeRecords(r, 200, false, 1), makeRecords(r, 20, true, 1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the fit went on: %v", err)
	}
}

// shuffled returns the records in another order, with some of them twice.
func shuffled(r *rand.Rand, records []Record) []Record {
	out := append(append([]Record(nil), records...), records[:len(records)/3]...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// The greatest problem that is solved.
func BenchmarkFit(b *testing.B) {
	r := source(5)
	fields := make([]Field, 20)
	for i := range fields {
		fields[i] = Field{fmt.Sprint(i), Category}
	}
	several := func(n int, open bool) []Record {
		records := makeRecords(r, n, open, 1)
		for i := range records {
			cells := make([]Cell, len(fields))
			for j := range cells {
				cells[j] = level(fmt.Sprint(r.IntN(5)))
			}
			if records[i].Won {
				cells[0] = level(fmt.Sprint(r.IntN(3)))
			}
			records[i].Cells = cells
		}
		return records
	}
	decided, open := several(4000, false), several(1000, true)
	for b.Loop() {
		if _, err := Fit(b.Context(), fields, decided, open); err != nil {
			b.Fatal(err)
		}
	}
}
