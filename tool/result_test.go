package tool

import (
	"encoding/json"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// What writes its own JSON writes what encoding/json would make of it.
func TestResultIsWhatMarshalGives(t *testing.T) {
	total := int64(2)
	odd := remit.TextValue("<a href='x'>\u2028 \"quoted\" & \\ \x01 é</a>")
	for _, v := range []any{
		&lens.Page{
			Collection: "opportunities", NextCursor: "abc", Total: &total,
			Columns: []lens.Column{{Name: "name", Type: remit.Text, Title: "A & B"}, {Name: "amount", Type: remit.Currency, Currency: "USD"}},
			Records: []lens.Record{{ID: "x", Values: []remit.Value{odd, remit.MoneyValue(12345, "USD")}, Hidden: []string{"amount"}, Version: "v"}},
		},
		&lens.Page{Collection: "opportunities"},
		&lens.AggregateResult{Collection: "opportunities", Columns: []lens.Column{{Name: "stage", Type: remit.Text}}, Rows: [][]remit.Value{{odd}}, Records: 1},
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := result(v, Result{})
		if err != nil || string(got.JSON) != string(want) {
			t.Errorf("got %s (%v)\nwant %s", got.JSON, err, want)
		}
	}
}
