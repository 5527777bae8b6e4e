package predict

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// penalties are the strengths among which the evidence chooses, strongest first. A
// penalty of λ says beforehand that a weight is likely within ±1/√λ: from a sixteenth
// to the whole of a natural logarithm of the odds.
var penalties = []float64{256, 64, 16, 4, 1}

// fitted is a logistic regression: the log odds of an outcome are weights[0] and the
// columns of a record, each times its weight.
type fitted struct {
	*encoding
	weights []float64
	means   []float64 // of each column over the records that it was fitted on
	penalty float64
}

// fit fits the weights to the records, with the penalty for which the records are
// most likely: the greatest evidence, by Laplace's approximation (MacKay, The
// evidence framework applied to classification networks, Neural Computation 4, 1992;
// Bishop, Pattern Recognition and Machine Learning, 4.4).
func fit(ctx context.Context, fields []Field, records []Record) (*fitted, error) {
	p := newProblem(encode(fields, records), records)
	best := &fitted{encoding: p.encoding, means: p.means()}
	start, greatest := make([]float64, len(p.columns)+1), math.Inf(-1)
	for _, penalty := range penalties {
		p.penalty = penalty
		weights, evidence, err := p.minimise(ctx, start)
		if err != nil {
			return nil, err
		}
		if evidence > greatest {
			best.weights, best.penalty, greatest = weights, penalty, evidence
		}
		start = weights
	}
	return best, nil
}

// logOdds of a record.
func (f *fitted) logOdds(cells []Cell) float64 {
	z := f.weights[0]
	for j := range f.columns {
		z += f.weights[j+1] * f.value(&f.columns[j], cells[f.columns[j].field])
	}
	return z
}

// problem is what is minimised: the negative log-likelihood of the outcomes, and
// half the penalty times the square of each weight but the first (le Cessie and van
// Houwelingen, Ridge estimators in logistic regression, Applied Statistics 41, 1992).
type problem struct {
	*encoding
	x       *mat.Dense // a row a record; the first column is 1
	y       []float64  // 1 or 0
	penalty float64
}

func newProblem(e *encoding, records []Record) *problem {
	p := &problem{encoding: e, x: mat.NewDense(len(records), len(e.columns)+1, nil), y: make([]float64, len(records))}
	for i, r := range records {
		row := p.x.RawRowView(i)
		row[0] = 1
		for j := range e.columns {
			row[j+1] = e.value(&e.columns[j], r.Cells[e.columns[j].field])
		}
		if r.Won {
			p.y[i] = 1
		}
	}
	return p
}

func (p *problem) means() []float64 {
	means := make([]float64, len(p.columns))
	for i := range p.y {
		for j, v := range p.x.RawRowView(i)[1:] {
			means[j] += v / float64(len(p.y))
		}
	}
	return means
}

// loss is what is minimised, at the weights.
func (p *problem) loss(w *mat.VecDense) float64 {
	var z mat.VecDense
	z.MulVec(p.x, w)
	sum := 0.0
	for i, y := range p.y {
		sum += softplus(z.AtVec(i)) - y*z.AtVec(i)
	}
	for j := 1; j < w.Len(); j++ {
		sum += p.penalty / 2 * w.AtVec(j) * w.AtVec(j)
	}
	return sum
}

// derivatives returns the gradient and the Hessian matrix of the loss: Xᵀ(p−y)+λw
// and XᵀWX+λ, with W = p(1−p) (Hastie, Tibshirani, Friedman, The Elements of
// Statistical Learning, 4.4.1).
func (p *problem) derivatives(w *mat.VecDense) (*mat.VecDense, *mat.SymDense) {
	var z mat.VecDense
	z.MulVec(p.x, w)
	rows, columns := p.x.Dims()
	residual, weighted := mat.NewVecDense(rows, nil), mat.NewDense(columns, rows, nil)
	for i, y := range p.y {
		chance := logistic(z.AtVec(i))
		residual.SetVec(i, chance-y)
		root := math.Sqrt(chance * (1 - chance))
		for j, v := range p.x.RawRowView(i) {
			weighted.Set(j, i, root*v)
		}
	}
	gradient, hessian := mat.NewVecDense(columns, nil), mat.NewSymDense(columns, nil)
	gradient.MulVec(p.x.T(), residual)
	hessian.SymOuterK(1, weighted)
	for j := 1; j < columns; j++ {
		gradient.SetVec(j, gradient.AtVec(j)+p.penalty*w.AtVec(j))
		hessian.SetSym(j, j, hessian.At(j, j)+p.penalty)
	}
	return gradient, hessian
}

// The end of the search: where half the decrement, which is what another step would
// gain, is nothing beside a single record's loss.
const (
	maxSteps  = 60
	leastGain = 1e-10
)

var errDiverged = errors.New("predict: the fit did not settle")

// minimise is Newton's method with a backtracking line search (Boyd and Vandenberghe,
// Convex Optimization, algorithm 9.5). The loss is strictly convex, so there is one
// minimum, also where a field parts the outcomes cleanly. Evidence is the logarithm
// of how likely the records are with such a penalty, but for what is the same for
// all penalties.
func (p *problem) minimise(ctx context.Context, start []float64) (weights []float64, evidence float64, err error) {
	w := mat.NewVecDense(len(start), append([]float64(nil), start...))
	loss := p.loss(w)
	for range maxSteps {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		gradient, hessian := p.derivatives(w)
		var curvature mat.Cholesky
		if !curvature.Factorize(hessian) {
			return nil, 0, errDiverged
		}
		var step mat.VecDense
		if err := curvature.SolveVecTo(&step, gradient); err != nil {
			return nil, 0, errDiverged
		}
		decrement := mat.Dot(gradient, &step)
		if decrement < leastGain {
			w.SubVec(w, &step) // which squares what is left of the error
			free := float64(len(p.columns))
			return w.RawVector().Data, free/2*math.Log(p.penalty) - loss - curvature.LogDet()/2, nil
		}
		loss = p.descend(w, &step, decrement, loss)
	}
	return nil, 0, errDiverged
}

// descend goes down the step as far as it leads down, and returns the loss there.
func (p *problem) descend(w, step *mat.VecDense, decrement, loss float64) float64 {
	const enough, shortest = 1e-4, 1e-9
	var next mat.VecDense
	for t := 1.0; ; t /= 2 {
		next.AddScaledVec(w, -t, step)
		if l := p.loss(&next); l <= loss-enough*t*decrement || t < shortest {
			w.CopyVec(&next)
			return l
		}
	}
}

// logistic is the chance of log odds.
func logistic(z float64) float64 {
	if z < 0 { // so that the exponential does not overflow
		e := math.Exp(z)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}

// softplus is ln(1 + eᶻ).
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
