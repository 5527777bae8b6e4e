package scope

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/remit-crm/remit"
)

// Attribute declares one attribute that people may have beyond the built-in
// fields of user. Text, integer, decimal, money (in USD), boolean, date and
// timestamp attributes exist, and lists of all of them but boolean. An
// attribute may be null; the elements of a list may not.
type Attribute struct {
	Name string
	Type remit.FieldType
	List bool
}

// Env is what expressions may name: the model, for record and its hops, and the
// person's attributes. It is immutable and safe for concurrent use. The zero
// value is not usable; call [NewEnv].
type Env struct {
	model      *remit.Model
	attributes map[string]*UserField
	users      *cel.Env // for conditions over user alone

	mu      sync.Mutex
	records map[*remit.Collection]*cel.Env // made on first use
}

// attributeName is what CEL reads as an identifier, in the form we give fields.
var attributeName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// NewEnv returns the environment of the model and the attributes. The error is
// [remit.KindInvalid] and names the attribute that is wrong.
func NewEnv(model *remit.Model, attributes []Attribute) (*Env, error) {
	e := &Env{model: model, attributes: maps.Clone(builtinFields), records: map[*remit.Collection]*cel.Env{}}
	for _, a := range attributes {
		field, err := a.field()
		if err != nil {
			return nil, err
		}
		if _, taken := e.attributes[a.Name]; taken {
			return nil, remit.FieldErrorf("attributes."+a.Name, "the name is taken: choose another")
		}
		e.attributes[a.Name] = field
	}
	users, err := newUserEnv(e)
	if err != nil {
		return nil, fmt.Errorf("scope: making the CEL environment: %w", err)
	}
	e.users = users
	return e, nil
}

func (a Attribute) field() (*UserField, error) {
	if !attributeName.MatchString(a.Name) || slices.Contains(reservedWords, a.Name) {
		return nil, remit.FieldErrorf("attributes."+a.Name, "use a name of lower-case letters, digits and _ that is no word of CEL")
	}
	t := Type{Base: a.Type}
	switch a.Type {
	case remit.Enum, remit.Relation:
		t.Base = remit.Text
	case remit.Currency:
		t.Currency = defaultCurrency
	case remit.Boolean:
		if a.List {
			return nil, remit.FieldErrorf("attributes."+a.Name, "a list of booleans has no use: declare a boolean")
		}
	case remit.Text, remit.Integer, remit.Decimal, remit.Date, remit.Timestamp:
	default:
		return nil, remit.FieldErrorf("attributes."+a.Name, "unknown type %q", a.Type)
	}
	return &UserField{Name: a.Name, Type: t, Nullable: !a.List, List: a.List, custom: true}, nil
}

// reservedWords are the words that CEL keeps for itself (CEL language
// definition, section Syntax).
var reservedWords = []string{
	"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
	"let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
}

// defaultCurrency is that of money attributes and inputs, which name none.
const defaultCurrency = "USD"

// attributeNames returns the names of user's fields, sorted.
func (e *Env) attributeNames() []string {
	return slices.Sorted(maps.Keys(e.attributes))
}

// target returns the collection that a relation field of c leads to, nil if it
// leads nowhere.
func (e *Env) target(c *remit.Collection, f *remit.Field) *remit.Collection {
	if f == nil || f.Type != remit.Relation {
		return nil
	}
	return e.model.Collection(c.Source, f.Target)
}
