package tool

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/predict"
)

// trait is something of a record that an outcome may hang on: a field, a field of a
// record that it is related to, or the days between two dates.
type trait struct {
	predict.Field        // its name is a path, or of a span both paths
	title         string // for people
	path          string
	since         string  // of a span: the path of the date that days are counted from; else ""
	unit          float64 // what the number behind a value is divided by
}

// The bounds of what is looked at.
const (
	maxTraits = 48
	people    = "people" // their records are no traits: a score is of a deal, not of who works on it
)

// traits returns what may be learned from: all that the actor knows of the collection
// and of what its records are related to, but for personal data, texts of some length,
// and the outcome itself.
func (s *seer) traits(ctx context.Context, actor remit.Actor, c *lens.CollectionInfo, o outcome) ([]trait, error) {
	var own, related []trait
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Name == o.Field {
			continue
		}
		if t, ok := traitOf(f, "", ""); ok && f.Name != c.TitleField {
			own = append(own, t)
		}
		hop, isHop := strings.CutSuffix(f.Name, "_id")
		if f.Type != remit.Relation || f.Target == "" || f.Target == people || !isHop {
			continue
		}
		target, err := s.data.TracedDescribe(ctx, actor, c.Source, f.Target, nil)
		if remit.KindOf(err) == remit.KindNotFound && err != nil {
			continue // nothing of it is known
		}
		if err != nil {
			return nil, err
		}
		for j := range target.Fields {
			if t, ok := traitOf(&target.Fields[j], hop+".", titleOf(f)+" "); ok {
				related = append(related, t)
			}
		}
	}
	all := slices.Concat(own, spans(c), related)
	return all[:min(len(all), maxTraits)], nil
}

// traitOf returns a field as a trait, if it can be one.
func traitOf(f *lens.FieldInfo, prefix, title string) (trait, bool) {
	t := trait{title: strings.TrimSpace(title + strings.ToLower(titleOf(f))), path: prefix + f.Name, unit: 1}
	t.Name = t.path
	if f.Personal {
		return trait{}, false
	}
	switch f.Type {
	case remit.Enum, remit.Boolean:
		t.Kind = predict.Category
	case remit.Text:
		t.Kind = predict.Category
		return t, f.Format == ""
	case remit.Integer:
		t.Kind = predict.Number
	case remit.Decimal:
		t.Kind, t.unit = predict.Number, remit.DecimalScale
	case remit.Currency:
		t.Kind, t.unit = predict.Number, math.Pow10(remit.MinorDigits(f.Currency))
	case remit.Date, remit.Timestamp, remit.Relation:
		return trait{}, false
	}
	return t, true
}

func titleOf(f *lens.FieldInfo) string {
	if f.Title != "" {
		return f.Title
	}
	return strings.ReplaceAll(strings.TrimSuffix(f.Name, "_id"), "_", " ")
}

// spans returns the days from each date of the record to the one that it is timed by.
func spans(c *lens.CollectionInfo) []trait {
	end := fieldOf(c, c.TimeField)
	if end == nil || !temporal(end) {
		return nil
	}
	var found []trait
	for i := range c.Fields {
		f := &c.Fields[i]
		if temporal(f) && f.Name != end.Name && !f.Personal {
			found = append(found, trait{
				Field: predict.Field{Name: f.Name + " to " + end.Name, Kind: predict.Number}, path: end.Name, since: f.Name, unit: 1,
				title: "days from " + strings.ToLower(titleOf(f)) + " to " + strings.ToLower(titleOf(end)),
			})
		}
	}
	return found
}

func temporal(f *lens.FieldInfo) bool { return f.Type == remit.Date || f.Type == remit.Timestamp }

// paths returns the paths that the traits are read from, each once.
func paths(traits []trait) []string {
	var all []string
	for _, t := range traits {
		for _, p := range []string{t.path, t.since} {
			if p != "" && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// row is a record with where its columns are.
type row struct {
	*lens.Record
	at map[string]int
}

// rows returns the records of a page.
func rows(page *lens.Page) []row {
	at := make(map[string]int, len(page.Columns))
	for i, c := range page.Columns {
		at[c.Name] = i
	}
	all := make([]row, len(page.Records))
	for i := range page.Records {
		all[i] = row{&page.Records[i], at}
	}
	return all
}

// value returns a cell, and whether it is hidden rather than empty where it is null.
func (r row) value(path string) (v remit.Value, state predict.State) {
	if i, ok := r.at[path]; ok {
		v = r.Values[i]
	}
	switch {
	case !v.IsNull():
		return v, predict.Given
	case slices.Contains(r.Hidden, path):
		return v, predict.Hidden
	}
	return v, predict.Empty
}

// cell returns the trait of a record.
func (t *trait) cell(r row) predict.Cell {
	v, state := r.value(t.path)
	c := predict.Cell{State: state}
	switch {
	case t.since != "":
		from, other := r.value(t.since)
		if state != predict.Given || other != predict.Given {
			return predict.Cell{State: lacking(state, other)}
		}
		c.Number = days(v) - days(from)
	case state != predict.Given:
	case t.Kind == predict.Number:
		c.Number = float64(v.Int()) / t.unit
	default:
		c.Level = v.String()
	}
	return c
}

// lacking is the state of what is made of two cells, one of which is not given.
func lacking(a, b predict.State) predict.State {
	if a == predict.Hidden || b == predict.Hidden {
		return predict.Hidden
	}
	return predict.Empty
}

// days counts since 1970.
func days(v remit.Value) float64 {
	const microsPerDay = 86_400_000_000
	if v.Type() == remit.Timestamp {
		return math.Floor(float64(v.Int()) / microsPerDay)
	}
	return float64(v.Int())
}

// shown is the trait of a record as people read it.
func (t *trait) shown(r row) string {
	switch c := t.cell(r); {
	case c.State == predict.Hidden:
		return hiddenLevel
	case c.State == predict.Empty:
		return emptyLevel
	case t.since != "":
		return remit.IntegerValue(int64(c.Number)).String()
	}
	v, _ := r.value(t.path)
	return v.String()
}

// How levels are called that are no values.
const (
	hiddenLevel = "(hidden)"
	emptyLevel  = "(empty)"
	otherLevels = "(all others)"
)
