package views_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/views"
)

func of[T any](v T) *T { return &v }

type house struct {
	*opstest.Company
	ops *views.Views
}

func newHouse(t *testing.T) *house {
	c := opstest.New(t)
	return &house{c, views.New(c.Views, c.Lens, c.Access)}
}

func (h *house) save(t *testing.T, by string, d views.Draft) *views.View {
	t.Helper()
	made, err := h.ops.Create(t.Context(), h.Actor(by), "opportunities", d)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (h *house) seenBy(t *testing.T, name string) []string {
	t.Helper()
	found, err := h.ops.List(t.Context(), h.Actor(name), "opportunities")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range found {
		names = append(names, v.Name)
	}
	return names
}

// TestSharedWithRoles shares a view with single roles: their holders see it, others
// do not, and the roles are told to nobody but who may change the view.
func TestSharedWithRoles(t *testing.T) {
	h := newHouse(t)
	made := h.save(t, "Ann", views.Draft{Name: of("Reps only"), Shared: of("roles"), Roles: of([]string{"sales-rep"})})
	for name, want := range map[string]bool{"Ann": true, "Bob": true, "Cleo": false} {
		if got := slices.Contains(h.seenBy(t, name), "Reps only"); got != want {
			t.Errorf("%s sees it: %v", name, got)
		}
	}
	bobs, err := h.ops.List(t.Context(), h.Actor("Bob"), "opportunities")
	if err != nil || bobs[0].Roles != nil || bobs[0].Editable {
		t.Errorf("Bob is told %+v, %v", bobs, err)
	}
	_, err = h.ops.Update(t.Context(), h.Actor("Ann"), made.ID, views.Draft{Shared: of("roles"), Roles: of([]string{"sales-manager"})})
	if remit.KindOf(err) != remit.KindInvalid || strings.Contains(err.Error(), "manager") {
		t.Errorf("a role that Ann does not hold: %v", err)
	}
	if _, err := h.ops.Update(t.Context(), h.Actor("Ann"), made.ID, views.Draft{Shared: of("private")}); err != nil {
		t.Fatal(err)
	}
	if seen := h.seenBy(t, "Bob"); len(seen) != 0 {
		t.Errorf("no longer shared, Bob sees %v", seen)
	}
}

// TestRolesToShareWith offers people the roles that they hold, and administrators all.
func TestRolesToShareWith(t *testing.T) {
	h := newHouse(t)
	anns, err := h.ops.Roles(t.Context(), h.Actor("Ann"))
	if err != nil || len(anns) != 1 || anns[0] != (views.ShareRole{Name: "sales-rep", Title: anns[0].Title}) || anns[0].Title == "" {
		t.Errorf("Ann is offered %v, %v", anns, err)
	}
	all, err := h.ops.Roles(t.Context(), h.Actor("Adam"))
	if err != nil || len(all) < 5 {
		t.Errorf("Adam is offered %v, %v", all, err)
	}
	viz := h.Actor("Ann")
	viz.Employee = "viz"
	if _, err := h.ops.Roles(t.Context(), viz); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("an AI employee: %v", err)
	}
}

// TestLostRoleStays keeps a view shared with a role that its owner has lost since.
func TestLostRoleStays(t *testing.T) {
	h := newHouse(t)
	made := h.save(t, "Ann", views.Draft{Name: of("Reps"), Shared: of("roles"), Roles: of([]string{"sales-rep"})})
	for _, step := range []error{
		h.Directory.GrantRole(t.Context(), h.Operator, h.People["Ann"], "sales-manager", time.Time{}),
		h.Directory.RevokeRole(t.Context(), h.Operator, h.People["Ann"], "sales-rep"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	changed, err := h.ops.Update(t.Context(), h.Actor("Ann"), made.ID, views.Draft{Name: of("Ours"), Shared: of("roles"), Roles: of([]string{"sales-rep", "sales-manager"})})
	if err != nil || !slices.Equal(changed.Roles, []string{"sales-rep", "sales-manager"}) {
		t.Errorf("changed to %+v, %v", changed, err)
	}
	if seen := h.seenBy(t, "Cleo"); !slices.Contains(seen, "Ours") {
		t.Errorf("Cleo sees %v", seen)
	}
}

// TestUnusableSaysWhichPart checks that a view whose filter names a record which its
// reader may not see tells the same as one whose record is gone, and names neither.
func TestUnusableSaysWhichPart(t *testing.T) {
	h := newHouse(t)
	hidden, gone := h.Deal(t, "Cleo", "Cleo's"), h.Deal(t, "Cleo", "Gone")
	for _, id := range []remit.ID{hidden, gone} {
		filter := json.RawMessage(`{"opportunity_id":"` + string(id) + `"}`)
		d := views.Draft{Name: of("Of " + string(id)), Shared: of("everyone"), Filter: &filter, Sort: of([]string{"-created_at"})}
		if _, err := h.ops.Create(t.Context(), h.Actor("Cleo"), "quotes", d); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Lens.Delete(t.Context(), h.Operator, lens.Removal{Collection: "opportunities", ID: gone}); err != nil {
		t.Fatal(err)
	}
	found, err := h.ops.List(t.Context(), h.Actor("Ann"), "quotes")
	if err != nil || len(found) != 2 {
		t.Fatalf("Ann finds %v, %v", found, err)
	}
	var told [2]string
	for i, v := range found {
		if v.Usable || !slices.Equal(v.Withheld, []string{"filter"}) || !strings.Contains(v.Note, "ask for access") {
			t.Errorf("Ann is shown %+v", v)
		}
		v.ID, v.Name = "", ""
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		told[i] = string(text)
	}
	if told[0] != told[1] || strings.Contains(told[0], string(hidden)) {
		t.Errorf("Ann reads\n%s\n%s", told[0], told[1])
	}
}

// TestWidthsStayWithColumns forgets the width of a column that is no longer shown.
func TestWidthsStayWithColumns(t *testing.T) {
	h := newHouse(t)
	made := h.save(t, "Ann", views.Draft{Name: of("Wide"), Columns: of([]string{"name", "amount"}), Widths: of(map[string]int{"name": 300, "amount": 90})})
	if made.Widths["name"] != 300 {
		t.Errorf("kept %v", made.Widths)
	}
	changed, err := h.ops.Update(t.Context(), h.Actor("Ann"), made.ID, views.Draft{Columns: of([]string{"name"})})
	if err != nil || len(changed.Widths) != 1 || changed.Widths["name"] != 300 {
		t.Errorf("changed to %+v, %v", changed, err)
	}
}
