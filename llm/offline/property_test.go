package offline

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// vocabulary is what random questions are made of beside the schema's own words.
var vocabulary = strings.Fields(`how many what is the average sum of total by per each top 5 bottom list show which who close rate win won lost
	open closed in 2017 Q2 last quarter month between and 1000 5000 more than over under not without my team why them instead compare vs
	medical retail Anna Snelling highest largest latest revenue deal size pipeline with or share percentage sorted descending weekly different
	"Open Sky" % $5k 10% , ? ( ) > < = / & @ é 数 create delete when median everything`)

// TestRandomSchemas asks random questions over random schemas. Whatever the
// question: an answer comes, only tools that are offered are called, only
// fields that list_collections showed are named, and the calls are ones that
// the tools accept.
func TestRandomSchemas(t *testing.T) {
	checks := "2000"
	if os.Getenv("REMIT_SOAK") == "1" {
		checks = "20000"
	}
	setFlag(t, "rapid.checks", checks)
	if seed := os.Getenv("REMIT_SEED"); seed != "" {
		setFlag(t, "rapid.seed", seed)
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := randomCompany(rt)
		var messages []llm.Message
		for range rapid.IntRange(1, 3).Draw(rt, "questions") {
			messages = append(messages, user(randomQuestion(rt, b)))
			answer, calls := ask(t, b, allTools(), messages)
			if !strings.HasSuffix(answer, Name) {
				rt.Fatalf("%v: unsigned answer", messages)
			}
			if strings.Contains(answer, "could not answer") {
				rt.Fatalf("%v: a tool refused: %s\n%s", messages, answer, sayCalls(calls))
			}
			for _, c := range calls {
				checkNames(rt, b, c)
			}
			messages = append(messages, assistant(answer))
		}
	})
}

// setFlag sets a flag of rapid for the length of a test.
func setFlag(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	old := f.Value.String()
	if err := f.Value.Set(value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(old) })
}

func sayCalls(calls []llm.ToolCall) string {
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "%s %s\n", c.Name, c.Arguments)
	}
	return b.String()
}

// randomCompany makes collections with titles that may collide with keywords and
// with each other.
func randomCompany(rt *rapid.T) *backend {
	words := []string{"Deals", "Accounts", "People", "Stage", "Status", "Total", "Amount", "Open", "Won", "Industry", "Owner", "By", "Average", "Month", "Größe", "x", "Revenue", "Close date", "Name", "Top", "Kenya", "Not", "2017", "Café", "Number of employees"}
	b := &backend{records: map[string][]map[string]any{}}
	count := rapid.IntRange(0, 4).Draw(rt, "collections")
	for i := range count {
		c := &collection{Name: fmt.Sprintf("c%d", i), Title: rapid.SampledFrom(words).Draw(rt, "title"), Source: remit.MainSource}
		if rapid.Bool().Draw(rt, "named") {
			c.Name = strings.ToLower(strings.ReplaceAll(c.Title, " ", "_")) + strconv.Itoa(i)
		}
		for j := range rapid.IntRange(0, 7).Draw(rt, "fields") {
			c.Fields = append(c.Fields, randomField(rt, fmt.Sprintf("f%d", j), rapid.SampledFrom(words).Draw(rt, "field")))
		}
		b.collections = append(b.collections, c)
	}
	for _, c := range b.collections {
		settle(rt, c, b.collections)
		for k := range rapid.IntRange(0, 6).Draw(rt, "records") {
			b.records[c.Name] = append(b.records[c.Name], randomRecord(rt, c, k))
		}
	}
	return b
}

func randomField(rt *rapid.T, name, title string) *field {
	kinds := []remit.FieldType{remit.Text, remit.Enum, remit.Integer, remit.Decimal, remit.Boolean, remit.Currency, remit.Date, remit.Timestamp, remit.Relation}
	f := &field{Name: name, Title: title, Type: rapid.SampledFrom(kinds).Draw(rt, "type")}
	switch f.Type {
	case remit.Enum:
		f.Options = rapid.SampledFrom([][]string{{"won", "lost", "open"}, {"closed_won", "closed_lost"}, {"new", "converted"}, {"a", "b"}, nil}).Draw(rt, "options")
	case remit.Currency:
		f.Currency = rapid.SampledFrom([]string{"USD", "JPY"}).Draw(rt, "currency")
	case remit.Relation:
		f.Name = rapid.SampledFrom([]string{"owner", "account", "manager", name}).Draw(rt, "relation") + "_id"
	case remit.Text, remit.Integer, remit.Decimal, remit.Boolean, remit.Date, remit.Timestamp:
	}
	return f
}

// settle gives a collection unique field names, targets, and a title and time
// field, which may be of any type or missing.
func settle(rt *rapid.T, c *collection, all []*collection) {
	seen := map[string]bool{}
	c.Fields = slices.DeleteFunc(c.Fields, func(f *field) bool {
		again := seen[f.Name]
		seen[f.Name] = true
		return again
	})
	for _, f := range c.Fields {
		if f.Type == remit.Relation {
			f.Target = rapid.SampledFrom(all).Draw(rt, "target").Name
		}
	}
	if len(c.Fields) > 0 {
		c.TitleField = rapid.SampledFrom(c.Fields).Draw(rt, "title field").Name
		c.TimeField = rapid.SampledFrom(c.Fields).Draw(rt, "time field").Name
	}
}

func randomRecord(rt *rapid.T, c *collection, k int) map[string]any {
	r := map[string]any{"id": fmt.Sprintf("%s-%d", c.Name, k)}
	for _, f := range c.Fields {
		if rapid.IntRange(0, 4).Draw(rt, "null") > 0 {
			r[f.Name] = randomCell(rt, f)
		}
	}
	return r
}

func randomCell(rt *rapid.T, f *field) any {
	switch f.Type {
	case remit.Enum:
		if len(f.Options) > 0 {
			return rapid.SampledFrom(f.Options).Draw(rt, "option")
		}
		return nil
	case remit.Integer:
		return rapid.IntRange(-5, 3000).Draw(rt, "n")
	case remit.Decimal, remit.Currency:
		return json.Number(fmt.Sprintf("%d.25", rapid.IntRange(0, 9000).Draw(rt, "n")))
	case remit.Boolean:
		return rapid.Bool().Draw(rt, "b")
	case remit.Date:
		return fmt.Sprintf("2017-%02d-05", rapid.IntRange(1, 12).Draw(rt, "m"))
	case remit.Timestamp:
		return fmt.Sprintf("2017-%02d-05T08:00:00.000000Z", rapid.IntRange(1, 12).Draw(rt, "m"))
	case remit.Relation:
		return fmt.Sprintf("%s-%d", f.Target, rapid.IntRange(0, 6).Draw(rt, "id"))
	case remit.Text:
	}
	return rapid.SampledFrom([]string{"medical", "retail", "Anna Snelling", "Open Sky", "a|b `c` [d](e)", "won"}).Draw(rt, "text")
}

func randomQuestion(rt *rapid.T, b *backend) string {
	words := slices.Clone(vocabulary)
	for _, c := range b.collections {
		words = append(words, c.Title, strings.ToLower(c.Title))
		for _, f := range c.Fields {
			words = append(words, strings.ToLower(f.Title))
			words = append(words, f.Options...)
		}
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 12).Draw(rt, "words"), " ")
}

// checkNames fails on a call that names a field which the schema does not show.
func checkNames(rt *rapid.T, b *backend, c llm.ToolCall) {
	if c.Name == toolCollections {
		return
	}
	var call struct {
		Collection string
		Fields     []string
		Filter     any
		Measures   []measureArg
		Dimensions []dimensionArg
	}
	if err := json.Unmarshal(c.Arguments, &call); err != nil {
		rt.Fatalf("%s: %v", c.Arguments, err)
	}
	of := b.collection(call.Collection)
	if of == nil {
		rt.Fatalf("unseen collection in %s", c.Arguments)
	}
	names := slices.Clone(call.Fields)
	names = append(names, filterNames(call.Filter)...)
	for _, m := range call.Measures {
		names = append(names, filterNames(m.Filter)...)
		if m.Field != "" {
			names = append(names, m.Field)
		}
	}
	for _, d := range call.Dimensions {
		names = append(names, d.Field)
	}
	for _, n := range names {
		if _, err := b.field(of, n); err != nil {
			rt.Fatalf("%v in %s", err, c.Arguments)
		}
		if strings.Count(n, ".") > maxHops {
			rt.Fatalf("%s crosses more than two relations", n)
		}
	}
	if len(call.Measures) > 20 {
		rt.Fatalf("%d measures", len(call.Measures))
	}
}

func filterNames(filter any) []string {
	var names []string
	m, _ := filter.(map[string]any)
	for key, value := range m {
		if !strings.HasPrefix(key, "$") {
			names = append(names, key)
			continue
		}
		parts, _ := value.([]any)
		for _, p := range parts {
			names = append(names, filterNames(p)...)
		}
	}
	return names
}

// TestUnknownWordIsReported puts a word that means nothing into every question
// that the planner understands: it must be named, never passed over. One place
// of each question in the normal run, every place in a soak.
func TestUnknownWordIsReported(t *testing.T) {
	const nonsense = "zorblax"
	for i, c := range readConversations(t, "questions") {
		words := strings.Fields(c[0])
		for at := range len(words) + 1 {
			if os.Getenv("REMIT_SOAK") != "1" && at != i%(len(words)+1) {
				continue
			}
			q := strings.Join(slices.Insert(slices.Clone(words), at, nonsense), " ")
			answer, _ := ask(t, company(), allTools(), []llm.Message{system("Person: Anna Snelling <p1@example.com>"), user(q)})
			if !strings.Contains(answer, "I did not understand") || !strings.Contains(answer, nonsense) {
				t.Errorf("%q is answered although nobody knows what %q is:\n%s", q, nonsense, answer)
			}
		}
	}
}

// FuzzQuestion asks any text. An answer must come, within the bounds of calls.
func FuzzQuestion(f *testing.F) {
	for _, name := range []string{"questions", "followups", "misunderstandings"} {
		for _, c := range readConversations(f, name) {
			for i := range c {
				f.Add(c[max(0, i-1)], c[i])
			}
		}
	}
	f.Fuzz(func(t *testing.T, before, question string) {
		answer, calls := ask(t, company(), allTools(), []llm.Message{user(before), user(question)})
		if !strings.HasSuffix(answer, Name) || len(calls) > maxCalls {
			t.Errorf("%q, %q: %d calls, %s", before, question, len(calls), answer)
		}
		if strings.Contains(answer, "could not answer") && !strings.Contains(answer, "calls would be needed") {
			t.Errorf("%q, %q: %s\n%s", before, question, answer, sayCalls(calls))
		}
	})
}
