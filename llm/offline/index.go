package offline

import (
	"strings"

	"github.com/remit-crm/remit"
)

// meaning is something of the schema that a phrase may stand for.
type meaning struct {
	of     *collection
	field  *field // nil: the collection itself
	option string // not "": the option of the enum field
	weight weight
}

// weight says how sure a meaning is: smaller is surer.
type weight uint8

const (
	exact   weight = iota // a name or title
	synonym               // what people say for it
	partial               // the telling part of a longer name: "revenue" for "annual revenue"
)

func (m meaning) isCollection() bool { return m.field == nil }
func (m meaning) isField() bool      { return m.field != nil && m.option == "" }
func (m meaning) isOption() bool     { return m.option != "" }

// index finds what phrases mean in one schema.
type index struct {
	schema  *schema
	phrases map[string][]meaning
	longest int // words of the longest phrase
}

func newIndex(s *schema) *index {
	ix := &index{schema: s, phrases: map[string][]meaning{}}
	for _, c := range s.collections {
		ix.addCollection(c)
	}
	return ix
}

func (ix *index) addCollection(c *collection) {
	m := meaning{of: c}
	ix.addNames(m, c.Name, c.Title, collectionSynonyms)
	for _, f := range c.Fields {
		ix.addField(c, f)
	}
}

func (ix *index) addField(c *collection, f *field) {
	m := meaning{of: c, field: f}
	ix.addNames(m, strings.TrimSuffix(f.Name, "_id"), strings.TrimSuffix(f.Title, " id"), fieldSynonyms)
	ix.addPartial(m)
	if f.Type != remit.Enum {
		return
	}
	for _, option := range f.Options {
		ix.add(nameWords(option), meaning{of: c, field: f, option: option})
	}
}

// addNames adds a name, a title and what people say for them.
func (ix *index) addNames(m meaning, name, title string, known synonyms) {
	words := [][]string{nameWords(name), nameWords(title)}
	for _, w := range words {
		ix.add(w, m)
	}
	m.weight = synonym
	for _, w := range words {
		for _, other := range known[phraseKey(w)] {
			ix.add(other, m)
		}
	}
}

// addPartial adds the telling part of a longer name: the last word of what is
// measured ("revenue"), the first of a date ("engage").
func (ix *index) addPartial(m meaning) {
	m.weight = partial
	for _, words := range [][]string{nameWords(m.field.Name), nameWords(m.field.Title)} {
		if len(words) < 2 {
			continue
		}
		switch {
		case m.field.numeric():
			if last := words[len(words)-1]; unitWord(last) == "" {
				ix.add([]string{last}, m)
			}
		case m.field.temporal():
			ix.add(words[:len(words)-1], m)
		}
	}
}

// add files a meaning under a phrase, once: the surest weight stays.
func (ix *index) add(words []string, m meaning) {
	if len(words) == 0 || len(words) > 6 {
		return
	}
	key := phraseKey(words)
	for _, old := range ix.phrases[key] {
		if old.of == m.of && old.field == m.field && old.option == m.option {
			return
		}
	}
	ix.phrases[key] = append(ix.phrases[key], m)
	ix.longest = max(ix.longest, len(words))
}

// longestPhrase returns the meanings of the longest phrase that the tokens begin
// with, and its length; 0 if none.
func (ix *index) longestPhrase(tokens []token) ([]meaning, int) {
	var words []string
	for i, t := range tokens {
		if t.kind != wordToken && t.kind != numberToken || i == ix.longest || (i > 0 && t.broken) {
			break
		}
		words = append(words, nameWords(t.word)...)
	}
	for n := len(words); n > 0; n-- {
		if found := ix.phrases[phraseKey(words[:n])]; len(found) > 0 {
			return found, tokensOf(tokens, n)
		}
	}
	return nil, 0
}

// tokensOf returns how many tokens hold the first n words; 0 if the words end
// inside a token.
func tokensOf(tokens []token, n int) int {
	for i, t := range tokens {
		if n <= 0 {
			if n < 0 {
				return 0
			}
			return i
		}
		n -= len(nameWords(t.word))
	}
	if n != 0 {
		return 0
	}
	return len(tokens)
}
