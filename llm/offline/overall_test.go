package offline

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit/llm"
)

const (
	overallList = `{"collection":"opportunities","templates":[
{"name":"deals-by-stage","title":"Deals by stage","description":"Number and value of all deals in each stage.","parameters":[]},
{"name":"close-rate-by-industry","title":"Close rate by industry","description":"Won deals as a share of all that were won or lost.","parameters":[{"name":"since","type":"quarter"}]}]}`
	overallFigures = `{"title":"Close rate by industry","statement":"company-wide figure, reviewed by Rex on 2026-06-15","as_of":"2026-06-15T12:00:00Z",
"parameters":{"since":"2025-01-01"},"columns":[{"name":"industry","type":"text"},{"name":"close_rate","type":"decimal"}],
"rows":[{"industry":"medical","close_rate":0.5625},{"industry":"Other","close_rate":0.5,"_merged":true}],"notes":["groups too small to be shown alone are shown together"],
"chart":{"kind":"bar","x":"industry","series":["close_rate"]}}`
)

// askOverall asks with the tool offered and answers its calls.
func askOverall(t *testing.T, question string, offered ...string) (string, []llm.ToolCall) {
	t.Helper()
	b := company()
	b.overall = func(arguments json.RawMessage) string {
		if strings.Contains(string(arguments), `"template"`) {
			return overallFigures
		}
		return overallList
	}
	return ask(t, b, append(allTools(), tools(offered...)...), []llm.Message{system("Today is 2017-12-20."), user(question)})
}

func TestWholeCompany(t *testing.T) {
	answer, calls := askOverall(t, "What is the company-wide close rate by industry since 2025?", toolOverall, toolChart)
	for _, want := range []string{"| medical | 56.2 % ", "| Other | 50.0 % ", "company-wide figure, reviewed by Rex on 2026-06-15", "since 2025-01-01", "shown together"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer lacks %q:\n%s", want, answer)
		}
	}
	var made []string
	for _, c := range calls {
		made = append(made, c.Name)
	}
	if got := strings.Join(made, " "); got != "overall_analytics overall_analytics draw_chart" {
		t.Errorf("calls: %s", got)
	}
	if got := string(calls[1].Arguments); got != `{"collection_name":"opportunities","template":"close-rate-by-industry","parameters":{"since":"2025-01-01"}}` {
		t.Errorf("asked %s", got)
	}
}

// TestWholeCompanyIsAnsweredWholeOrNotAtAll: a word that no template has is not passed over.
func TestWholeCompanyIsAnsweredWholeOrNotAtAll(t *testing.T) {
	answer, calls := askOverall(t, "company-wide close rate by industry in Lisbon", toolOverall)
	if !strings.Contains(answer, "I did not understand “lisbon”") || !strings.Contains(answer, "**Close rate by industry**") || len(calls) != 1 {
		t.Errorf("%d calls: %s", len(calls), answer)
	}
	answer, _ = askOverall(t, "company-wide weather", toolOverall)
	if !strings.Contains(answer, "Say what it is about") {
		t.Errorf("%s", answer)
	}
}

// TestWithoutTheTool: whoever does not have it is never asked for it.
func TestWithoutTheTool(t *testing.T) {
	for question, offered := range map[string][]string{
		"company-wide close rate by industry": nil,
		"close rate by industry":              {toolOverall},
	} {
		_, calls := askOverall(t, question, offered...)
		for _, c := range calls {
			if c.Name == toolOverall {
				t.Errorf("%q called %s", question, c.Name)
			}
		}
	}
}
