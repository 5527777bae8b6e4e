// Package scopetest makes random companies and random row scopes over them, to
// compare evaluations of the same scope with each other. All randomness comes
// from the seed. The package is for tests.
package scopetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// World is a random company: records, people who ask, and who is below whom.
type World struct {
	Env    *scope.Env
	Deals  *Table // whose records the scopes are about
	Tables []*Table
	Users  []*scope.User // the last one lacks an attribute

	// PeopleBelow and DepartmentsBelow list who is below whom, as pairs of
	// ancestor and descendant, each of them with itself among them. Cycles are
	// followed once around.
	PeopleBelow, DepartmentsBelow [][2]remit.ID

	random *rand.Rand
	below  map[[2]remit.ID]bool
}

// Table is one collection with its records.
type Table struct {
	*remit.Collection
	Rows []*Row
	byID map[remit.ID]*Row
}

// Row is one record.
type Row struct {
	ID      remit.ID
	Values  []remit.Value // by the index of the collection's fields
	Deleted bool          // a tombstone: hops to it read null
}

// The sizes of a world: small, so that values meet.
const (
	people      = 9
	departments = 6
	accounts    = 14
	deals       = 60
)

// New returns the world of the seed.
func New(seed uint64) (*World, error) {
	w := &World{random: rand.New(rand.NewPCG(seed, 0x5c09e)), below: map[[2]remit.ID]bool{}}
	model := w.makeTables()
	env, err := scope.NewEnv(model, attributes)
	if err != nil {
		return nil, fmt.Errorf("scopetest: %w", err)
	}
	w.Env = env
	w.fill()
	w.PeopleBelow = w.closure(w.table("people"), "manager_id")
	w.DepartmentsBelow = w.closure(w.table("departments"), "parent_id")
	for i := range 5 {
		w.Users = append(w.Users, w.makeUser(i))
	}
	delete(w.Users[len(w.Users)-1].Attributes, "level")
	return w, nil
}

func (w *World) table(name string) *Table {
	for _, t := range w.Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// closure returns the pairs of ancestor and descendant by the relation field.
func (w *World) closure(t *Table, field string) [][2]remit.ID {
	var pairs [][2]remit.ID
	column := t.FieldIndex(field)
	for _, row := range t.Rows {
		seen := map[remit.ID]bool{}
		for at := row; at != nil && !seen[at.ID]; at = t.byID[remit.ID(at.Values[column].Text())] {
			seen[at.ID] = true
			pair := [2]remit.ID{at.ID, row.ID}
			pairs = append(pairs, pair)
			w.below[pair] = true
		}
	}
	return pairs
}

// ReportsTo implements [scope.Hierarchy].
func (w *World) ReportsTo(person, manager remit.ID) bool {
	return w.below[[2]remit.ID{manager, person}]
}

// InDepartment implements [scope.Hierarchy].
func (w *World) InDepartment(department, ancestor remit.ID) bool {
	return w.below[[2]remit.ID{ancestor, department}]
}

// Record returns a row of the table as evaluation in memory reads it.
func (w *World) Record(t *Table, row *Row) scope.Record { return record{w, t, row} }

type record struct {
	world *World
	table *Table
	row   *Row
}

func (r record) Value(name string) remit.Value {
	if name == remit.IDField {
		return remit.TextValue(string(r.row.ID))
	}
	return r.row.Values[r.table.FieldIndex(name)]
}

func (r record) Hop(name string) scope.Record {
	target := r.world.table(r.table.Field(name).Target)
	row := target.byID[remit.ID(r.Value(name).Text())]
	if row == nil || row.Deleted {
		return nil
	}
	return record{r.world, target, row}
}
