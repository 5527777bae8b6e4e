package lens

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Check asks whether a stored result may be shown again.
type Check struct {
	Employee string   // the AI employee that made it; "" where a person did
	Task     string   // by which task
	Tool     string   // by which tool
	Lineage  *Lineage // what it came from; nil: nobody knows, and nobody sees it
}

// Recheck decides by what holds now which stored results the actor may see: those
// that rest on nothing but what person and AI employee together may see. Every
// record must be there and visible, with each cell that the asker saw; what left
// records out must hide nothing from the reader, unless the asker's view was the
// reader's own. Where too many records are meant to be named, the two views must be
// one, or the reader must see everything.
//
// An actor with a model service has it handed on: then all that must hold of what
// the service may be told as well.
//
// Showing them is a release: the entry, with what those shown came from, is in the
// audit log before Recheck returns.
func (l *Lens) Recheck(ctx context.Context, actor remit.Actor, operation string, checks []Check, details any) ([]bool, error) {
	e := &audit.Entry{Operation: audit.Operation(operation), Details: details}
	var shown []bool
	err := l.govern(ctx, actor, e, func(s *session) error {
		shown = make([]bool, len(checks))
		r := &rechecker{session: s, readers: map[Check]*reader{}}
		for i, c := range checks {
			ok, err := r.allows(ctx, c)
			if err != nil {
				return err
			}
			shown[i] = ok
		}
		noteShown(e, checks, shown)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// rechecker decides for one reader. Results of one maker share what was found out.
type rechecker struct {
	*session
	readers map[Check]*reader
}

// reader is the person as the AI employee, task and tool let her see.
type reader struct {
	session
	decided map[string]bool // by origin
}

func (r *rechecker) allows(ctx context.Context, c Check) (bool, error) {
	if c.Lineage == nil || c.Employee == "" && r.actor.Service != "" { // egress is an AI employee's
		return false, nil
	}
	as := r.as(ctx, c)
	for i := range c.Lineage.Origins {
		ok, err := as.sees(ctx, &c.Lineage.Origins[i])
		r.ends(as.notAfter)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (r *rechecker) as(ctx context.Context, c Check) *reader {
	c.Lineage = nil
	if as := r.readers[c]; as != nil {
		return as
	}
	as := &reader{session: *r.session, decided: map[string]bool{}}
	as.actor.Employee, as.actor.Task, as.actor.Tool = c.Employee, c.Task, c.Tool
	as.lineage = nil
	as.resolveUser(ctx)
	r.readers[c] = as
	return as
}

// sees decides on one origin, once.
func (r *reader) sees(ctx context.Context, o *Origin) (bool, error) {
	encoded, err := json.Marshal(o)
	if err != nil {
		return false, err
	}
	key := string(encoded)
	if ok, known := r.decided[key]; known {
		return ok, nil
	}
	ok, err := r.decide(ctx, o)
	if err == nil {
		r.decided[key] = ok
	}
	return ok, err
}

func (r *reader) decide(ctx context.Context, o *Origin) (bool, error) {
	if o.Collection == "" {
		return o.View == r.schemaView() && (!r.subject.HasEgress || o.mayTell(r.schemaTold())), nil
	}
	if o.Company {
		input := map[string]any{"collection_name": o.Collection, "template": ""}
		ok, _ := r.snapshot.MayCallTool(r.user, r.subject.Employee, r.subject.Task, policy.OverallAnalytics, input, r.now)
		return ok && r.mayUseCompany(o), nil
	}
	permit := r.permitFor(o.Source, o.Collection, policy.View)
	if !permit.Allowed() {
		return false, nil
	}
	rel, err := r.relation(permit, "t")
	if err != nil {
		return false, err
	}
	var fields []int
	for name := range o.Fields {
		i := rel.coll.FieldIndex(name)
		if i < 0 || !rel.known(i) {
			return false, nil
		}
		fields = append(fields, i)
	}
	slices.Sort(fields)
	if r.leavesOpen(rel, o, fields) {
		if ok, err := r.sharesView(ctx, o); err != nil || !ok {
			return false, err
		}
	}
	return r.seesRecords(ctx, rel, o, fields)
}

// sharesView reports whether the reader's view is the asker's.
func (r *reader) sharesView(ctx context.Context, o *Origin) (bool, error) {
	view, err := r.view(ctx, o.Source, o.Collection, o.Fields)
	if err != nil || view != o.View || !r.subject.HasEgress {
		return err == nil && view == o.View, err
	}
	told, err := r.told(ctx, o.Source, o.Collection, o.Fields)
	return err == nil && o.mayTell(told), err
}

// mayTell reports whether a service that may be told so much may be told of the
// origin: as much as the asker's was, or all that the asker may see.
func (o *Origin) mayTell(told string) bool { return told == o.View || told == o.Told }

// leavesOpen reports whether the named records do not say it all: records that are
// not named count, or records were left out by cells that may be hidden from the
// reader.
func (r *reader) leavesOpen(rel *relation, o *Origin, fields []int) bool {
	if o.Many {
		return !rel.everyRow || rel.since != nil || slices.ContainsFunc(fields, func(i int) bool { return rel.masked(i) != nil })
	}
	return slices.ContainsFunc(o.Selects, func(name string) bool {
		i := rel.coll.FieldIndex(name)
		return i < 0 || rel.masked(i) != nil || rel.coll.Fields[i].Type == remit.Relation && !r.seesEvery(rel.coll.Source, rel.coll.Fields[i].Target)
	})
}

// seesEvery reports whether the reader sees every record of the collection, so that
// no link to one reads null.
func (r *reader) seesEvery(source, collection string) bool {
	p := r.permitFor(source, collection, policy.View)
	return p.Allowed() && p.LastDays == 0 && everyRow(p)
}

// seesRecords looks every record up, with the cells that the asker saw of it.
func (r *reader) seesRecords(ctx context.Context, rel *relation, o *Origin, fields []int) (bool, error) {
	hidden := make(map[remit.ID][]string, len(o.Hidden))
	for _, h := range o.Hidden {
		hidden[h.Record] = h.Fields
	}
	found := 0
	for chunk := range slices.Chunk(o.Records, MaxOrigins) {
		b := newBuilder(rel.dialect())
		var masked []int
		b.put("SELECT t.id")
		for _, i := range fields {
			if mask := rel.masked(i); mask != nil {
				masked = append(masked, i)
				b.put(", ")
				rel.writeAny(b, mask)
			}
		}
		b.put(" FROM ", quote(rel.coll.Table), " t WHERE ")
		rel.writeRows(b)
		if b.dialect == sqlgen.Postgres {
			b.put(" AND t.id = ANY (").arg(chunk).put(")")
		} else {
			b.put(" AND t.id IN (SELECT value FROM json_each(").arg(chunk).put("))")
		}
		err := r.read(ctx, b.stmt(), func(row sqldb.Row) error {
			for j, i := range masked {
				if !row.Bool(1+j) && !slices.Contains(hidden[remit.ID(row.Text(0))], rel.coll.Fields[i].Name) {
					return nil
				}
			}
			found++
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return found == len(o.Records), nil
}

// noteShown tells the audit what those results came from that are shown.
func noteShown(e *audit.Entry, checks []Check, shown []bool) {
	records := map[remit.ID]bool{}
	fields := map[string]bool{}
	for i, c := range checks {
		if !shown[i] {
			continue
		}
		for _, o := range c.Lineage.Origins {
			for name, level := range o.Fields {
				fields[o.Collection+"."+name] = true
				e.Sensitivity = max(e.Sensitivity, level)
			}
			for _, id := range o.Records {
				records[id] = true
			}
		}
	}
	for id := range records {
		e.Records = append(e.Records, id)
	}
	for name := range fields {
		e.Fields = append(e.Fields, name)
	}
	slices.Sort(e.Records)
	slices.Sort(e.Fields)
	if len(e.Fields) > audit.MaxFields {
		e.Fields = e.Fields[:audit.MaxFields]
	}
	e.Rows = int64(len(e.Records))
}

// Refused is the lineage of a refusal: what it says of names came from what the
// actor knows of the data model.
func (l *Lens) Refused(ctx context.Context, actor remit.Actor) (*Lineage, error) {
	s, err := l.resolve(ctx, actor, l.clock())
	if err != nil {
		return nil, err
	}
	o := Origin{View: s.schemaView()}
	if told := s.schemaTold(); told != o.View {
		o.Told = told
	}
	return &Lineage{Origins: []Origin{o}}, nil
}
