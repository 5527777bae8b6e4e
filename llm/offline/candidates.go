package offline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// The bounds of looking names up.
const (
	maxValues     = 50 // different values of one field that are looked at
	maxLookPaths  = 40 // fields in which a name is looked for
	maxProbed     = 16 // fields that one call looks at; the lens takes 20 measures
	nearPrefix    = 3  // letters that a misspelt name must begin with
	maxCandidates = 8  // candidates that are shown
)

// candidate is a value that a name may mean.
type candidate struct {
	path  path
	value string
	grade grade
}

// grade says how well a value fits a name: smaller is better.
type grade uint8

const (
	same     grade = iota // but for upper and lower case
	unspaced              // but for spaces and marks: "GTXPro"
	word                  // the name is whole words of it
	inside                // the name is somewhere in it
	near                  // one or two letters differ
	unlike                // it does not fit
)

// gradeOf compares a value with the name that was written.
func gradeOf(value, written string) grade {
	v, w := strings.ToLower(value), strings.ToLower(written)
	if v == w {
		return same
	}
	bareV, bareW := strings.Join(nameWords(v), ""), strings.Join(nameWords(w), "")
	switch {
	case bareV == bareW && bareV != "":
		return unspaced
	case phraseKey(nameWords(v)) == phraseKey(nameWords(w)):
		return unspaced
	case holdsWords(nameWords(v), nameWords(w)):
		return word
	case strings.Contains(v, w):
		return inside
	case isNear(bareV, bareW):
		return near
	}
	return unlike
}

func holdsWords(words, part []string) bool {
	if len(part) == 0 {
		return false
	}
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// isNear reports whether two words differ by one letter, or two if they are
// long. Short words are never near: too many are.
func isNear(a, b string) bool {
	shorter := min(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	switch {
	case shorter < 4:
		return false
	case shorter < 8:
		return distance(a, b) <= 1
	}
	return distance(a, b) <= 2
}

// distance counts the letters to insert, delete, change or swap with their
// neighbour (the optimal string alignment distance).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// searchable reports whether names are looked for in the field.
func searchable(f *field) bool {
	switch f.Type {
	case remit.Text:
		return f.Format == "" && !strings.HasSuffix(f.Name, "_ref")
	case remit.Enum, remit.Integer, remit.Decimal, remit.Boolean, remit.Currency, remit.Date, remit.Timestamp, remit.Relation:
	}
	return false
}

// lookPaths returns where an unknown name may be found: in the text of what the
// records are related to, then in their own.
func (c *conversation) lookPaths(of *collection) []path {
	var found []path
	for _, hop := range c.index.schema.hops(of) {
		target := c.index.schema.target(of, hop.field)
		for _, f := range target.Fields {
			if searchable(f) {
				found = append(found, hop.over(target, f))
			}
		}
	}
	for _, f := range of.Fields {
		if searchable(f) {
			found = append(found, of.own(f))
		}
	}
	return found[:min(len(found), maxLookPaths)]
}

// probe returns those of the paths on which a record of the collection holds the
// text: one call for as many as a call may measure.
func (c *conversation) probe(of *collection, paths []path, needle string) ([]path, error) {
	if len(paths) < 2 || !c.desk.offers(toolAggregate) {
		return paths, nil
	}
	var hits []path
	var waiting error
	for chunk := range slices.Chunk(paths, maxProbed) {
		found, err := c.probeChunk(of, chunk, needle)
		switch {
		case errors.Is(err, errWaiting):
			waiting = err
		case err != nil:
			return nil, err
		}
		hits = append(hits, found...)
	}
	return hits, waiting
}

func (c *conversation) probeChunk(of *collection, paths []path, needle string) ([]path, error) {
	call := aggregateCall{Source: of.source(), Collection: of.Name}
	for i, p := range paths {
		call.Measures = append(call.Measures, measureArg{Fn: "count", Filter: contains(p, needle), As: fmt.Sprintf("n%d", i+1)})
	}
	result, err := c.desk.aggregate(call)
	if err != nil {
		return nil, err
	}
	var hits []path
	for i, p := range paths {
		if len(result.Rows) > 0 && isPositive(result.Rows[0][fmt.Sprintf("n%d", i+1)]) {
			hits = append(hits, p)
		}
	}
	return hits, nil
}

func isPositive(value any) bool { return less("0", text(value)) }

func contains(p path, needle string) any { return term(p, "$contains", needle) }

// values returns the different values at the path that hold the text, over the
// records of the collection.
func (c *conversation) values(of *collection, p path, needle string) ([]string, error) {
	if c.desk.offers(toolAggregate) {
		result, err := c.desk.aggregate(aggregateCall{
			Source: of.source(), Collection: of.Name,
			Measures:   []measureArg{{Fn: "count", As: "records"}},
			Dimensions: []dimensionArg{{Field: p.name}},
			Filter:     contains(p, needle),
			Sort:       []string{"-records", p.name},
			Limit:      maxValues,
		})
		if err != nil {
			return nil, err
		}
		return distinctTexts(result.Rows, p.name), nil
	}
	result, err := c.desk.query(queryCall{
		Source: of.source(), Collection: of.Name,
		Fields: []string{p.name}, Filter: contains(p, needle), Limit: maxValues,
	})
	var missing *notOffered
	if errors.As(err, &missing) {
		return nil, &notOffered{tools: []string{toolAggregate, toolQuery}}
	}
	if err != nil {
		return nil, err
	}
	return distinctTexts(result.Records, p.name), nil
}

func distinctTexts(rows []map[string]any, column string) []string {
	var found []string
	for _, row := range rows {
		if value, ok := row[column].(string); ok && value != "" && !slices.Contains(found, value) {
			found = append(found, value)
		}
	}
	return found
}

// candidates looks a phrase up on the paths and returns what fits it at all,
// best first.
func (c *conversation) candidates(of *collection, paths []path, phrase, needle string) ([]candidate, error) {
	hits, err := c.probe(of, paths, needle)
	if err != nil {
		return nil, err
	}
	var found []candidate
	var waiting error
	for _, p := range hits {
		values, err := c.values(of, p, needle)
		if errors.Is(err, errWaiting) {
			waiting = err
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			if g := gradeOf(v, phrase); g < unlike {
				found = append(found, candidate{path: p, value: v, grade: g})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.grade, b.grade) })
	return found, waiting
}

// stub returns the beginning of a phrase by which a misspelt name is found, ""
// where the phrase is too short to tell.
func stub(phrase string) string {
	words := nameWords(phrase)
	if len(words) == 0 {
		return ""
	}
	letters := []rune(words[0])
	if len(letters) < nearPrefix || !unicode.IsLetter(letters[0]) {
		return ""
	}
	return string(letters[:nearPrefix])
}
