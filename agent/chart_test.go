package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/script"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// results are what the tool "figures" answers, by the collection asked for.
var results = map[string]string{
	"stages": `{"columns":[{"name":"stage"},{"name":"n"},{"name":"total"}],"rows":[{"stage":"won","n":3,"total":10.50},{"stage":null,"n":1,"total":null}],"records":4,"more":false}`,
	"one":    `{"columns":[{"name":"total"}],"rows":[{"total":10.5}],"records":4,"more":false}`,
	"empty":  `{"columns":[{"name":"stage"},{"name":"n"}],"rows":[],"records":0,"more":false}`,
	"deals":  `{"collection":"deals","columns":[{"name":"id"},{"name":"name"},{"name":"amount"}],"records":[{"id":"a","name":"x","amount":null,"_hidden":["amount"]},{"id":"b","name":"y","amount":2}]}`,
	"count":  `{"collection":"deals","count":42}`,
	"words":  `{"text":"x","hits":[]}`,
}

func (w *world) drawing(t *testing.T) *Agent {
	t.Helper()
	a := w.agent(t)
	var err error
	a.Tools, err = a.Tools.With(w.tool("figures", tool.Reads, func(_ context.Context, in countInput) (*tool.Result, error) {
		return &tool.Result{JSON: json.RawMessage(results[in.Collection]), Text: in.Collection, Rows: 1}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func figuresOf(collection string) script.Turn {
	return script.Call("figures", `{"collection":"`+collection+`"}`)
}

func drawn(arguments string) script.Turn { return script.Call(DrawChart, arguments) }

func TestChartsReferToCalls(t *testing.T) {
	w := newWorld(script.New(
		figuresOf("stages"), figuresOf("count"), figuresOf("deals"),
		drawn(`{"kind":"bar","title":"Deals\nby stage \u202e","call":"1","x":"stage","series":[{"column":"n","title":"Deals"},{"column":"total"}],"stacked":true}`),
		drawn(`{"kind":"kpi","title":"Deals","call":"2","series":[{"column":"count"}]}`),
		drawn(`{"kind":"line","title":"Amounts","call":"call-2-0","x":"name","series":[{"column":"amount"}]}`),
		drawn(`{"kind":"pie","title":"Again","call":"last","x":"name","series":[{"column":"amount"}]}`),
		script.Text("Done."),
	))
	var events []string
	got, err := w.drawing(t).Run(t.Context(), question, func(e Event) {
		if c, ok := e.(ChartDrawn); ok {
			events = append(events, c.ID)
		}
	})
	if err != nil || got.End != Answered {
		t.Fatalf("%+v, %v", got, err)
	}
	want := []Chart{
		{ID: "chart-1", Kind: "bar", Title: "Deals by stage", Call: "call-0-0", X: "stage", Series: []Series{{"n", "Deals"}, {"total", ""}}, Stacked: true},
		{ID: "chart-2", Kind: "kpi", Title: "Deals", Call: "call-1-0", Series: []Series{{"count", ""}}},
		{ID: "chart-3", Kind: "line", Title: "Amounts", Call: "call-2-0", X: "name", Series: []Series{{"amount", ""}}},
		{ID: "chart-4", Kind: "pie", Title: "Again", Call: "call-2-0", X: "name", Series: []Series{{"amount", ""}}},
	}
	if diff := cmp.Diff(want, got.Charts); diff != "" {
		t.Errorf("charts (-want +got):\n%s", diff)
	}
	if !slices.Equal(events, []string{"chart-1", "chart-2", "chart-3", "chart-4"}) || len(got.Calls) != 7 {
		t.Errorf("events %v, %d calls", events, len(got.Calls))
	}
}

func TestChartsAreRefused(t *testing.T) {
	for arguments, want := range map[string]string{
		`{"kind":"radar","title":"T","call":"1","x":"stage","series":[{"column":"n"}]}`:                  "kind: is none of",
		`{"kind":"bar","title":" ","call":"1","x":"stage","series":[{"column":"n"}]}`:                    "title: is missing",
		`{"kind":"bar","title":"T","call":"2","x":"stage","series":[{"column":"n"}]}`:                    "call: there is no such call",
		`{"kind":"bar","title":"T","call":"0","x":"stage","series":[{"column":"n"}]}`:                    "call: there is no such call",
		`{"kind":"bar","title":"T","call":"call-9-9","x":"stage","series":[{"column":"n"}]}`:             "call: there is no such call",
		`{"kind":"bar","title":"T","call":"1","x":"stag","series":[{"column":"n"}]}`:                     `x: the result has no column "stag"; it has: stage, n, total`,
		`{"kind":"bar","title":"T","call":"1","x":"stage","series":[{"column":"m"}]}`:                    `series[0].column: the result has no column "m"`,
		`{"kind":"bar","title":"T","call":"1","x":"n","series":[{"column":"stage"}]}`:                    `series[0].column: "stage" does not hold numbers`,
		`{"kind":"bar","title":"T","call":"1","series":[{"column":"n"}]}`:                                "x: is missing",
		`{"kind":"bar","title":"T","call":"1","x":"stage","series":[]}`:                                  "series: name one column",
		`{"kind":"pie","title":"T","call":"1","x":"stage","series":[{"column":"n"},{"column":"total"}]}`: "series: name one column",
		`{"kind":"pie","title":"T","call":"1","x":"stage","series":[{"column":"n"}],"stacked":true}`:     "stacked: is for bar and area",
		`{"kind":"kpi","title":"T","call":"1","x":"stage","series":[{"column":"n"}]}`:                    "x: a kpi is one figure",
		`{"kind":"kpi","title":"T","call":"1","series":[{"column":"n"}]}`:                                "kind: a kpi is one figure, and the result has 2 rows",
		`{"kind":"bar","title":"We won 987 deals","call":"1","x":"stage","series":[{"column":"n"}]}`:     "title: states figures that were not read (987)",
		`{"kind":"bar","title":"T","call":"1","x":"stage","series":[{"column":"n","title":"987"}]}`:      "title: states figures that were not read (987)",
		`{"kind":"bar","title":"T","call":"1","x":"stage","series":[{"column":"n"}],"values":[1,2]}`:     "values: is no argument of draw_chart",
		`{"kind":"bar","title":"T","call":"1","x":"stage","series":[{"column":"n","data":[1]}]}`:         `"data"`,
	} {
		w := newWorld(script.New(figuresOf("stages"), drawn(arguments), script.Text("Done.")))
		got, err := w.drawing(t).Run(t.Context(), question, nil)
		if err != nil {
			t.Fatal(err)
		}
		refused := got.Calls[1].Refusal
		if refused == nil || !strings.Contains(refused.Field+": "+refused.Message, want) || len(got.Charts) > 0 {
			t.Errorf("%s: %+v, want %q", arguments, refused, want)
		}
	}
	for _, result := range []string{"empty", "words"} {
		w := newWorld(script.New(figuresOf(result), drawn(`{"kind":"bar","title":"T","call":"1","x":"stage","series":[{"column":"n"}]}`), script.Text("Done.")))
		got, err := w.drawing(t).Run(t.Context(), question, nil)
		if err != nil || got.Calls[1].Refusal == nil || got.Calls[1].Refusal.Field != "call" {
			t.Errorf("%s: %+v, %v", result, got.Calls[1], err)
		}
	}
}

// A model types no figures: what stands in a chart's title is no evidence for the
// answer, and a run has only so many charts.
func TestChartsAreNoEvidence(t *testing.T) {
	turns := []script.Turn{figuresOf("stages")}
	for i := range maxCharts + 1 {
		turns = append(turns, drawn(fmt.Sprintf(`{"kind":"bar","title":"T%s","call":"1","x":"stage","series":[{"column":"n"}]}`, strings.Repeat("x", i))))
	}
	turns = append(turns, script.Text("There are 4711 deals, in 12 charts."))
	got, err := newWorld(script.New(turns...)).drawing(t).Run(t.Context(), question, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Charts) != maxCharts || got.Calls[maxCharts+1].Refusal == nil {
		t.Errorf("%d charts", len(got.Charts))
	}
	if !slices.Contains(got.Unsupported, "4711") {
		t.Errorf("unsupported %v", got.Unsupported)
	}
}

// Who does not have the tool is not offered it and is refused with the reason.
func TestChartsNeedTheTool(t *testing.T) {
	model := script.New(count("accounts"), drawn(`{"kind":"kpi","title":"T","call":"1","series":[{"column":"count"}]}`), script.Text("Done."))
	w := newWorld(model)
	w.task = &policy.Task{Name: "month", Employee: "viz", Tools: []string{"count_records"}}
	req := question
	req.Task = "month"
	got := w.run(t, t.Context(), req)
	if got.Calls[1].Refusal == nil || got.Calls[1].Refusal.Kind != remit.KindDenied.String() || len(got.Charts) > 0 {
		t.Errorf("%+v", got.Calls[1])
	}
	for _, offered := range model.Requests()[0].Tools {
		if offered.Name == DrawChart {
			t.Error("the tool is offered")
		}
	}
}

func TestFollowUps(t *testing.T) {
	answer := "There are 42.\n\n```sql\nselect\n```\n```follow-ups\n- And by quarter?\n2. And\u202e by quarter?\n\n* <b>Which</b> of them?\nhttps://evil.example/?q=1\n![x](y) And why?\n\"Anna's\" deals?\n```\nBye."
	for size := 1; size <= len(answer); size++ {
		var chunks []string
		for rest := answer; rest != ""; rest = rest[min(size, len(rest)):] {
			chunks = append(chunks, rest[:min(size, len(rest))])
		}
		w := newWorld(script.New(count("accounts"), script.Turn{Chunks: chunks}))
		got := w.run(t, t.Context(), question)
		if want := "There are 42.\n\n```sql\nselect\n```\nBye."; got.Answer != want {
			t.Fatalf("in pieces of %d: answer %q", size, got.Answer)
		}
		if diff := cmp.Diff([]string{"And by quarter?", "b>Which</b> of them?", "x](y) And why?"}, got.FollowUps); diff != "" {
			t.Fatalf("in pieces of %d: %s", size, diff)
		}
		var streamed strings.Builder
		for _, e := range w.events {
			if d, ok := e.(TextDelta); ok {
				streamed.WriteString(d.Text)
			}
		}
		if streamed.String() != got.Answer {
			t.Fatalf("in pieces of %d: streamed %q", size, streamed.String())
		}
	}
}

func TestFollowUpsWithoutAnEnd(t *testing.T) {
	for answer, want := range map[string]string{
		"42\n```follow-ups\nWhy?":         "42\n|Why?",
		"42\n```follow-ups\nWhy?\n```":    "42\n|Why?",
		"42\n```follow-ups":               "42\n|",
		"42\n```follow-upsets\nWhy?\n```": "42\n```follow-upsets\nWhy?\n```|",
		"42\n```follow":                   "42\n```follow|",
		"42 ```follow-ups\nWhy?":          "42 ```follow-ups\nWhy?|",
	} {
		var text strings.Builder
		s := &sifter{pass: func(piece string) { text.WriteString(piece) }}
		for _, c := range []byte(answer) {
			s.Add(string(c))
		}
		s.Flush()
		if got := text.String() + "|" + strings.Join(s.FollowUps(), "|"); got != want {
			t.Errorf("%q: %q, want %q", answer, got, want)
		}
	}
}
