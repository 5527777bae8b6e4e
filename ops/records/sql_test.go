package records_test

import (
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/records"
)

// SQL is granted like a tool, to people as well: the shipped policy grants it to
// analysts and administrators. Where nobody judges, it is refused.
func TestSQLIsGranted(t *testing.T) {
	c := opstest.New(t)
	c.Deal(t, "Ann", "one")
	judged, unjudged := records.New(c.Lens).JudgeBy(answers.Layers(c.Access)), records.New(c.Lens)
	ask := func(r *records.Records, a remit.Actor) error {
		_, err := r.SQL(t.Context(), a, lens.SQLQuery{Statement: "SELECT name FROM opportunities"})
		return err
	}
	rep, employee := c.Actor("Ann"), c.Actor("Ann")
	employee.Employee = "viz"
	for name, a := range map[string]remit.Actor{"a rep": rep, "her AI employee": employee} {
		if err := ask(judged, a); remit.KindOf(err) != remit.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ask(judged, c.Operator); err != nil && remit.KindOf(err) != remit.KindNotFound { // who may see no deals
		t.Errorf("an administrator: %v", err)
	}
	if err := ask(unjudged, c.Operator); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("without a judge: %v", err)
	}
}

func TestParseSQL(t *testing.T) {
	q, err := records.ParseSQL([]byte(`{"statement":"SELECT 1","limit":3}`))
	if err != nil || q.Statement != "SELECT 1" || *q.Limit != 3 {
		t.Errorf("%+v, %v", q, err)
	}
	for _, body := range []string{``, `[]`, `{"statement":1}`, `{"sql":"SELECT 1"}`, `{"statement":"a","statement":"b"}`} {
		if _, err := records.ParseSQL([]byte(body)); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%s: %v", body, err)
		}
	}
}
