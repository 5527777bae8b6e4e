package analytics

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// Template is one version of a reviewed question about a whole collection.
type Template struct {
	Name        string      `json:"name" doc:"Key: lower-case words joined by -."`
	Title       string      `json:"title"`
	Collection  string      `json:"collection"`
	Description string      `json:"description"`
	SQL         string      `json:"sql"`
	Parameters  []Parameter `json:"parameters,omitempty" nullable:"false"`
	Chart       *Chart      `json:"chart,omitempty"`
	Protection  Protection  `json:"protection,omitzero"`
}

// Chart says how the figures are best drawn.
type Chart struct {
	Kind   string   `json:"kind" enum:"bar,line,area,pie,funnel,kpi"`
	X      string   `json:"x,omitempty" doc:"Column along the axis; none for a kpi."`
	Series []string `json:"series" nullable:"false" doc:"Columns of figures."`
}

// Protection is what a template adds to the protection that every figure has.
type Protection struct {
	MinGroup int    `json:"min_group,omitempty" minimum:"0" maximum:"1000" doc:"Records that a group must have; 0 is the least that is allowed, 5."`
	RoundTo  string `json:"round_to,omitempty" doc:"Sums are rounded to multiples of it, in units; none: exact."`
	CountsTo int    `json:"counts_to,omitempty" minimum:"0" maximum:"1000" doc:"Counts are rounded to multiples of it; 0: exact."`
	Noise    int    `json:"noise_percent,omitempty" minimum:"0" maximum:"20" doc:"Sums move by up to so many percent, the same figure always by the same."`
}

// LeastGroup is how many records a group has at least.
const LeastGroup = 5

// Least returns how many records a group must have.
func (p Protection) Least() int64 { return int64(max(p.MinGroup, LeastGroup)) }

// Question is a template with its parameters bound: what the lens is asked.
type Question struct {
	Collection string
	Groups     []Group
	Figures    []Figure
	Filter     json.RawMessage // nil: every record
	Order      []string        // names of columns, "-" before one for descending
	Columns    []string        // names of all columns, as the statement has them
}

// Group is a column that records are grouped by.
type Group struct {
	Name, Field, Bucket string
	Type                remit.FieldType
}

// Figure is a column that is computed.
type Figure struct {
	Name, Fn, Field string // Fn is count, sum, avg or ratio
	Filter          json.RawMessage
	Type            remit.FieldType // of Field
	Currency        string

	filter condition
}

// Check holds the template against a data model: whether it can be asked at all.
// The error is [remit.KindInvalid] and says what does not fit.
func (t *Template) Check(model *remit.Model) error {
	if err := t.checkTexts(); err != nil {
		return err
	}
	given := map[string]string{}
	for i := range t.Parameters {
		p := &t.Parameters[i]
		if err := p.check("parameters." + p.Name); err != nil {
			return err
		}
		if _, twice := given[p.Name]; twice {
			return remit.FieldErrorf("parameters."+p.Name, "comes twice")
		}
		given[p.Name] = p.sample()
	}
	q, err := t.bind(model, given)
	if err != nil {
		return err
	}
	if err := t.checkValues(model, given); err != nil {
		return err
	}
	return t.checkChart(q)
}

// sample is a value that the parameter may have.
func (p *Parameter) sample() string {
	if p.dated() {
		return "2000-01-01"
	}
	return p.Values[0]
}

// checkValues binds every value that may be chosen, one parameter after the other.
func (t *Template) checkValues(model *remit.Model, given map[string]string) error {
	for _, p := range t.Parameters {
		for _, v := range p.Values {
			given[p.Name] = v
			if _, err := t.bind(model, given); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Template) checkTexts() error {
	line := func(s string, most int) bool {
		return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
	}
	switch {
	case !validName(t.Name, '-'):
		return remit.FieldErrorf("name", "must be lower-case letters, digits and -, e.g. close-rate-by-industry")
	case !line(t.Title, 100):
		return remit.FieldErrorf("title", "must be a line of at most 100 characters")
	case !line(t.Description, 500):
		return remit.FieldErrorf("description", "must be a line of at most 500 characters that says what the figures are and what they are good for")
	case len(t.Parameters) > maxParameters:
		return remit.FieldErrorf("parameters", "there are more than %d", maxParameters)
	}
	return t.Protection.check()
}

func (p Protection) check() error {
	if p.MinGroup != 0 && (p.MinGroup < LeastGroup || p.MinGroup > 1000) {
		return remit.FieldErrorf("protection.min_group", "must be %d to 1000", LeastGroup)
	}
	if p.CountsTo < 0 || p.CountsTo > 1000 || p.Noise < 0 || p.Noise > 20 {
		return remit.FieldErrorf("protection", "counts_to must be 0 to 1000 and noise_percent 0 to 20")
	}
	if t, n := number(p.RoundTo + " "); p.RoundTo != "" && (n != len(p.RoundTo) || t.kind != numberToken || strings.Trim(p.RoundTo, "0.") == "") {
		return remit.FieldErrorf("protection.round_to", "must be a number above 0, e.g. 1000")
	}
	return nil
}

func (t *Template) checkChart(q *Question) error {
	c := t.Chart
	if c == nil {
		return nil
	}
	isGroup := func(name string) bool {
		return slices.ContainsFunc(q.Groups, func(g Group) bool { return g.Name == name })
	}
	isFigure := func(name string) bool { return slices.Contains(q.Columns, name) && !isGroup(name) }
	switch {
	case !slices.Contains([]string{"bar", "line", "area", "pie", "funnel", "kpi"}, c.Kind):
		return remit.FieldErrorf("chart.kind", "must be bar, line, area, pie, funnel or kpi")
	case (c.Kind == "kpi") != (c.X == "") || c.X != "" && !isGroup(c.X):
		return remit.FieldErrorf("chart.x", "must be a column that is grouped by, and none for a kpi")
	case len(c.Series) == 0:
		return remit.FieldErrorf("chart.series", "name at least one column of figures")
	}
	for _, s := range c.Series {
		if !isFigure(s) {
			return remit.FieldErrorf("chart.series", "%q is no column of figures", s)
		}
	}
	return nil
}

// Ask binds what a caller gave for the parameters, and returns the values that
// count with the question. Now, in the company's time zone, says which period runs.
func (t *Template) Ask(model *remit.Model, given map[string]string, now time.Time) (*Question, map[string]string, error) {
	values := make(map[string]string, len(t.Parameters))
	for i := range t.Parameters {
		p := &t.Parameters[i]
		v, err := p.take(given[p.Name], now)
		if err != nil {
			return nil, nil, err
		}
		values[p.Name] = v
	}
	for name := range given {
		if _, known := values[name]; !known {
			return nil, nil, remit.FieldErrorf("parameters", "the template %s has no parameter %q", t.Name, name)
		}
	}
	q, err := t.bind(model, values)
	return q, values, err
}

func (t *Template) bind(model *remit.Model, values map[string]string) (*Question, error) {
	s, err := Parse(t.SQL)
	if err != nil {
		return nil, err
	}
	if s.Collection != t.Collection {
		return nil, remit.FieldErrorf("sql", "selects from %s, and the template is about %q", s.Collection, t.Collection)
	}
	r, err := resolve(s, model)
	if err != nil {
		return nil, err
	}
	f := &filters{resolver: r, values: values, kinds: map[string]Parameter{}}
	for _, p := range t.Parameters {
		if !slices.Contains(s.inputs, p.Name) {
			return nil, remit.FieldErrorf("parameters."+p.Name, "is not used: the statement has no :%s", p.Name)
		}
		f.kinds[p.Name] = p
	}
	return f.question()
}

func (f *filters) question() (q *Question, err error) {
	q = &Question{Collection: f.statement.Collection, Order: f.statement.order}
	for i := range f.statement.items {
		item := &f.statement.items[i]
		q.Columns = append(q.Columns, item.name)
		if item.fn == "" {
			g, err := f.group(item)
			if err != nil {
				return nil, err
			}
			q.Groups = append(q.Groups, g)
			continue
		}
		figure, err := f.figure(item)
		if err != nil {
			return nil, err
		}
		if figure.Filter, err = f.render(figure.filter); err != nil {
			return nil, err
		}
		q.Figures = append(q.Figures, figure)
	}
	if len(q.Fields()) > maxFields || len(q.Marks()) > maxFields {
		return nil, remit.FieldErrorf("sql", "sums at most %d fields and has at most %d different filters", maxFields, maxFields)
	}
	q.Filter, err = f.render(f.statement.where)
	return q, err
}

// Digest tells one version of a template from every other: a review is of it.
func (t *Template) Digest() string {
	text, _ := json.Marshal(t) // texts and numbers always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
