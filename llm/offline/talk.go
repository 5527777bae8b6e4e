package offline

import (
	"regexp"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// talk is what the messages of a request say.
type talk struct {
	questions []string      // of the person, oldest first; the last is to be answered
	screens   []*llm.Screen // with each of them, nil where there was none
	since     []llm.Message // what came after the last question: our calls and their results
	turn      int           // how many questions there are: makes call ids unique
	today     time.Time     // as a system message says; zero if none does
	who       person        // as a system message says
	proposes  bool          // a system message says how questions to ask next are proposed
}

// person is who asks, where a system message tells. The zero value is unknown.
type person struct{ name, email string }

// listen reads the messages. Only system messages are believed about the day
// and the person; only messages of the user are questions.
func listen(messages []llm.Message) (*talk, error) {
	t := &talk{}
	for i, m := range messages {
		switch m.Role {
		case llm.System:
			t.believe(m.Text)
		case llm.User:
			t.questions, t.screens = append(t.questions, m.Text), append(t.screens, m.Screen)
			t.since = messages[i+1:]
		case llm.Assistant, llm.ToolResult:
		}
	}
	if len(t.questions) == 0 {
		return nil, remit.Errorf(remit.KindInvalid, "the request holds no question of the user")
	}
	t.turn = len(t.questions)
	return t, nil
}

var (
	todayLine  = regexp.MustCompile(`(?i)\b(?:today|current date)\b[^0-9\n]{0,24}([0-9]{4}-[0-9]{2}-[0-9]{2})`)
	personLine = regexp.MustCompile(`(?i)\b(?:person|user|asker|behalf of|works? for|working for|asked by)\b[ \t]*(?:is\b|:|,)?[ \t]*([^\n<>:]{0,80}?)[ \t]*<([^\s<>@]+@[^\s<>@]+)>`)
)

// believe takes the day ("Today is 2026-01-31") and the person ("Person: Anna
// Snelling <anna@example.com>") from a system message. Later messages win.
func (t *talk) believe(text string) {
	t.proposes = t.proposes || strings.Contains(text, followFence)
	if m := todayLine.FindStringSubmatch(text); m != nil {
		if day, err := time.Parse(remit.DateLayout, m[1]); err == nil {
			t.today = day
		}
	}
	if m := personLine.FindStringSubmatch(text); m != nil {
		t.who = person{name: strings.TrimSpace(m[1]), email: m[2]}
	}
}
