package scope

import (
	"fmt"
	"strings"

	celast "cel.dev/cel-go/common/ast"

	"github.com/remit-crm/remit"
)

// checkPath resolves record.field, record.hop.field, user.field and input.name.
func (k *checker) checkPath(e celast.Expr) (*term, error) {
	root, names := pathOf(e)
	if root.Kind() != celast.IdentKind {
		return nil, k.fail(e, "", "only record, user and input have fields")
	}
	name := root.AsIdent()
	switch {
	case k.variable(name) != nil:
		return nil, k.fail(e, "", "%s is one value of a list and has no fields", name)
	case name == "record" && k.collection != nil:
		return k.checkRecordPath(e, names)
	case name == "user":
		return k.checkUserPath(e, names)
	case name == "input" && k.collection == nil:
		return k.checkInputPath(e, names)
	}
	return nil, k.unknownRoot(root, name)
}

// pathOf takes a.b.c apart.
func pathOf(e celast.Expr) (root celast.Expr, names []string) {
	for e.Kind() == celast.SelectKind {
		names = append([]string{e.AsSelect().FieldName()}, names...)
		e = e.AsSelect().Operand()
	}
	return e, names
}

func (k *checker) checkUserPath(e celast.Expr, names []string) (*term, error) {
	f := k.env.attributes[names[0]]
	if f == nil {
		return nil, k.fail(e, remit.DidYouMean(names[0], k.env.attributeNames()), "user has no attribute %q", names[0])
	}
	if len(names) > 1 {
		return nil, k.fail(e, "", "user.%s has no fields", names[0])
	}
	return &term{op: opUser, expr: e, typ: exactly(f.Type, "user."+f.Name), list: f.List, user: f, needs: needsUser}, nil
}

func (k *checker) checkInputPath(e celast.Expr, names []string) (*term, error) {
	t, found := k.inputs[names[0]]
	if !found {
		return nil, k.fail(e, remit.DidYouMean(names[0], keysSorted(k.inputs)), "the tool has no input %q", names[0])
	}
	if len(names) > 1 {
		return nil, k.fail(e, "", "input.%s has no fields", names[0])
	}
	return &term{op: opInput, expr: e, typ: exactly(t, "input."+names[0]), needs: needsUser}, nil
}

func (k *checker) checkRecordPath(e celast.Expr, names []string) (*term, error) {
	c := k.collection
	var hops []Hop
	for _, name := range names[:len(names)-1] {
		relation := c.Field(name + hopSuffix)
		target := k.env.target(c, relation)
		if target == nil {
			return nil, k.noHop(e, c, name)
		}
		hops = append(hops, Hop{Relation: relation, Target: target})
		c = target
	}
	if len(hops) > MaxHops {
		return nil, k.fail(e, "", "%d hops: a scope follows %d at most", len(hops), MaxHops)
	}
	last := names[len(names)-1]
	f := fieldOf(c, last, len(hops) > 0)
	if f == nil {
		return nil, k.noField(e, c, last, names)
	}
	f.Hops = hops
	return &term{op: opField, expr: e, typ: exactly(f.Type, strings.Join(append([]string{"record"}, names...), ".")), field: f, needs: needsRecord}, nil
}

// fieldOf returns the field of c called name, or its id; nil if there is none.
func fieldOf(c *remit.Collection, name string, hop bool) *Field {
	if name == remit.IDField {
		return &Field{Name: name, Column: name, Type: Type{Base: remit.Relation, Target: c.Name}, Nullable: hop}
	}
	f := c.Field(name)
	if f == nil {
		return nil
	}
	return &Field{Name: name, Column: f.Column, Type: typeOf(f), Nullable: hop || f.Nullable()}
}

func (k *checker) noHop(e celast.Expr, c *remit.Collection, name string) error {
	if f := c.Field(name); f != nil && f.Type == remit.Relation {
		hop := strings.TrimSuffix(name, hopSuffix)
		return k.fail(e, fmt.Sprintf("did you mean %s.…?", hop), "%s is an id: the record it names is called %s", name, hop)
	} else if f != nil {
		return k.fail(e, "", "%s of %s is %s and has no fields", name, c.Name, typeOf(f))
	}
	hops := k.hopNames(c)
	return k.fail(e, remit.DidYouMean(name, hops), "%s has no relation %q", c.Name, name)
}

func (k *checker) noField(e celast.Expr, c *remit.Collection, name string, path []string) error {
	if k.env.target(c, c.Field(name+hopSuffix)) != nil {
		full := "record." + strings.Join(path, ".")
		return k.fail(e, fmt.Sprintf("write %s_id, or %s.id for one that exists", full, full), "%s is a record, not a value", name)
	}
	known := []string{remit.IDField}
	for i := range c.Fields {
		known = append(known, c.Fields[i].Name)
	}
	return k.fail(e, remit.DidYouMean(name, append(known, k.hopNames(c)...)), "%s has no field %q", c.Name, name)
}

// hopNames returns the names of the relations that can be followed from c.
func (k *checker) hopNames(c *remit.Collection) []string {
	var names []string
	for i := range c.Fields {
		f := &c.Fields[i]
		if hop, ok := strings.CutSuffix(f.Name, hopSuffix); ok && k.env.target(c, f) != nil {
			names = append(names, hop)
		}
	}
	return names
}
