package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// explain says what was not understood, and what would be.
func (c *conversation) explain(err error, r *reader) (string, error) {
	var m *misread
	if !errors.As(err, &m) {
		return "", err
	}
	if m.asks != nil {
		return m.reason, nil
	}
	return paragraphs(notUnderstood(m), m.reason, notLookedUp(m, r), c.readingAid(r), exampleText(c.index)), nil
}

// notUnderstood names the words that had no meaning for the planner.
func notUnderstood(m *misread) string {
	if len(m.words) == 0 {
		return "I did not understand the question well enough to answer it."
	}
	words := make([]string, len(m.words))
	for i, w := range m.words {
		words[i] = quote(w)
	}
	return "I did not understand " + join(words, "and") + ", so I did not answer a question that you did not ask."
}

// notLookedUp names the words whose turn did not come.
func notLookedUp(m *misread, r *reader) string {
	if r == nil {
		return ""
	}
	var words []string
	for _, w := range r.unknownWords() {
		if !slices.Contains(m.words, w) {
			words = append(words, quote(w))
		}
	}
	if len(words) == 0 || strings.HasPrefix(m.reason, "I looked for") {
		return ""
	}
	return "I did not look up " + join(words, "and") + ", since the rest was not clear."
}

// readingAid says what the rest of the question was taken to be about.
func (c *conversation) readingAid(r *reader) string {
	if r == nil || r.q == nil {
		return ""
	}
	var titles []string
	for _, f := range r.q.of.Fields {
		titles = append(titles, strings.ToLower(f.title()))
	}
	return fmt.Sprintf("I took the question to be about %s. You may see these fields of them: %s.",
		escape(r.q.of.noun()), escapeAll(titles))
}

func escapeAll(names []string) string {
	escaped := make([]string, len(names))
	for i, n := range names {
		escaped[i] = escape(n)
	}
	return strings.Join(escaped, ", ")
}

// refusalText explains an error of a tool, or the lack of one.
func refusalText(err error) string {
	var failed *toolError
	if errors.As(err, &failed) {
		return fmt.Sprintf("I could not answer: the tool `%s` reported an error: %s", failed.tool, quote(failed.message))
	}
	var missing *notOffered
	if errors.As(err, &missing) {
		names := make([]string, len(missing.tools))
		for i, t := range missing.tools {
			names[i] = "`" + t + "`"
		}
		return "I could not answer: this needs the tool " + join(names, "or") + ", which is not available here."
	}
	return "I could not answer, because of a fault of mine."
}

// isWhy reports whether a question asks how the answer before came about.
func isWhy(spans []span) bool {
	why := false
	for _, s := range spans {
		switch s.sense.(type) {
		case whySense:
			why = true
		case fillerSense, themSense, againSense, linkSense:
		default:
			return false
		}
	}
	return why
}

// why explains how the figure before was computed. It knows no causes, and says
// so.
func (c *conversation) why(q *query) (string, error) {
	if q == nil {
		return c.explain(misreadf("There is no answer before this that I could explain."), nil)
	}
	call, tool := any(aggregateOf(q)), toolAggregate
	switch {
	case q.list:
		tool = toolQuery
		call = queryCall{Source: q.of.source(), Collection: q.of.Name, Filter: allOf(q.conditions())}
	case len(q.by) == 0 && q.m.fn == count:
		tool = toolCount
		call = countCall{Source: q.of.source(), Collection: q.of.Name, Filter: allOf(q.conditions())}
	}
	arguments, err := json.Marshal(call)
	if err != nil {
		return "", fmt.Errorf("offline: encode an explanation: %w", err)
	}
	return paragraphs(
		"I can say how the answer came about, not what caused the figures.",
		understood(q),
		"It was computed over the records that you may see, by `"+tool+"` with these arguments:\n\n```json\n"+strings.ReplaceAll(string(arguments), "`", "\\u0060")+"\n```",
		remarks(q.notes),
		"To look closer, ask “show them”, or "+c.otherGroupings(q)+".",
	), nil
}

// otherGroupings suggests a follow-up that this actor can ask.
func (c *conversation) otherGroupings(q *query) string {
	var suggestions []string
	for _, f := range groupFields(q.of) {
		grouped := slices.ContainsFunc(q.by, func(d dimension) bool { return d.path.field == f })
		if !grouped && len(suggestions) < 2 {
			suggestions = append(suggestions, "“by "+escape(strings.ToLower(f.title()))+" instead”")
		}
	}
	if q.of.time() != nil {
		suggestions = append(suggestions, "“by quarter instead”")
	}
	if len(suggestions) == 0 {
		return "“list " + escape(q.of.noun()) + "”"
	}
	return join(suggestions, "or")
}

// groupFields are the fields by which a collection's records are best grouped.
func groupFields(of *collection) []*field {
	var fields []*field
	for _, f := range of.Fields {
		if f.Type == "enum" {
			fields = append(fields, f)
		}
	}
	return fields
}
