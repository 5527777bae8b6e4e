package offline

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// What is on the screen is meant where a question points at it, and where it names no
// records of its own.
func TestScreen(t *testing.T) {
	won := &llm.Screen{Page: "opportunities", Collection: "opportunities", Filter: json.RawMessage(`{"stage":{"$eq":"won"}}`)}
	two := &llm.Screen{Collection: "opportunities", Records: []remit.ID{"r1", "r2"}}
	none := &llm.Screen{Collection: "opportunities", Records: []remit.ID{}}
	const wonFilter, twoFilter, noneFilter = `"filter":{"stage":{"$eq":"won"}}`, `{"id":{"$in":["r1","r2"]}}`, `{"id":{"$in":[]}}`
	tests := []struct {
		screen    *llm.Screen
		questions []string
		want, not string // in the last call
	}{
		{won, []string{"how many of these are there?"}, wonFilter, ""},
		{won, []string{"how many?"}, wonFilter, ""},
		{won, []string{"average amount?"}, wonFilter, ""},
		{won, []string{"total amount by owner"}, wonFilter, ""},
		{won, []string{"show this list"}, wonFilter, ""},
		{won, []string{"how many accounts?"}, `"accounts"`, "stage"},
		{won, []string{"how many opportunities?"}, `"opportunities"`, "stage"},
		{won, []string{"how many?", "and by owner?"}, wonFilter, ""},
		{won, []string{"how many accounts?", "by industry"}, `"accounts"`, "stage"},
		{won, []string{"how many accounts?", "how many on this page?"}, wonFilter, ""},
		{two, []string{"total amount of the selected ones"}, twoFilter, ""},
		{two, []string{"what is the total amount of these deals?"}, twoFilter, ""},
		{two, []string{"how many accounts?", "total amount of these"}, twoFilter, ""},
		{none, []string{"how many of these?"}, noneFilter, ""},
		{&llm.Screen{Collection: "secrets", Records: []remit.ID{"r1"}}, []string{"how many opportunities?"}, `"opportunities"`, "r1"},
		{nil, []string{"how many opportunities?"}, `"opportunities"`, "id"},
	}
	for _, test := range tests {
		var messages []llm.Message
		for _, q := range test.questions {
			messages = append(messages, llm.Message{Role: llm.User, Text: q, Screen: test.screen}, assistant("…"))
		}
		answer, calls := ask(t, company(), allTools(), messages[:len(messages)-1])
		last := ""
		if len(calls) > 0 {
			last = string(calls[len(calls)-1].Arguments)
		}
		if !strings.Contains(last, test.want) || test.not != "" && strings.Contains(last, test.not) {
			t.Errorf("%v: called %s\n%s", test.questions, last, answer)
		}
	}
}
