package eval_test

import (
	"testing"

	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
	"github.com/remit-crm/remit/scope/scopetest"
)

// What is missing opens nothing, also where it is denied.
func TestNothingMissingOpens(t *testing.T) {
	w, err := scopetest.New(1)
	if err != nil {
		t.Fatal(err)
	}
	u, deal := w.Users[0], w.Record(w.Deals, w.Deals.Rows[0])
	for _, expression := range []string{"reportsTo(record.owner_id, user)", "!reportsTo(record.owner_id, user)", "!inDepartment(record.department_id, user)"} {
		p, err := w.Env.Compile(w.Deals.Collection, expression)
		if err != nil {
			t.Fatal(err)
		}
		program, err := eval.New(p)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := program.Eval(u, deal, nil); ok || err != nil {
			t.Errorf("%s matches without a hierarchy (%v)", expression, err)
		}
		if ok, err := program.Eval(nil, deal, w); ok || err != nil {
			t.Errorf("%s matches for nobody (%v)", expression, err)
		}
		if ok, err := program.Eval(u, nil, w); ok || err != nil {
			t.Errorf("%s matches no record (%v)", expression, err)
		}
	}
	if ok, err := new(eval.Program).Eval(u, deal, w); ok || err != nil {
		t.Errorf("the zero program matches (%v)", err)
	}
	for p, want := range map[*scope.Predicate]bool{scope.All(): true, scope.None(): false, nil: false} {
		program, err := eval.New(p)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := program.Eval(u, deal, w); ok != want || err != nil {
			t.Errorf("%s: %v, %v", p.Key(), ok, err)
		}
	}
}
