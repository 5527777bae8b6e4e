package templates

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/lens"
	store "github.com/remit-crm/remit/data/templates"
	"github.com/remit-crm/remit/disclosure"
)

// OpRun is the operation under which the audit log has who was told which figures.
const OpRun = "template.run"

// Figures are what a caller is told.
type Figures struct {
	Template   string                       `json:"template"`
	Title      string                       `json:"title"`
	Collection string                       `json:"collection"`
	Statement  string                       `json:"statement" doc:"Whose figures these are, and who answers for them."`
	AsOf       time.Time                    `json:"as_of" doc:"The figures are of this moment; they are made anew once a day, where enough has changed."`
	Parameters map[string]string            `json:"parameters"`
	Columns    []analytics.Column           `json:"columns" nullable:"false"`
	Rows       []map[string]json.RawMessage `json:"rows" nullable:"false"`
	Records    int64                        `json:"records" doc:"What the figures rest on."`
	Notes      []string                     `json:"notes,omitempty" nullable:"false"`
	MinGroup   int64                        `json:"min_group" doc:"No figure is of fewer records."`
	Chart      *analytics.Chart             `json:"chart,omitempty"`

	Lineage *lens.Lineage `json:"-"`
}

// Request asks for the figures of a template.
type Request struct {
	Template   string
	Collection string            // that the template must be about; "": any
	Parameters map[string]string // what is left out takes its default
}

// maxTries bounds how often a run begins anew because somebody was told something
// meanwhile.
const maxTries = 4

// Run tells the actor the figures of a template. The error is [remit.KindDenied] where
// company-wide figures are not theirs, [remit.KindNotFound] for a template that is not
// in force, [remit.KindInvalid] for parameters, and [remit.KindLimited] where the answer,
// with those before it, would tell of too few records.
func (t *Templates) Run(ctx context.Context, actor remit.Actor, r Request) (*Figures, error) {
	for range maxTries {
		f, err := t.run(ctx, actor, r)
		if !errors.Is(err, store.ErrMoved) {
			return f, err
		}
	}
	return nil, remit.Errorf(remit.KindUnavailable, "you are asking for many figures at once: try again")
}

func (t *Templates) run(ctx context.Context, actor remit.Actor, asked Request) (*Figures, error) {
	v, err := t.inForce(ctx, actor, asked.Template)
	if err != nil {
		return nil, err
	}
	if asked.Collection != "" && asked.Collection != v.Collection {
		return nil, remit.FieldErrorf("collection_name", "the template %s is about %s", v.Name, v.Collection)
	}
	r := &runner{Templates: t, actor: actor, version: v, given: asked.Parameters}
	details := map[string]any{"template": v.Name, "version": v.Version, "parameters": asked.Parameters}
	err = t.lens.ReadCompany(ctx, actor, OpRun, v.Collection, toolInput(v.Collection, v.Name), details, r.read)
	if err != nil {
		return nil, err
	}
	return r.figures(ctx)
}

// inForce returns the version that a run is by.
func (t *Templates) inForce(ctx context.Context, actor remit.Actor, name string) (*store.Version, error) {
	v, err := t.store.Published(ctx, name)
	if err != nil {
		return nil, err
	}
	collection := ""
	if v != nil {
		collection = v.Collection
	}
	standing, err := t.caller(ctx, actor, collection, name)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, remit.Errorf(remit.KindNotFound, "there is no template %q in force", clip(name))
	}
	why, err := t.stops(ctx, v, standing)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return nil, remit.Errorf(remit.KindNotFound, "the template %s is not in force: %s", v.Name, why)
	}
	return v, nil
}

// runner carries out one run.
type runner struct {
	*Templates
	actor   remit.Actor
	version *store.Version
	given   map[string]string

	told *told
	kept store.Figures
}

// read finds the figures of the day, or makes them, and records that they are told. It
// may run several times.
func (r *runner) read(ctx context.Context, company lens.Company) error {
	question, values, err := r.version.Ask(company.Model(), r.given, company.Now())
	if err != nil {
		return err
	}
	fresh := &told{Template: r.version.Template, Values: values, question: question}
	if err := r.ofTheDay(ctx, company, fresh); err != nil {
		return err
	}
	if !company.Allows(r.told.Lineage) {
		return outOfBounds(question.Collection)
	}
	return r.tell(ctx, company)
}

// outOfBounds refuses what the AI employee, the task or the clearance does not reach.
func outOfBounds(collection string) error {
	e := remit.Errorf(remit.KindDenied, "these figures use more than may be used here of %s", collection)
	e.Hint = "the clearance of the role, the AI employee or its task ends below it"
	return e
}

// ofTheDay sets what is told: the day's figures of the question, or new ones, or
// once more the last ones where too little has changed since.
func (r *runner) ofTheDay(ctx context.Context, company lens.Company, fresh *told) error {
	day := company.Now().Format(remit.DateLayout)
	question := r.question(fresh.Values)
	last, err := r.store.Latest(ctx, question)
	if err != nil {
		return err
	}
	var before *told
	if last != nil {
		fits := false
		if before, fits, err = open(last, company.Model()); err != nil {
			return err
		}
		if last.Day == day {
			r.told, r.kept = before, *last
			return nil
		}
		if !fits {
			before = nil
		}
	}
	if err := r.make(ctx, company, fresh); err != nil {
		return err
	}
	r.told, r.kept = fresh, store.Figures{Question: question, Day: day, AsOf: company.Now().UTC().Truncate(time.Microsecond)}
	if before == nil {
		return r.encode()
	}
	more, err := tellsMore(ctx, company, []*told{before, fresh}, r.version.Protection.Least())
	if err != nil {
		return err
	}
	if more {
		r.told, r.kept.AsOf = before, last.AsOf
	}
	return r.encode()
}

func (r *runner) encode() (err error) {
	r.kept.Body, err = json.Marshal(r.told)
	return err
}

// question names a version with its parameters.
func (r *runner) question(values map[string]string) string {
	text, _ := json.Marshal([]any{r.version.Name, r.version.Version, r.version.Digest, values}) // texts always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// make computes figures of now.
func (r *runner) make(ctx context.Context, company lens.Company, t *told) error {
	table, err := company.Figures(ctx, companyQuery(t.question))
	if kind := remit.KindOf(err); err != nil && (kind == remit.KindNotFound || kind == remit.KindInvalid && !tooLong(err)) {
		return outOfBounds(t.question.Collection) // the template fits the data model, but not what is known here
	}
	if err != nil {
		return err
	}
	parts, groups := partsOf(t.question, table)
	p := r.version.Protection
	perturb := disclosure.Perturb{CountsTo: int64(p.CountsTo), Percent: p.Noise, Key: r.store.Moving()}
	if p.RoundTo != "" {
		perturb.SumsTo, _ = new(big.Rat).SetString(p.RoundTo) // checked when it was written
	}
	answer := t.question.Answer(parts, groups, p.Least(), perturb)
	t.shape(&answer)
	t.Lineage = table.Lineage
	t.Table, err = json.Marshal(answer.Table)
	return err
}

// tooLong reports whether a calendar was too long for its buckets.
func tooLong(err error) bool {
	var e *remit.Error
	return errors.As(err, &e) && strings.HasSuffix(e.Field, ".bucket")
}

// companyQuery asks for what the parts of an answer are made of.
func companyQuery(q *analytics.Question) lens.CompanyQuery {
	out := lens.CompanyQuery{Collection: q.Collection, Filter: q.Filter, Marks: q.Marks(), Measures: []lens.Measure{{Fn: "count", As: "n"}}}
	for i, g := range q.Groups {
		out.Dimensions = append(out.Dimensions, lens.Dimension{Field: g.Field, Bucket: g.Bucket, As: "d" + strconv.Itoa(i)})
	}
	for i, field := range q.Fields() {
		present, _ := json.Marshal(map[string]any{field: map[string]bool{"$notEmpty": true}}) // always encodes
		name := "f" + strconv.Itoa(i)
		out.Measures = append(out.Measures,
			lens.Measure{Fn: "count", Filter: present, As: name + "n"}, lens.Measure{Fn: "sum", Field: field, As: name + "s"},
			lens.Measure{Fn: "min", Field: field, As: name + "l"}, lens.Measure{Fn: "max", Field: field, As: name + "m"})
	}
	return out
}

// partsOf reads the rows that companyQuery asked for, and the cells of each group.
func partsOf(q *analytics.Question, table *lens.CompanyTable) (parts []disclosure.Part, groups map[string][]remit.Value) {
	groups = map[string][]remit.Value{}
	marks := len(q.Marks())
	for _, row := range table.Rows {
		group := row[:len(q.Groups)]
		p := disclosure.Part{Group: analytics.Key(group), Records: row[len(q.Groups)+marks].Int()}
		groups[p.Group] = group
		for _, m := range row[len(q.Groups) : len(q.Groups)+marks] {
			p.Marks += bit(m.Bool())
		}
		for f := range q.Fields() {
			p.Columns = append(p.Columns, columnOf(row[len(q.Groups)+marks+1+4*f:]))
		}
		if p.Records > 0 {
			parts = append(parts, p)
		}
	}
	return parts, groups
}

func columnOf(cells []remit.Value) disclosure.Column {
	c := disclosure.Column{Count: cells[0].Int()}
	if c.Count > 0 {
		c.Sum, c.Least, c.Most = rational(cells[1]), rational(cells[2]), rational(cells[3])
	}
	return c
}

func rational(v remit.Value) *big.Rat {
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// tell looks at what the person was told before, and records that they are told this.
// Where it would tell too much, they are told once more what they were told of the same
// question before, which tells nothing new.
func (r *runner) tell(ctx context.Context, company lens.Company) error {
	collection := r.version.Collection
	seen, err := r.store.SeenBy(ctx, r.actor.Person, collection, company.Now().Add(-window))
	if err != nil {
		return err
	}
	m, err := r.remember(seen, company)
	if err != nil || m.again {
		return err
	}
	much := len(m.others) >= maxQuestions || m.cells > maxCells
	if !much {
		much, err = tellsMore(ctx, company, append(m.others, r.told), r.version.Protection.Least())
	}
	switch {
	case err != nil:
		return err
	case !much:
		return r.store.Tell(ctx, r.actor.Person, collection, seen, r.kept)
	case m.before == nil || !company.Allows(m.before.Lineage):
		return tooMuch(collection)
	}
	r.told, r.kept = m.before, m.kept
	return nil
}

// memory is what a person was told of a collection.
type memory struct {
	again  bool  // these very figures
	before *told // as the answer to the same question; nil: nothing
	kept   store.Figures
	others []*told // as answers to other questions
	cells  int     // of all, with those of the new answer
}

func (r *runner) remember(seen *store.Seen, company lens.Company) (*memory, error) {
	m := &memory{cells: len(r.told.Cells)}
	for _, f := range seen.Figures {
		t, fits, err := open(&f, company.Model())
		switch {
		case err != nil:
			return nil, err
		case f.Question == r.kept.Question:
			m.again, m.before, m.kept = f.ID == r.kept.ID, t, f
		case fits:
			m.others = append(m.others, t)
			m.cells += len(t.Cells)
		}
	}
	return m, nil
}

// tooMuch is one answer for every way in which figures could tell too much, so that
// it tells little by itself.
func tooMuch(collection string) error {
	e := remit.Errorf(remit.KindLimited, "with the figures of %s that you were told in the last 30 days, these could tell of too few records", collection)
	e.Hint = "ask again what you asked before, or choose a period or a group that is clearly another"
	return e
}

// figures is what the caller is told.
func (r *runner) figures(ctx context.Context) (*Figures, error) {
	by, err := r.reviewer(ctx, r.version)
	if err != nil {
		return nil, err
	}
	v := r.version
	f := &Figures{
		Template: v.Name, Title: v.Title, Collection: v.Collection, AsOf: r.kept.AsOf, Parameters: r.told.Values,
		Statement: "company-wide figure, reviewed by " + by + " on " + v.ReviewedAt.Format(remit.DateLayout),
		MinGroup:  v.Protection.Least(), Chart: v.Chart, Lineage: r.told.Lineage,
	}
	return f, json.Unmarshal(r.told.Table, f)
}
