package predict

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustFit(t testing.TB, decided, open []Record) *Model {
	t.Helper()
	m, err := Fit(t.Context(), testFields, decided, open)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func declined(t testing.TB, err error) *Decline {
	t.Helper()
	var d *Decline
	if !errors.As(err, &d) {
		t.Fatalf("no decline but %v", err)
	}
	return d
}

// The same records give the same figures to the last bit, whatever their order and
// however often each comes.
func TestOrderAndCopiesChangeNothing(t *testing.T) {
	r := source(10)
	decided, open := makeRecords(r, 300, false, 1.5), makeRecords(r, 60, true, 1.5)
	first := mustFit(t, decided, open)
	for range 3 {
		again := mustFit(t, shuffled(r, decided), shuffled(r, open))
		if d := cmp.Diff(first.Weights(), again.Weights()); d != "" {
			t.Fatalf("the weights differ: %s", d)
		}
		if d := cmp.Diff(first.Check, again.Check); d != "" {
			t.Fatalf("the check differs: %s", d)
		}
		for _, o := range open {
			if d := cmp.Diff(first.Score(o), again.Score(o)); d != "" {
				t.Fatalf("a score differs: %s", d)
			}
		}
	}
}

// What an ended record alone has takes no part, and what tells does.
func TestWhatIsKnownAfterwardsIsLeftOut(t *testing.T) {
	for seed := range uint64(10) {
		r := source(seed)
		m := mustFit(t, makeRecords(r, 400, false, 1.5), makeRecords(r, 80, true, 1.5))
		got := map[int]string{}
		for _, l := range m.LeftOut {
			got[l.Field] = l.Reason
		}
		want := map[int]string{
			reasonField: Afterward, probabilityField: Telltale, nextStepField: Constant, nameField: Scattered, currencyField: Constant, paidField: Afterward,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("seed %d: left out (-want +got): %s", seed, d)
		}
	}
}

// A field is left out whose values have moved between decided and open records, and
// not for what chance does to a few.
func TestShiftIsMoreThanChance(t *testing.T) {
	flagged := 0
	for seed := range uint64(60) {
		r := source(100 + seed)
		decided, open := makeRecords(r, 200, false, 1), makeRecords(r, 12+r.IntN(30), true, 1)
		_, out := screen(testFields, decided, open)
		if slices.ContainsFunc(out, func(l LeftOut) bool { return l.Reason == Shifted }) {
			flagged++
		}
		for i := range open {
			open[i].Cells[sizeField] = number(1000)
		}
		_, out = screen(testFields, decided, open)
		if !slices.Contains(out, LeftOut{sizeField, Shifted}) {
			t.Errorf("seed %d: a field that has moved takes part", seed)
		}
	}
	if flagged > 3 {
		t.Errorf("%d of 60 times a field was left out that had not moved", flagged)
	}
}

func TestTooFewRecordsDecline(t *testing.T) {
	r := source(11)
	open := makeRecords(r, 30, true, 2)
	for _, n := range []int{0, 1, MinRecords - 1} {
		_, err := Fit(t.Context(), testFields, makeRecords(r, n, false, 2), open)
		if d := declined(t, err); d.Reason != TooFew || d.Records != n {
			t.Errorf("%d records: %+v", n, d)
		}
	}
	decided := makeRecords(r, 300, false, 2)
	lost := 0
	for i := range decided {
		if !decided[i].Won {
			lost++
			decided[i].Won = lost >= MinEach
		}
	}
	_, err := Fit(t.Context(), testFields, decided, open)
	if d := declined(t, err); d.Reason != OneSided || d.Records-d.Won != MinEach-1 {
		t.Errorf("one outcome: %+v", d)
	}
	_, err = Fit(t.Context(), []Field{{"name", Category}}, onlyNames(decided[:100]), nil)
	if d := declined(t, err); d.Reason != OneSided && d.Reason != NothingToUse {
		t.Errorf("nothing but names: %+v", d)
	}
}

func onlyNames(records []Record) []Record {
	for i := range records {
		records[i].Cells, records[i].Won = records[i].Cells[nameField:nameField+1], i%2 == 0
	}
	return records
}

// Where there is nothing to learn, that is said nearly always; where there is, it is
// learned.
func TestNoiseIsDeclinedAndSignalIsNot(t *testing.T) {
	wrong, missed := 0, 0
	const tries = 60
	for seed := range uint64(tries) {
		r := source(200 + seed)
		_, err := Fit(t.Context(), testFields, makeRecords(r, 150, false, 0), makeRecords(r, 40, true, 0))
		if err == nil {
			wrong++
		} else if d := declined(t, err); d.Reason != NoBetter || d.Check == nil {
			t.Errorf("noise is declined for %s", d.Reason)
		}
		if _, err := Fit(t.Context(), testFields, makeRecords(r, 150, false, 1.5), makeRecords(r, 40, true, 1.5)); err != nil {
			missed++
		}
	}
	t.Logf("of %d: %d times noise was believed, %d times a pattern missed", tries, wrong, missed)
	if wrong > 4 {
		t.Errorf("%d of %d times noise was believed", wrong, tries)
	}
	if missed > 4 {
		t.Errorf("%d of %d times a strong pattern was missed", missed, tries)
	}
}

// What the model says is about what comes true, and better than the base rate.
func TestChancesAreCalibrated(t *testing.T) {
	r := source(12)
	m := mustFit(t, makeRecords(r, 2000, false, 1), makeRecords(r, 100, true, 1))
	if m.Check.Brier >= m.Check.BaseBrier || m.Check.Improvement() < 0.05 {
		t.Errorf("the check says %+v", m.Check)
	}
	checked := 0
	for _, b := range m.Check.Calibration {
		checked += b.Records
		if math.Abs(b.Chance-b.Observed) > 0.08 {
			t.Errorf("of %d records that were given %.2f, %.2f were won", b.Records, b.Chance, b.Observed)
		}
	}
	if checked != m.Records || m.Check.Records != m.Records {
		t.Errorf("%d of %d records are checked", checked, m.Records)
	}
}

// A number moves the chance one way only, by the sign of its weight, and a better
// level never makes it smaller.
func TestChanceFollowsTheWeights(t *testing.T) {
	r := source(13)
	m := mustFit(t, makeRecords(r, 600, false, 1), makeRecords(r, 60, true, 1))
	var amount, industry Weight
	for _, w := range m.Weights() {
		switch m.Fields[w.Field].Name {
		case "amount":
			amount = w
		case "industry":
			industry = w
		}
	}
	if amount.LogOdds >= 0 || amount.Low >= amount.High {
		t.Fatalf("a larger amount lowers the odds, and its weight is %+v", amount)
	}
	rapid.Check(t, func(t *rapid.T) {
		o := makeRecords(source(rapid.Uint64().Draw(t, "seed")), 1, true, 1)[0]
		a, b := rapid.Float64Range(-1e6, 1e9).Draw(t, "a"), rapid.Float64Range(-1e6, 1e9).Draw(t, "b")
		o.Cells[amountField] = number(min(a, b))
		less := m.Score(o).Chance
		o.Cells[amountField] = number(max(a, b))
		if more := m.Score(o).Chance; more > less {
			t.Fatalf("twice the amount has the greater chance: %v, %v", less, more)
		}
		before := 1.0
		for _, l := range industry.Levels {
			o.Cells[industryField] = Cell{State: l.State, Level: l.Name}
			if chance := m.Score(o).Chance; chance > before {
				t.Fatalf("level %q has the greater chance than a better one", l.Name)
			} else {
				before = chance
			}
		}
	})
	if len(industry.Levels) != 4 || industry.Levels[0].Name != "medical" || industry.Levels[3].Name != "food" {
		t.Errorf("the industries are %+v", industry.Levels)
	}
}

// Going from one quartile to the other moves the odds as the weight says, and the pulls are the
// whole difference to the average record.
func TestExplanationIsTheScore(t *testing.T) {
	r := source(14)
	m := mustFit(t, makeRecords(r, 600, false, 1), makeRecords(r, 60, true, 1))
	o := makeRecords(r, 1, true, 1)[0]
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	var one Score
	for _, w := range m.Weights() {
		if m.Fields[w.Field].Name != "amount" {
			continue
		}
		o.Cells[amountField] = number(w.Low)
		one = m.Score(o)
		o.Cells[amountField] = number(w.High)
		if got := logit(m.Score(o).Chance) - logit(one.Chance); math.Abs(got-w.LogOdds) > 1e-6 {
			t.Errorf("from %v to %v adds %v, and the weight says %v", w.Low, w.High, got, w.LogOdds)
		}
	}
	average := m.fitted.weights[0]
	for j, mean := range m.fitted.means {
		average += m.fitted.weights[j+1] * mean
	}
	sum := average
	for i, p := range one.Pulls {
		sum += p.LogOdds
		if i > 0 && math.Abs(p.LogOdds) > math.Abs(one.Pulls[i-1].LogOdds) {
			t.Error("the pulls are not in order")
		}
	}
	if math.Abs(sum-logit(one.Chance)) > 1e-9 {
		t.Errorf("the pulls add up to %v, and the score is %v", sum, logit(one.Chance))
	}
}

// Levels that no decided record had, and numbers that are none, are scored all the
// same.
func TestOddCellsAreScored(t *testing.T) {
	r := source(15)
	m := mustFit(t, makeRecords(r, 300, false, 1.5), makeRecords(r, 60, true, 1.5))
	o := makeRecords(r, 1, true, 1)[0]
	for _, c := range []Cell{{}, {State: Hidden}, level("never seen"), number(math.Inf(1)), number(math.NaN()), number(math.MaxFloat64)} {
		o.Cells[industryField], o.Cells[amountField] = c, c
		if s := m.Score(o); !(s.Chance > 0 && s.Chance < 1) {
			t.Errorf("%+v is given %v", c, s.Chance)
		}
	}
}
