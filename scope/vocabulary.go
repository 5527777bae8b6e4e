package scope

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// Place is where in an expression something is wrong, in lines and columns from 1
// on. It is the cause of the errors of [Env.Compile] that concern one place.
type Place struct{ Line, Column int }

// Error returns the place as the messages of errors begin with it.
func (p Place) Error() string {
	if p.Line <= 1 {
		return fmt.Sprintf("column %d", p.Column)
	}
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}

// failure is the error that something is wrong at the place.
func (p Place) failure(hint, message string) *remit.Error {
	e := remit.FieldErrorf("expression", "%s: %s", p.Error(), message)
	e.Hint, e.Cause = hint, p
	return e
}

// Word is a function or an operator that an expression may use.
type Word struct {
	Name     string `json:"name"`
	Form     string `json:"form"` // with its operands, to be completed
	Meaning  string `json:"meaning"`
	UserOnly bool   `json:"user_only,omitempty"` // not over a record's fields
}

// Functions returns the functions of the subset, for completion.
func Functions() []Word {
	return []Word{
		{"reportsTo", "reportsTo(record.owner_id, user)", "the person named is below the user, directly or not; never the user", false},
		{"inDepartment", "inDepartment(record.department_id, user)", "the department is the user's or one below it", false},
		{"startsWith", `record.name.startsWith("A")`, "the text begins so, by exact characters", false},
		{"contains", `record.name.contains("AG")`, "the text holds the other, by exact characters", false},
		{"exists", "user.roles.exists(r, r == \"finance\")", "one element of the list meets the condition", false},
		{"all", "user.roles.all(r, r != \"finance\")", "each element of the list meets the condition", false},
		{"date", `date("2026-01-31")`, "a day", false},
		{"timestamp", `timestamp("2026-01-31T09:30:00Z")`, "an instant (RFC 3339)", false},
		{"endsWith", `user.email.endsWith("@example.com")`, "the text ends so", true},
		{"matches", `user.email.matches("^a")`, "the text matches the regular expression (RE2)", true},
		{"size", "size(user.roles)", "how many elements or characters there are", true},
	}
}

// Operators returns the operators of the subset, for completion.
func Operators() []Word {
	return []Word{
		{"==", "a == b", "equal; null equals null", false},
		{"!=", "a != b", "different; null differs from every value", false},
		{"<", "a < b", "before, or less", false},
		{"<=", "a <= b", "before or equal", false},
		{">", "a > b", "after, or more", false},
		{">=", "a >= b", "after or equal", false},
		{"in", `record.stage in ["won", "lost"]`, "one of a list", false},
		{"&&", "p && q", "both", false},
		{"||", "p || q", "one at least", false},
		{"!", "!p", "not", false},
		{"?:", "p ? q : r", "q where p holds, else r", false},
		{"+ - * / %", "user.level + 1 > 2", "whole numbers", true},
	}
}

// Attributes returns the attributes that people may have beyond the built-in fields of
// user, by name.
func (e *Env) Attributes() []Attribute {
	var all []Attribute
	for _, f := range e.UserFields() {
		if f.custom {
			all = append(all, Attribute{Name: f.Name, Type: f.Type.Base, List: f.List})
		}
	}
	return all
}

// UserFields returns the fields of user, by name.
func (e *Env) UserFields() []UserField {
	fields := make([]UserField, 0, len(e.attributes))
	for _, name := range e.attributeNames() {
		fields = append(fields, *e.attributes[name])
	}
	return fields
}

// Fields returns the fields that the predicate reads: the record's own, and those
// over hops with the relation fields that lead there.
func (p *Predicate) Fields() []*Field {
	var fields []*Field
	walk(p.Root(), func(n Node) {
		for _, o := range operandsOf(n) {
			f, ok := o.(*Field)
			if ok && !slices.ContainsFunc(fields, func(has *Field) bool { return has.Path() == f.Path() }) {
				fields = append(fields, f)
			}
		}
	})
	return fields
}

// Path returns the field's name over its hops, such as "account.industry".
func (f *Field) Path() string {
	var path strings.Builder
	for _, hop := range f.Hops {
		path.WriteString(strings.TrimSuffix(hop.Relation.Name, hopSuffix) + ".")
	}
	return path.String() + f.Name
}
