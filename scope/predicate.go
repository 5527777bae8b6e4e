package scope

import (
	"maps"
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/remit-crm/remit"
)

// Predicate is a compiled row scope. It is immutable and safe for concurrent
// use. A nil Predicate is None: it matches nothing.
type Predicate struct {
	root       Node
	key        string
	collection *remit.Collection // nil for All and None
	attributes []*UserField      // declared ones that it reads
	source     *Source
}

// Source is what a predicate was made of, for evaluation by CEL itself: one
// checked expression, or parts that [And] or [Or] joined.
type Source struct {
	Parts []*Predicate // none for an expression
	Or    bool         // how Parts are joined

	Expression string // as the author wrote it
	AST        *cel.Ast
	Env        *cel.Env
}

var (
	everything = &Predicate{root: Constant(true), key: "true", source: &Source{}}
	nothing    = &Predicate{root: Constant(false), key: "false", source: &Source{Or: true}}
)

// All returns the predicate that every record matches.
func All() *Predicate { return everything }

// None returns the predicate that no record matches.
func None() *Predicate { return nothing }

// And returns the predicate that matches what all of p match. Of no predicates
// it is [All]. Predicates of different collections match nothing together.
func And(p ...*Predicate) *Predicate { return join(p, false) }

// Or returns the predicate that matches what any of p matches. Of no predicates
// it is [None], as it is of predicates of different collections, which is a
// fault of the caller and must not open anything.
func Or(p ...*Predicate) *Predicate { return join(p, true) }

// join folds constants, drops repeats and joins what is left. The neutral
// element vanishes, the other one decides.
func join(parts []*Predicate, or bool) *Predicate {
	neutral, deciding := All(), None()
	if or {
		neutral, deciding = deciding, neutral
	}
	var kept []*Predicate
	for _, p := range parts {
		p = p.orNone()
		if p.key == deciding.key {
			return deciding
		}
		repeated := slices.ContainsFunc(kept, func(k *Predicate) bool { return k.key == p.key })
		if p.key != neutral.key && !repeated {
			kept = append(kept, p)
		}
	}
	switch {
	case len(kept) == 0:
		return neutral
	case len(kept) == 1:
		return kept[0]
	case !sameCollection(kept):
		return None()
	}
	nodes := make([]Node, 0, len(kept))
	for _, p := range kept {
		nodes = append(nodes, p.root)
	}
	root := every(nodes)
	if or {
		root = either(nodes)
	}
	return newPredicate(root, kept[0].collection, &Source{Parts: kept, Or: or})
}

func sameCollection(parts []*Predicate) bool {
	first := parts[0].collection
	return !slices.ContainsFunc(parts, func(p *Predicate) bool {
		return p.collection.Source != first.Source || p.collection.Name != first.Name
	})
}

// newPredicate returns the predicate of the node. One that is constant keeps its
// source, so that evaluation in memory does not rest on the folding.
func newPredicate(root Node, c *remit.Collection, source *Source) *Predicate {
	p := &Predicate{root: root, key: keyOf(root), collection: c, attributes: attributesOf(root), source: source}
	if _, constant := root.(Constant); !constant {
		p.key = c.Source + "/" + c.Name + ": " + p.key
	}
	return p
}

func (p *Predicate) orNone() *Predicate {
	if p == nil {
		return nothing
	}
	return p
}

// IsAll reports whether the predicate is known to match every record.
func (p *Predicate) IsAll() bool { return p.orNone().root == Constant(true) }

// IsNone reports whether the predicate is known to match no record.
func (p *Predicate) IsNone() bool { return p.orNone().root == Constant(false) }

// Key returns the predicate's canonical text: predicates with equal keys are the
// same. It is for merging and caching, not for people.
func (p *Predicate) Key() string { return p.orNone().key }

// Root returns the predicate's compiled form.
func (p *Predicate) Root() Node { return p.orNone().root }

// Source returns what the predicate was made of. All is an And, and None an Or,
// of no parts.
func (p *Predicate) Source() *Source { return p.orNone().source }

// Collection returns the collection whose records the predicate is about, nil
// for [All] and [None].
func (p *Predicate) Collection() *remit.Collection { return p.orNone().collection }

// Columns returns the names of the record's own fields that the predicate reads,
// sorted: "id" among them if it is, and the relation field of each hop.
func (p *Predicate) Columns() []string {
	seen := map[string]bool{}
	walk(p.Root(), func(n Node) {
		for _, o := range operandsOf(n) {
			if f, ok := o.(*Field); ok && len(f.Hops) == 0 {
				seen[f.Name] = true
			} else if ok {
				seen[f.Hops[0].Relation.Name] = true
			}
		}
	})
	return slices.Sorted(maps.Keys(seen))
}

// Check reports whether the predicate can be decided for u: the error is
// [remit.KindInvalid] where u lacks a declared attribute that it reads, or has
// one of another type. The whole predicate is closed then, so callers that join
// several rules check each before they join.
func (p *Predicate) Check(u *User) error {
	for _, f := range p.orNone().attributes {
		if _, err := f.attribute(u); err != nil {
			return err
		}
	}
	return nil
}

// attributesOf returns the declared attributes that the node and all below it
// read.
func attributesOf(root Node) []*UserField {
	var found []*UserField
	walk(root, func(n Node) {
		for _, f := range userFieldsOf(n) {
			if f.custom && !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	})
	return found
}

// walk calls visit for the node and all below it.
func walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case Every:
		for _, part := range n {
			walk(part, visit)
		}
	case Any:
		for _, part := range n {
			walk(part, visit)
		}
	case *Choice:
		for _, part := range []Node{n.If, n.Unless, n.Then, n.Else} {
			walk(part, visit)
		}
	case *Quantifier:
		walk(n.Body, visit)
	case Constant, *UserTest, *Compare, *IsNull, *Member, *Match, *Below:
	}
}

// operandsOf returns the operands of the node itself.
func operandsOf(n Node) []Operand {
	switch n := n.(type) {
	case *Compare:
		return []Operand{n.Left, n.Right}
	case *IsNull:
		return []Operand{n.Operand}
	case *Member:
		if n.List != nil {
			return []Operand{n.Operand, n.List}
		}
		return []Operand{n.Operand}
	case *Match:
		return []Operand{n.Text, n.Part}
	case *Below:
		return []Operand{n.Operand}
	case *Quantifier:
		return []Operand{n.List}
	case Constant, Every, Any, *Choice, *UserTest:
	}
	return nil
}

// userFieldsOf returns the fields of user that the node itself reads.
func userFieldsOf(n Node) []*UserField {
	if test, ok := n.(*UserTest); ok {
		return test.Fields
	}
	var fields []*UserField
	for _, o := range operandsOf(n) {
		if f, ok := o.(*UserField); ok {
			fields = append(fields, f)
		}
	}
	return fields
}
