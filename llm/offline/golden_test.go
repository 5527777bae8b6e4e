package offline

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit/llm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestConversations holds every question of testdata/*.txt to the calls and the
// answer in the golden file beside it. A line is a question; lines that begin
// with "+" are follow-ups of the one before.
func TestConversations(t *testing.T) {
	for _, name := range []string{"questions", "followups", "misunderstandings"} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for _, c := range readConversations(t, name) {
				got.WriteString(transcript(t, c))
			}
			compareGolden(t, name, got.String())
		})
	}
}

// compareGolden holds what was got to the golden file of that name.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got (run with -update to accept):\n%s", diff)
	}
}

func readConversations(t testing.TB, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "+"):
			last := len(all) - 1
			all[last] = append(all[last], strings.TrimSpace(line[1:]))
		default:
			all = append(all, []string{line})
		}
	}
	return all
}

// transcript asks the questions of one conversation and writes what happened.
func transcript(t testing.TB, questions []string) string {
	return transcriptOf(t, company, questions)
}

func transcriptOf(t testing.TB, of func() *backend, questions []string) string {
	var b strings.Builder
	messages := []llm.Message{system("You help with the CRM.\nToday is 2017-12-20 (Wednesday).\nPerson: Anna Snelling <p1@example.com>")}
	for _, q := range questions {
		messages = append(messages, user(q))
		answer, calls := ask(t, of(), allTools(), messages)
		messages = append(messages, assistant(answer))
		writeTurn(&b, q, calls, answer)
	}
	return b.String()
}

func writeTurn(b *strings.Builder, question string, calls []llm.ToolCall, answer string) {
	fmt.Fprintf(b, "Q: %s\n", question)
	for _, c := range calls {
		if c.Name != toolCollections {
			fmt.Fprintf(b, "  %s %s\n", c.Name, c.Arguments)
		}
	}
	for line := range strings.Lines(strings.TrimSuffix(answer, "\n\n— "+Name)) {
		fmt.Fprintf(b, "  | %s\n", strings.TrimSuffix(line, "\n"))
	}
	b.WriteString("\n")
}

// TestDocumentedQuestions asks the examples of docs/offline-planner.md.
func TestDocumentedQuestions(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "offline-planner.md"))
	if err != nil {
		t.Fatal(err)
	}
	var messages []llm.Message
	asked := 0
	for i, block := range strings.Split(string(data), "```") {
		questions, ok := strings.CutPrefix(block, "questions\n")
		if !ok || i%2 == 0 {
			continue
		}
		for line := range strings.Lines(questions) {
			q, follows := strings.CutPrefix(strings.TrimSpace(line), "+ ")
			if !follows {
				messages = []llm.Message{system("Today is 2017-12-20. Person: Anna Snelling <p1@example.com>")}
			}
			messages = append(messages, user(q))
			answer, _ := ask(t, company(), append(allTools(), tools(toolChart, toolPredict, toolForecast)...), messages)
			messages = append(messages, assistant(answer))
			asked++
			if strings.Contains(answer, "did not understand") || strings.Contains(answer, "could not answer") || strings.Contains(answer, "which one do you mean") {
				t.Errorf("%q: %s", q, answer)
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d examples were found", asked)
	}
}
