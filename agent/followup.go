package agent

import (
	"strings"
	"unicode"
)

// Follow-ups are questions that a person might ask next. A model proposes them in a
// fenced block of the answer, a question a line:
//
//	```follow-ups
//	And by quarter?
//	Which of them are past their close date?
//	```
//
// The block is taken out of the answer while it comes. What is in it is text of a
// model: it is shown as text, and asked only if the person asks it.
const followFence = "```follow-ups"

// The bounds on follow-ups.
const (
	maxFollowUps = 3
	maxFollowUp  = 160 // runes
)

// sifter passes a model's text on without its block of follow-ups. It holds a line
// back only as long as that may be the fence. The zero value has no way out: set
// pass.
type sifter struct {
	pass   func(string)
	held   string // the beginning of a line that may be the fence
	midway bool   // the line that is coming is no fence, and has been passed in part
	inside bool
	block  strings.Builder
}

// Add takes the next piece of text.
func (s *sifter) Add(piece string) {
	for piece != "" {
		line, rest, whole := strings.Cut(piece, "\n")
		if whole {
			line += "\n"
		}
		s.take(line, whole)
		piece = rest
	}
}

// take takes a piece of one line.
func (s *sifter) take(piece string, whole bool) {
	if s.midway {
		s.pass(piece)
		s.midway = !whole
		return
	}
	s.held += piece
	line := strings.TrimRight(s.held, " \t\r\n")
	switch {
	case s.inside && whole:
		if strings.TrimSpace(line) == "```" {
			s.inside = false
		} else {
			s.block.WriteString(s.held)
		}
		s.held = ""
	case s.inside:
	case whole && line == followFence:
		s.inside, s.held = true, ""
	case whole || !strings.HasPrefix(followFence, s.held):
		if whole || len(line) > len(followFence) || !strings.HasPrefix(followFence, line) {
			s.pass(s.held)
			s.held, s.midway = "", !whole
		}
	}
}

// Flush ends the text. A block that was never closed ends with it.
func (s *sifter) Flush() {
	switch line := strings.TrimRight(s.held, " \t\r"); {
	case s.inside:
		if strings.TrimSpace(line) != "```" {
			s.block.WriteString(s.held)
		}
	case line == followFence:
	case s.held != "":
		s.pass(s.held)
	}
	s.held, s.inside, s.midway = "", false, false
}

// FollowUps returns the questions of the block, made harmless: one line each, no
// list marks, no addresses, no repetitions.
func (s *sifter) FollowUps() []string {
	var out []string
	seen := map[string]bool{}
	for line := range strings.Lines(s.block.String()) {
		line = strings.TrimLeftFunc(plainLine(line, maxFollowUp), func(c rune) bool {
			return !unicode.IsLetter(c) && c != '"' && c != '“' && c != '¿'
		})
		lower := strings.ToLower(line)
		if line == "" || seen[lower] || strings.Contains(lower, "://") || strings.Contains(lower, "www.") {
			continue
		}
		seen[lower] = true
		if out = append(out, line); len(out) == maxFollowUps {
			break
		}
	}
	return out
}
