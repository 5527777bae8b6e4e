package templates

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/policy"
)

// TestFigures: exact, the same for everybody who has the tool, whatever they may see.
func TestFigures(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100.25})...)
		w.add(repeat(6, deal{"retail", "won", "2026-04-10", 200})...)
		w.add(repeat(3, deal{"mining", "won", "2026-04-11", 300})...)
		w.add(repeat(4, deal{"farming", "won", "2026-04-12", 300})...)
		w.add(repeat(9, deal{"medical", "lost", "2026-03-10", 1})...)
		w.add(repeat(9, deal{"medical", "won", "2020-03-10", 1})...)
		want := `"medical" 7 722.75 103.25 
"retail" 6 1215.00 202.5 
"Other" 7 2109.00 301.285714 
`
		mia, err := w.ask("Mia", "won-by-industry")
		w.must(err)
		if diff := cmp.Diff(want, shown(mia)); diff != "" {
			t.Errorf("figures (-want +got):\n%s", diff)
		}
		if mia.Statement != "company-wide figure, reviewed by Rex on 2026-06-15" || mia.Records != 20 || mia.MinGroup != 5 {
			t.Errorf("%+v", mia)
		}
		if diff := cmp.Diff([]string{analytics.NoteMerged}, mia.Notes); diff != "" {
			t.Error(diff)
		}
		rex, err := w.ask("Rex", "won-by-industry")
		w.must(err)
		if diff := cmp.Diff(mia, rex); diff != "" {
			t.Errorf("an executive is told otherwise than a manager:\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"from": "2025-06-01", "before": "2026-07-01"}, mia.Parameters); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTooFew(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		w.publish(byIndustry)
		w.add(repeat(2, deal{"medical", "won", "2026-03-10", 100})...)
		w.add(repeat(2, deal{"retail", "won", "2026-03-10", 100})...)
		f, err := w.ask("Mia", "won-by-industry")
		w.must(err)
		if len(f.Rows) != 0 || f.Records != 0 || !slices.Contains(f.Notes, analytics.NoteNothing) {
			t.Errorf("told of four deals: %+v", f)
		}
	})
}

// TestSharesOfFew: where too few meet a filter everywhere, shares are left out and the
// rest is told.
func TestSharesOfFew(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		w.publish(analytics.Template{
			Name: "rate", Title: "Rate", Collection: "opportunities", Description: "Close rate.",
			SQL: "SELECT COUNT(*) AS decided, AVG(CASE WHEN stage = 'won' THEN 1 ELSE 0 END) AS rate FROM opportunities WHERE stage IN ('won', 'lost')",
		})
		w.add(repeat(20, deal{"medical", "lost", "2026-03-10", 100})...)
		w.add(repeat(2, deal{"medical", "won", "2026-03-10", 100})...)
		f, err := w.ask("Mia", "rate")
		w.must(err)
		if got := shown(f); got != "22 null \n" {
			t.Errorf("told %s", got)
		}
	})
}

// TestWhoMayAsk: by role, by AI employee, within what AI may use.
func TestWhoMayAsk(t *testing.T) {
	eachDatabase(t, func(w *world) {
		ctx := context.Background()
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		run := func(a remit.Actor, template string) error {
			_, err := w.Run(ctx, a, Request{Template: template})
			return err
		}
		w.must(run(w.viz("Mia"), "won-by-industry"))
		w.want(run(w.actor("Ann"), "won-by-industry"), remit.KindDenied)
		w.want(run(w.actor("Ann"), "no-such-template"), remit.KindDenied) // what there is, is not hers to know
		w.want(run(w.actor("Wren"), "won-by-industry"), remit.KindDenied)
		w.want(run(w.actor("Mia"), "no-such-template"), remit.KindNotFound)
		_, err := w.List(ctx, w.actor("Ann"), "opportunities")
		w.want(err, remit.KindDenied)
		// Adam's AI has clearance up to internal, and amounts are confidential: also where
		// somebody else was told before.
		w.must(run(w.actor("Adam"), "won-by-industry"))
		w.want(run(w.viz("Adam"), "won-by-industry"), remit.KindDenied)
		w.must(run(w.viz("Adam"), "accounts-by-industry"))
		// Penn does not have the tool; a task that is about a year cannot be about the company.
		penn := w.actor("Mia")
		penn.Employee = "penn"
		w.want(run(penn, "won-by-industry"), remit.KindDenied)
		task := w.viz("Mia")
		task.Task = "sales-insights"
		w.want(run(task, "won-by-industry"), remit.KindDenied)
		w.want(run(task, "leads-by-source"), remit.KindDenied)
		// A condition on the tool looks at the collection, however it is asked.
		w.change(func(d *policy.Document) {
			for i := range d.Tools {
				if d.Tools[i].Name == policy.OverallAnalytics {
					d.Tools[i].Condition = `input.collection_name == "leads"`
				}
			}
		})
		w.want(run(w.actor("Mia"), "won-by-industry"), remit.KindDenied)
		w.must(run(w.actor("Mia"), "leads-by-source"))
		// Without a rule the tool is nobody's.
		w.change(func(d *policy.Document) {
			d.Tools = slices.DeleteFunc(d.Tools, func(t policy.Tool) bool { return t.Name == policy.OverallAnalytics })
		})
		w.want(run(w.actor("Rex"), "leads-by-source"), remit.KindDenied)
		w.want(run(w.actor("Adam"), "leads-by-source"), remit.KindDenied)
	})
}

// TestOfTheDay: everybody is told the day's figures, and later ones only where enough has
// changed since.
func TestOfTheDay(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		w.publish(byIndustry)
		ids := w.add(repeat(10, deal{"medical", "won", "2026-03-10", 100})...)
		first, err := w.ask("Mia", "won-by-industry")
		w.must(err)
		told := func(name, want string) *Figures {
			t.Helper()
			f, err := w.ask(name, "won-by-industry")
			w.must(err)
			if !strings.HasPrefix(shown(f), `"medical" `+want+" ") {
				t.Errorf("told %s, want %s", shown(f), want)
			}
			return f
		}
		w.now = w.now.AddDate(0, 0, 1)
		w.add(deal{"medical", "won", "2026-03-11", 900})
		same := told("Mia", "10 1045.00")
		if diff := cmp.Diff(first, same); diff != "" {
			t.Errorf("one deal more, and the figures moved:\n%s", diff)
		}
		told("Max", "10 1045.00")
		w.now = w.now.AddDate(0, 0, 1)
		w.amount(ids[0], 500) // changed twice since the figures were made
		told("Mia", "10 1045.00")
		w.now = w.now.AddDate(0, 0, 1)
		w.add(repeat(30, deal{"medical", "won", "2026-03-11", 500000})...)
		told("Mia", "41 15002780.00")
	})
}
