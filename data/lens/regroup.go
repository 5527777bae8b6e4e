package lens

import (
	"slices"
	"strconv"

	"github.com/remit-crm/remit/scope/sqlgen"
)

// Groups over the records of many people cost SQLite a sort of all the records.
// Grouped by owner as well, they come out of an index that begins with the owner
// as they are, and only the owners' groups are left to be grouped again: the same
// figures for half the time.

// regroups reports whether the groups are found by way of the owners.
func (g *grouping) regroups() bool {
	if g.session.lens.db.Dialect() != sqlgen.SQLite || g.split || g.root.everyRow || len(g.dimensions) == 0 || len(g.joins) > 0 {
		return false
	}
	if g.root.coll.FieldIndex(ownerField) < 0 || slices.ContainsFunc(g.measures, func(m *measure) bool { return m.parts() == nil }) {
		return false
	}
	return slices.ContainsFunc(g.root.branches, func(b branch) bool { return b.lookUp })
}

// parts names the functions that put the measure of a group together from those
// of its parts, one for each aggregate that write appends; nil where none does.
func (m *measure) parts() []string {
	switch m.fn {
	case "count", "ratio", "sum":
		return []string{"SUM"}
	case "avg":
		return []string{"SUM", "SUM"}
	case "min":
		return []string{"MIN"}
	case "max":
		return []string{"MAX"}
	}
	return nil
}

// writeRegrouped appends the statement by way of the owners. Its columns are those of the
// plain one.
func (g *grouping) writeRegrouped(b *builder) {
	functions := []string{"SUM"} // of the number of records
	for _, m := range g.measures {
		functions = append(functions, m.parts()...)
	}
	width := len(g.dimensions) + len(functions)
	b.put("WITH owned(", columnName(0))
	for i := 1; i < width; i++ {
		b.put(", ", columnName(i))
	}
	b.put(") AS (")
	g.writeGroups(b)
	b.put(", ", g.root.alias, ".", quote(g.root.coll.Field(ownerField).Column), ") SELECT ")
	for i := range g.dimensions {
		b.put(columnName(i), ", ")
	}
	for i, function := range functions {
		if i > 0 {
			b.put(", ")
		}
		b.put(function, "(", columnName(len(g.dimensions)+i), ")")
	}
	b.put(" FROM owned GROUP BY 1")
	for i := 1; i < len(g.dimensions); i++ {
		b.put(", ", ordinal(i+1))
	}
}

func columnName(i int) string { return "c" + strconv.Itoa(i) }
