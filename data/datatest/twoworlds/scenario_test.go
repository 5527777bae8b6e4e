package twoworlds

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

const personalAgent = remit.PersonalAgent

// scenario is a policy, an asker, and two worlds that look the same to her.
type scenario struct {
	seed     uint64
	doc      *policy.Document
	model    *remit.Model
	roles    []string
	asker    asker
	judge    *judge
	faces    []face    // over which she sends requests
	subjects []subject // what these are held to; the first is what most is judged by
	writes   bool      // whether she may send writes
	a, b     *company
	sight    *sight     // of a, and so of b
	made     tally      // what b has that a has not
	shared   [][]column // rows of saved_views
}

// newScenario makes the scenario of a seed. In three of five the person herself
// asks, over every face; in the others only an AI does, and much of what differs
// is visible to the person.
func newScenario(seed uint64, m *remit.Model, a asker) (*scenario, error) {
	s := &scenario{seed: seed, model: m, asker: a}
	var err error
	if s.doc, err = legislate(newDice(seed, "policy"), m); err != nil {
		return nil, err
	}
	d := newDice(seed, "asker")
	s.roles = slices.Sorted(slices.Values(some(d, 55, roleNames...)))
	if s.judge, err = newJudge(s.doc, m, s.roles, noon); err != nil {
		return nil, err
	}
	s.chooseFaces(d)
	if d.chance(70) {
		s.roles = append(s.roles, steward) // grants nothing that the judge should know of
	}
	s.a = fill(newDice(seed, "company"), m, a)
	s.b, s.made = s.hide(newDice(seed, "hide"), s.a)
	s.sight = s.look(s.a)
	s.saveViews()
	return s, nil
}

func (s *scenario) chooseFaces(d dice) {
	ai := []face{{name: "mcp", mcp: true}}
	for _, e := range employeeNames {
		ai = append(ai, face{name: "mcp as " + e, mcp: true, employee: e}, face{name: "api as " + e, employee: e})
	}
	s.writes = d.chance(60)
	if s.writes {
		s.faces = append([]face{{name: "api"}, {name: "api"}, {name: "api"}, {name: "web", session: true}, {name: "web", session: true}}, ai...)
	} else if n := d.IntN(3); n == 0 {
		s.faces = ai[:1]
	} else {
		s.faces = ai[2*n-1 : 2*n+1]
	}
	s.chooseSubjects()
}

// chooseSubjects lists every way in which a request over one of the faces can be
// judged: by tool, and by task where an AI employee is asked.
func (s *scenario) chooseSubjects() {
	add := func(u subject) {
		if !slices.Contains(s.subjects, u) {
			s.subjects = append(s.subjects, u)
		}
	}
	for _, f := range s.faces {
		u := f.subject()
		add(u)
		if u.ai {
			s.byTool(u, add)
		} else {
			s.byTool(u, func(u subject) {
				if u.tool == toolNames["sql"] { // which is a tool for people, too
					add(u)
				}
			})
		}
	}
	for _, t := range s.doc.Tasks {
		u := subject{ai: true, employee: t.Employee, task: t.Name}
		if s.writes || slices.ContainsFunc(s.faces, func(f face) bool { return f.employee == t.Employee }) {
			add(u)
			s.byTool(u, add)
		}
	}
}

// byTool adds the subject with each tool that has a rule of its own.
func (s *scenario) byTool(u subject, add func(subject)) {
	for _, t := range s.doc.Tools {
		u.tool = t.Name
		add(u)
	}
}

// furnish loads the worlds into a pair of installations.
func (s *scenario) furnish(ctx context.Context, houses [2]*house) error {
	for i, co := range []*company{s.a, s.b} {
		if err := houses[i].furnish(ctx, co, s.beside(co), s.doc, s.roles); err != nil {
			return fmt.Errorf("scenario %d: %w", s.seed, err)
		}
	}
	return nil
}

// expected returns all records of a collection as the naive evaluator has them, in
// the form and order of the product's answers.
func (s *scenario) expected(v *view, known cells, collection string) []string {
	t := v.company.tables[collection]
	var list []string
	for _, id := range v.company.ids(collection) {
		if v.seen[collection][id] != 0 {
			list = append(list, v.json(t, t.byID[id], known))
		}
	}
	return list
}

// json returns a record as the product answers it.
func (v *view) json(t *table, r *row, known cells) string {
	b := remit.AppendJSONString([]byte(`{"id":`), string(r.id))
	var hiding []string
	for i := range t.coll.Fields {
		if !known.has(i) {
			continue
		}
		value, hidden := v.cell(t, r, i)
		b = append(b, ',')
		b = remit.AppendJSONString(b, t.coll.Fields[i].Name)
		b = value.AppendJSON(append(b, ':'))
		if hidden {
			hiding = append(hiding, `"`+t.coll.Fields[i].Name+`"`)
		}
	}
	if hiding != nil {
		b = append(b, `,"_hidden":[`+strings.Join(hiding, ",")+`]`...)
	}
	return string(append(b, '}'))
}
