package offline

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit/llm"
)

// charting is what a system message says to an AI employee that proposes.
var charting = system("Today is 2017-12-20. Person: Anna Snelling <p1@example.com>\nPropose in a block " + followFence)

// asked asks with charts, and returns the chart, the questions proposed and the rest.
func asked(t *testing.T, questions ...string) (answer string, chart *chartCall, next []string) {
	t.Helper()
	messages := []llm.Message{charting}
	for i, q := range questions {
		messages = append(messages, user(q))
		if i < len(questions)-1 {
			messages = append(messages, assistant("…"))
		}
	}
	specs := append(allTools(), tools(toolChart)...)
	text, calls := ask(t, company(), specs, messages)
	for _, c := range calls {
		if c.Name != toolChart {
			continue
		}
		if chart != nil {
			t.Errorf("%v: two charts", questions)
		}
		chart = &chartCall{}
		if err := json.Unmarshal(c.Arguments, chart); err != nil {
			t.Fatal(err)
		}
	}
	answer, block, _ := strings.Cut(text, "\n\n"+followFence+"\n")
	if block != "" {
		next = strings.Split(strings.TrimSuffix(block, "\n```"), "\n")
	}
	return answer, chart, next
}

// TestCharts holds which question is drawn how. That a chart refers to a call of its
// own run, and fits it, is the agent's to check.
func TestCharts(t *testing.T) {
	for _, c := range []struct {
		questions []string
		want      string // kind, x and column; "" for none
		title     string
	}{
		{[]string{"How many accounts are there?"}, "kpi  count", "Accounts"},
		{[]string{"close rate for medical"}, "kpi  figure", "Close rate"},
		{[]string{"Sum of amount by stage"}, "bar stage figure", "Sum of amount by stage"},
		{[]string{"How many won deals by quarter?"}, "line close_date records", "Opportunities by quarter"},
		{[]string{"monthly revenue"}, "line close_date figure", "Sum of amount by month"},
		{[]string{"Pie chart of accounts by sector"}, "pie industry records", "Accounts by industry"},
		{[]string{"How many accounts by sector, as a pie"}, "pie industry records", "Accounts by industry"},
		{[]string{"Draw a funnel of opportunities by stage"}, "funnel stage records", "Opportunities by stage"},
		{[]string{"How many won deals by quarter?", "as a bar chart"}, "bar close_date records", "Opportunities by quarter"},
		{[]string{"close rate by sector as a pie chart"}, "bar account.industry figure", "Close rate by account industry"}, // rates are no parts of a whole
		{[]string{"how many won deals by quarter and sector"}, "", ""},
		{[]string{"list accounts"}, "", ""},
		{[]string{"How many deals in 1990?"}, "", ""},
		{[]string{"which accounts have more than 2 deals?"}, "", ""}, // only some groups are shown
	} {
		answer, chart, _ := asked(t, c.questions...)
		if strings.Contains(answer, "did not understand") {
			t.Errorf("%v: %s", c.questions, answer)
		}
		got, title := "", ""
		if chart != nil {
			got, title = chart.Kind+" "+chart.X+" "+chart.Series[0].Column, chart.Title
			if chart.Call == "" {
				t.Errorf("%v: no call", c.questions)
			}
		}
		if got != c.want || title != c.title {
			t.Errorf("%v: %q %q, want %q %q\n%s", c.questions, got, title, c.want, c.title, answer)
		}
	}
}

// TestFollowUpsWork asks everything that is proposed: none may be a question that
// the planner does not understand itself.
func TestFollowUpsWork(t *testing.T) {
	n := 0
	for _, q := range []string{"How many accounts are there?", "close rate for medical", "Sum of amount by stage", "monthly revenue", "Top 5 accounts by won amount", "list accounts", "hello", "average discount by quarter", "how many products are there?"} {
		_, _, next := asked(t, q)
		if len(next) == 0 {
			t.Errorf("%q: nothing is proposed", q)
		}
		for _, follow := range next {
			n++
			answer, _, _ := asked(t, q, follow)
			if strings.Contains(answer, "did not understand") || strings.Contains(answer, "could not answer") || strings.Contains(answer, "do not see") {
				t.Errorf("%q, then %q:\n%s", q, follow, answer)
			}
		}
	}
	t.Logf("%d follow-ups asked", n)
	if answer, _, next := asked(t, "flurb the gnarls"); next != nil {
		t.Errorf("%v is proposed to %s", next, answer)
	}
}

// TestChartsAreExtras holds that an answer stands where its chart is refused, and that
// words for charts are not swallowed where none can be drawn.
func TestChartsAreExtras(t *testing.T) {
	b := company()
	b.fail = map[string]string{toolChart: "no"}
	answer, _ := ask(t, b, append(allTools(), tools(toolChart)...), []llm.Message{user("Sum of amount by stage")})
	if !strings.Contains(answer, "| Won |") && !strings.Contains(answer, "won") {
		t.Errorf("%s", answer)
	}
	answer, _ = ask(t, company(), allTools(), []llm.Message{user("Pie chart of accounts by sector")})
	if !strings.Contains(answer, "I draw charts only where") {
		t.Errorf("without the tool: %s", answer)
	}
}

// TestParts holds that questions with ";" between them are answered each by itself, with
// the calls of all of them asked for at once, and that a follow-up leans on the last.
func TestParts(t *testing.T) {
	specs := append(allTools(), tools(toolChart)...)
	first := "Value of the pipeline by stage; How many \"a;b\" deals?;flurb the gnarls\nHow many accounts are there?"
	answer, calls := ask(t, company(), specs, []llm.Message{charting, user(first)})
	for _, want := range []string{"### Value of the pipeline by stage\n\n|", "### How many “a;b” deals?", "### Flurb the gnarls\n\nI did not understand", "### How many accounts are there?\n\n**8 accounts**"} {
		if !strings.Contains(strings.ReplaceAll(answer, `"a;b"`, "“a;b”"), want) {
			t.Errorf("no %q in\n%s", want, answer)
		}
	}
	charts := 0
	for _, c := range calls {
		if c.Name == toolChart {
			charts++
		}
	}
	if charts != 2 || strings.Count(answer, Name) != 1 {
		t.Errorf("%d charts, signed %d times", charts, strings.Count(answer, Name))
	}
	answer, _ = ask(t, company(), specs, []llm.Message{charting, user(first), assistant("…"), user("And by country?")})
	if !strings.Contains(answer, "the number of accounts; grouped by country") {
		t.Errorf("the follow-up: %s", answer)
	}
	if got := len(partsOf(strings.Repeat("how many deals?;", maxParts+1))); got != 1 {
		t.Errorf("%d parts of too many", got)
	}
}
