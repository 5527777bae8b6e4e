package policies_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/tool"
)

// What the catalog names is accepted in a policy, and nothing of it is told to those
// who neither manage nor audit.
func TestCatalog(t *testing.T) {
	c, ops := newOps(t)
	registry, err := tool.NewRegistry(tool.Builtin(c.Lens)...)
	if err != nil {
		t.Fatal(err)
	}
	ops.Offer(registry)
	if _, err := ops.Catalog(t.Context(), c.Actor("Ann")); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("Ann: %v", err)
	}
	viz := c.Actor("Adam")
	viz.Employee = "viz"
	if _, err := ops.Catalog(t.Context(), viz); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("an AI employee: %v", err)
	}
	known, err := ops.Catalog(t.Context(), c.Actor("Adam"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, t := range known.Tools {
		names = append(names, t.Name)
	}
	if !slices.Equal(names, registry.Names()) {
		t.Errorf("tools %v, of %v", names, registry.Names())
	}
	get := known.Tools[slices.Index(names, "get_record")]
	if get.Writes || get.Title == "" || len(get.Inputs) != 3 || get.Inputs[2].Name != "input.id" {
		t.Errorf("get_record is told as %+v", get)
	}
	doc, err := ops.Export(t.Context(), c.Actor("Adam"))
	if err != nil {
		t.Fatal(err)
	}
	doc.Roles[0].Pages, doc.Roles[0].Capabilities = known.Pages, known.Capabilities
	doc.Tasks[0].Places = known.Places
	doc.Employees[0].Tools, doc.Employees[0].Avatar, doc.Employees[0].Color = names, known.Avatars[0], known.Colors[0]
	problems, err := ops.CheckDocument(t.Context(), c.Actor("Adam"), doc)
	if err != nil || len(problems) > 0 {
		t.Errorf("a policy of it: %v, %v", problems, err)
	}
}

// A condition is checked without a collection: over user, and the input of each tool.
func TestCheckCondition(t *testing.T) {
	c, ops := newOps(t)
	check := func(expression string, tools ...string) *policies.Checked {
		t.Helper()
		found, err := ops.CheckExpression(context.Background(), c.Actor("Adam"), policies.Expression{Expression: expression, Tools: tools})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, one := range []struct {
		expression string
		tools      []string
		ok         bool
	}{
		{`user.department == "Finance"`, nil, true},
		{`user.departmnt == "Finance"`, nil, false},
		{`record.owner_id == user.id`, nil, false},
		{`input.id == "x"`, nil, false},
		{`input.id == "x"`, []string{"get_record"}, true},
		{`input.id == "x"`, []string{"get_record", "query_records"}, false},
		{`input.collection == "orders" && user.department == "Finance"`, []string{"get_record", "query_records"}, true},
		{``, nil, false},
	} {
		if found := check(one.expression, one.tools...); found.OK != one.ok || found.OK != (len(found.Problems) == 0) {
			t.Errorf("%s for %v: %+v", one.expression, one.tools, found)
		}
	}
	wrong := check(`user.id == "a" &&
user.departmnt == "Finance"`).Problems
	if len(wrong) != 1 || wrong[0].Path != "expression" || wrong[0].Line != 2 || wrong[0].Hint == "" {
		t.Errorf("told %+v", wrong)
	}
	for field, x := range map[string]policies.Expression{
		"tools[0]": {Expression: "true", Tools: []string{"no_such"}},
		"tools":    {Expression: "true", Collection: "orders", Tools: []string{"get_record"}},
	} {
		if _, err := ops.CheckExpression(t.Context(), c.Actor("Adam"), x); fieldOf(err) != field {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

func fieldOf(err error) string {
	var e *remit.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Field
}
