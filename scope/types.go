package scope

import "github.com/remit-crm/remit"

// Type is what an operand holds. Its zero value is no type.
type Type struct {
	Base     remit.FieldType
	Options  []string // of an enum; nil for any text
	Target   string   // of a relation: the collection's name; "" for any
	Currency string   // of money
}

// typeOf returns the type of a field.
func typeOf(f *remit.Field) Type {
	t := Type{Base: f.Type, Options: f.Options, Target: f.Target}
	if f.Type == remit.Currency {
		t.Currency = f.Currency
		if t.Currency == "" {
			t.Currency = defaultCurrency
		}
	}
	return t
}

// family returns the type that t's values compare as: text, enum and relation
// are one.
func (t Type) family() remit.FieldType {
	switch t.Base {
	case remit.Enum, remit.Relation:
		return remit.Text
	case remit.Text, remit.Integer, remit.Decimal, remit.Boolean, remit.Currency, remit.Date, remit.Timestamp:
	}
	return t.Base
}

// String names the type for messages.
func (t Type) String() string {
	switch {
	case t.Base == remit.Relation && t.Target != "":
		return "a link to " + t.Target
	case t.Base == remit.Currency:
		return "money in " + t.Currency
	case t.Base == remit.Integer:
		return "a whole number"
	case t.Base == remit.Enum:
		return "a choice"
	case t.Base == "":
		return "anything"
	}
	return "a " + string(t.Base)
}

// compatible reports whether values of the two types may be compared.
func compatible(a, b Type) bool {
	if a.family() != b.family() || a.Currency != b.Currency {
		return false
	}
	return a.Base != remit.Relation || b.Base != remit.Relation || a.Target == b.Target || a.Target == "" || b.Target == ""
}

// ordered reports whether < has a meaning on the type that people share: not on
// ids, choices and booleans.
func (t Type) ordered() bool {
	switch t.Base {
	case remit.Text, remit.Integer, remit.Decimal, remit.Currency, remit.Date, remit.Timestamp:
		return true
	case remit.Enum, remit.Relation, remit.Boolean:
	}
	return false
}
