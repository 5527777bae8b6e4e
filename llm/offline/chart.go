package offline

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// toolChart draws a chart of the result of an earlier call.
const toolChart = "draw_chart"

// The most groups that a chart of categories, or of parts of a whole, shows well.
const (
	maxBars   = 30
	maxSlices = 8
)

type chartCall struct {
	Kind   string        `json:"kind"`
	Title  string        `json:"title"`
	Call   string        `json:"call"`
	X      string        `json:"x,omitempty"`
	Series []chartSeries `json:"series"`
}

type chartSeries struct {
	Column string `json:"column"`
	Title  string `json:"title,omitempty"`
}

// chartWords are how people ask for a chart; the kinds are their second part.
var chartWords = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:draw|plot|show|give|make)?\s*(?:me\s+)?(?:an?\s+|the\s+)?(?:(bar|line|area|pie|funnel)\s+)?(?:chart|graph|diagram|plot)\s+(?:of|for|with|showing)\s+(?:the\s+)?`),
	regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:draw|plot|show|give|make)?\s*(?:me\s+)?(?:an?\s+|the\s+)?(funnel)\s+(?:of|for)\s+(?:the\s+)?`),
	regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:draw|plot|chart|graph)\s+(?:me\s+)?(?:the\s+)?`),
	regexp.MustCompile(`(?i)[,\s]*\b(?:as|in|with)\s+(?:an?\s+|the\s+)?(?:(bar|line|area|pie|funnel)\s+)?(?:chart|graph|diagram|plot)\s*[?.!]*\s*$`),
	regexp.MustCompile(`(?i)[,\s]*\bas\s+(?:an?\s+|the\s+)?(funnel|pie)\s*[?.!]*\s*$`),
}

// chartWish takes the words that ask for a chart out of a question. Kind is "" where
// none is named.
func chartWish(question string) (rest, kind string, asked bool) {
	for _, words := range chartWords {
		m := words.FindStringSubmatchIndex(question)
		if m == nil || strings.Count(question[:m[0]], `"`)%2 == 1 {
			continue
		}
		if len(m) > 2 && m[2] >= 0 {
			kind = strings.ToLower(question[m[2]:m[3]])
		}
		return question[:m[0]] + question[m[1]:], kind, true
	}
	return question, "", false
}

// chartWishes takes the words that ask for charts out of the questions. A question
// that is nothing else ("as a pie chart") is the one before, drawn so.
func chartWishes(questions []string) (rest []string, kind string) {
	for i, q := range questions {
		bare, wish, asked := chartWish(q)
		kind = wish
		if asked && strings.Trim(bare, " ?.!,") == "" && i > 0 {
			rest = append(rest, rest[i-1])
			continue
		}
		rest = append(rest, bare)
	}
	return rest, kind
}

// draw draws the figures of a call. A chart is an extra: where it cannot be drawn,
// the answer stands without it.
func (c *conversation) draw(tool string, arguments any, chart chartCall) error {
	encoded, err := json.Marshal(arguments)
	if err != nil || !c.desk.offers(toolChart) {
		return err
	}
	if chart.Call = c.desk.ids[callKey(tool, encoded)]; chart.Call == "" {
		return nil
	}
	if err := c.desk.call(toolChart, chart, &struct{}{}); errors.Is(err, errWaiting) {
		return err
	}
	return nil
}

// drawFigure draws one figure.
func (c *conversation) drawFigure(q *query, tool string, arguments any, column string) error {
	title := capitalized(q.m.label)
	if q.m.fn == count {
		title = capitalized(q.of.noun())
	}
	return c.draw(tool, arguments, chartCall{Kind: "kpi", Title: title, Series: []chartSeries{{Column: column, Title: title}}})
}

// drawGroups draws a figure for each group: as bars, over time as a line, or as was
// asked.
func (c *conversation) drawGroups(q *query, call aggregateCall, result *aggregateResult) error {
	n := len(result.Rows)
	timely := q.by[0].bucket != ""
	if len(q.by) != 1 || q.having != nil || n < 2 || (!timely && n > maxBars) {
		return nil
	}
	kind := "bar"
	switch wish := c.chart; {
	case wish == "pie":
		if (q.m.fn == count || q.m.fn == sum) && n <= maxSlices {
			kind = wish
		}
	case wish != "":
		kind = wish
	case timely:
		kind = "line"
	}
	figure := capitalized(q.m.label)
	if q.m.fn == count {
		figure = capitalized(q.of.noun())
	}
	by := q.by[0].path.title
	if timely {
		by = q.by[0].bucket
	}
	return c.draw(toolAggregate, call, chartCall{
		Kind: kind, Title: figure + " by " + strings.ToLower(by), X: q.by[0].path.name,
		Series: []chartSeries{{Column: figureColumn(q.m), Title: figure}},
	})
}

// The block in which questions that might be asked next are proposed, where a system
// message says that it is understood.
const followFence = "```follow-ups"

// withFollowUps appends the questions that the person might ask next.
func withFollowUps(text string, questions []string) string {
	if len(questions) == 0 {
		return text
	}
	return text + "\n\n" + followFence + "\n" + strings.Join(questions, "\n") + "\n```"
}

// propose offers follow-ups to a query that was answered. Each is one that the
// planner understands, which a test holds.
func (c *conversation) propose(q *query) {
	add := func(question string) {
		if len(c.next) < 3 {
			c.next = append(c.next, question)
		}
	}
	group := ""
	for _, f := range groupFields(q.of) {
		taken := false
		for _, d := range q.by {
			taken = taken || d.path.field == f
		}
		for _, one := range q.conditions() {
			for _, p := range one.paths() {
				taken = taken || p.field == f
			}
		}
		if !taken && group == "" {
			group = strings.ToLower(f.title())
		}
	}
	timely := len(q.by) > 0 && q.by[0].bucket != ""
	if group != "" {
		add("And by " + group + "?")
	}
	if q.of.time() != nil && !timely {
		add("And by quarter?")
	}
	if !q.list {
		add("Show them")
		add("Why?")
	}
}
