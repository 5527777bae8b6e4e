package offline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// TestPeriods holds what each wording of a period covers, seen from Wednesday,
// 20 December 2017.
func TestPeriods(t *testing.T) {
	c := calendar{today: date(2017, 12, 20)}
	for text, want := range map[string]string{
		"today":                           "on 2017-12-20",
		"yesterday":                       "on 2017-12-19",
		"this week":                       "from 2017-12-18 to 2017-12-24",
		"last week":                       "from 2017-12-11 to 2017-12-17",
		"this month":                      "in December 2017",
		"last month":                      "in November 2017",
		"next month":                      "in January 2018",
		"this quarter":                    "in Q4 2017",
		"last quarter":                    "in Q3 2017",
		"the previous quarter":            "in Q3 2017",
		"last year":                       "in 2016",
		"last 30 days":                    "from 2017-11-21 to 2017-12-20",
		"in the past 2 weeks":             "from 2017-12-07 to 2017-12-20",
		"over the last 3 months":          "from 2017-09-21 to 2017-12-20",
		"next 7 days":                     "from 2017-12-20 to 2017-12-26",
		"year to date":                    "from 2017-01-01 to 2017-12-20",
		"ytd":                             "from 2017-01-01 to 2017-12-20",
		"in 2016":                         "in 2016",
		"in the year 2016":                "in 2016",
		"Q2 2017":                         "in Q2 2017",
		"2017 Q2":                         "in Q2 2017",
		"Q2/2017":                         "in Q2 2017",
		"the second quarter of 2017":      "in Q2 2017",
		"in Q4":                           "in Q4 2017",
		"H1 2016":                         "from January 2016 to June 2016",
		"first half of 2016":              "from January 2016 to June 2016",
		"in March 2016":                   "in March 2016",
		"in may":                          "in May 2017",
		"Feb 2016":                        "in February 2016",
		"on 3 March 2017":                 "on 2017-03-03",
		"on March 3, 2017":                "on 2017-03-03",
		"on the 3rd of March 2017":        "on 2017-03-03",
		"on 2017-03-03":                   "on 2017-03-03",
		"since 2016":                      "2016 or later",
		"since last March":                "",
		"after 2016":                      "2017 or later",
		"after 2017-03-03":                "2017-03-04 or later",
		"before 2016":                     "before 2016",
		"until March 2017":                "before April 2017",
		"between March 2017 and May 2017": "from March 2017 to May 2017",
		"between March and May 2016":      "from March 2016 to May 2016",
		"from 2016-01-05 to 2016-02-06":   "from 2016-01-05 to 2016-02-06",
		"from June 2016 onwards":          "June 2016 or later",
		"between May 2017 and March 2017": "",
		"31 April 2017":                   "",
		"may":                             "",
		"march":                           "",
	} {
		tokens := lex(text)
		p, n := c.scan(tokens)
		if want == "" {
			if n == len(tokens) {
				t.Errorf("%q is read as %s", text, p.say())
			}
			continue
		}
		if tokens[0].word == "the" {
			p, n = c.unitAt(tokens[1:], true)
			n++
		}
		if n != len(tokens) || p.say() != want {
			t.Errorf("%q: %s of %d tokens (%d), want %s", text, p.say(), n, len(tokens), want)
		}
	}
}

func TestDecimals(t *testing.T) {
	for text, want := range map[string]string{
		"5000": "5000", "5,000": "5000", "$5,000.50": "5000.5", "5k": "5000", "1.5m": "1500000", "2bn": "2000000000",
		"10%": "10", "0.10": "0.1", "€20": "20", "1,00": "", "5,0000": "", "x": "", "": "", "1.": "", "12ab": "",
	} {
		d, ok := parseDecimal(text)
		if ok != (want != "") || d.text != want {
			t.Errorf("%q is %q (%v), want %q", text, d.text, ok, want)
		}
	}
}

func TestRoundHalfEven(t *testing.T) {
	for _, c := range []struct {
		text   string
		places int
		want   string
	}{
		{"2.5", 0, "2"},
		{"3.5", 0, "4"},
		{"-2.5", 0, "-2"},
		{"0.125", 2, "0.12"},
		{"0.135", 2, "0.14"},
		{"-0.001", 2, "0.00"},
		{"1234", 2, "1234.00"},
		{"9.999", 2, "10.00"},
		{"63.1579", 1, "63.2"},
	} {
		if got, ok := roundHalfEven(c.text, c.places); !ok || got != c.want {
			t.Errorf("%s to %d places: %s, want %s", c.text, c.places, got, c.want)
		}
	}
	for _, bad := range []string{"", "x", "1e9", "0x10", "1/3", strings.Repeat("9", 99)} {
		if got, ok := roundHalfEven(bad, 2); ok {
			t.Errorf("%q rounds to %s", bad, got)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		value  any
		column columnInfo
		want   string
	}{
		{json.Number("1234567.5"), columnInfo{Type: "money", Currency: "USD"}, "1,234,567.50 USD"},
		{json.Number("1234567"), columnInfo{Type: "money", Currency: "JPY"}, "1,234,567 JPY"},
		{json.Number("-1234.005"), columnInfo{Type: "money", Currency: "EUR"}, "-1,234.00 EUR"},
		{json.Number("1234"), columnInfo{Type: "integer"}, "1,234"},
		{json.Number("1998"), columnInfo{Type: yearType}, "1998"},
		{json.Number("0.333333"), columnInfo{Type: "decimal"}, "0.33"},
		{nil, columnInfo{Type: "money"}, noValue},
		{true, columnInfo{Type: "boolean"}, "yes"},
		{"a|b", columnInfo{Type: "text"}, `a\|b`},
		{"2017-03-01T10:20:30.000000Z", columnInfo{Type: "timestamp"}, "2017-03-01 10:20 UTC"},
		{"abc`x", columnInfo{Type: "relation"}, "`abcx`"},
		{map[string]any{"a": 1}, columnInfo{Type: "text"}, ""},
	} {
		if got := format(c.value, c.column); got != c.want {
			t.Errorf("format(%v, %s) = %q, want %q", c.value, c.column.Type, got, c.want)
		}
	}
	if got := percent(json.Number("0.631579")); got != "63.2 %" {
		t.Error(got)
	}
}

// TestEscape holds that nothing of a value is markup, a link or a table's
// border.
func TestEscape(t *testing.T) {
	for value, want := range map[string]string{
		"plain & simple":          `plain \& simple`,
		"**bold** _it_ ~s~":       `\*\*bold\*\* \_it\_ \~s\~`,
		"![x](http://evil.test)":  `\!\[x\](http\://evil.test)`,
		"<img src=x>":             `\<img src=x\>`,
		"a|b\n| c":                `a\|b \| c`,
		"www.evil.test":           `www\.evil.test`,
		"a@b.test":                `a\@b.test`,
		"# head":                  `\# head`,
		"`code`":                  "\\`code\\`",
		"right\u202eleft\x00\x1b": "rightleft",
		`back\slash`:              `back\\slash`,
	} {
		if got := escape(value); got != want {
			t.Errorf("escape(%q) = %q, want %q", value, got, want)
		}
	}
	if got := escape(strings.Repeat("x", 500)); len([]rune(got)) != maxShown+1 {
		t.Errorf("%d runes are shown", len([]rune(got)))
	}
}

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		value, written string
		want           grade
	}{
		{"Medical", "medical", same},
		{"GTX Pro", "GTXPro", unspaced},
		{"Acme Corporation", "acme", word},
		{"Biomedical", "medical", inside},
		{"technolgy", "technology", near},   //nolint:misspell // the case
		{"Philipines", "philippines", near}, //nolint:misspell // the case
		{"retail", "rental", unlike},
		{"abc", "abd", unlike},
	} {
		if got := gradeOf(c.value, c.written); got != c.want {
			t.Errorf("gradeOf(%q, %q) = %d, want %d", c.value, c.written, got, c.want)
		}
	}
}

func TestStem(t *testing.T) {
	for _, pair := range [][2]string{
		{"opportunities", "opportunity"},
		{"deals", "deal"},
		{"status", "statuses"},
		{"people", "person"},
		{"businesses", "business"},
		{"activities", "activity"},
		{"industries", "industry"},
		{"addresses", "address"},
		{"series", "series"},
	} {
		if stem(pair[0]) != stem(pair[1]) {
			t.Errorf("%q and %q have the stems %q and %q", pair[0], pair[1], stem(pair[0]), stem(pair[1]))
		}
	}
}

func TestBucketNames(t *testing.T) {
	for bucket, want := range map[string]string{
		"day": "2017-01-01", "week": "2016-W52", "month": "January 2017", "quarter": "Q1 2017", "year": "2017",
	} {
		if got := bucketName("2017-01-01", bucket); got != want {
			t.Errorf("%s: %s, want %s", bucket, got, want)
		}
	}
	if got := bucketName("2017-04-01T00:00:00Z", "quarter"); got != "Q2 2017" {
		t.Error(got)
	}
	if got := bucketName("n*ne", "day"); got != `n\*ne` {
		t.Error(got)
	}
}

func TestListen(t *testing.T) {
	for text, want := range map[string]person{
		"Person: Anna Snelling <anna@example.com>":            {"Anna Snelling", "anna@example.com"},
		"You work for Anna Snelling <anna@example.com>.":      {"Anna Snelling", "anna@example.com"},
		"The user is <anna@example.com>":                      {"", "anna@example.com"},
		"You act on behalf of Anna O'Neil <anna@example.com>": {"Anna O'Neil", "anna@example.com"},
		"Nobody is named here":                                {},
	} {
		tk := &talk{}
		tk.believe(text)
		if tk.who != want {
			t.Errorf("%q: %+v, want %+v", text, tk.who, want)
		}
	}
	tk := &talk{}
	tk.believe("Today is Saturday, 2026-01-31 (Europe/Berlin).")
	if !tk.today.Equal(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Error(tk.today)
	}
}

// TestNoThirdHop holds that a title is left out where it would cross a third
// relation, which no tool accepts.
func TestNoThirdHop(t *testing.T) {
	ix := newIndex(newSchema(companyModel()))
	people := ix.collectionCalled("people")
	manager := path{name: "account.owner.manager_id", owner: people, field: people.field("manager_id")}
	if got := ix.schema.label(manager); got.name != manager.name {
		t.Errorf("the title is at %s", got.name)
	}
	manager.name = "owner.manager_id"
	if got := ix.schema.label(manager); got.name != "owner.manager.name" {
		t.Errorf("the title is at %s", got.name)
	}
}

// TestManyFields looks a name up in a collection with more texts than a call may
// measure.
func TestManyFields(t *testing.T) {
	b := &backend{records: map[string][]map[string]any{}}
	c := &collection{Name: "things", Title: "Things", TitleField: "f0"}
	for i := range 45 {
		c.Fields = append(c.Fields, &field{Name: fmt.Sprintf("f%d", i), Title: fmt.Sprintf("Part %d", i), Type: remit.Text})
	}
	b.collections = []*collection{c}
	b.add("things", "t1", "f0", "first", "f33", "medical")
	answer, calls := ask(t, b, allTools(), []llm.Message{user("how many things for medical?")})
	if !strings.Contains(answer, "part 33 is “medical”") {
		t.Errorf("%s\n%s", answer, sayCalls(calls))
	}
}
