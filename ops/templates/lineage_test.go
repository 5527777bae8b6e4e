package templates

import (
	"context"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// TestKeptAnswersAreForWhoMayAsk: a company-wide figure in a conversation is shown again to
// whoever may be told it, through the AI employee that was, and to nobody else.
func TestKeptAnswersAreForWhoMayAsk(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		f, err := w.Run(ctx, w.viz("Mia"), Request{Template: byIndustry.Name})
		w.must(err)
		shows := func(name, tool string) bool {
			t.Helper()
			got, err := w.Lens.Recheck(ctx, w.actor(name), "conversation.read", []lens.Check{{Employee: "viz", Tool: tool, Lineage: f.Lineage}}, nil)
			w.must(err)
			return got[0]
		}
		for name, want := range map[string]bool{"Mia": true, "Max": true, "Rex": true, "Ann": false, "Wren": false, "Adam": false} {
			for _, tool := range []string{policy.OverallAnalytics, "draw_chart"} {
				if got := shows(name, tool); got != want {
					t.Errorf("%s is shown the result of %s: %t", name, tool, got)
				}
			}
		}
		w.change(func(d *policy.Document) {
			for i := range d.Tools {
				if d.Tools[i].Name == policy.OverallAnalytics {
					d.Tools[i].Roles = []string{"sales-executive"}
				}
			}
		})
		if shows("Mia", policy.OverallAnalytics) {
			t.Error("shown after the tool was taken away")
		}
		viewing := w.actor("Rex")
		viewing.Operator, viewing.Session = string(w.people["Adam"]), "x"
		_, err = w.Run(ctx, viewing, Request{Template: byIndustry.Name})
		w.want(err, remit.KindDenied)
	})
}
