package scope_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

var inputs = map[string]remit.FieldType{
	"amount": remit.Currency, "collection": remit.Text, "count": remit.Integer, "day": remit.Date, "final": remit.Boolean, "share": remit.Decimal,
}

func TestConditions(t *testing.T) {
	w := newWorld(t)
	u := &scope.User{ID: "a", Department: "Finance", Roles: []string{"finance"}, Attributes: map[string]scope.Value{
		"ceiling": scope.Scalar(remit.MoneyValue(100_050, "USD")), "region": scope.Scalar(remit.Null),
	}}
	given := map[string]any{
		"amount": json.Number("1000.50"), "collection": "deals", "count": float64(3), "day": "2026-01-31", "final": true, "share": 0.1, "undeclared": []int{1},
	}
	for expression, want := range map[string]string{
		`user.department == "Finance" && "finance" in user.roles`:                    "true",
		`user.department == "Sales"`:                                                 "false",
		`input.amount <= user.ceiling`:                                               "true",
		`input.amount < 1000.50`:                                                     "false",
		`input.collection in ["deals", "leads"] && input.count == 3`:                 "true",
		`input.day > date("2026-01-30") && input.final && input.share == 0.1`:        "true",
		`user.region == null`:                                                        "true",
		`user.region < "b"`:                                                          "denied",
		`user.level > 1`:                                                             "invalid",
		`user.roles.all(r, r.startsWith("fin")) && input.collection.matches("^d.*")`: "true",
		`input.count * 2 == 6 && size(user.roles) == 1`:                              "true",
		`input.count / 0 == 1`:                                                       "denied",
	} {
		c, err := w.Env.CompileCondition(expression, inputs)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if got := outcome(c.Eval(u, given)); got != want {
			t.Errorf("%s: %s, want %s", expression, got, want)
		}
	}
}

func outcome(ok bool, err error) string {
	switch {
	case err != nil && ok:
		return "true with an error"
	case err != nil:
		return remit.KindOf(err).String()
	case ok:
		return "true"
	}
	return "false"
}

func TestConditionInputs(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		expression string
		input      map[string]any
		want       string
	}{
		{"input.count == null", nil, "true"},
		{"input.count > 1", nil, "denied"},
		{"input.count > 1", map[string]any{"count": 1.5}, "invalid"},
		{"input.count > 1", map[string]any{"count": "2"}, "invalid"},
		{"input.count > 1", map[string]any{"count": json.Number("9007199254740993")}, "true"},
		{"input.count > 1", map[string]any{"count": 2}, "true"},
		{"input.count > 1", map[string]any{"count": remit.IntegerValue(2)}, "true"},
		{"input.count > 1", map[string]any{"count": remit.TextValue("2")}, "invalid"},
		{"input.amount > 1", map[string]any{"amount": json.Number("1.005")}, "invalid"},
		{"input.final", map[string]any{"final": "true"}, "invalid"},
		{"input.day == date(\"2026-01-31\")", map[string]any{"day": "31.1.2026"}, "invalid"},
		{"input.collection == \"a\"", map[string]any{"collection": map[string]any{}}, "invalid"},
	} {
		condition, err := w.Env.CompileCondition(c.expression, inputs)
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(condition.Eval(&scope.User{}, c.input)); got != c.want {
			t.Errorf("%s of %v: %s, want %s", c.expression, c.input, got, c.want)
		}
	}
	var none *scope.Condition
	if got := outcome(none.Eval(&scope.User{}, nil)); got != "denied" {
		t.Errorf("no condition: %s", got)
	}
}

func TestConditionErrors(t *testing.T) {
	w := newWorld(t)
	for expression, want := range map[string]string{
		"record.hot":                      `unknown name "record": an expression speaks of user and input`,
		"input.cuont == 1":                `the tool has no input "cuont" (did you mean "count"?)`,
		"reportsTo(user.id, user)":        "reportsTo is for records",
		"input.count == \"a\"":            "input.count (a whole number) cannot be compared with a text",
		"input.collection.matches(\"(\")": "CEL refuses it",
		"user.id":                         "a condition is needed here",
	} {
		_, err := w.Env.CompileCondition(expression, inputs)
		if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
}
