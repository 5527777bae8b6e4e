package policy

import (
	"slices"
	"testing"
)

func TestOffer(t *testing.T) {
	before := sound()
	before.Roles = append(before.Roles, Role{Name: "open", NewEmployees: true})
	after := before.clone()
	after.Employees = append(after.Employees, Employee{Name: "new", Title: "New"})
	offered := after.Offer(before)
	for i, want := range [][]string{{"viz"}, {"new"}} { // not viz, which was there before
		if got := offered.Roles[i].Employees; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", offered.Roles[i].Name, got, want)
		}
	}
	if after.Roles[1].Employees != nil {
		t.Error("the argument changed")
	}
	if again := offered.Offer(before); len(again.Roles[1].Employees) != 1 {
		t.Error("offered twice")
	}
	offered.Roles[1].Employees = nil // switched off
	if again := offered.Offer(after); again.Roles[1].Employees != nil {
		t.Error("offered again after it was switched off")
	}
}
