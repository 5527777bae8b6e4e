package scope_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
	"github.com/remit-crm/remit/scope/scopetest"
)

func newWorld(tb testing.TB) *scopetest.World {
	tb.Helper()
	w, err := scopetest.New(1)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func compile(tb testing.TB, w *scopetest.World, expression string) *scope.Predicate {
	tb.Helper()
	p, err := w.Env.Compile(w.Deals.Collection, expression)
	if err != nil {
		tb.Fatalf("%s: %v", expression, err)
	}
	return p
}

// What an author gets wrong is told with its place, the reason and the way out.
func TestCompileErrors(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ expression, want string }{
		{"", "empty: write a condition, or true for every record"},
		{"record.owner_id == ", "column 20: mismatched input '<EOF>'"},
		{"true &&\n record.x", `line 2, column 2: deals has no field "x"`},

		{"owner_id == user.id", `column 1: unknown name "owner_id": an expression speaks of record and user (did you mean record.owner_id?)`},
		{"rekord.owner_id == user.id", `column 1: unknown name "rekord": an expression speaks of record and user (did you mean "record"?)`},
		{"record.ownr_id == user.id", `column 1: deals has no field "ownr_id" (did you mean "owner_id"?)`},
		{"record.acount.name == \"a\"", `column 1: deals has no relation "acount" (did you mean "account"?)`},
		{"record.account.nme == \"a\"", `column 1: accounts has no field "nme" (did you mean "name"?)`},
		{"record.owner_id == user.idd", `column 20: user has no attribute "idd" (did you mean "id"?)`},
		{"record.note.startWith(\"a\")", `column 1: unknown function "startWith" (did you mean "startsWith"?)`},
		{"record.stage == \"wonn\"", `column 17: "wonn" is not an option of stage: use one of won, Won, wön, wo, w% (did you mean "Won"?)`},
		{"record.account_id.name == \"a\"", `column 1: account_id is an id: the record it names is called account (did you mean account.…?)`},
		{"record.account == null", `column 1: account is a record, not a value (write record.account_id, or record.account.id for one that exists)`},
		{"record.note.name == \"a\"", `column 1: note of deals is a text and has no fields`},
		{"record.account.parent.parent.name == \"a\"", `column 1: 3 hops: a scope follows 2 at most`},
		{"record == user", `column 1: record is no value: name a field of it, such as record.title`},

		{"record.amount == \"5\"", `column 1: record.amount (money in USD) cannot be compared with a text (write the number without quotes)`},
		{"record.closes < \"2026-01-31\"", `column 1: record.closes (a date) cannot be compared with a text (write the day as date("2026-01-31"))`},
		{"record.due < \"2026-01-31\"", `column 1: record.due (a timestamp) cannot be compared with a text (write the instant as timestamp("2026-01-31T09:30:00Z"))`},
		{"record.closes == record.due", `column 1: record.closes (a date) cannot be compared with record.due (a timestamp)`},
		{"record.amount == record.count", `column 1: record.amount (money in USD) cannot be compared with record.count (a whole number)`},
		{"record.owner_id == record.account_id", `column 1: record.owner_id (a link to people) cannot be compared with record.account_id (a link to accounts)`},
		{"record.count == 1.5", `column 1: record.count (a whole number) cannot be compared with a number (write a whole number)`},
		{"record.amount == 1000.505", `column 18: "1000.505" has more than 2 decimal places`},
		{"record.discount == 0.0000001", `column 20: "0.0000001" has more than 6 decimal places`},
		{"record.amount > 1e3", `column 17: "1e3" is not a plain decimal number such as 1234.50`},
		{"record.amount > 92233720368547758.08", `column 17: "92233720368547758.08" is too large`},
		{"record.closes == date(\"2026-02-30\")", `column 18: "2026-02-30" is not an existing day of the form 2026-01-31`},
		{"record.due == timestamp(\"2026-01-31T00:00:00.0000001Z\")", `column 15: "2026-01-31T00:00:00.0000001Z" is finer than a microsecond, which is the finest that records hold`},
		{"record.due == timestamp(record.note)", `column 15: timestamp takes a text: date("2026-01-31"), timestamp("2026-01-31T09:30:00Z")`},
		{"record.note == \"a\\u0000\"", `column 16: a text without NUL characters is needed: no record holds one`},
		{"record.stage < \"won\"", `column 1: record.stage (a choice) has no order (list them: record.field in ["a", "b"])`},
		{"record.owner_id < user.id", `column 1: record.owner_id (a link to people) has no order (list them: record.field in ["a", "b"])`},
		{"record.amount < null", `column 1: null is neither less nor greater than anything`},
		{"record.score == null", `column 1: record.score (a whole number) is never null`},
		{"record.note", `column 1: a condition is needed here, and this is record.note (a text)`},
		{"record.count in [1, \"a\"]", `column 21: the list mixes a number with a text`},
		{"record.count in 1", `column 1: in needs a value on its left and a list on its right: user.roles, a list attribute or ["a", "b"]`},

		{"record.count + 1 > 2", `column 1: arithmetic cannot run in the database: it may overflow and abort the query (compare the field itself with a value or an attribute)`},
		{"record.note.matches(\"a\")", `column 1: matches over records cannot run in the database: no two databases agree on it (use startsWith or contains)`},
		{"record.note.size() > 1", `column 1: size over records cannot run in the database: no two databases count alike`},
		{"record.count == (user.senior ? 1 : 2)", `column 18: a choice between values cannot run in the database: choose between conditions, as in p ? record.x == 1 : record.x == 2`},
		{"record.hot == (record.count > 1)", `column 16: a condition cannot stand beside a field of the record (compare conditions with && and ||)`},
		{"has(record.note)", `column 1: has is not available: a field always exists: compare it with null`},
		{"user.roles.exists_one(r, r == record.note)", `column 1: exists_one is not available: counting matches is not in the subset: use exists`},
		{"record.activities.exists(a, a.done)", `column 1: deals has no field "activities"`},
		{"user.roles.exists(record, record == \"a\")", `column 19: the name record is in use: choose another`},
		{"reportsTo(user.id, user)", `column 11: reportsTo asks about a field of the record`},
		{"reportsTo(record.department_id, user)", `column 11: reportsTo needs a link to people, and this is record.department_id (a link to departments)`},
		{"inDepartment(record.owner_id, user)", `column 14: inDepartment needs a link to departments, and this is record.owner_id (a link to people)`},
		{"{\"a\": 1} == {}", `column 1: maps and messages have no use here`},
	} {
		_, err := w.Env.Compile(w.Deals.Collection, c.expression)
		var e *remit.Error
		if !errors.As(err, &e) || e.Kind != remit.KindInvalid {
			t.Errorf("%s: error %v is not of kind invalid", c.expression, err)
			continue
		}
		if diff := cmp.Diff("expression: "+c.want, err.Error()); diff != "" {
			t.Errorf("%s:\n%s", c.expression, diff)
		}
	}
}

// Two values that may both be null are compared only where the author has said
// what that means.
func TestCompileNullTrap(t *testing.T) {
	w := newWorld(t)
	for expression, trapped := range map[string]bool{
		"record.owner_id == user.manager_id":                                                              true,
		"!(record.owner_id != user.manager_id)":                                                           true,
		"record.owner_id in [user.id, user.manager_id]":                                                   true,
		"[user.id, user.manager_id].exists(x, x == record.owner_id)":                                      true,
		"record.owner_id == record.account.owner_id":                                                      true,
		"user.senior || record.owner_id == user.manager_id":                                               true,
		"record.owner_id != null || record.owner_id == user.manager_id":                                   true,
		"(record.owner_id == null && user.senior) || record.owner_id == user.manager_id":                  true,
		"(record.owner_id == null && record.note == null) || record.owner_id == user.manager_id":          true,
		"record.backup_id != null && record.owner_id == user.manager_id":                                  true,
		"record.owner_id == null ? record.owner_id == user.manager_id : true":                             true,
		"record.owner_id != user.manager_id":                                                              false,
		"record.owner_id == user.id":                                                                      false,
		"record.owner_id != null && record.owner_id == user.manager_id":                                   false,
		"record.owner_id == user.manager_id && user.manager_id != null":                                   false,
		"user.manager_id != null && (user.senior || record.owner_id == user.manager_id)":                  false,
		"!(record.owner_id == null || record.owner_id != user.manager_id)":                                false,
		"record.owner_id == null ? true : record.owner_id == user.manager_id":                             false,
		"record.owner_id == null || record.owner_id == user.manager_id":                                   false,
		"(record.owner_id == null && user.manager_id == null) || record.owner_id == user.manager_id":      false,
		"[user.id, user.manager_id].exists(x, x != null && x == record.owner_id)":                         false,
		"record.account.owner_id != null && record.owner_id == record.account.owner_id":                   false,
		"user.roles.exists(r, record.note == r) && user.regions.all(r, r == record.note || r == \"all\")": false,
	} {
		_, err := w.Env.Compile(w.Deals.Collection, expression)
		if got := err != nil && strings.Contains(err.Error(), "null equals null"); got != trapped || (err != nil) != trapped {
			t.Errorf("%s: trapped %v, want %v (%v)", expression, got, trapped, err)
		}
	}
}

// No expression is too large to be refused at once.
func TestCompileLimits(t *testing.T) {
	w := newWorld(t)
	choice := "record.hot"
	for range 30 {
		choice = "(" + choice + " ? record.hot : record.note == \"a\")"
	}
	for name, expression := range map[string]string{
		"length":   `record.note == "` + strings.Repeat("a", scope.MaxLength) + `"`,
		"nesting":  strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000),
		"negation": strings.Repeat("!(", 200) + "record.hot" + strings.Repeat(")", 200),
		"terms":    "record.count in [" + strings.Repeat("1,", scope.MaxTerms) + "1]",
		"growth":   choice,
		"product": `["a","b","c","d","e","f","g","h"].exists(a, ["a","b","c","d","e","f","g","h"].exists(b,
			["a","b","c","d","e","f","g","h"].exists(c, ["a","b","c","d","e","f","g","h"].exists(d, a == record.note && b == c && c == d))))`,
	} {
		if _, err := w.Env.Compile(w.Deals.Collection, expression); err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	compile(t, w, "record.count in ["+strings.Repeat("1,", 400)+"1]")
}

// Literals are the values that they say, to the last digit.
func TestLiteralsAreExact(t *testing.T) {
	w := newWorld(t)
	deal := &literalRecord{}
	for _, c := range []struct {
		expression string
		value      remit.Value
	}{
		{"record.amount == 90071992547409.93", remit.MoneyValue(9007199254740993, "USD")},
		{"record.amount == -0.01", remit.MoneyValue(-1, "USD")},
		{"record.amount == 1000", remit.MoneyValue(100000, "USD")},
		{"record.amount == 1000.500", remit.MoneyValue(100050, "USD")},
		{"record.amount in [1, 2.50, 0.07]", remit.MoneyValue(7, "USD")},
		{"[0.1, 7].exists(x, x == record.amount)", remit.MoneyValue(10, "USD")},
		{"record.discount == 0.1", remit.DecimalValue(100_000)},
		{"record.discount == 9007199254.740993", remit.DecimalValue(9007199254740993)},
		{"record.count == 9007199254740993", remit.IntegerValue(9007199254740993)},
		{"record.count == 0x10", remit.IntegerValue(16)},
		{"record.count == -9223372036854775808", remit.IntegerValue(-9223372036854775808)},
		{`record.closes == date("2024-02-29")`, remit.DateValue(19782)},
		{`record.note == "\u00e9\n'"`, remit.TextValue("é\n'")},
	} {
		program, err := eval.New(compile(t, w, c.expression))
		if err != nil {
			t.Fatal(err)
		}
		deal.value = c.value
		if ok, err := program.Eval(w.Users[0], deal, nil); !ok || err != nil {
			t.Errorf("%s does not match %s: %v", c.expression, c.value, err)
		}
	}
}

// literalRecord has one value in every field.
type literalRecord struct{ value remit.Value }

func (r *literalRecord) Value(string) remit.Value { return r.value }
func (r *literalRecord) Hop(string) scope.Record  { return nil }

func TestColumns(t *testing.T) {
	w := newWorld(t)
	p := compile(t, w, `record.account.owner.name == "a" || record.id == record.account.name || record.note.contains(record.title) && !(record.hot ? record.count > 1 : false)`)
	want := []string{"account_id", "count", "hot", "id", "note", "title"}
	if diff := cmp.Diff(want, p.Columns()); diff != "" {
		t.Error(diff)
	}
}

// A rule that names an attribute is closed to people without it, even where the
// attribute cannot matter.
func TestCheckClosesTheWholeRule(t *testing.T) {
	w := newWorld(t)
	without := w.Users[len(w.Users)-1]
	for expression, closed := range map[string]bool{
		"record.hot": false,
		"record.hot || record.score == user.level":           true,
		"record.hot || user.level > 1":                       true,
		"user.level > 1 || true":                             true,
		"[user.level, 1].exists(x, record.hot)":              true,
		"user.roles.exists(r, r == \"a\" && user.level > 1)": true,
		"user.level > 1 && false":                            false, // nothing is left to open
	} {
		p := compile(t, w, expression)
		if err := p.Check(without); (err != nil) != closed {
			t.Errorf("%s: %v", expression, err)
		}
		if err := p.Check(w.Users[0]); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
	}
	wrong := &scope.User{Attributes: map[string]scope.Value{"level": scope.Scalar(remit.TextValue("1"))}}
	if err := compile(t, w, "record.score == user.level").Check(wrong); remit.KindOf(err) != remit.KindInvalid {
		t.Errorf("an attribute of another type: %v", err)
	}
}

func TestNewEnvRefusesAttributes(t *testing.T) {
	for _, a := range []scope.Attribute{
		{Name: "roles", Type: remit.Text},
		{Name: "in", Type: remit.Text},
		{Name: "Level", Type: remit.Text},
		{Name: "a-b", Type: remit.Text},
		{Name: "", Type: remit.Text},
		{Name: "flags", Type: remit.Boolean, List: true},
		{Name: "x", Type: "blob"},
	} {
		if _, err := scope.NewEnv(remit.NewModel(nil), []scope.Attribute{a}); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%+v: %v", a, err)
		}
	}
}
