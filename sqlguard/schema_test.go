package sqlguard

import (
	"testing"
	"time"
)

// crm is what an asker may name in these tests. Of deals, there is a field that is
// hidden.
func crm() *Schema {
	usd, eur := Type{Kind: Number, Scale: 2, Currency: "USD"}, Type{Kind: Number, Scale: 2, Currency: "EUR"}
	text, decimals, whole := Type{Kind: Text}, Type{Kind: Number, Scale: 6}, Type{Kind: Number}
	return &Schema{
		Now:      time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC),
		Location: time.FixedZone("Company", 2*60*60),
		Tables: []Table{
			{Name: "accounts", View: "lens_accounts", Whole: true, Columns: []Column{{"id", text}, {"name", text}, {"parent_id", text}, {"employees", whole}}},
			{Name: "deals", View: "lens_deals", Columns: []Column{
				{"id", text},
				{"name", text},
				{"stage", text},
				{"amount", usd},
				{"cost", eur},
				{"probability", decimals},
				{"account_id", text},
				{"close_date", Type{Kind: Date}},
				{"created_at", Type{Kind: Timestamp}},
				{"active", Type{Kind: Boolean}},
			}},
		},
	}
}

func accepted(t *testing.T, statement string) *Query {
	t.Helper()
	q, err := Check(statement, crm())
	if err != nil {
		t.Fatalf("%s\n%v", statement, err)
	}
	return q
}
