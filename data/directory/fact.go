package directory

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope"
)

// factReader collects the rows of factsStmt.
type factReader struct {
	memberships []Membership
	tokens      []TokenState
	sessions    []SessionState
	attributes  map[string]*attributeValues
}

// attributeValues is an attribute of a person as it is stored.
type attributeValues struct {
	field  remit.Field
	list   bool
	values []remit.Value
}

func (f *factReader) add(r sqldb.Row) error {
	switch kind := r.Int(0); kind {
	case roleFact:
		m := Membership{Role: r.Text(1)}
		if !r.Null(3) {
			m.NotAfter = r.Time(3)
		}
		f.memberships = append(f.memberships, m)
	case attributeFact:
		f.addAttribute(r)
	case tokenFact:
		f.tokens = append(f.tokens, TokenState{ID: remit.ID(r.Text(1)), Employee: r.Text(2), Expires: r.Time(3)})
	case sessionFact:
		f.sessions = append(f.sessions, SessionState{ID: remit.ID(r.Text(1)), Operator: remit.ID(r.Text(2)), Expires: r.Time(3)})
	default:
		return remit.Errorf(remit.KindInternal, "directory: unknown kind %d of a fact", kind)
	}
	return nil
}

// addAttribute takes one value of an attribute. One that does not fit its
// definition is left out with all of its attribute: a rule that reads it is
// closed then, where half a list could open one.
func (f *factReader) addAttribute(r sqldb.Row) {
	name := r.Text(1)
	if f.attributes == nil {
		f.attributes = map[string]*attributeValues{}
	}
	a := f.attributes[name]
	if a == nil {
		a = &attributeValues{field: remit.Field{Name: name, Type: remit.FieldType(r.Text(5))}, list: r.Bool(6)}
		f.attributes[name] = a
	}
	v, err := a.field.ParseValue(r.Text(2))
	if err != nil {
		v = remit.Null
	}
	a.values = append(a.values, v)
}

// into completes the person.
func (f *factReader) into(p *Person) error {
	p.Memberships, p.Tokens, p.Sessions = f.memberships, f.tokens, f.sessions
	p.User.Attributes = make(map[string]scope.Value, len(f.attributes))
	for name, a := range f.attributes {
		if v, ok := a.value(); ok {
			p.User.Attributes[name] = v
		}
	}
	return nil
}

func (a *attributeValues) value() (scope.Value, bool) {
	if a.list {
		v, err := scope.List(a.values...)
		return v, err == nil
	}
	if len(a.values) != 1 || a.values[0].IsNull() {
		return scope.Value{}, false
	}
	return scope.Scalar(a.values[0]), true
}
