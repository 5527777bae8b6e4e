package lens

import (
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// condition is a filter whose names are resolved and whose values are typed. It
// is true or false for every row, never null: what is hidden compares as null,
// and a comparison with null is false (except where the operator is about null).
type condition interface{ write(b *builder) }

type (
	conjunction struct{ all []condition }
	disjunction struct{ any []condition }
	negation    struct{ of condition }

	// ordered is a comparison that no null passes: the mask stands beside it
	// rather than around the column, so that an index on the column is of use.
	ordered struct {
		column *column
		op     string // =, <, <=, >, >=
		value  remit.Value
	}
	// differs is $ne, which null passes.
	differs struct {
		column *column
		value  remit.Value
	}
	// isNull is $empty; notNull is $notEmpty.
	isNull  struct{ column *column }
	notNull struct{ column *column }
	// oneOf is $in over values other than null.
	oneOf struct {
		column *column
		values []remit.Value
	}
	// matches is $contains and $startsWith, both by Unicode folding.
	matches struct {
		column *column
		prefix bool
		folded string
	}
)

// condition parses and resolves a filter over the selection.
func (sel *selection) condition(raw json.RawMessage, place string) (condition, error) {
	node, err := parseFilter(raw, place)
	if err != nil {
		return nil, err
	}
	return sel.resolve(node)
}

func (sel *selection) resolve(node filterNode) (condition, error) {
	switch n := node.(type) {
	case allOf:
		list, err := sel.resolveAll(n.nodes)
		return conjunction{list}, err
	case anyOf:
		list, err := sel.resolveAll(n.nodes)
		return disjunction{list}, err
	case noneOf:
		c, err := sel.resolve(n.node)
		return negation{c}, err
	case related:
		return sel.related(n)
	case comparison:
		c, err := sel.column(n.field, n.place)
		if err != nil {
			return nil, err
		}
		return sel.compare(c, n)
	}
	return nil, remit.Errorf(remit.KindInternal, "unknown filter node %T", node)
}

func (sel *selection) resolveAll(nodes []filterNode) ([]condition, error) {
	list := make([]condition, 0, len(nodes))
	for _, n := range nodes {
		c, err := sel.resolve(n)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func (c conjunction) write(b *builder) { writeJoined(b, c.all, " AND ", "TRUE") }
func (c disjunction) write(b *builder) { writeJoined(b, c.any, " OR ", "FALSE") }

func writeJoined(b *builder, list []condition, word, empty string) {
	if len(list) == 0 {
		b.put(empty)
		return
	}
	b.put("(")
	for i, c := range list {
		if i > 0 {
			b.put(word)
		}
		c.write(b)
	}
	b.put(")")
}

func (c negation) write(b *builder) {
	if has, ok := c.of.(exists); ok { // never null, and written so a plan may be made of it
		b.put("NOT ")
		has.write(b)
		return
	}
	b.put("((")
	c.of.write(b)
	b.put(") IS NOT TRUE)")
}

// guarded writes the mask, if there is one, and then the comparison on the bare
// column.
func guarded(b *builder, c *column, write func()) {
	b.put("(")
	if c.mask != nil && !c.bare {
		c.writeVisible(b)
		b.put(" AND ")
	}
	write()
	b.put(")")
}

func (c ordered) write(b *builder) {
	guarded(b, c.column, func() { b.put(c.column.raw, " ", c.op, " ").arg(c.value) })
}

func (c differs) write(b *builder) {
	b.put("(")
	c.column.writeCell(b)
	if b.dialect == sqlgen.Postgres {
		b.put(" IS DISTINCT FROM ")
	} else {
		b.put(" IS NOT ")
	}
	b.arg(c.value).put(")")
}

func (c isNull) write(b *builder) {
	b.put("(")
	c.column.writeCell(b)
	b.put(" IS NULL)")
}

func (c notNull) write(b *builder) {
	guarded(b, c.column, func() { b.put(c.column.raw, " IS NOT NULL") })
}

func (c oneOf) write(b *builder) {
	guarded(b, c.column, func() {
		b.put(c.column.raw, " IN (")
		for i, v := range c.values {
			if i > 0 {
				b.put(", ")
			}
			b.arg(v)
		}
		b.put(")")
	})
}

func (c matches) write(b *builder) {
	guarded(b, c.column, func() {
		switch {
		case b.dialect == sqlgen.Postgres && c.prefix:
			b.put("starts_with(remit_fold(", c.column.raw, "), ").arg(c.folded).put(")")
		case b.dialect == sqlgen.Postgres:
			b.put("strpos(remit_fold(", c.column.raw, "), ").arg(c.folded).put(") > 0")
		case c.prefix:
			b.put("instr(remit_fold(", c.column.raw, "), ").arg(c.folded).put(") = 1")
		default:
			b.put("instr(remit_fold(", c.column.raw, "), ").arg(c.folded).put(") > 0")
		}
	})
}
