package policystore

import (
	"context"
	"slices"
	"testing"
)

// An AI employee made later is available to the roles that take new ones, and
// stays switched off where somebody switched it off.
func TestNewEmployeesAreOffered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		doc := small(1)
		doc.Roles[0].NewEmployees = true
		must(t, a.Apply(ctx, admin, doc, nil))
		scout := doc.Employees[0]
		scout.Name = "scout"
		doc.Employees = append(doc.Employees, scout)
		must(t, a.Apply(ctx, admin, doc, nil))
		available := func() []string {
			stored, err := b.Document(ctx)
			must(t, err)
			return stored.Roles[0].Employees
		}
		if got := available(); !slices.Contains(got, "scout") {
			t.Errorf("available: %v", got)
		}
		must(t, a.Apply(ctx, admin, doc, func(tr Transition) error {
			if slices.Contains(tr.After.Document().Roles[0].Employees, "scout") {
				t.Error("an AI employee that was switched off was offered again")
			}
			return nil
		}))
		if got := available(); slices.Contains(got, "scout") {
			t.Errorf("available after it was switched off: %v", got)
		}
	})
}
