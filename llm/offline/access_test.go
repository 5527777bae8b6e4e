package offline

import (
	"strings"
	"testing"

	"github.com/remit-crm/remit/llm"
)

func TestAccessQuestions(t *testing.T) {
	for question, want := range map[string]explainCall{
		"What may I see of people?":                                             {Collection: "people", Action: "view"},
		"Why can't I see deals?":                                                {Collection: "opportunities", Action: "view"},
		"May ann@example.com export accounts?":                                  {Person: "ann@example.com", Collection: "accounts", Action: "export"},
		"Why can ann@example.com not see orders through viz?":                   {Person: "ann@example.com", Employee: "viz", Collection: "orders", Action: "view"},
		"Why can ann@example.com not use finance-analyst?":                      {Person: "ann@example.com", Employee: "finance-analyst"},
		"Can ann@example.com see an order via viz in the task pipeline-review?": {Person: "ann@example.com", Employee: "viz", Task: "pipeline-review", Collection: "orders", Action: "view"},
		"Which records can I edit of any account":                               {},
		"Explain whether I can call execute_sql":                                {Tool: "execute_sql"},
	} {
		got, unread, ok := accessQuestion(question)
		if (want == explainCall{}) != !ok && want != (explainCall{}) {
			t.Errorf("%q is read: %t", question, ok)
		}
		if want != (explainCall{}) && (got != want || unread != "") {
			t.Errorf("%q is read as %+v, without %q", question, got, unread)
		}
	}
	// Nobody reads the answer to another question: a name that is no address is not
	// passed over.
	for question, want := range map[string]string{"Why can Ann not see orders?": "ann", "May I see orders of last year?": "last"} {
		if _, unread, ok := accessQuestion(question); !ok || unread != want {
			t.Errorf("%q: read %t, unread %q", question, ok, unread)
		}
	}
	for _, question := range []string{"How many accounts are there?", "List people", "Why?", "what can you do?", "can you help?"} {
		if call, _, ok := accessQuestion(question); ok {
			t.Errorf("%q is read as %+v", question, call)
		}
	}
}

func TestAccessAnswers(t *testing.T) {
	specs := append(allTools(), tools(toolExplain)...)
	b := company()
	b.explained = `{"allowed":false,"remedy":"give the person *finance*","layers":[{"layer":"employee","name":"viz","allowed":true,"reasons":[{"effect":"gives","message":"viz is available to role x"}]},{"layer":"data","name":"orders","allowed":false,"reasons":[{"effect":"gives","message":"unsaid"},{"effect":"refuses","message":"no role [grants](x) it"}]}],"data":{"collection":"orders","reasons":[]}}`
	answer, calls := ask(t, b, specs, []llm.Message{user("Why can ann@example.com not see orders through viz?")})
	for _, want := range []string{`**ann\@example.com may not do this.**`, "| employee | viz | lets through | viz is available to role x |", `| data | orders | stops | no role \[grants\](x) it |`, `What alone would change that: give the person \*finance\*.`} {
		if !strings.Contains(answer, want) {
			t.Errorf("no %q in\n%s", want, answer)
		}
	}
	if len(calls) != 1 || strings.Contains(answer, "unsaid") {
		t.Errorf("%d calls\n%s", len(calls), answer)
	}
	if answer, _ = ask(t, b, specs, []llm.Message{user("Why can Ann not see orders?")}); !strings.Contains(answer, "did not understand “ann”") {
		t.Errorf("%s", answer)
	}
	if answer, _ = ask(t, b, allTools(), []llm.Message{user("May I see orders?")}); strings.Contains(answer, "may not do this") {
		t.Errorf("without the tool: %s", answer)
	}
}
