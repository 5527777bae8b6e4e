package scope

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/remit-crm/remit"
)

// User is the person that an expression calls user, resolved by the directory.
// It must not be changed while it is in use.
type User struct {
	ID           remit.ID
	Email, Name  string
	DepartmentID remit.ID // "" is null
	Department   string   // the department's name; "" is null
	ManagerID    remit.ID // "" is null
	Roles        []string
	Attributes   map[string]Value // a declared attribute that is absent here closes every rule that reads it
}

// Value is what a person's attribute holds: one value, or a list of values. The
// zero value is null.
type Value struct {
	scalar remit.Value
	isList bool
	base   remit.FieldType // of the list's elements; "" for an empty list of unknown type
	bound  any             // the list as a statement's argument
	list   ref.Val         // the list as CEL reads it
}

// Scalar returns an attribute's single value, which may be null.
func Scalar(v remit.Value) Value { return Value{scalar: v} }

// List returns an attribute's list of values. They must be of one type and not
// null; the error is [remit.KindInvalid]. A list of none suits an attribute of
// any type.
func List(values ...remit.Value) (Value, error) {
	v := Value{isList: true}
	elements := make([]ref.Val, 0, len(values))
	for _, element := range values {
		if v.base == "" {
			v.base = element.Type()
		}
		if element.IsNull() || element.Type() != v.base {
			return Value{}, remit.Errorf(remit.KindInvalid, "a list attribute holds values of one type, and no null")
		}
		elements = append(elements, celValue(element))
	}
	v.list = types.NewRefValList(types.DefaultTypeAdapter, elements)
	v.bound = boundList(v.base, values)
	return v, nil
}

// TextList returns an attribute's list of texts.
func TextList(texts ...string) Value {
	texts = slices.Clone(texts)
	return Value{isList: true, base: remit.Text, bound: texts, list: types.NewStringList(types.DefaultTypeAdapter, texts)}
}

// boundList returns the list as a statement takes it: texts and times as text,
// all else as numbers.
func boundList(base remit.FieldType, values []remit.Value) any {
	switch base {
	case remit.Text, remit.Enum, remit.Relation, remit.Date, remit.Timestamp:
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String()
		}
		return texts
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean:
	}
	numbers := make([]int64, len(values))
	for i, v := range values {
		numbers[i] = v.Int()
	}
	return numbers
}

// UserField is a field of user: built in, or a declared attribute.
type UserField struct {
	Name     string
	Type     Type // of the elements, for a list
	Nullable bool
	List     bool
	custom   bool
	builtin  func(*User) string // the text of a built-in scalar; "" is null where Nullable
}

var builtinFields = map[string]*UserField{
	"id":            {Name: "id", Type: Type{Base: remit.Relation, Target: "people"}, builtin: func(u *User) string { return string(u.ID) }},
	"email":         {Name: "email", Type: Type{Base: remit.Text}, builtin: func(u *User) string { return u.Email }},
	"name":          {Name: "name", Type: Type{Base: remit.Text}, builtin: func(u *User) string { return u.Name }},
	"department_id": {Name: "department_id", Type: Type{Base: remit.Relation, Target: "departments"}, Nullable: true, builtin: func(u *User) string { return string(u.DepartmentID) }},
	"department":    {Name: "department", Type: Type{Base: remit.Text}, Nullable: true, builtin: func(u *User) string { return u.Department }},
	"manager_id":    {Name: "manager_id", Type: Type{Base: remit.Relation, Target: "people"}, Nullable: true, builtin: func(u *User) string { return string(u.ManagerID) }},
	"roles":         {Name: "roles", Type: Type{Base: remit.Text}, List: true},
}

// Scalar returns u's value of the field, which must not be a list. The error is
// [remit.KindInvalid] where the person lacks a declared attribute or has one of
// another type.
func (f *UserField) Scalar(u *User) (remit.Value, error) {
	if f.builtin != nil {
		text := f.builtin(u)
		if text == "" && f.Nullable {
			return remit.Null, nil
		}
		return remit.TextValue(text), nil
	}
	v, err := f.attribute(u)
	return v.scalar, err
}

// Bound returns u's list as a statement's argument: []string, or []int64 for
// numbers (money in minor units, decimals in millionths). Errors as [UserField.Scalar].
func (f *UserField) Bound(u *User) (any, error) {
	if !f.custom {
		if u.Roles == nil {
			return []string{}, nil
		}
		return u.Roles, nil
	}
	v, err := f.attribute(u)
	if err != nil {
		return nil, err
	}
	if v.base == "" {
		return boundList(f.Type.Base, nil), nil
	}
	return v.bound, nil
}

// attribute returns u's value of a declared attribute, if it is of the declared
// type.
func (f *UserField) attribute(u *User) (Value, error) {
	v, found := u.Attributes[f.Name]
	if !found {
		return Value{}, remit.Errorf(remit.KindInvalid, "the person has no attribute %q", f.Name)
	}
	held := v.base
	if !v.isList {
		held = v.scalar.Type()
	}
	if v.isList != f.List || (held != "" && held != f.Type.family()) {
		return Value{}, remit.Errorf(remit.KindInvalid, "the person's attribute %q is not of its declared type", f.Name)
	}
	return v, nil
}

// celList returns u's list as CEL reads it.
func (f *UserField) celList(u *User) (ref.Val, error) {
	if !f.custom {
		return types.NewStringList(types.DefaultTypeAdapter, u.Roles), nil
	}
	v, err := f.attribute(u)
	return v.list, err
}

// UserID returns the field user.id.
func UserID() *UserField { return builtinFields["id"] }

// UserDepartmentID returns the field user.department_id.
func UserDepartmentID() *UserField { return builtinFields["department_id"] }

// BoundList returns a list of values, none null, as a statement's argument:
// texts and times as []string, all else as []int64.
func BoundList(t Type, values []remit.Value) any { return boundList(t.Base, values) }
