package offline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// toolOverall answers by reviewed templates, over everybody's records.
const toolOverall = "overall_analytics"

type overallCall struct {
	Collection string            `json:"collection_name"`
	Template   string            `json:"template,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
}

// overallTemplates is what overall_analytics lists.
type overallTemplates struct {
	Templates []overallTemplate `json:"templates"`
}

type overallTemplate struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Parameters  []struct {
		Name string `json:"name"`
		Type string `json:"type"`
	} `json:"parameters"`
}

// overallResult is what overall_analytics answers by one of them.
type overallResult struct {
	aggregateResult
	Title      string            `json:"title"`
	Statement  string            `json:"statement"`
	AsOf       string            `json:"as_of"`
	Parameters map[string]string `json:"parameters"`
	Notes      []string          `json:"notes"`
	Chart      *struct {
		Kind   string   `json:"kind"`
		X      string   `json:"x"`
		Series []string `json:"series"`
	} `json:"chart"`
}

var (
	overallWish  = regexp.MustCompile(`(?i)\b(?:company[- ]wide|(?:for|of|in|across)\s+the\s+(?:whole|entire)\s+company|the\s+(?:whole|entire)\s+company(?:'s|’s)?|across\s+the\s+company|overall\s+analytics)\b`)
	overallSince = regexp.MustCompile(`(?i)\bsince\s+(\d{4})(-\d\d-\d\d)?\b`)
)

// overallFillers carry no meaning in a question about the whole company.
var overallFillers = wordsSet(
	"please", "what", "which", "how", "is", "are", "was", "were", "the", "a", "an", "our", "we", "do", "does", "did", "have", "has", "many", "much", "of", "in", "for", "by",
	"and", "show", "me", "give", "tell", "draw", "chart", "graph", "plot", "per", "each", "all", "about", "overall", "analytic", "number", "figure", "total", "value", "it", "us", "there", "from", "on", "to", "with",
)

// overallCollections are the words by which a question names what it is about.
var overallCollections = []struct {
	collection string
	words      []string
}{
	{"leads", []string{"lead"}},
	{"quotes", []string{"quote", "offer"}},
	{"orders", []string{"order"}},
	{"activities", []string{"activity", "call", "meeting", "task"}},
	{"contacts", []string{"contact"}},
	{"opportunities", []string{"opportunity", "deal", "pipeline", "close", "win", "won", "revenue", "sale", "stage"}},
	{"accounts", []string{"account", "customer"}},
}

// overallQuestion reads a question about the whole company: what it is about, and its
// words that carry a meaning.
func overallQuestion(question string) (call overallCall, words []string, ok bool) {
	if len(question) > maxQuestion || !overallWish.MatchString(question) {
		return call, nil, false
	}
	rest := overallWish.ReplaceAllString(question, " ")
	if m := overallSince.FindStringSubmatch(rest); m != nil {
		day := m[2]
		if day == "" {
			day = "-01-01"
		}
		call.Parameters = map[string]string{"since": m[1] + day}
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	for _, t := range lex(rest) {
		if word := stem(t.word); word != "" && !overallFillers[t.word] && !overallFillers[word] {
			words = append(words, word)
		}
	}
	for _, one := range overallCollections {
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(one.words, w) }) {
			call.Collection = one.collection
			break
		}
	}
	return call, words, true
}

// overallText answers a question about the whole company by the template that has all of
// its words, or says what there is.
func overallText(d *desk, call overallCall, words []string) (string, error) {
	if call.Collection == "" {
		return "I answer about the whole company by reviewed templates. Say what it is about: deals, leads, accounts, contacts, activities, quotes or orders.", nil
	}
	var known overallTemplates
	if err := d.call(toolOverall, overallCall{Collection: call.Collection}, &known); err != nil {
		return "", err
	}
	found, unread := bestTemplate(known.Templates, call, words)
	if found == nil {
		return overallOffers(call.Collection, known.Templates, unread), nil
	}
	call.Template = found.Name
	var r overallResult
	if err := d.call(toolOverall, call, &r); err != nil {
		return "", err
	}
	if err := drawOverall(d, call, &r); err != nil {
		return "", err
	}
	return overallAnswer(&r), nil
}

// bestTemplate returns the first template that has every word and takes the parameters,
// or the words that the nearest one lacks.
func bestTemplate(all []overallTemplate, call overallCall, words []string) (found *overallTemplate, unread []string) {
	unread = words
	for i := range all {
		t := &all[i]
		if call.Parameters != nil && !t.takes("since") {
			continue
		}
		if missing := t.lacks(words, call.Collection); len(missing) == 0 {
			return t, nil
		} else if len(missing) < len(unread) {
			unread = missing
		}
	}
	return nil, unread
}

func (t *overallTemplate) takes(parameter string) bool {
	for _, p := range t.Parameters {
		if p.Name == parameter {
			return true
		}
	}
	return false
}

// lacks returns the words that neither the template nor its collection has.
func (t *overallTemplate) lacks(words []string, collection string) (missing []string) {
	own := map[string]bool{}
	for _, token := range lex(t.Title + " " + strings.ReplaceAll(t.Name, "-", " ") + " " + t.Description) {
		own[stem(token.word)] = true
	}
	for _, one := range overallCollections {
		if one.collection == collection {
			own[one.words[0]], own[stem(collection)] = true, true
		}
	}
	for _, w := range words {
		if !own[w] {
			missing = append(missing, w)
		}
	}
	return missing
}

func overallOffers(collection string, all []overallTemplate, unread []string) string {
	lines := []string{fmt.Sprintf("These figures of %s are reviewed for the whole company; ask for one of them with “company-wide”:", escape(collection))}
	for _, t := range all {
		lines = append(lines, fmt.Sprintf("- **%s**: %s", escape(t.Title), escape(t.Description)))
	}
	text := strings.Join(lines, "\n")
	if len(all) == 0 {
		text = fmt.Sprintf("No figures of %s are reviewed for the whole company.", escape(collection))
	}
	if len(unread) == 0 {
		return text
	}
	return paragraphs("I did not understand "+join(escapedWords(unread), "and")+" in a question about the whole company.", text)
}

func escapedWords(words []string) []string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return quoted
}

// drawOverall draws what the template says, where charts are to be had.
func drawOverall(d *desk, call overallCall, r *overallResult) error {
	if r.Chart == nil || len(r.Rows) < 2 || !d.offers(toolChart) {
		return nil
	}
	chart := chartCall{Kind: r.Chart.Kind, Title: r.Title, X: r.Chart.X}
	for _, s := range r.Chart.Series {
		chart.Series = append(chart.Series, chartSeries{Column: s, Title: capitalized(strings.ReplaceAll(s, "_", " "))})
	}
	return (&conversation{desk: d}).draw(toolOverall, call, chart)
}

func overallAnswer(r *overallResult) string {
	var parts []string
	if len(r.Rows) > 0 {
		parts = append(parts, overallTable(r))
	}
	basis := fmt.Sprintf("This is a %s; as of %s", escape(r.Statement), escape(r.AsOf))
	for _, name := range sortedNames(r.Parameters) {
		basis += fmt.Sprintf(", %s %s", escape(name), escape(r.Parameters[name]))
	}
	parts = append(parts, basis+".")
	for _, note := range r.Notes {
		parts = append(parts, capitalized(escape(note))+".")
	}
	return paragraphs(parts...)
}

func overallTable(r *overallResult) string {
	var titles []string
	groups := 0
	for _, c := range r.Columns {
		titles = append(titles, capitalized(escape(strings.ReplaceAll(c.Name, "_", " "))))
		if c.Type == "text" || c.Type == "enum" || c.Type == "date" {
			groups++
		}
	}
	t := newTable(titles, groups)
	for _, row := range r.Rows {
		cells := make([]string, len(r.Columns))
		for i, c := range r.Columns {
			cells[i] = format(row[c.Name], c)
			if c.Type == "decimal" && strings.HasSuffix(c.Name, "rate") {
				cells[i] = percent(row[c.Name])
			}
		}
		if row["_merged"] == true && groups > 0 {
			cells[0] = "Other"
		}
		t.add(cells)
	}
	return t.String()
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
