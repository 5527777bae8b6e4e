package predict

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
)

// folds is into how many parts the records are dealt for the check.
const folds = 5

// Check says how well outcomes are foretold that the fit has not seen: each record is
// scored by a model that was fitted without it and four fifths of the others (K-fold
// cross-validation; The Elements of Statistical Learning, 7.10). The base figures are
// those of saying the same chance for all, the share of wins among the other folds.
type Check struct {
	Folds   int
	Records int

	LogLoss, BaseLogLoss float64 // mean of −ln of the chance given to what came true; less is better
	Brier, BaseBrier     float64 // mean square of chance less outcome (Brier, 1950); less is better
	Gain, GainError      float64 // mean of what the model saves in log loss a record, and its standard error

	Calibration []Bin // by rising chance
}

// Bin is a fifth of the checked records: what they were given, and what came true.
type Bin struct {
	Records  int
	Chance   float64 // mean
	Observed float64 // share of wins
}

// Improvement is the part of the base log loss that the model saves; negative where
// it does worse.
func (c *Check) Improvement() float64 { return 1 - c.LogLoss/c.BaseLogLoss }

// What a model has to save to be better than the base rate: a noticeable part, and
// more than two standard errors, which chance alone does in about one of forty cases.
const (
	leastImprovement = 0.01
	leastErrors      = 2
)

// better reports whether the fields tell more than the base rate.
func (c *Check) better() bool {
	return c.Improvement() >= leastImprovement && c.Gain > leastErrors*c.GainError
}

// scored is a record with what it was given unseen: the mean over all times.
type scored struct {
	won            bool
	chance         float64
	loss, baseLoss float64 // logarithmic
	brier, base    float64 // Brier's
}

// check cross-validates, several times over where the records are few: how they happen
// to be dealt would tell too much else.
func check(ctx context.Context, fields []Field, records []Record) (*Check, error) {
	all := make([]scored, len(records))
	times := 1
	if len(records) <= fewRecords {
		times = manyTimes
	}
	for t := range times {
		fold := deal(records, byte(t))
		for k := range folds {
			if err := checkFold(ctx, fields, records, func(i int) bool { return fold[i] == k }, all, float64(times)); err != nil {
				return nil, err
			}
		}
	}
	return measure(all), nil
}

// The records up to which the check is made several times, and how many times.
const (
	fewRecords = 1200
	manyTimes  = 3
)

// checkFold scores the records that are held out by a model of the others.
func checkFold(ctx context.Context, fields []Field, records []Record, held func(i int) bool, all []scored, times float64) error {
	var train []Record
	for i, r := range records {
		if !held(i) {
			train = append(train, r)
		}
	}
	f, err := fit(ctx, fields, train)
	if err != nil {
		return err
	}
	base := float64(wins(train)) / float64(len(train))
	for i, r := range records {
		if held(i) {
			all[i].won = r.Won
			all[i].add(logistic(f.logOdds(r.Cells)), base, times)
		}
	}
	return nil
}

func (s *scored) add(chance, base, times float64) {
	s.chance += chance / times
	s.loss += logLoss(s.won, chance) / times
	s.baseLoss += logLoss(s.won, base) / times
	s.brier += brier(s.won, chance) / times
	s.base += brier(s.won, base) / times
}

// deal deals the records to the folds, wins and losses apart, so that each fold has
// its share. The order is that of a hash of their ids, another one each time.
func deal(records []Record, time byte) []int {
	order, keys := make([]int, len(records)), make([]uint64, len(records))
	for i, r := range records {
		h := fnv.New64a()
		_, _ = h.Write(append([]byte(r.ID), time)) // a hash never fails
		order[i], keys[i] = i, h.Sum64()
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	next, fold := map[bool]int{}, make([]int, len(records))
	for _, i := range order {
		fold[i] = next[records[i].Won] % folds
		next[records[i].Won]++
	}
	return fold
}

func measure(all []scored) *Check {
	c := &Check{Folds: folds, Records: len(all)}
	n := float64(len(all))
	for _, s := range all {
		c.LogLoss += s.loss / n
		c.BaseLogLoss += s.baseLoss / n
		c.Brier += s.brier / n
		c.BaseBrier += s.base / n
	}
	c.Gain = c.BaseLogLoss - c.LogLoss
	squares := 0.0
	for _, s := range all {
		d := s.baseLoss - s.loss - c.Gain
		squares += d * d
	}
	c.GainError = math.Sqrt(squares / (n - 1) / n)
	c.Calibration = calibrate(all)
	return c
}

func logLoss(won bool, chance float64) float64 {
	if won {
		return -math.Log(chance)
	}
	return -math.Log1p(-chance)
}

func brier(won bool, chance float64) float64 {
	if won {
		chance = 1 - chance
	}
	return chance * chance
}

// calibrate puts the records into bins of as many, by rising chance.
func calibrate(all []scored) []Bin {
	const bins = 5
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b scored) int { return cmp.Compare(a.chance, b.chance) })
	var out []Bin
	for b := range bins {
		part := sorted[len(sorted)*b/bins : len(sorted)*(b+1)/bins]
		if len(part) == 0 {
			continue
		}
		bin := Bin{Records: len(part)}
		for _, s := range part {
			bin.Chance += s.chance / float64(len(part))
			if s.won {
				bin.Observed += 1 / float64(len(part))
			}
		}
		out = append(out, bin)
	}
	return out
}
