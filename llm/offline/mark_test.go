package offline

import (
	"strings"
	"testing"

	"github.com/remit-crm/remit/llm"
)

// leads are leads of three companies: one is an account, in another case, one is
// only part of an account's name, one is nowhere.
func leads() *backend {
	b := company()
	b.records["leads"] = nil
	b.add("leads", "l0", "name", "Ada", "company", "CANCITY", "stage", "new", "score", 90)
	b.add("leads", "l1", "name", "Bo", "company", "Acme", "stage", "new", "score", 80)
	b.add("leads", "l2", "name", "Cy", "company", "Nowhere Ltd", "stage", "new", "score", 70)
	b.add("leads", "l3", "name", "Di", "company", nil, "stage", "new", "score", 60)
	return b
}

func TestMarks(t *testing.T) {
	for _, question := range []string{
		"Top 10 new leads by score, marking existing accounts",
		"list leads and mark those whose company is an account already.",
	} {
		answer, calls := ask(t, leads(), allTools(), []llm.Message{user(question)})
		marked := map[string]bool{}
		for line := range strings.Lines(answer) {
			for _, name := range []string{"Ada", "Bo", "Cy", "Di"} {
				if strings.Contains(line, "| "+name+" ") {
					marked[name] = strings.Contains(line, "| yes |")
				}
			}
		}
		if len(marked) != 4 || !marked["Ada"] || marked["Bo"] || marked["Cy"] || marked["Di"] || !strings.Contains(answer, "Account already") {
			t.Errorf("%s\n%s", question, answer)
		}
		queries := 0
		for _, c := range calls {
			if c.Name == toolQuery && strings.Contains(string(c.Arguments), `"accounts"`) {
				queries++
			}
		}
		if queries != 1 {
			t.Errorf("%d queries of accounts", queries)
		}
	}
}

// What cannot be marked is said, and what is not to be seen marks nothing.
func TestMarksThatCannotBeMade(t *testing.T) {
	const wish = ", marking existing accounts"
	for _, question := range []string{"how many leads?", "list opportunities"} {
		answer, _ := ask(t, leads(), allTools(), []llm.Message{user(strings.TrimSuffix(question, "?") + wish)})
		if !strings.Contains(answer, "I marked no accounts") {
			t.Errorf("%s: %s", question, answer)
		}
	}
	b := leads()
	for i, c := range b.collections {
		if c.Name == "accounts" {
			b.collections = append(b.collections[:i:i], b.collections[i+1:]...)
			break
		}
	}
	if answer, _ := ask(t, b, allTools(), []llm.Message{user("list leads" + wish)}); !strings.Contains(answer, "I marked no accounts") || strings.Contains(answer, "yes") {
		t.Errorf("without accounts: %s", answer)
	}
	b = leads()
	for range 2 * maxMarks {
		b.add("leads", "x"+string(rune('a'+len(b.records["leads"]))), "name", "X", "company", "Company "+string(rune('a'+len(b.records["leads"]))), "stage", "new", "score", 1)
	}
	if answer, calls := ask(t, b, allTools(), []llm.Message{user("top 40 leads by score" + wish)}); !strings.Contains(answer, "at most 20 companies") {
		t.Errorf("of many: %s\n%s", answer, calls[len(calls)-1].Arguments)
	}
}
