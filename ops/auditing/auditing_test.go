package auditing_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/ops/auditing"
	"github.com/remit-crm/remit/ops/opstest"
)

// TestReadingIsRecorded checks that who reads the log, or tries to, is in it.
func TestReadingIsRecorded(t *testing.T) {
	c := opstest.New(t)
	ops := auditing.New(c.Audit, c.Access)
	ann, dora := c.Actor("Ann"), c.Actor("Dora")
	if _, err := ops.Tail(t.Context(), ann, audit.Filter{}); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("a rep reads the log: %v", err)
	}
	var out bytes.Buffer
	if err := ops.Export(t.Context(), ann, &out, audit.Filter{}); remit.KindOf(err) != remit.KindDenied || out.Len() > 0 {
		t.Errorf("a rep exports the log: %v, %d bytes", err, out.Len())
	}
	entries, err := ops.Tail(t.Context(), dora, audit.Filter{Limit: 3})
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, string(e.Operation)+" "+e.Decision.String())
	}
	if want := "audit.tail refused, audit.export refused, audit.tail allowed"; strings.Join(got, ", ") != want {
		t.Errorf("the log ends with %v, want %s", got, want)
	}
	if err := ops.Export(t.Context(), dora, &out, audit.Filter{Limit: 2}); err != nil || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("export: %v\n%s", err, out.String())
	}
}

func TestVerify(t *testing.T) {
	c := opstest.New(t)
	ops := auditing.New(c.Audit, c.Access)
	if _, err := ops.Verify(t.Context(), c.Actor("Ann"), nil); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("a rep verifies: %v", err)
	}
	kept, err := ops.Checkpoint(t.Context(), c.Actor("Dora"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := ops.Verify(t.Context(), c.Actor("Dora"), kept.Note)
	if err != nil || report.Problem != nil || report.Entries == 0 || report.Outside == nil {
		t.Errorf("%+v, %v", report, err)
	}
}
