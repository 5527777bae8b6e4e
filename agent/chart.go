package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/tool"
)

// DrawChart is the tool by which an AI employee has a chart drawn. It is of the run
// alone: a chart refers to the result of an earlier call of the run, so that its
// figures are what the lens answered and never what a model typed.
const DrawChart = "draw_chart"

// Chart says how a call's result is drawn. Whoever may see the result may see the
// chart, and nobody else.
type Chart struct {
	ID      string   `json:"id"` // "chart-1"
	Kind    string   `json:"kind" enum:"bar,line,area,pie,funnel,kpi"`
	Title   string   `json:"title"`
	Call    string   `json:"call"`        // id of the call whose result holds the figures
	X       string   `json:"x,omitempty"` // the column of names; none for a kpi
	Series  []Series `json:"series"`      // the columns of figures
	Stacked bool     `json:"stacked,omitempty"`
}

// Series is one column of figures of a chart.
type Series struct {
	Column string `json:"column"`
	Title  string `json:"title,omitempty"`
}

// The bounds on charts.
const (
	maxCharts = 12 // of a run
	maxSeries = 8
	maxTitle  = 120 // runes
)

const chartSchema = `{"type": "object", "additionalProperties": false, "required": ["kind", "title", "call", "series"], "properties": {
	"kind": {"type": "string", "enum": ["bar", "line", "area", "pie", "funnel", "kpi"], "description": "bar for categories, line or area for time, pie for few parts of a whole, funnel for stages in order, kpi for one figure."},
	"title": {"type": "string", "description": "What the chart shows, on one line, without figures."},
	"call": {"type": "string", "description": "Which earlier tool call to draw: its number, counted from 1 over all tool calls since the question, its id, or \"last\" for the latest with a result that can be drawn."},
	"x": {"type": "string", "description": "Column of that result with the names or dates along the axis. Not for a kpi."},
	"series": {"type": "array", "minItems": 1, "maxItems": 8, "description": "Columns of that result with the figures, e.g. [{\"column\": \"revenue\", \"title\": \"Revenue\"}]. One for pie, funnel and kpi.",
		"items": {"type": "object", "additionalProperties": false, "required": ["column"], "properties": {
			"column": {"type": "string", "description": "Name of a column, as the result has it."},
			"title": {"type": "string", "description": "What people read; the column's own title if left out."}
		}}},
	"stacked": {"type": "boolean", "description": "Bars or areas on top of each other."}
}}`

type chartInput struct {
	Kind    string   `json:"kind"`
	Title   string   `json:"title"`
	Call    string   `json:"call"`
	X       string   `json:"x"`
	Series  []Series `json:"series"`
	Stacked bool     `json:"stacked"`
}

// chartTool returns the tool as models see it. Running it yields its input: the
// run, which alone knows its calls, makes the chart of it.
func chartTool() *tool.Tool {
	return tool.New(ChartSpec(), func(_ context.Context, _ remit.Actor, in chartInput) (*tool.Result, error) {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		return &tool.Result{JSON: raw}, nil
	})
}

// ChartSpec describes the tool that every run can have beside those of the registry.
func ChartSpec() tool.Spec {
	return tool.Spec{
		Name: DrawChart, Title: "Draw a chart", Schema: json.RawMessage(chartSchema), Effect: tool.Reads,
		Description: "Draw a chart from the result of an earlier call of aggregate_records, count_records or query_records. The figures are taken from that result; you only say how they are shown. Draw one where it shows more than a sentence, then answer in words as well.",
	}
}

// draw makes a chart of what the tool was given, and tells of it.
func (r *run) draw(given *tool.Result) (*tool.Result, error) {
	var in chartInput
	if err := json.Unmarshal(given.JSON, &in); err != nil {
		return nil, err
	}
	if len(r.result.Charts) >= maxCharts {
		return nil, remit.Errorf(remit.KindLimited, "there are %d charts already: answer with those", maxCharts)
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	for _, title := range in.titles() {
		if odd := r.read.Unsupported(title); len(odd) > 0 {
			return nil, remit.FieldErrorf("title", "states figures that were not read (%s): say what is shown, without figures", strings.Join(odd, ", "))
		}
	}
	call, err := r.drawable(in.Call)
	if err != nil {
		return nil, err
	}
	figures := readFigures(call.Result)
	if err := in.fits(figures); err != nil {
		return nil, err
	}
	chart := Chart{ID: "chart-" + strconv.Itoa(len(r.result.Charts)+1), Kind: in.Kind, Title: in.Title, Call: call.ID, X: in.X, Series: in.Series, Stacked: in.Stacked}
	raw, err := json.Marshal(chart)
	if err != nil {
		return nil, err
	}
	r.result.Charts = append(r.result.Charts, chart)
	r.emit(ChartDrawn{r.turn, chart})
	return &tool.Result{JSON: raw, Text: fmt.Sprintf("%s chart of %d rows", chart.Kind, len(figures.rows)), Lineage: call.Lineage}, nil
}

// titles are the texts of a chart that a model wrote and people read.
func (in *chartInput) titles() []string {
	texts := []string{in.Title}
	for _, s := range in.Series {
		texts = append(texts, s.Title)
	}
	return texts
}

var chartKinds = []string{"bar", "line", "area", "pie", "funnel", "kpi"}

// check looks at a chart by itself, and tidies its texts.
func (in *chartInput) check() error {
	if !slices.Contains(chartKinds, in.Kind) {
		e := remit.FieldErrorf("kind", "is none of %s", strings.Join(chartKinds, ", "))
		e.Hint = remit.DidYouMean(in.Kind, chartKinds)
		return e
	}
	in.Title = plainLine(in.Title, maxTitle)
	for i := range in.Series {
		in.Series[i].Title = plainLine(in.Series[i].Title, maxTitle)
	}
	one := in.Kind == "pie" || in.Kind == "funnel" || in.Kind == "kpi"
	switch {
	case in.Title == "":
		return remit.FieldErrorf("title", "is missing: say what the chart shows")
	case len(in.Series) == 0 || len(in.Series) > maxSeries || (one && len(in.Series) > 1):
		return remit.FieldErrorf("series", "name one column of figures, or for bar, line and area up to %d", maxSeries)
	case in.Kind == "kpi" && in.X != "":
		return remit.FieldErrorf("x", "a kpi is one figure: leave x out")
	case in.Kind != "kpi" && in.X == "":
		return remit.FieldErrorf("x", "is missing: name the column of names or dates")
	case in.Stacked && in.Kind != "bar" && in.Kind != "area":
		return remit.FieldErrorf("stacked", "is for bar and area only")
	}
	return nil
}

// plainLine makes a text of a model one line of at most so many runes, without
// characters that are not to be seen.
func plainLine(text string, most int) string {
	text = strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || unicode.In(c, unicode.Cf, unicode.Cc) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, " "))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}

// drawable returns the call that a chart refers to.
func (r *run) drawable(name string) (*Call, error) {
	calls := r.result.Calls
	at := -1
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(calls) {
		at = n - 1
	}
	for i := range calls {
		if calls[i].ID == name || (name == "last" && readFigures(calls[i].Result) != nil) {
			at = i
		}
	}
	switch {
	case at < 0:
		return nil, remit.FieldErrorf("call", "there is no such call since the question: calls are counted from 1, and there are %d", len(calls))
	case readFigures(calls[at].Result) == nil:
		return nil, remit.FieldErrorf("call", "that call (%s) has no result that could be drawn: call aggregate_records first", calls[at].Tool)
	}
	return &calls[at], nil
}

// figures are the rows of a result, as charts and tables read them.
type figures struct {
	columns []string
	rows    []map[string]json.RawMessage
}

// readFigures returns the rows of a tool's result, nil where it has none: groups,
// records, or a single count.
func readFigures(result json.RawMessage) *figures {
	var r struct {
		Columns []struct {
			Name string `json:"name"`
		} `json:"columns"`
		Rows    []map[string]json.RawMessage `json:"rows"`
		Records json.RawMessage              `json:"records"` // rows of a query, a number of an aggregate
		Count   json.RawMessage              `json:"count"`
	}
	if len(result) == 0 || json.Unmarshal(result, &r) != nil {
		return nil
	}
	f := &figures{rows: r.Rows}
	for _, c := range r.Columns {
		f.columns = append(f.columns, c.Name)
	}
	switch {
	case r.Rows != nil:
	case r.Count != nil:
		f.columns, f.rows = []string{"count"}, []map[string]json.RawMessage{{"count": r.Count}}
	case json.Unmarshal(r.Records, &f.rows) != nil || f.columns == nil:
		return nil
	}
	return f
}

// fits checks a chart against the rows that it is to show.
func (in *chartInput) fits(f *figures) error {
	switch {
	case len(f.rows) == 0:
		return remit.FieldErrorf("call", "the result is empty: there is nothing to draw")
	case in.Kind == "kpi" && len(f.rows) > 1:
		return remit.FieldErrorf("kind", "a kpi is one figure, and the result has %d rows", len(f.rows))
	case in.X != "" && !slices.Contains(f.columns, in.X):
		return noColumn("x", in.X, f.columns)
	}
	for i, s := range in.Series {
		at := fmt.Sprintf("series[%d].column", i)
		if !slices.Contains(f.columns, s.Column) {
			return noColumn(at, s.Column, f.columns)
		}
		if err := f.numeric(at, s.Column); err != nil {
			return err
		}
	}
	return nil
}

func noColumn(at, name string, columns []string) error {
	e := remit.FieldErrorf(at, "the result has no column %q; it has: %s", clip(name, 60), strings.Join(columns, ", "))
	e.Hint = remit.DidYouMean(name, columns)
	return e
}

// numeric refuses a column whose cells are not numbers. Empty ones are gaps.
func (f *figures) numeric(at, column string) error {
	for _, row := range f.rows {
		var cell any
		if json.Unmarshal(row[column], &cell) != nil {
			continue // absent or hidden
		}
		if _, number := cell.(float64); cell != nil && !number {
			return remit.FieldErrorf(at, "%q does not hold numbers", clip(column, 60))
		}
	}
	return nil
}
