package records_test

import (
	"fmt"
	"testing"

	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/records"
)

func TestSearchAllRanksAndGroups(t *testing.T) {
	c := opstest.New(t)
	for _, title := range []string{"The Bobbin deal", "Bobbin again", "Bobby's barn", "Spools"} {
		c.Deal(t, "Ann", title)
	}
	c.Deal(t, "Bob", "Bobbin of another")
	r := records.New(c.Lens)
	found, err := r.SearchAll(t.Context(), c.Actor("Ann"), "bob", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range found.Groups {
		for _, h := range g.Hits {
			got = append(got, fmt.Sprint(g.Collection, ": ", h.Title, " by ", h.Field))
		}
	}
	want := "[opportunities: Bobbin again by name opportunities: Bobby's barn by name opportunities: The Bobbin deal by name people: Bob by name]"
	if fmt.Sprint(got) != want {
		t.Errorf("found %q, want %s", got, want)
	}
	one := 1
	if found, err = r.SearchAll(t.Context(), c.Actor("Ann"), "bob", &one); err != nil || len(found.Groups) != 2 || len(found.Groups[0].Hits) != 1 {
		t.Errorf("one of each: %+v, %v", found, err)
	}
	if _, err := r.SearchAll(t.Context(), c.Actor("Ann"), "b", nil); err == nil {
		t.Error("a letter was searched for")
	}
}
