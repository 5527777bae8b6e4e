package offline

import (
	"errors"
	"strings"
)

// maxParts bounds the questions that are answered at once.
const maxParts = 6

// partsOf cuts what was asked into questions that stand by themselves: at ";" and at
// line ends, but not within quotes. A preset task asks several things that way.
func partsOf(question string) []string {
	if len(question) > maxQuestion {
		return []string{question}
	}
	quoted := false
	pieces := strings.FieldsFunc(question, func(c rune) bool {
		if c == '"' {
			quoted = !quoted
		}
		return c == '\n' || (c == ';' && !quoted)
	})
	var parts []string
	for _, p := range pieces {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) < 2 || len(parts) > maxParts {
		return []string{question}
	}
	return parts
}

// answerParts answers each part under a heading of its own. Every call that any of
// them waits for is asked for at once.
func (p *Planner) answerParts(parts []string, one func(question string) (string, []string, error)) (text string, next []string, err error) {
	var sections []string
	waiting := false
	for _, part := range parts {
		answer, proposed, err := one(part)
		switch {
		case errors.Is(err, errWaiting):
			waiting = true
			continue
		case err != nil:
			answer = refusalText(err)
		}
		sections = append(sections, "### "+escape(capitalized(part))+"\n\n"+answer)
		next = proposed // a follow-up leans on the last part
	}
	if waiting {
		return "", nil, errWaiting
	}
	return strings.Join(sections, "\n\n"), next, nil
}

// lastParts puts the last part in the place of each earlier question of several.
func lastParts(questions []string) []string {
	last := make([]string, len(questions))
	for i, q := range questions {
		parts := partsOf(q)
		last[i] = parts[len(parts)-1]
	}
	return last
}
