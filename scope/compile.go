package scope

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/parser"

	"github.com/remit-crm/remit"
)

// Compile checks the expression against the collection and the person's
// attributes and returns its predicate. The error is [remit.KindInvalid]: its
// message gives the column, the reason and, where one is near, the name that was
// meant. It is written for people who may see the whole model.
func (e *Env) Compile(c *remit.Collection, expression string) (*Predicate, error) {
	if c == nil {
		return nil, remit.FieldErrorf("expression", "no collection to check it against")
	}
	k := &checker{env: e, collection: c}
	root, canonical, err := k.run(expression)
	if err != nil {
		return nil, err
	}
	env, err := e.recordEnv(c)
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(canonical)
	if issues.Err() != nil {
		return nil, remit.FieldErrorf("expression", "CEL refuses it: %v", issues.Err())
	}
	r := &translator{checker: k, bound: map[*variable]*term{}}
	node, err := r.condition(root, true, nil)
	if err != nil {
		return nil, err
	}
	if node, err = r.demand(node, root.userFields(nil)); err != nil {
		return nil, err
	}
	return newPredicate(node, c, &Source{Expression: expression, AST: ast, Env: env}), nil
}

// demand keeps what folding dropped: a rule that names an attribute is closed to
// people without it, wherever it names it.
func (r *translator) demand(node Node, named []*UserField) (Node, error) {
	read := attributesOf(node)
	dropped := slices.DeleteFunc(named, func(f *UserField) bool { return !f.custom || slices.Contains(read, f) })
	if len(dropped) == 0 || node == Constant(false) {
		return node, nil
	}
	program, err := programOf(r.env.users, "true")
	if err != nil {
		return nil, fmt.Errorf("scope: preparing a condition: %w", err)
	}
	names := make([]string, 0, len(dropped))
	for _, f := range dropped {
		names = append(names, f.key())
	}
	slices.Sort(names)
	text := "true // " + strings.Join(slices.Compact(names), ", ")
	return every([]Node{&UserTest{Text: text, Fields: dropped, program: &userProgram{program}}, node}), nil
}

// run checks the expression and returns its term and its canonical text.
func (k *checker) run(expression string) (*term, string, error) {
	tree, err := k.parse(expression)
	if err != nil {
		return nil, "", err
	}
	root, err := k.check(tree)
	if err != nil {
		return nil, "", err
	}
	if err := k.condition(root); err != nil {
		return nil, "", err
	}
	if err := k.settle(); err != nil {
		return nil, "", err
	}
	canonical, err := parser.Unparse(tree, k.info)
	if err != nil {
		return nil, "", fmt.Errorf("scope: writing the expression: %w", err)
	}
	return root, canonical, nil
}
