package offline

import (
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

// peopled is the company with contacts, who take part in some of the deals.
func peopled() *backend {
	b := company()
	b.collections = append(b.collections, &collection{Source: "main", Name: "contacts", Title: "Contacts", TitleField: "name", Fields: []*field{
		{Name: "name", Type: remit.Text, Title: "Name"},
		{Name: "account_id", Type: remit.Relation, Title: "Account", Target: "accounts"},
	}})
	b.add("contacts", "c0", "name", "Cora Open", "account_id", "a0")
	b.add("contacts", "c1", "name", "Cem Closed", "account_id", "a1")
	deals := b.collection("opportunities")
	deals.Fields = append(deals.Fields, &field{Name: "contact_id", Type: remit.Relation, Title: "Contact", Target: "contacts"})
	for i, r := range b.records["opportunities"] {
		if i < 20 {
			r["contact_id"] = map[bool]string{true: "c1", false: "c0"}[r["stage"] == "won" || r["stage"] == "lost"]
		}
	}
	return b
}

// TestRelatedRecords holds questions on related records to what was accepted.
func TestRelatedRecords(t *testing.T) {
	var got strings.Builder
	for _, questions := range readConversations(t, "related") {
		got.WriteString(transcriptOf(t, peopled, questions))
	}
	compareGolden(t, "related", got.String())
}
