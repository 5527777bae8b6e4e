package offline

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// What the tools that foretell answer here is made up, but for which records match.

func (b *backend) foretold(of string, filter any) (map[string]any, []map[string]any, error) {
	c := b.collection(of)
	if c == nil {
		return nil, nil, fmt.Errorf("no collection %q", of)
	}
	matches, err := b.filtered(c, b.records[c.Name], filter)
	if err != nil {
		return nil, nil, err
	}
	var open []map[string]any
	for _, r := range matches {
		if r["stage"] != "won" && r["stage"] != "lost" {
			open = append(open, r)
		}
	}
	return map[string]any{
		"learned_from": map[string]any{"records": 60, "of": 600, "won": 36, "lost": 24, "base_rate": json.Number("0.6")},
		"check":        map[string]any{"improvement": json.Number("0.123456")},
		"open":         30, "matching": len(open), "rows": []any{},
		"weights": []any{
			map[string]any{"title": "source", "levels": []any{
				map[string]any{"level": "referral", "odds_factor": json.Number("2.31")}, map[string]any{"level": "web", "odds_factor": json.Number("0.42")},
			}},
			map[string]any{"title": "amount", "middle_half": map[string]any{"from": json.Number("1200"), "to": json.Number("5600.5"), "odds_factor": json.Number("0.87")}},
		},
	}, open, nil
}

func (b *backend) predict(arguments json.RawMessage) (any, error) {
	var q predictCall
	if err := strictly(arguments, &q); err != nil {
		return nil, err
	}
	if q.ID != "" {
		q.Filter = map[string]any{"id": map[string]any{"$eq": q.ID}}
	}
	result, open, err := b.foretold(q.Collection, q.Filter)
	if err != nil {
		return nil, err
	}
	if b.declines != "" {
		result["declined"] = map[string]any{"reason": "too_few_records", "message": b.declines}
		return result, nil
	}
	result["columns"] = []columnInfo{
		{Name: "name", Type: "text", Title: "Name"}, {Name: "amount", Type: "money", Title: "Amount", Currency: "USD"}, {Name: "chance", Type: "decimal", Title: "Chance"},
	}
	rows := []any{}
	for i, r := range open[:min(len(open), max(q.Limit, 3))] {
		rows = append(rows, map[string]any{
			"id": r["id"], "name": r["name"], "amount": r["amount"], "chance": json.Number(fmt.Sprintf("0.%d12345", 9-i)),
			"because": []any{
				map[string]any{"title": "source", "value": "referral", "odds_factor": json.Number("2.31")},
				map[string]any{"title": "account name", "value": "[x](http://evil.example)", "odds_factor": json.Number("0.5")},
			},
		})
	}
	result["rows"] = rows
	return result, nil
}

func (b *backend) forecast(arguments json.RawMessage) (any, error) {
	var q forecastCall
	if err := strictly(arguments, &q); err != nil {
		return nil, err
	}
	result, open, err := b.foretold(q.Collection, q.Filter)
	if err != nil {
		return nil, err
	}
	if b.declines != "" {
		result["declined"] = map[string]any{"reason": "too_few_records", "message": b.declines}
		return result, nil
	}
	usd := func(name, title string) columnInfo {
		return columnInfo{Name: name, Type: "money", Title: title, Currency: "USD"}
	}
	result["columns"] = []columnInfo{
		{Name: "close_date", Type: "date", Title: "Close date"},
		{Name: "open", Type: "integer", Title: "Open"},
		{Name: "expected_wins", Type: "decimal", Title: "Expected wins"},
		usd("pipeline", "Pipeline"),
		usd("expected", "Expected"),
		usd("low", "Lower end"),
		usd("high", "Upper end"),
	}
	row := func(at any) map[string]any {
		return map[string]any{
			"close_date": at, "open": 5, "expected_wins": json.Number("2.5"), "wins_low": 1, "wins_high": 4,
			"pipeline": json.Number("1000.00"), "expected": json.Number("512.34"), "low": json.Number("100.00"), "high": json.Number("900.00"),
		}
	}
	result["rows"] = []any{row("2017-10-01"), row("2018-01-01"), row(nil)}
	result["total"], result["counted"], result["unvalued"] = row(nil), len(open), 2
	result["interval"] = map[string]any{"coverage": json.Number("0.8")}
	return result, nil
}

// seers are all tools with those that foretell.
func seers() []llm.ToolSpec {
	return append(allTools(), tools(toolChart, toolPredict, toolForecast)...)
}

// TestForetelling holds questions about what will be to their calls and answers.
func TestForetelling(t *testing.T) {
	var got strings.Builder
	for _, c := range readConversations(t, "foretelling") {
		messages := []llm.Message{system("Today is 2017-12-20.\nPerson: Anna Snelling <p1@example.com>")}
		for _, q := range c {
			messages = append(messages, user(q))
			answer, calls := ask(t, company(), seers(), messages)
			messages = append(messages, assistant(answer))
			writeTurn(&got, q, calls, answer)
		}
	}
	compareGolden(t, "foretelling", got.String())
}

// Where the tool makes no prediction, the planner makes none either, and says why.
func TestNoPredictionIsSaidPlainly(t *testing.T) {
	for _, q := range []string{"What is the chance to win Deal 03?", "Which deals are most likely to close?", "Forecast the pipeline for next quarter"} {
		b := company()
		b.declines = "12 decided records are too few to learn from: at least 60 are needed"
		answer, _ := ask(t, b, seers(), []llm.Message{user(q)})
		if !strings.Contains(answer, "I make no prediction") || !strings.Contains(answer, b.declines) || strings.Contains(answer, "chance of **") {
			t.Errorf("%q: %s", q, answer)
		}
	}
}

// Who may see leads alone can ask about them.
func TestForetellsLeadsWhereThereAreNoDeals(t *testing.T) {
	b := company()
	b.collections = slices.DeleteFunc(b.collections, func(c *collection) bool { return c.Name == "opportunities" })
	for _, q := range []string{"Which leads are most likely to convert?", "Which new leads are likeliest to convert?"} {
		answer, calls := ask(t, b, seers(), []llm.Message{user(q)})
		if last := calls[len(calls)-1]; last.Name != toolPredict || !strings.Contains(string(last.Arguments), `"leads"`) {
			t.Errorf("%q asked %s %s: %s", q, last.Name, last.Arguments, answer)
		}
	}
}

// A deal on the screen is asked for by its id, whichever collection it is of.
func TestForetellsWhatIsOnTheScreen(t *testing.T) {
	screen := &llm.Screen{Collection: "opportunities", Records: []remit.ID{"o3"}}
	answer, calls := ask(t, company(), seers(), []llm.Message{{Role: llm.User, Text: "How likely are we to win this deal?", Screen: screen}})
	if last := string(calls[len(calls)-1].Arguments); last != `{"collection":"opportunities","id":"o3"}` {
		t.Errorf("asked for %s: %s", last, answer)
	}
	answer, _ = ask(t, company(), seers(), []llm.Message{user("What are our chances to win this deal?")})
	if !strings.Contains(answer, "Which one do you mean?") {
		t.Errorf("with nothing on the screen: %s", answer)
	}
}

// Names from records are shown as text, never as links.
func TestForetellingEscapesWhatIsStored(t *testing.T) {
	answer, _ := ask(t, company(), seers(), []llm.Message{user("What is the chance to win Deal 03?")})
	if strings.Contains(answer, "](http") {
		t.Errorf("a stored link is alive: %s", answer)
	}
}
