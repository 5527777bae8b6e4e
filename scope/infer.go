package scope

import "github.com/remit-crm/remit"

// slot is the type of a term while it is being found out. Terms that must be of
// one type share a slot: literals and list elements take their type from what
// they are compared with.
type slot struct {
	link  *slot // another slot that this one was joined with
	class class
	typ   Type   // where class is exact
	name  string // what gave the type, for messages
}

// class says how much is known of a slot.
type class uint8

const (
	open     class = iota // nothing yet: null, or the element of an empty list
	word                  // a text literal: a text, a choice or an id
	numeral               // a whole number: an integer, a decimal or money
	fraction              // a number with a point: a decimal or money
	exact                 // typ says it
)

func exactly(t Type, name string) *slot { return &slot{class: exact, typ: t, name: name} }

func (s *slot) root() *slot {
	for s.link != nil {
		s = s.link
	}
	return s
}

// resolved returns the slot's type, with the default for a literal that nothing
// decides.
func (s *slot) resolved() Type {
	s = s.root()
	switch s.class {
	case exact:
		return s.typ
	case word:
		return Type{Base: remit.Text}
	case numeral:
		return Type{Base: remit.Integer}
	case fraction:
		return Type{Base: remit.Decimal}
	case open:
	}
	return Type{}
}

// unify reports whether the two slots can be of one type, and makes what is not
// known of one follow the other.
func unify(a, b *slot) bool {
	a, b = a.root(), b.root()
	if a == b {
		return true
	}
	if a.class > b.class {
		a, b = b, a
	}
	switch a.class {
	case exact:
		return compatible(a.typ, b.typ) // and stay apart: a text compared with a choice is no choice
	case word:
		if b.class != word && (b.class != exact || b.typ.family() != remit.Text) {
			return false
		}
	case numeral, fraction:
		if b.class == exact && !numeric(b.typ, a.class) {
			return false
		}
	case open:
	}
	a.link = b
	return true
}

// numeric reports whether a number literal of the class can be of the type.
func numeric(t Type, c class) bool {
	switch t.Base {
	case remit.Decimal, remit.Currency:
		return true
	case remit.Integer:
		return c == numeral
	case remit.Text, remit.Enum, remit.Relation, remit.Boolean, remit.Date, remit.Timestamp:
	}
	return false
}

// describe names the slot's type for messages.
func (s *slot) describe() string {
	s = s.root()
	switch s.class {
	case word:
		return "a text"
	case numeral, fraction:
		return "a number"
	case open, exact:
	}
	return s.typ.String()
}
