package sqlgen

import (
	"fmt"

	"github.com/remit-crm/remit/scope"
)

// Fragment is a piece of SQL with one "?" for each argument. Fragments may be
// joined: texts in order, arguments in the same order.
type Fragment struct {
	SQL     string
	Args    []Arg
	LooksUp bool // it looks people or departments up that are below the person
}

// Arg is one argument of a fragment: fixed, or taken from the person when the
// fragment is bound. The zero value is null.
type Arg struct {
	fixed any
	field *scope.UserField
	test  *scope.UserTest
}

// Fixed returns an argument that is the same for every person.
func Fixed(value any) Arg { return Arg{fixed: value} }

// Bind returns the arguments for u, as a statement of the database takes them.
// The error is *remit.Error: the person lacks an attribute that the rule reads,
// and the whole rule is closed.
func (f Fragment) Bind(u *scope.User) ([]any, error) {
	return f.AppendArgs(make([]any, 0, len(f.Args)), u)
}

// AppendArgs is [Fragment.Bind] into a slice that the caller has.
func (f Fragment) AppendArgs(into []any, u *scope.User) ([]any, error) {
	for i := range f.Args {
		value, err := f.Args[i].value(u)
		if err != nil {
			return nil, fmt.Errorf("binding a row scope: %w", err)
		}
		into = append(into, value)
	}
	return into, nil
}

func (a *Arg) value(u *scope.User) (any, error) {
	switch {
	case a.field != nil && a.field.List:
		return a.field.Bound(u)
	case a.field != nil:
		v, err := a.field.Scalar(u)
		if err != nil || v.IsNull() {
			return nil, err
		}
		return v, nil
	case a.test != nil:
		return a.truth(u)
	}
	return a.fixed, nil
}

// truth returns true, false, or nil where the condition has no answer.
func (a *Arg) truth(u *scope.User) (any, error) {
	truth, err := a.test.Truth(u)
	if err != nil {
		return nil, err
	}
	switch truth {
	case scope.True:
		return true, nil
	case scope.False:
		return false, nil
	case scope.Unknown:
	}
	return nil, nil
}
