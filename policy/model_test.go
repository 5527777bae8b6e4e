package policy

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// testModel has a collection with everything that decisions look at: fields of
// each sensitivity, a read-only one, and a boolean for each scope of the
// generated policies.
func testModel() *remit.Model {
	fields := []remit.Field{
		{Name: "open", Type: remit.Text, Sensitivity: remit.Public},
		{Name: "plain", Type: remit.Text, Sensitivity: remit.Internal},
		{Name: "price", Type: remit.Currency, Currency: "USD", Sensitivity: remit.Confidential},
		{Name: "secret", Type: remit.Text, Sensitivity: remit.Restricted},
		{Name: "untagged", Type: remit.Text},
		{Name: "created_at", Type: remit.Timestamp, Sensitivity: remit.Internal, ReadOnly: true},
		{Name: "owner_id", Type: remit.Relation, Target: "people", Sensitivity: remit.Internal},
	}
	for i := range testScopes {
		fields = append(fields, remit.Field{Name: "b" + strconv.Itoa(i), Type: remit.Boolean, Required: true, Sensitivity: remit.Internal})
	}
	return remit.NewModel([]*remit.Collection{
		{Source: remit.MainSource, Name: "things", Table: "things", TitleField: "open", TimeField: "created_at", Fields: fields},
		{Source: remit.MainSource, Name: "notes", Table: "notes", TitleField: "text", Fields: []remit.Field{
			{Name: "text", Type: remit.Text, Sensitivity: remit.Public},
			{Name: "mood", Type: remit.Text, Sensitivity: remit.Internal},
		}},
		{Source: remit.MainSource, Name: "people", Table: "people", TitleField: "name", Permanent: true, Derived: true, Fields: []remit.Field{
			{Name: "name", Type: remit.Text, Required: true, Sensitivity: remit.Public},
		}},
		{Source: "legacy", Name: "things", Table: "things", TitleField: "open", Fields: []remit.Field{
			{Name: "open", Type: remit.Text, Sensitivity: remit.Public},
		}},
	})
}

// testScopes is how many scopes s0, s1 … the generated policies have; record
// field b0 says whether the record is in s0.
const testScopes = 4

func scopeDocuments() []Scope {
	list := make([]Scope, 0, testScopes)
	for i := range testScopes {
		n := strconv.Itoa(i)
		list = append(list, Scope{Name: "s" + n, Collection: "things", Expression: "record.b" + n + " == true"})
	}
	return list
}

func compileT(t testing.TB, doc *Document) *Policy {
	t.Helper()
	p, err := Compile(doc, testModel(), nil)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

// problemsOf returns the problems joined in err as texts.
func problemsOf(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return nil
	}
	var texts []string
	for _, e := range joined.Unwrap() {
		texts = append(texts, remit.PublicText(e))
	}
	return texts
}
