package policies_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/policies"
)

// TestWordsAreDocumented holds the document to the table.
func TestWordsAreDocumented(t *testing.T) {
	const path = "../../docs/field-suggestions.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, topic := range policies.Topics {
		personal := ""
		if topic.Tags.Personal {
			personal = ", personal"
		}
		fmt.Fprintf(&table, "| %s | %s%s | %s, *%s* |\n", topic.Name, topic.Tags.Sensitivity, personal, strings.Join(topic.Words, ", "), strings.Join(topic.Parts, "*, *"))
	}
	if !strings.HasSuffix(string(text), "|---|---|---|\n"+table.String()) {
		t.Errorf("docs/field-suggestions.md should end with\n%s", table.String())
	}
}

func TestSuggestions(t *testing.T) {
	c, ops := newOps(t)
	title := "Jahresgehalt"
	if _, err := ops.ChangeField(t.Context(), c.Actor("Adam"), policystore.FieldChange{Collection: "accounts", Field: "employees", Title: &title}, 0); err != nil {
		t.Fatal(err)
	}
	found, err := ops.Suggestions(t.Context(), c.Actor("Adam"))
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]policies.Suggestion{}
	for _, s := range found {
		by[s.Collection+"."+s.Field] = s
	}
	if s := by["accounts.phone"]; s.Suggested.Sensitivity.String() != "confidential" || !s.Suggested.Personal || s.Reason != `"phone" looks personal` {
		t.Errorf("accounts.phone: %+v", s)
	}
	if s := by["accounts.employees"]; s.Suggested.Sensitivity.String() != "restricted" || !s.Suggested.Personal || s.Reason != `"jahresgehalt" looks like pay` {
		t.Errorf("accounts.employees: %+v", s)
	}
	for _, quiet := range []string{"contacts.email", "accounts.name", "opportunities.amount", "accounts.owner_id", "contacts.marketing_consent"} {
		if s, ok := by[quiet]; ok {
			t.Errorf("%s: %+v", quiet, s)
		}
	}
	if _, err := ops.Suggestions(t.Context(), c.Actor("Ann")); err == nil {
		t.Error("Ann is told")
	}
}
