package scope

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/remit-crm/remit"
)

// Hierarchy answers who is below whom, for evaluation in memory.
type Hierarchy interface {
	// ReportsTo reports whether person reports to manager, directly or not. It
	// is not asked about a person and themselves.
	ReportsTo(person, manager remit.ID) bool
	// InDepartment reports whether department is ancestor or below it.
	InDepartment(department, ancestor remit.ID) bool
}

// Record is one record, for evaluation in memory.
type Record interface {
	// Value returns the value of the field called name, or of the id, as text.
	Value(name string) remit.Value
	// Hop returns the living record that the relation field called name leads
	// to, nil if there is none.
	Hop(name string) Record
}

// The names of the CEL types. A record over a hop has nullable fields only.
const (
	userType     = "remit.user"
	inputType    = "remit.input"
	recordPrefix = "remit.record."
	hopPrefix    = "remit.hop."
)

var userObject = cel.ObjectType(userType)

// Person is user as CEL sees it. It is made for one evaluation.
type Person struct {
	User      *User
	Hierarchy Hierarchy // nil where no hierarchy is at hand: reportsTo and inDepartment fail
	Input     map[string]remit.Value
	Record    Record
}

// ResolveName implements CEL's activation.
func (p *Person) ResolveName(name string) (any, bool) {
	switch name {
	case "user", "input":
		return p, true
	case "record":
		return p.Record, p.Record != nil
	}
	return nil, false
}

// Parent implements CEL's activation.
func (p *Person) Parent() cel.Activation { return nil }

// ConvertToNative implements [ref.Val].
func (p *Person) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("user has no native form")
}

// ConvertToType implements [ref.Val].
func (p *Person) ConvertToType(ref.Type) ref.Val { return types.NewErr("user converts to nothing") }

// Equal implements [ref.Val].
func (p *Person) Equal(other ref.Val) ref.Val { return types.Bool(p == other) }

// Type implements [ref.Val].
func (p *Person) Type() ref.Type { return userObject }

// Value implements [ref.Val].
func (p *Person) Value() any { return p }

// provider tells CEL which fields records and user have.
type provider struct {
	types.Provider
	env    *Env
	inputs map[string]Type
}

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if strings.HasPrefix(name, "remit.") {
		return types.NewTypeTypeWithParam(cel.ObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p *provider) FindStructFieldType(object, field string) (*types.FieldType, bool) {
	switch {
	case object == userType:
		return p.userField(field)
	case object == inputType:
		return p.inputField(field)
	case strings.HasPrefix(object, recordPrefix):
		return p.recordField(strings.TrimPrefix(object, recordPrefix), field, false)
	case strings.HasPrefix(object, hopPrefix):
		return p.recordField(strings.TrimPrefix(object, hopPrefix), field, true)
	}
	return p.Provider.FindStructFieldType(object, field)
}

func (p *provider) userField(name string) (*types.FieldType, bool) {
	f := p.env.attributes[name]
	if f == nil {
		return nil, false
	}
	if f.List {
		return fieldType(cel.ListType(celType(f.Type, false)), func(object any) (any, error) {
			return f.celList(object.(*Person).User)
		}), true
	}
	return fieldType(celType(f.Type, f.Nullable), func(object any) (any, error) {
		v, err := f.Scalar(object.(*Person).User)
		return celValue(v), err
	}), true
}

func (p *provider) inputField(name string) (*types.FieldType, bool) {
	t, found := p.inputs[name]
	if !found {
		return nil, false
	}
	return fieldType(celType(t, true), func(object any) (any, error) {
		return celValue(object.(*Person).Input[name]), nil
	}), true
}

func (p *provider) recordField(collection, name string, hop bool) (*types.FieldType, bool) {
	source, collection, _ := strings.Cut(collection, "/")
	c := p.env.model.Collection(source, collection)
	if c == nil {
		return nil, false
	}
	if f := fieldOf(c, name, hop); f != nil {
		return fieldType(celType(f.Type, f.Nullable), func(object any) (any, error) {
			return celValue(object.(Record).Value(name)), nil
		}), true
	}
	relation := c.Field(name + hopSuffix)
	target := p.env.target(c, relation)
	if target == nil {
		return nil, false
	}
	return fieldType(cel.ObjectType(hopPrefix+target.Source+"/"+target.Name), func(object any) (any, error) {
		if next := object.(Record).Hop(relation.Name); next != nil {
			return next, nil
		}
		return gone{}, nil
	}), true
}

// hopSuffix ends the names of relation fields; without it, they name the hop.
const hopSuffix = "_id"

// gone is the record behind a hop that leads nowhere: all null.
type gone struct{}

func (gone) Value(string) remit.Value { return remit.Null }
func (gone) Hop(string) Record        { return nil }

func fieldType(t *types.Type, get func(any) (any, error)) *types.FieldType {
	return &types.FieldType{Type: t, IsSet: func(any) bool { return true }, GetFrom: get}
}

// celType returns CEL's type for t: decimals, money and dates are whole numbers
// of their smallest unit.
func celType(t Type, nullable bool) *types.Type {
	var base *types.Type
	switch t.Base {
	case remit.Text, remit.Enum, remit.Relation:
		base = cel.StringType
	case remit.Boolean:
		base = cel.BoolType
	case remit.Timestamp:
		return cel.TimestampType // CEL lets every timestamp be null
	case remit.Integer, remit.Decimal, remit.Currency, remit.Date:
		base = cel.IntType
	}
	if nullable {
		return cel.NullableType(base)
	}
	return base
}

// celValue returns the value as CEL reads it.
func celValue(v remit.Value) ref.Val {
	switch v.Type() {
	case remit.Text, remit.Enum, remit.Relation:
		return types.String(v.Text())
	case remit.Boolean:
		return types.Bool(v.Bool())
	case remit.Timestamp:
		return types.Timestamp{Time: v.Time()}
	case remit.Integer, remit.Decimal, remit.Currency, remit.Date:
		return types.Int(v.Int())
	}
	return types.NullValue
}

// adapter lets records and people pass through CEL as they are.
type adapter struct{ types.Adapter }

func (a adapter) NativeToValue(value any) ref.Val {
	if v, ok := value.(ref.Val); ok {
		return v
	}
	return a.Adapter.NativeToValue(value)
}

// newUserEnv returns the CEL environment of conditions over user.
func newUserEnv(e *Env) (*cel.Env, error) { return newCELEnv(e, nil) }

func newCELEnv(e *Env, inputs map[string]Type, more ...cel.EnvOption) (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("making the registry of types: %w", err)
	}
	options := []cel.EnvOption{
		cel.CustomTypeAdapter(adapter{registry}),
		cel.CustomTypeProvider(&provider{Provider: registry, env: e, inputs: inputs}),
		cel.DefaultUTCTimeZone(true),
		cel.Variable("user", userObject),
		below(ReportsTo, reportsTo),
		below(InDepartment, inDepartment),
	}
	if inputs != nil {
		options = append(options, cel.Variable("input", cel.ObjectType(inputType)))
	}
	return cel.NewEnv(append(options, more...)...)
}

// recordEnv returns the CEL environment of c's scopes.
func (e *Env) recordEnv(c *remit.Collection) (*cel.Env, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if env := e.records[c]; env != nil {
		return env, nil
	}
	env, err := e.users.Extend(cel.Variable("record", cel.ObjectType(recordPrefix+c.Source+"/"+c.Name)))
	if err != nil {
		return nil, fmt.Errorf("scope: making the CEL environment of %s: %w", c.Name, err)
	}
	e.records[c] = env
	return env, nil
}

func below(kind BelowKind, decide func(id remit.ID, p *Person) bool) cel.EnvOption {
	return cel.Function(kind.String(), cel.Overload(kind.String()+"_user",
		[]*cel.Type{cel.NullableType(cel.StringType), userObject}, cel.BoolType,
		cel.BinaryBinding(func(id, user ref.Val) ref.Val {
			p, ok := user.(*Person)
			if !ok || p.Hierarchy == nil {
				return types.NewErr("no hierarchy at hand")
			}
			switch id := id.(type) {
			case types.String:
				return types.Bool(decide(remit.ID(id), p))
			case types.Null:
				return types.False
			}
			return types.MaybeNoSuchOverloadErr(id)
		})))
}

func reportsTo(id remit.ID, p *Person) bool {
	return id != p.User.ID && p.Hierarchy.ReportsTo(id, p.User.ID)
}

func inDepartment(id remit.ID, p *Person) bool {
	return p.User.DepartmentID != "" && p.Hierarchy.InDepartment(id, p.User.DepartmentID)
}

// evaluationLimit bounds what a condition may cost: far above what an
// expression within the limits needs, far below what would be felt.
const evaluationLimit = 1_000_000

// Truth is what a condition evaluates to: false, true, or unknown where CEL
// gives an error or null.
type Truth uint8

// The truths.
const (
	Unknown Truth = iota
	False
	True
)

// truthOf reads what CEL answered.
func truthOf(v ref.Val, err error) Truth {
	if err != nil {
		return Unknown
	}
	switch v {
	case types.True:
		return True
	case types.False:
		return False
	}
	return Unknown
}

// userProgram is a condition over user, ready to run.
type userProgram struct{ program cel.Program }

// Truth evaluates the condition for u.
func (n *UserTest) Truth(u *User) (Truth, error) {
	for _, f := range n.Fields {
		if f.custom {
			if _, err := f.attribute(u); err != nil {
				return Unknown, err
			}
		}
	}
	v, _, err := n.program.program.Eval(&Person{User: u})
	return truthOf(v, err), nil
}

// programOf checks canonical CEL and makes it ready to run.
func programOf(env *cel.Env, text string) (cel.Program, error) {
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(evaluationLimit))
}

// checkTimestamp returns the instant of a literal, which must be one that both
// databases hold exactly.
func checkTimestamp(text string) (remit.Value, error) {
	v, err := (&remit.Field{Type: remit.Timestamp}).ParseValue(text)
	if err != nil || v.IsNull() {
		return remit.Null, remit.Errorf(remit.KindInvalid, "%q is not an instant of the form 2026-01-31T09:30:00Z (RFC 3339)", text)
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err != nil || t.Nanosecond()%1000 != 0 {
		return remit.Null, remit.Errorf(remit.KindInvalid, "%q is finer than a microsecond, which is the finest that records hold", text)
	}
	return v, nil
}
