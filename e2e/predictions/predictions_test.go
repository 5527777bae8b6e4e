package predictions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/lens"
)

// Two people get two forecasts, each learned from what they may see: what speaks for a
// deal of Rita's speaks against one of Otto's, and their manager, who sees both, is told
// that neither tells.
func TestTwoPeopleTwoForecasts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, token := range []func(*person) string{func(p *person) string { return p.token }, func(p *person) string { return p.own }} {
			ritas, ottos := w.ask(token(w.rita), "predict_outcome", map[string]any{}), w.ask(token(w.otto), "predict_outcome", map[string]any{})
			if ritas.factor("source", "referral") < 1.5 || ritas.factor("source", "web") > 0.7 {
				t.Errorf("to Rita, sources weigh %+v", ritas.Weights)
			}
			if ottos.factor("source", "referral") > 0.7 || ottos.factor("source", "web") < 1.5 {
				t.Errorf("to Otto, sources weigh %+v", ottos.Weights)
			}
			for _, a := range []told{ritas, ottos} {
				if a.Learned.Records != decidedDeals || a.Open != openDeals || a.Declined != nil {
					t.Errorf("learned from %d, open are %d: %+v", a.Learned.Records, a.Open, a.Declined)
				}
			}
			monas := w.ask(token(w.mona), "forecast_pipeline", map[string]any{})
			if monas.Declined == nil || monas.Declined.Reason != "no_better_than_the_base_rate" || monas.Learned.Records != 2*decidedDeals+9 || len(monas.Rows) > 0 {
				t.Errorf("to Mona: learned from %d, declined %+v", monas.Learned.Records, monas.Declined)
			}
		}
		one, other := w.ask(w.rita.token, "forecast_pipeline", map[string]any{}), w.ask(w.otto.token, "forecast_pipeline", map[string]any{})
		if fmt.Sprint(one.Total) == fmt.Sprint(other.Total) || one.Total["open"] != float64(openDeals) || len(one.Rows) < 2 {
			t.Errorf("Rita is forecast %v, Otto %v", one.Total, other.Total)
		}
	})
}

// A field beyond the AI's clearance takes no part, whatever is in it, and is not named;
// nor does anything of deals that are somebody else's. Who may have it used gets it.
func TestHiddenFieldsHaveNoInfluence(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		calls := map[string]map[string]any{
			"predict_outcome":   {"collection": "opportunities", "limit": 50},
			"forecast_pipeline": {"collection": "opportunities", "bucket": "month"},
		}
		before := map[string]string{}
		for name, arguments := range calls {
			text, refused := w.call(w.rita.token, name, arguments)
			if before[name] = text; refused || strings.Contains(text, "discount") || strings.Contains(text, "Otto") {
				t.Errorf("%s: %s", name, text)
			}
		}
		chiefs := w.ask(w.chief.token, "predict_outcome", map[string]any{})
		if !slices.ContainsFunc(chiefs.Weights, func(w weight) bool { return w.Field == "discount" && w.Middle.Factor > 1 }) {
			t.Errorf("the discount takes no part for who may have it used: %+v", chiefs.Weights)
		}
		w.change(w.rita, map[string]any{"discount": 0.9})
		w.change(w.otto, map[string]any{"stage": "won", "source": "event", "amount": 1})
		for name, arguments := range calls {
			if after, _ := w.call(w.rita.token, name, arguments); after != before[name] {
				t.Errorf("%s: what is hidden shows:\n%s\n%s", name, before[name], after)
			}
		}
	})
}

// change sets cells of every decided deal of a person's, as the operator.
func (w *world) change(owner *person, values map[string]any) {
	w.tb.Helper()
	limit := lens.MaxLimit
	filter, err := json.Marshal(map[string]any{"owner_id": owner.id, "stage": map[string]any{"$in": []string{"won", "lost"}}})
	w.must(err)
	page, err := w.store.Lens.Query(w.tb.Context(), operator, lens.Query{Collection: "opportunities", Fields: []string{"name"}, Filter: filter, Limit: &limit})
	w.must(err)
	c := lens.Change{Collection: "opportunities", Values: map[string]json.RawMessage{}}
	for name, v := range values {
		c.Values[name], err = json.Marshal(v)
		w.must(err)
	}
	for _, r := range page.Records {
		c.ID = r.ID
		_, err := w.store.Lens.Update(w.tb.Context(), operator, c)
		w.must(err)
	}
}

// What may not be sent to a model service takes no part in what it is told: amounts are
// confidential.
func TestEgressHoldsForPredictions(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for service, told := range map[string]bool{"": true, abroad: false} {
			box, err := w.tools.For(t.Context(), remit.Actor{Person: w.rita.id, Channel: remit.ChannelMCP, Employee: "viz", Service: service})
			w.must(err)
			for _, name := range []string{"predict_outcome", "forecast_pipeline"} {
				r, err := box.Call(t.Context(), name, json.RawMessage(`{"collection":"opportunities"}`))
				w.must(err)
				if has := strings.Contains(string(r.JSON), `"amount"`) || strings.Contains(string(r.JSON), `"expected"`); has != told {
					t.Errorf("%s for the service %q: %s", name, service, r.JSON)
				}
			}
		}
	})
}

// Who has few records is told so, and a deal that is not theirs is not there, whatever
// could be learned.
func TestTooFewRecordsAndDealsOfOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, name := range []string{"predict_outcome", "forecast_pipeline"} {
			a := w.ask(w.nova.token, name, map[string]any{})
			if a.Declined == nil || a.Declined.Reason != "too_few_records" || a.Learned.Records != 9 || len(a.Rows) > 0 || len(a.Weights) > 0 {
				t.Errorf("%s from nine records: %+v", name, a)
			}
		}
		for _, p := range []*person{w.otto, w.nova} {
			theirs, refused := w.call(p.token, "predict_outcome", map[string]any{"collection": "opportunities", "id": w.open})
			nobodys, _ := w.call(p.token, "predict_outcome", map[string]any{"collection": "opportunities", "id": remit.NewIDSource(nil).New()})
			if !refused || theirs != nobodys {
				t.Errorf("a deal of Rita's is answered to %s with %s, one that is not there with %s", p.name, theirs, nobodys)
			}
		}
		a := w.ask(w.rita.token, "predict_outcome", map[string]any{"id": w.open})
		if len(a.Rows) != 1 || a.Rows[0]["id"] != string(w.open) {
			t.Errorf("her own deal: %+v", a.Rows)
		}
		a = w.ask(w.rita.token, "predict_outcome", map[string]any{"filter": map[string]any{"source": "referral"}, "limit": 3})
		if a.Matching == 0 || a.Matching >= openDeals || len(a.Rows) > 3 {
			t.Errorf("those that were referred: %d match, %+v", a.Matching, a.Rows)
		}
		for field, want := range map[string]string{"probability": "says by itself how a record ended", "loss_reason": "empty on every open record"} {
			if !slices.ContainsFunc(a.LeftOut, func(l struct{ Field, Reason string }) bool {
				return l.Field == field && strings.HasPrefix(l.Reason, want)
			}) {
				t.Errorf("%s takes part: %+v", field, a.LeftOut)
			}
		}
	})
}

// What is learned from is recorded and draws nothing; what is shown is drawn of the
// day's budget.
func TestWhatIsShownIsDrawn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		doc, err := w.store.Policies.Document(t.Context())
		w.must(err)
		for i := range doc.Employees {
			if doc.Employees[i].Name == "viz" {
				doc.Employees[i].Remit.RowsPerDay = 12
			}
		}
		w.must(w.store.Policies.Apply(t.Context(), operator, doc, nil))
		ask := func(limit int) (string, bool) {
			return w.call(w.rita.token, "predict_outcome", map[string]any{"collection": "opportunities", "limit": limit})
		}
		for range 2 {
			if text, refused := ask(5); refused {
				t.Fatalf("within the budget: %s", text)
			}
		}
		if text, refused := ask(5); !refused || !strings.Contains(text, "12 records a day") {
			t.Errorf("beyond the budget: %s", text)
		}
		found, err := w.store.Audit.Tail(t.Context(), audit.Filter{Person: w.rita.id, Limit: 20})
		w.must(err)
		var rows int64
		for _, e := range found {
			if e.Actor.Tool == "predict_outcome" && e.Decision == audit.Allowed {
				rows = max(rows, e.Rows)
			}
		}
		if rows != decidedDeals {
			t.Errorf("the audit log has at most %d records read at once", rows)
		}
	})
}

// The AI employee answers with the tools' figures, each of which something that was read
// supports, and declines where they do.
func TestVizForetells(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for question, want := range map[string][]string{
			"What is the chance to win Rita deal 400?":          {"The chance of **Rita deal 400**", "400 opportunities", "erred"},
			"Which deals are most likely to close?":             {"What weighs most: source", "400 opportunities"},
			"Forecast the pipeline by month":                    {"Of the 30 open opportunities", "in 80 % of cases", "400 opportunities"},
			"What is the chance to win Otto deal 405?":          {"You may see no such open records"},
			"Which web deals over 2000 are most likely to win?": {"%", "400 opportunities"},
		} {
			answer := w.viz(w.rita, question)
			for _, words := range want {
				if !strings.Contains(answer, words) {
					t.Errorf("%q lacks %q: %s", question, words, answer)
				}
			}
			if strings.Contains(answer, "not in the data") {
				t.Errorf("%q: figures that nothing supports: %s", question, answer)
			}
		}
		for _, question := range []string{"Forecast the pipeline for next quarter", "Which deals are most likely to close?"} {
			if answer := w.viz(w.nova, question); !strings.Contains(answer, "I make no prediction") || !strings.Contains(answer, "9 opportunities") {
				t.Errorf("to Nova %q: %s", question, answer)
			}
		}
	})
}

func (w *world) viz(p *person, question string) string {
	w.tb.Helper()
	text := w.send(p.own, "/api/ask", map[string]any{"employee": "viz", "question": question})
	var a struct{ Answer, End string }
	w.must(json.Unmarshal([]byte(text), &a))
	if a.End != "answered" {
		w.tb.Errorf("%q ended with %q: %s", question, a.End, text)
	}
	return a.Answer
}
