package tool

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/predict"
)

// foundation is what every prediction says of itself: what it learned from, how well
// it does, and what weighs most; or why there is none.
type foundation struct {
	Collection string     `json:"collection"`
	Outcome    outcome    `json:"outcome"`
	Learned    learned    `json:"learned_from"`
	Declined   *declined  `json:"declined,omitempty"`
	Check      *check     `json:"check,omitempty"`
	Weights    []weight   `json:"weights,omitempty"`
	LeftOut    []excluded `json:"left_out,omitempty"`
	Open       int64      `json:"open"` // open records that the actor may see
}

type learned struct {
	Records  int         `json:"records"`
	Of       int64       `json:"of"` // decided records that the actor may see: the latest were taken
	Won      int         `json:"won"`
	Lost     int         `json:"lost"`
	BaseRate remit.Value `json:"base_rate"`
}

type declined struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type check struct {
	Method      string      `json:"method"`
	LogLoss     remit.Value `json:"log_loss"`
	BaseLogLoss remit.Value `json:"base_log_loss"`
	Improvement remit.Value `json:"improvement"`
	Brier       remit.Value `json:"brier"`
	BaseBrier   remit.Value `json:"base_brier"`
	Calibration []bin       `json:"calibration"`
}

type bin struct {
	Records   int         `json:"records"`
	Predicted remit.Value `json:"predicted"`
	Observed  remit.Value `json:"observed"`
}

type weight struct {
	Field  string       `json:"field"`
	Title  string       `json:"title"`
	Middle *middle      `json:"middle_half,omitempty"` // of a number
	Levels []levelCount `json:"levels,omitempty"`
}

// middle is what a number does over the middle half of the decided records.
type middle struct {
	From   json.Number `json:"from"`
	To     json.Number `json:"to"`
	Factor remit.Value `json:"odds_factor"`
}

type levelCount struct {
	Level   string      `json:"level"`
	Factor  remit.Value `json:"odds_factor"`
	Records int         `json:"records"`
}

type excluded struct {
	Field  string `json:"field"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// checkMethod says how the check was made.
const checkMethod = "5-fold cross-validation, several times over where records are few: each record is scored by a model fitted without it; the base figures are those of giving all the base rate"

// maxWeights is how many fields are told with what they weigh.
const maxWeights = 8

// foundation tells of a lesson.
func (l *lesson) foundation() foundation {
	f := foundation{Collection: l.info.Name, Outcome: l.outcome, Open: l.open.total}
	var basis predict.Basis
	var out []predict.LeftOut
	if d := l.decline; d != nil {
		f.Declined = &declined{string(d.Reason), d.Error()}
		basis, out, f.Check = d.Basis, d.LeftOut, checkOf(d.Check)
	} else {
		basis, out, f.Check = l.model.Basis, l.model.LeftOut, checkOf(l.model.Check)
		f.Weights = l.weights()
	}
	f.Learned = learned{basis.Records, l.decided.total, basis.Won, basis.Records - basis.Won, share(basis.Rate())}
	for _, o := range out {
		t := &l.traits[o.Field]
		f.LeftOut = append(f.LeftOut, excluded{t.Name, t.title, o.Reason})
	}
	return f
}

func checkOf(c *predict.Check) *check {
	if c == nil {
		return nil
	}
	told := &check{
		Method: checkMethod, LogLoss: share(c.LogLoss), BaseLogLoss: share(c.BaseLogLoss), Improvement: share(c.Improvement()),
		Brier: share(c.Brier), BaseBrier: share(c.BaseBrier), Calibration: []bin{},
	}
	for _, b := range c.Calibration {
		told.Calibration = append(told.Calibration, bin{b.Records, share(b.Chance), share(b.Observed)})
	}
	return told
}

// weights tells what weighs most.
func (l *lesson) weights() []weight {
	var told []weight
	for _, w := range l.model.Weights() {
		if len(told) == maxWeights || w.Spread < leastPull {
			break
		}
		t := &l.traits[l.model.Used[w.Field]]
		one := weight{Field: t.Name, Title: t.title}
		if t.Kind == predict.Number {
			one.Middle = &middle{plainNumber(w.Low), plainNumber(w.High), factor(w.LogOdds)}
		}
		for _, level := range w.Levels {
			one.Levels = append(one.Levels, levelCount{levelName(level), factor(level.LogOdds), level.Records})
		}
		told = append(told, one)
	}
	return told
}

// leastPull is the least that is told of: what moves the odds by less than a
// fiftieth.
const leastPull = 0.02

func levelName(l predict.Level) string {
	switch {
	case l.State == predict.Hidden:
		return hiddenLevel
	case l.State == predict.Empty:
		return emptyLevel
	case l.Name == "":
		return otherLevels
	}
	return l.Name
}

// pull is what one field does to one record.
type pull struct {
	Field  string      `json:"field"`
	Title  string      `json:"title"`
	Value  string      `json:"value"`
	Factor remit.Value `json:"odds_factor"` // against the average decided record
}

// maxPulls is how many fields are told of one record.
const maxPulls = 4

func (l *lesson) pulls(r row, s predict.Score) []pull {
	told := []pull{}
	for _, p := range s.Pulls {
		if len(told) == maxPulls || math.Abs(p.LogOdds) < leastPull {
			break
		}
		t := &l.traits[l.model.Used[p.Field]]
		told = append(told, pull{t.Name, t.title, t.shown(r), factor(p.LogOdds)})
	}
	return told
}

// share is a figure of six places.
func share(x float64) remit.Value {
	return remit.DecimalValue(int64(math.Round(x * remit.DecimalScale)))
}

// factor is by how much log odds multiply odds, of two places.
func factor(logOdds float64) remit.Value {
	const most = 1e6
	return remit.DecimalValue(int64(math.Round(100*min(math.Exp(logOdds), most))) * (remit.DecimalScale / 100))
}

// plainNumber writes a number of up to two places.
func plainNumber(x float64) json.Number {
	return json.Number(strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64))
}

// columnOf describes a field as a column of a result.
func columnOf(f *lens.FieldInfo) lens.Column {
	return lens.Column{Name: f.Name, Type: shownType(f.Type), Title: f.Title, Currency: f.Currency}
}

func shownType(t remit.FieldType) remit.FieldType {
	if t == remit.Enum || t == remit.Relation {
		return remit.Text
	}
	return t
}
