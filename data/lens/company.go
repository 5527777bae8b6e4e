package lens

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// The bounds on company-wide figures.
const (
	companyTimeout = 20 * time.Second // a question is computed once a day
	maxParts       = 10_000           // groups, each cut by the marks
)

// CompanyQuery asks for figures over every record of a collection, whoever owns it.
// It is what a reviewed template becomes, and is no caller's to write.
type CompanyQuery struct {
	Collection string
	Dimensions []Dimension
	Marks      []json.RawMessage // filters: each group is cut by which of them its records meet
	Measures   []Measure
	Filter     json.RawMessage
}

// CompanyTable is the answer: a row for each group and marks. What of it is shown is
// for package disclosure.
type CompanyTable struct {
	Rows    [][]remit.Value // the dimensions, a boolean for each mark, the measures
	Lineage *Lineage        // the fields that it was made with
}

// Company is what a read of company-wide figures may use, at one moment.
type Company interface {
	// Figures computes over all records.
	Figures(ctx context.Context, q CompanyQuery) (*CompanyTable, error)
	// Compare is Figures without what holds for AI: its answer decides what is shown, and
	// nothing of it is shown.
	Compare(ctx context.Context, q CompanyQuery) (*CompanyTable, error)
	// Allows reports whether figures of that lineage may be used: those that were
	// computed before, for somebody else.
	Allows(of *Lineage) bool
	// Now is the moment in the company's time zone.
	Now() time.Time
	// Model is the data model that holds.
	Model() *remit.Model
}

// ReadCompany carries out one read of company-wide figures: the declared exception to
// the rule that everything follows the person's rows (DESIGN laws 3 and 6). The actor
// must have the tool [policy.OverallAnalytics] called with the input, now; all that AI may use at most
// holds too. Everything that do asks for is read from one snapshot that cannot be
// written to, for 20 seconds at most. Do may run several times, and whatever it
// returned is released only if ReadCompany returns nil.
func (l *Lens) ReadCompany(ctx context.Context, actor remit.Actor, operation, collection string, input, details map[string]any, do func(context.Context, Company) error) error {
	actor.Tool = policy.OverallAnalytics
	e := &audit.Entry{Operation: audit.Operation(operation), Source: remit.MainSource, Collection: collection, Details: details}
	return l.govern(ctx, actor, e, func(s *session) error {
		ok, why := s.snapshot.MayCallTool(s.user, s.subject.Employee, s.subject.Task, actor.Tool, input, s.now)
		if !ok {
			err := remit.Errorf(remit.KindDenied, "company-wide figures are not available to you")
			err.Cause = refusal(why.Message)
			return err
		}
		timed, cancel := context.WithTimeout(ctx, companyTimeout)
		defer cancel()
		c := *s
		c.company = true
		err := l.db.Read(timed, func(tx sqldb.Tx) error {
			c.tx = tx
			return do(timed, &company{session: &c, entry: e})
		})
		s.notAfter = c.notAfter
		if err != nil && timed.Err() != nil && ctx.Err() == nil {
			return remit.Errorf(remit.KindLimited, "the figures take longer than %s: choose a shorter period", companyTimeout)
		}
		return err
	})
}

// company is a session that reads everything.
type company struct {
	session *session
	entry   *audit.Entry
}

// Now implements [Company].
func (c *company) Now() time.Time { return c.session.now.In(c.session.snapshot.location) }

// Model implements [Company].
func (c *company) Model() *remit.Model { return c.session.snapshot.Model() }

// Figures implements [Company].
func (c *company) Figures(ctx context.Context, q CompanyQuery) (*CompanyTable, error) {
	return c.read(ctx, q, c.entry)
}

// Compare implements [Company].
func (c *company) Compare(ctx context.Context, q CompanyQuery) (*CompanyTable, error) {
	full := *c.session
	full.subject = policy.Subject{Roles: c.session.subject.Roles, Tool: policy.OverallAnalytics}
	return (&company{session: &full}).read(ctx, q, nil)
}

// read computes, and tells the entry, if there is one, of what.
func (c *company) read(ctx context.Context, q CompanyQuery, entry *audit.Entry) (*CompanyTable, error) {
	g, err := c.session.grouping(AggregateQuery{Collection: q.Collection, Dimensions: q.Dimensions, Measures: q.Measures, Filter: q.Filter})
	if err != nil {
		return nil, err
	}
	for i, mark := range q.Marks {
		place := "marks[" + strconv.Itoa(i) + "]"
		meets, err := g.condition(mark, place)
		if err != nil {
			return nil, err
		}
		g.dimensions = append(g.dimensions, &dimension{column: &column{rel: g.root, path: place}, name: place, mark: meets})
	}
	if !g.whole() {
		return nil, remit.Errorf(remit.KindDenied, "the figures use more than may be used here of %s", g.root.coll.Name)
	}
	g.limit = maxParts
	result, err := g.settle(ctx)
	if err != nil {
		return nil, err
	}
	if result.More {
		return nil, remit.Errorf(remit.KindLimited, "there are more than %d groups: group by less, or choose a shorter period", maxParts)
	}
	if entry != nil {
		g.noteFields(entry)
		entry.Rows = result.Records
	}
	return &CompanyTable{Rows: result.Rows, Lineage: g.companyLineage()}, nil
}

// companyLineage names the fields that were used, and no record: all were.
func (g *grouping) companyLineage() *Lineage {
	out := &Lineage{}
	for _, c := range g.used {
		coll := c.rel.coll
		i := slices.IndexFunc(out.Origins, func(o Origin) bool { return o.Collection == coll.Name })
		if i < 0 {
			i = len(out.Origins)
			out.add(Origin{Source: coll.Source, Collection: coll.Name, Company: true, Fields: map[string]remit.Sensitivity{}})
		}
		if c.field != nil {
			out.Origins[i].Fields[c.field.Name] = c.field.Sensitivity.OfField()
		}
	}
	if len(out.Origins) == 0 {
		out.add(Origin{Source: g.root.coll.Source, Collection: g.root.coll.Name, Company: true})
	}
	return out
}

// Allows implements [Company].
func (c *company) Allows(of *Lineage) bool {
	for i := range of.Origins {
		if !c.session.mayUseCompany(&of.Origins[i]) {
			return false
		}
	}
	return len(of.Origins) > 0
}

// mayUseCompany reports whether the actor may use company-wide figures of that
// origin: what holds for the tool and every ceiling, field by field.
func (s *session) mayUseCompany(o *Origin) bool {
	subject := s.subject
	subject.Tool = policy.OverallAnalytics
	permit := s.snapshot.Overall(subject, o.Source, o.Collection, s.now)
	if !permit.Allowed() {
		return false
	}
	s.ends(permit.NotAfter)
	for name := range o.Fields {
		if i := permit.Collection.FieldIndex(name); i < 0 || !permit.Knows(i) {
			return false
		}
	}
	return true
}

// whole reports whether the statement reads every record and no masked cell.
func (g *grouping) whole() bool {
	whole := g.root.everyRow && g.root.since == nil
	for _, j := range g.joins {
		whole = whole && j.everyRow && j.since == nil && j.link.mask == nil
	}
	for _, c := range g.used {
		whole = whole && c.mask == nil
	}
	return whole
}
