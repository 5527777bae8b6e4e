package templates

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/policy"
)

// edited returns another text of the template.
func edited(t analytics.Template, title string) analytics.Template {
	t.Title = title
	return t
}

// states lists what became of each version.
func (w *world) states(name string) (out []string) {
	w.t.Helper()
	all, err := w.Versions(context.Background(), w.actor("Adam"), name)
	w.must(err)
	for _, v := range all {
		out = append(out, v.State)
	}
	return out
}

// TestEditLeavesWhatIsInForce: a new draft changes nothing until somebody else has
// reviewed it and it is published.
func TestEditLeavesWhatIsInForce(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		title := func() string {
			t.Helper()
			f, err := w.ask("Mia", byIndustry.Name)
			w.must(err)
			return f.Title
		}
		draft, err := w.Draft(ctx, w.actor("Wren"), edited(byIndustry, "Second"))
		w.must(err)
		_, err = w.Publish(ctx, w.actor("Wren"), byIndustry.Name, draft.Version)
		w.want(err, remit.KindConflict) // nobody has reviewed it
		if got := title(); got != "Won by industry" {
			t.Errorf("a draft is in force: %s", got)
		}
		_, err = w.Review(ctx, w.actor("Rita"), byIndustry.Name, w.review(draft))
		w.must(err)
		if got := title(); got != "Won by industry" {
			t.Errorf("what is not published is in force: %s", got)
		}
		_, err = w.Publish(ctx, w.actor("Wren"), byIndustry.Name, draft.Version)
		w.must(err)
		if got := title(); got != "Second" {
			t.Errorf("in force is %s", got)
		}
		if diff := cmp.Diff([]string{"replaced", "published"}, w.states(byIndustry.Name)); diff != "" {
			t.Error(diff)
		}
		_, err = w.Review(ctx, w.actor("Rita"), byIndustry.Name, w.review(draft))
		w.want(err, remit.KindConflict) // it is no draft any more
		w.must(w.Withdraw(ctx, w.actor("Rex"), byIndustry.Name, "wrong"))
		_, err = w.ask("Mia", byIndustry.Name)
		w.want(err, remit.KindNotFound)
		w.want(w.Withdraw(ctx, w.actor("Rex"), byIndustry.Name, "again"), remit.KindNotFound)
	})
}

// TestNobodyReviewsTheirOwn: nor a draft that came from theirs, nor one text with the
// review of another; AI and whoever looks with somebody's eyes do nothing of it.
func TestNobodyReviewsTheirOwn(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		own, err := w.Draft(ctx, w.actor("Adam"), byIndustry)
		w.must(err)
		review := func(a remit.Actor, v *Version) error {
			_, err := w.Review(ctx, a, byIndustry.Name, w.review(v))
			return err
		}
		w.want(review(w.actor("Adam"), own), remit.KindDenied) // has both capabilities
		w.want(review(w.actor("Wren"), own), remit.KindDenied) // may write only
		w.want(review(w.actor("Mia"), own), remit.KindDenied)
		second, err := w.Draft(ctx, w.actor("Wren"), edited(byIndustry, "One word changed"))
		w.must(err)
		w.want(review(w.actor("Adam"), second), remit.KindDenied) // most of it is still his
		swapped := *second
		swapped.Digest = own.Digest
		w.want(review(w.actor("Rex"), &swapped), remit.KindConflict)
		absent := *second
		absent.Version = 99
		w.want(review(w.actor("Rex"), &absent), remit.KindNotFound)
		late := w.review(second)
		late.Until = w.now
		_, err = w.Review(ctx, w.actor("Rex"), byIndustry.Name, late)
		w.want(err, remit.KindInvalid)

		for _, name := range []string{"Adam", "Rex", "Wren"} {
			ai, view := w.viz(name), w.actor(name)
			view.Operator, view.Session = string(w.people["Adam"]), "x"
			for _, a := range []remit.Actor{ai, view} {
				_, err := w.Draft(ctx, a, byIndustry)
				if err == nil {
					t.Errorf("%+v wrote a template", a)
				}
				if err := review(a, second); err == nil {
					t.Errorf("%+v reviewed a template", a)
				}
				if _, err := w.Publish(ctx, a, byIndustry.Name, second.Version); err == nil {
					t.Errorf("%+v published a template", a)
				}
				if err := w.Withdraw(ctx, a, "leads-by-source", "x"); err == nil {
					t.Errorf("%+v withdrew a template", a)
				}
			}
		}
		w.must(review(w.actor("Rex"), second))
		if diff := cmp.Diff([]string{"draft", "reviewed"}, w.states(byIndustry.Name)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestWhatStopsATemplate: a review that lapsed, whoever wrote or reviewed it losing the right
// or leaving, a data model that it no longer fits.
func TestWhatStopsATemplate(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		stopped := func(why string) {
			t.Helper()
			_, err := w.ask("Mia", byIndustry.Name)
			if remit.KindOf(err) != remit.KindNotFound || !strings.Contains(remit.PublicText(err), why) {
				t.Errorf("%v, want a refusal because %s", err, why)
			}
			offers, err := w.List(ctx, w.actor("Mia"), "opportunities")
			w.must(err)
			for _, o := range offers {
				if o.Name == byIndustry.Name {
					t.Errorf("still offered although %s", why)
				}
			}
		}
		runs := func() {
			t.Helper()
			_, err := w.ask("Mia", byIndustry.Name)
			w.must(err)
		}
		runs()
		w.must(w.Directory.RevokeRole(ctx, operator, w.people["Wren"], "data-analyst"))
		stopped("wrote it")
		w.must(w.Directory.GrantRole(ctx, operator, w.people["Wren"], "data-analyst", time.Time{}))
		runs()
		w.change(func(d *policy.Document) {
			for i := range d.Roles {
				if d.Roles[i].Name == "sales-executive" {
					d.Roles[i].Capabilities = nil
				}
			}
		})
		stopped("reviewed it")
		w.must(w.Directory.GrantRole(ctx, operator, w.people["Rex"], "administrator", time.Time{}))
		runs()
		inactive := false
		w.must(w.Directory.UpdatePerson(ctx, operator, w.people["Rex"], directory.PersonChange{Active: &inactive}))
		stopped("reviewed it")
	})
}

func TestReviewLapses(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		until := w.now.Add(time.Hour)
		v, err := w.Draft(ctx, w.actor("Wren"), byIndustry)
		w.must(err)
		v, err = w.Review(ctx, w.actor("Rex"), byIndustry.Name, Review{Version: v.Version, Digest: v.Digest, Until: until})
		w.must(err)
		_, err = w.Publish(ctx, w.actor("Wren"), byIndustry.Name, v.Version)
		w.must(err)
		_, err = w.ask("Mia", byIndustry.Name)
		w.must(err)
		w.now = until
		_, err = w.ask("Mia", byIndustry.Name)
		if remit.KindOf(err) != remit.KindNotFound || !strings.Contains(remit.PublicText(err), "its review lapsed") {
			t.Errorf("after its review lapsed: %v", err)
		}
	})
}

// TestSchemaChange: a template that no longer fits is withdrawn, with a notice, and does not
// come back by itself.
func TestSchemaChange(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		w.publish(byIndustry)
		tag := func(personal bool) {
			t.Helper()
			epoch, err := w.Policies.Epoch(ctx)
			w.must(err)
			_, err = w.Policies.ChangeField(ctx, operator, policystore.FieldChange{Collection: "accounts", Field: "industry", Personal: &personal}, epoch)
			w.must(err)
		}
		tag(true)
		for range 2 {
			_, err := w.ask("Mia", byIndustry.Name)
			w.want(err, remit.KindNotFound)
			tag(false)
		}
		all, err := w.Versions(ctx, w.actor("Adam"), byIndustry.Name)
		w.must(err)
		if all[0].State != "withdrawn" || !strings.Contains(all[0].Note, "no longer fits the data model: sql: accounts.industry is personal data") {
			t.Errorf("%s: %s", all[0].State, all[0].Note)
		}
	})
}

// TestEverythingIsRecorded looks for each step in the audit log.
func TestEverythingIsRecorded(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		_, err := w.ask("Mia", byIndustry.Name)
		w.must(err)
		_, err = w.ask("Ann", byIndustry.Name)
		w.want(err, remit.KindDenied)
		w.must(w.Withdraw(ctx, w.actor("Rex"), byIndustry.Name, "wrong"))
		found := map[audit.Operation]remit.ID{}
		records, err := w.Audit.Tail(ctx, audit.Filter{})
		w.must(err)
		for _, r := range records {
			found[r.Operation] = r.Actor.Person
		}
		for op, who := range map[audit.Operation]string{
			"template.draft": "Wren", "template.review": "Rex", "template.publish": "Wren", "template.run": "Mia", "template.withdraw": "Rex",
		} {
			if found[op] != w.people[who] {
				t.Errorf("%s is recorded of %q, want %s", op, found[op], who)
			}
		}
	})
}
