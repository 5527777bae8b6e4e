package offline

import (
	"fmt"
	"strings"
)

// helpQuestions are asked for what the planner can do.
var helpQuestions = wordsSet(
	"help", "what can you do", "what can you do for me", "what can i ask", "what can i ask you", "what do you do",
	"who are you", "what are you", "how do you work", "how does this work", "what questions can i ask",
	"what do you understand", "what can you answer", "hi", "hello", "hey", "hello there", "are you an ai", "what model are you",
)

// collectionQuestions are asked for what the actor may see.
var collectionQuestions = wordsSet(
	"which collections can i see", "what collections can i see", "which collections are there", "what collections are there",
	"list collections", "list the collections", "list all collections", "show collections", "show me the collections", "collections",
	"what data can i see", "what data do you have", "which data can i see", "what can i see", "which collections may i see",
	"which tables can i see", "what tables are there", "list tables", "show tables", "what data is there", "what may i see",
	"which collections do i have access to", "what do i have access to", "what data do i have access to",
	"which collections exist", "show all collections", "what collections do you have", "what collections do i see",
)

// fieldQuestions introduce a collection whose fields are asked for.
var fieldQuestions = []string{
	"which fields do", "which fields does", "what fields do", "what fields does", "which fields has", "what fields has",
	"which fields have", "what fields have", "describe", "fields of", "list fields of", "list the fields of", "show fields of",
	"show the fields of", "show me the fields of", "which fields of", "what fields of", "what are the fields of", "which fields are in",
	"what fields are in", "what do you know about", "what can you tell me about", "which columns has", "what columns has", "columns of",
}

func wordsSet(phrases ...string) map[string]bool {
	set := map[string]bool{}
	for _, p := range phrases {
		set[p] = true
	}
	return set
}

// plain reduces a question to its words.
func plain(question string) string {
	if len(question) > maxQuestion {
		return ""
	}
	var words []string
	for _, t := range lex(question) {
		if t.word != "please" {
			words = append(words, t.word)
		}
	}
	return strings.Join(words, " ")
}

func isHelp(question string) bool { return helpQuestions[plain(question)] }

// smallTalk answers questions about the planner and the schema.
func smallTalk(question string, ix *index) (string, bool) {
	said := plain(question)
	switch {
	case helpQuestions[said]:
		return helpText(ix), true
	case collectionQuestions[said]:
		return collectionsText(ix.schema), true
	}
	for _, lead := range fieldQuestions {
		rest, ok := strings.CutPrefix(said, lead+" ")
		if !ok {
			continue
		}
		if c := ix.collectionCalled(rest); c != nil {
			return fieldsText(c, ix.schema), true
		}
	}
	return "", false
}

// collectionCalled returns the collection that the words name, nil if none.
func (ix *index) collectionCalled(said string) *collection {
	var words []string
	for _, w := range strings.Fields(said) {
		switch w {
		case "the", "have", "has", "collection", "table", "a", "an", "all", "there":
		default:
			words = append(words, w)
		}
	}
	return namedCollection(span{sense: schemaSense{}, meanings: ix.phrases[phraseKey(words)]})
}

// helpText says what the planner is and can do. Without an index it knows no
// examples.
func helpText(ix *index) string {
	about := "I am " + Name + ". I understand a range of plain English questions about the records that you may see: counts, sums, averages, " +
		"lowest and highest values, close rates and shares; groups by a field, an owner or a calendar unit; top and bottom lists; " +
		"periods, comparisons and names. I look everything up with the tools that I am offered and compute nothing from memory. " +
		"What I do not understand I say, instead of guessing. I read only: I change nothing."
	if ix == nil {
		return paragraphs(about, "The tool `"+toolCollections+"` is not available here, so I cannot see which collections there are.")
	}
	return paragraphs(about, exampleText(ix))
}

func collectionsText(s *schema) string {
	if len(s.collections) == 0 {
		return "You may see no collections."
	}
	t := newTable([]string{"Collection", "Fields that you may see"}, 2)
	for _, c := range s.collections {
		t.add([]string{escape(c.title()), fieldTitles(c)})
	}
	return paragraphs(fmt.Sprintf("You may see %s:", pluralCollections(len(s.collections))), t.String())
}

func pluralCollections(n int) string {
	if n == 1 {
		return "1 collection"
	}
	return fmt.Sprintf("%d collections", n)
}

func fieldTitles(c *collection) string {
	var titles []string
	for _, f := range c.Fields {
		titles = append(titles, escape(f.title()))
	}
	return strings.Join(titles, ", ")
}

func fieldsText(c *collection, s *schema) string {
	t := newTable([]string{"Field", "Type", "Values"}, 3)
	for _, f := range c.Fields {
		t.add([]string{escape(f.title()), escape(string(f.Type)), fieldValues(c, f, s)})
	}
	return paragraphs(fmt.Sprintf("You may see these fields of %s:", escape(c.noun())), t.String())
}

// fieldValues says what a field holds beyond its type.
func fieldValues(c *collection, f *field, s *schema) string {
	if target := s.target(c, f); target != nil {
		return "one of the " + escape(target.noun())
	}
	var options []string
	for _, o := range f.Options {
		options = append(options, escape(o))
	}
	if len(options) > 0 {
		return strings.Join(options, ", ")
	}
	return escape(f.Currency)
}

// exampleText offers questions that work for this actor.
func exampleText(ix *index) string {
	examples := examplesFor(ix)
	if len(examples) == 0 {
		return "You may see no collections, so there is nothing that I could answer."
	}
	lines := make([]string, len(examples))
	for i, e := range examples {
		lines[i] = "- " + escape(e)
	}
	return "Questions that would work for you:\n\n" + strings.Join(lines, "\n")
}

// maxExamples bounds how many questions are offered.
const maxExamples = 5

// examplesFor makes questions of what the actor may see. Each is one that the
// planner understands, which a test holds.
func examplesFor(ix *index) []string {
	var examples []string
	add := func(e string) {
		if e != "" && len(examples) < maxExamples {
			examples = append(examples, e)
		}
	}
	for _, c := range exampleOrder(ix.schema) {
		if len(nameWords(c.title())) == 0 {
			continue
		}
		for _, e := range collectionExamples(ix, c) {
			add(e)
		}
	}
	return examples
}

// exampleOrder puts the collection with outcomes first.
func exampleOrder(s *schema) []*collection {
	var first, rest []*collection
	for _, c := range s.collections {
		if c.outcome() != nil {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	return append(first, rest...)
}

func collectionExamples(ix *index, c *collection) []string {
	noun := c.noun()
	examples := []string{"How many " + noun + " are there?"}
	group := ""
	if fields := groupFields(c); len(fields) > 0 {
		group = strings.ToLower(fields[0].title())
	}
	if c.outcome() != nil && c.time() != nil {
		examples = append(examples, "What is the close rate of "+noun+" by quarter?")
	}
	if m := c.money(); m != nil && group != "" {
		examples = append(examples, "Sum of "+strings.ToLower(m.title())+" of "+noun+" by "+group)
	}
	if m := c.money(); m != nil {
		examples = append(examples, "Top 5 "+noun+" by "+strings.ToLower(m.title()))
	}
	if group != "" {
		examples = append(examples, "How many "+noun+" by "+group+"?")
	}
	return examples[:min(len(examples), 3)]
}
