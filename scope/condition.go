package scope

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/remit-crm/remit"
)

// Condition is a compiled condition of a task or a tool, over user and input. It
// is evaluated in memory. It is safe for concurrent use; a nil Condition denies.
type Condition struct {
	program cel.Program
	fields  []*UserField
	inputs  map[string]Type
}

// CompileCondition checks a condition over user and over the inputs of the given
// types, which expressions call input.name. Money inputs are amounts in USD. The
// error is as that of [Env.Compile].
func (e *Env) CompileCondition(expression string, inputs map[string]remit.FieldType) (*Condition, error) {
	types := make(map[string]Type, len(inputs))
	for name, base := range inputs {
		t := Type{Base: base}
		if base == remit.Currency {
			t.Currency = defaultCurrency
		}
		types[name] = t
	}
	k := &checker{env: e, inputs: types}
	root, canonical, err := k.run(expression)
	if err != nil {
		return nil, err
	}
	env, err := newCELEnv(e, types)
	if err != nil {
		return nil, remit.FieldErrorf("expression", "the inputs cannot be declared: %v", err)
	}
	program, err := programOf(env, canonical)
	if err != nil {
		return nil, remit.FieldErrorf("expression", "CEL refuses it: %v", err)
	}
	return &Condition{program: program, fields: root.userFields(nil), inputs: types}, nil
}

// Eval reports whether the condition holds. An input that is absent is null;
// inputs that were not declared are not looked at. An error denies: it is
// [remit.KindInvalid] where an input or an attribute is not of its type, and
// [remit.KindDenied] where the condition has no answer, as when it orders null.
func (c *Condition) Eval(u *User, input map[string]any) (bool, error) {
	if c == nil || u == nil {
		return false, remit.Errorf(remit.KindDenied, "nothing to decide by")
	}
	for _, f := range c.fields {
		if f.custom {
			if _, err := f.attribute(u); err != nil {
				return false, err
			}
		}
	}
	values := make(map[string]remit.Value, len(c.inputs))
	for name, t := range c.inputs {
		v, err := inputValue(t, input[name])
		if err != nil {
			return false, remit.FieldErrorf("input."+name, "%s", remit.PublicText(err))
		}
		values[name] = v
	}
	result, _, err := c.program.Eval(&Person{User: u, Input: values})
	switch truthOf(result, err) {
	case True:
		return true, nil
	case False:
		return false, nil
	case Unknown:
	}
	return false, remit.Errorf(remit.KindDenied, "the condition has no answer for these values")
}

// inputValue reads what a tool was called with, as encoding/json makes it or as
// Go code passes it, as a value of the type.
func inputValue(t Type, given any) (remit.Value, error) {
	switch v := given.(type) {
	case nil:
		return remit.Null, nil
	case remit.Value:
		return v, checkInput(t, v)
	case string:
		return textInput(t, v)
	case bool:
		return remit.BooleanValue(v), checkInput(t, remit.BooleanValue(v))
	case json.Number:
		return numberInput(t, v.String())
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			break
		}
		return numberInput(t, strconv.FormatFloat(v, 'f', -1, 64))
	case int:
		return numberInput(t, strconv.Itoa(v))
	case int64:
		return numberInput(t, strconv.FormatInt(v, 10))
	case time.Time:
		return remit.TimeValue(v), checkInput(t, remit.TimeValue(v))
	}
	return remit.Null, wrongInput(t)
}

func wrongInput(t Type) error {
	return remit.Errorf(remit.KindInvalid, "%s is needed", t)
}

func checkInput(t Type, v remit.Value) error {
	if !v.IsNull() && v.Type() != t.family() {
		return wrongInput(t)
	}
	return nil
}

func textInput(t Type, text string) (remit.Value, error) {
	switch t.Base {
	case remit.Text, remit.Enum, remit.Relation:
		return remit.TextValue(text), nil
	case remit.Date, remit.Timestamp:
		return (&remit.Field{Type: t.Base}).ParseValue(text)
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean:
	}
	return remit.Null, wrongInput(t)
}

func numberInput(t Type, text string) (remit.Value, error) {
	if !numeric(t, numeral) {
		return remit.Null, wrongInput(t)
	}
	return (&remit.Field{Type: t.Base, Currency: t.Currency}).ParseValue(text)
}
