package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

const small = `
scopes:
  - name: own
    collection: things
    expression: record.owner_id == user.id
roles:
  - name: seller
    clearance: internal
    grants:
      - collection: things
        actions: [view, update]
        fields: [open, plain]
        scope: own
        not_after: 2026-12-31T18:00:00+01:00
`

func TestParse(t *testing.T) {
	got, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{
		Scopes: []Scope{{Name: "own", Collection: "things", Expression: "record.owner_id == user.id"}},
		Roles: []Role{{Name: "seller", Clearance: remit.Internal, Grants: []Grant{{
			Collection: "things", Actions: []Action{View, Update}, Fields: []string{"open", "plain"}, Scope: "own",
			NotAfter: time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC),
		}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	role := func(body string) string { return "roles:\n  - name: seller\n    " + body + "\n" }
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "the policy is empty"},
		"blank":              {" \n\t\n", "the policy is empty"},
		"comment only":       {"# nothing", "no documents"},
		"not YAML":           {"roles: [", "not a YAML document"},
		"two documents":      {"{}\n---\n{}\n", "not a YAML document"},
		"not UTF-8":          {"roles: \xff", "not valid UTF-8"},
		"a list":             {"- roles", "line 1: must be a mapping"},
		"unknown key":        {"rolles: []", `line 1: unknown key "rolles" (did you mean "roles"?)`},
		"unknown inner key":  {role("clearence: public"), `roles[0]: line 3: unknown key "clearence" (did you mean "clearance"?)`},
		"key twice":          {role("title: a\n    title: b"), "title: line 4: the key stands twice, first on line 3"},
		"top key twice":      {"roles: []\nroles: []", "line 2: the key stands twice"},
		"missing key":        {"roles:\n  - title: x", `roles[0]: line 2: the key "name" is missing`},
		"null":               {role("title:"), "roles[0].title: line 3: the key has no value"},
		"null list entry":    {"roles: [~]", "roles[0]: line 1: the key has no value"},
		"alias":              {"roles: &r []\ntools: *r", "anchors and aliases are not allowed"},
		"merge key":          {role("<<: {title: x}"), `unknown key "<<"`},
		"tag":                {role("title: !!str 5"), "tags such as"},
		"binary":             {role("title: !!binary aGk="), "tags such as"},
		"number for a text":  {role("title: 2024"), "must be a text: put 2024 in quotes"},
		"truth for a text":   {role("title: true"), "must be a text: put true in quotes"},
		"list for a text":    {role("title: [a]"), "must be a text"},
		"text for a list":    {role("grants: all"), "roles[0].grants: line 3: must be a list"},
		"text for a mapping": {"roles: [seller]", "roles[0]: line 1: must be a mapping"},
		"text for a truth":   {role("new_employees: \"true\""), "must be true or false"},
		"yes for a truth":    {role("new_employees: yes"), "must be true or false"},
		"unknown level":      {role("clearance: secret"), `unknown sensitivity "secret"`},
		"number for a level": {role("clearance: 3"), "must be a text: put 3 in quotes"},
		"text for a number":  {"tasks:\n  - {name: a, employee: b, title: c, constraints: {row_limit: many}}", "must be a whole number"},
		"fraction":           {"tasks:\n  - {name: a, employee: b, title: c, constraints: {row_limit: 1.5}}", "must be a whole number"},
		"too large":          {"tasks:\n  - {name: a, employee: b, title: c, constraints: {row_limit: 2147483648}}", "must be a whole number below 2,147,483,648"},
		"not a time":         {role("grants: [{collection: a, actions: [view], scope: all, not_after: 2026-12-31}]"), "must be an instant such as"},
		"too deep":           {"roles: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "not a YAML document"},
		"too long":           {"# " + strings.Repeat("x", MaxFileBytes), "more than the bound"},
		"complex key":        {"? [a]\n: b", "unknown key"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if doc != nil {
				t.Error("a document came with the error")
			}
		})
	}
}

func TestParseReportsEverything(t *testing.T) {
	_, err := Parse([]byte("rolles: []\nroles:\n  - nam: x\n    title: 5\n"))
	if got := len(problemsOf(err)); got != 4 { // rolles, nam, title, name missing
		t.Errorf("%d problems, want 4:\n%v", got, err)
	}
	_, err = Parse([]byte("roles: [" + strings.Repeat("{x: 1},", 3*maxProblems) + "]"))
	if got := problemsOf(err); len(got) != maxProblems+1 || !strings.Contains(got[maxProblems], "more problems") {
		t.Errorf("%d problems are not bounded", len(got))
	}
}

// A thousand levels of aliases are a bomb for whoever expands them.
func TestParseAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i < 1000; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	begin := time.Now()
	if _, err := Parse([]byte(b.String())); err == nil {
		t.Error("accepted")
	}
	if spent := time.Since(begin); spent > 5*time.Second {
		t.Errorf("took %v", spent)
	}
}

func TestLine(t *testing.T) {
	for path, want := range map[string]int{
		"roles[0].grants[0].scope":  13,
		"roles[0].grants[0].fields": 12,
		"roles[0].name":             7,
		"roles[0].grants[7].scope":  10,
		"":                          2,
		"nowhere":                   2,
	} {
		if got := Line([]byte(small), path); got != want {
			t.Errorf("Line(%q) = %d, want %d", path, got, want)
		}
	}
	if got := Line([]byte("["), "roles"); got != 0 {
		t.Errorf("Line of no YAML = %d, want 0", got)
	}
}

// texts are strings that YAML could mistake.
var texts = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", "plain", "true", "null", "~", "2024", "1e3", "0x10", "2024-01-31", "yes", "no", "on", "- a", "a: b", "#x", "a #b", "[a]", "{a}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'", "\"",
		" lead", "trail ", "a\nb", "a\n\nb\n", "a\n\n", "\n", "\na", " a\nb", "a \nb", "a\tb", "\ta\nb", "a\r\nb", "a\rb", "\u2028", "a\u2029b", "\ufeffa", "é", "e\u0301", "😀", "\u0085", "\u0001", "\u007f", "a:", "a\n  b\n c", "---", "...", "a\n---\nb", "a\n...\n", "\ufffd",
	}),
	rapid.StringN(0, 20, 60).Filter(func(s string) bool { return !strings.ContainsRune(s, 0) }),
)

// anyDocument generates documents of every shape, valid against no model.
func anyDocument() *rapid.Generator[*Document] {
	return rapid.Custom(func(t *rapid.T) *Document {
		few := func(g *rapid.Generator[string], label string) []string { return rapid.SliceOfN(g, 0, 4).Draw(t, label) }
		word := rapid.SampledFrom([]string{"a", "b", "open", "plain", "*", "all", "viz", "query_records"})
		level := func() remit.Sensitivity { return remit.Sensitivity(rapid.IntRange(0, 4).Draw(t, "level")) }
		many := func(label string, fn func()) {
			for range rapid.IntRange(0, 3).Draw(t, label) {
				fn()
			}
		}
		grants := func() (list []Grant) {
			many("grants", func() {
				g := Grant{
					Source: rapid.SampledFrom([]string{"", "main", "legacy"}).Draw(t, "source"), Collection: word.Draw(t, "collection"),
					Fields: few(word, "fields"), Scope: word.Draw(t, "scope"), ScopeAfter: rapid.SampledFrom([]string{"", "a", "all"}).Draw(t, "after"),
					Actions: rapid.SliceOfN(rapid.SampledFrom(Actions), 0, 3).Draw(t, "actions"),
				}
				if rapid.Bool().Draw(t, "ends") {
					g.NotAfter = time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).In(time.FixedZone("x", 3600))
				}
				list = append(list, g)
			})
			return list
		}
		constraints := func() (c Constraints) {
			c.RowLimit, c.LastDays, c.ReadOnly = rapid.IntRange(0, 9).Draw(t, "rows"), rapid.IntRange(0, 9).Draw(t, "days"), rapid.Bool().Draw(t, "read-only")
			many("constraints", func() {
				c.Collections = append(c.Collections, CollectionConstraint{Collection: word.Draw(t, "collection"), Fields: few(word, "fields")})
			})
			return c
		}
		d := &Document{}
		many("scopes", func() {
			d.Scopes = append(d.Scopes, Scope{Name: word.Draw(t, "name"), Collection: word.Draw(t, "collection"), Title: texts.Draw(t, "title"), Expression: texts.Draw(t, "expression")})
		})
		many("roles", func() {
			d.Roles = append(d.Roles, Role{
				Name: texts.Draw(t, "name"), Description: texts.Draw(t, "description"), Clearance: level(), Grants: grants(),
				Employees: few(texts, "employees"), NewEmployees: rapid.Bool().Draw(t, "new"), Capabilities: few(word, "capabilities"),
			})
		})
		many("employees", func() {
			d.Employees = append(d.Employees, Employee{
				Name: word.Draw(t, "name"), Title: texts.Draw(t, "title"), Description: texts.Draw(t, "description"), Disabled: rapid.Bool().Draw(t, "disabled"), Tools: few(word, "tools"),
				Remit: Remit{Grants: grants(), Sensitivity: level(), RowsPerCall: rapid.IntRange(0, 9).Draw(t, "rows")},
			})
		})
		many("tasks", func() {
			d.Tasks = append(d.Tasks, Task{Name: word.Draw(t, "name"), Employee: word.Draw(t, "employee"), Instructions: texts.Draw(t, "instructions"), Constraints: constraints(), Places: few(texts, "places")})
		})
		many("tools", func() {
			d.Tools = append(d.Tools, Tool{Name: word.Draw(t, "name"), Condition: texts.Draw(t, "condition"), Constraints: constraints(), Inputs: []Input{{Name: word.Draw(t, "input"), Type: remit.Text}}})
		})
		return d
	})
}

// What Format writes, Parse reads as the same canonical policy, and Format of
// that writes the same text.
func TestFormatRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		text := Format(d)
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if diff := cmp.Diff(d.Canonical(), got); diff != "" {
			t.Fatalf("%s\nin\n%s", diff, text)
		}
		if again := Format(got); string(again) != string(text) {
			t.Fatalf("not stable:\n%s\nthen\n%s", text, again)
		}
	})
}

// The order in which a policy is written makes no difference to its canonical
// form, and Canonical leaves its argument alone.
func TestFormatIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		before := d.clone()
		want := Format(d)
		if diff := cmp.Diff(before, d.clone()); diff != "" {
			t.Fatalf("Format changed its argument: %s", diff)
		}
		shuffled := d.clone()
		shuffled.Scopes = rapid.Permutation(shuffled.Scopes).Draw(t, "scopes")
		for i := range shuffled.Roles {
			shuffled.Roles[i].Grants = rapid.Permutation(shuffled.Roles[i].Grants).Draw(t, "grants")
			shuffled.Roles[i].Employees = rapid.Permutation(shuffled.Roles[i].Employees).Draw(t, "employees")
		}
		if !distinct(d.Scopes) {
			t.Skip("two things of one name keep their order")
		}
		if got := Format(shuffled); string(got) != string(want) {
			t.Fatalf("differs:\n%s\nfrom\n%s", got, want)
		}
	})
}

func distinct(scopes []Scope) bool {
	seen := set{}
	for _, s := range scopes {
		if seen[s.Collection+"."+s.Name] {
			return false
		}
		seen[s.Collection+"."+s.Name] = true
	}
	return true
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("roles: &a [*a]"))
	f.Add([]byte("{roles: [{name: \"a\\u2028b\", description: |+\n  x\n\n}]}"))
	f.Add(Format(&Document{Roles: []Role{{Name: "a", Description: "x\n\ny\n"}}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(text)
		if err != nil {
			if d != nil {
				t.Fatal("a document came with the error")
			}
			if k := remit.KindOf(err); k != remit.KindInvalid && k != remit.KindLimited {
				t.Fatalf("kind %v: %v", k, err)
			}
			return
		}
		again, err := Parse(Format(d))
		if err != nil {
			t.Fatalf("formatted: %v\n%s", err, Format(d))
		}
		if diff := cmp.Diff(d.Canonical(), again); diff != "" {
			t.Fatal(diff)
		}
	})
}
