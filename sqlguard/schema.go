package sqlguard

import (
	"slices"
	"time"

	"github.com/remit-crm/remit"
)

// Schema is what a statement may name, and the moment it is for.
type Schema struct {
	Tables   []Table
	Now      time.Time      // what now() says
	Location *time.Location // where days begin
}

// Table is a collection as the asker knows it.
type Table struct {
	Name    string // as statements write it
	View    string // how it is called in the database: the lens view, never a table
	Columns []Column
	Whole   bool // the asker knows every field that there is
}

// Column is a field that the asker knows.
type Column struct {
	Name string
	Type Type
}

func (s *Schema) table(name string) *Table {
	i := slices.IndexFunc(s.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Tables[i]
}

func (s *Schema) names() []string {
	names := make([]string, len(s.Tables))
	for i := range s.Tables {
		names[i] = s.Tables[i].Name
	}
	return names
}

// Kind says how values of an expression compare. The zero value is that of a null or
// a literal, whose neighbour decides.
type Kind uint8

// The kinds.
const (
	Unknown   Kind = iota
	Text           // by the bytes of its UTF-8 form
	Number         // a whole number and a scale
	Boolean        // true or false
	Date           // a day of the calendar
	Timestamp      // an instant
)

// String names the kind for people.
func (k Kind) String() string {
	names := [...]string{"an unknown type", "text", "a number", "a boolean", "a date", "a timestamp"}
	return names[k]
}

// Type is the type of an expression.
type Type struct {
	Kind     Kind
	Scale    int    // of a number: what is stored is the number × 10^Scale
	Currency string // of money: its currency
}

// maxScale is the most decimal places that a product may get.
const maxScale = 12

// The scales of stored numbers.
const decimalScale = 6

// TypeOf returns the type of a field's column.
func TypeOf(f *remit.Field) Type {
	switch f.Type {
	case remit.Text, remit.Enum, remit.Relation:
		return Type{Kind: Text}
	case remit.Integer:
		return Type{Kind: Number}
	case remit.Decimal:
		return Type{Kind: Number, Scale: decimalScale}
	case remit.Currency:
		return Type{Kind: Number, Scale: remit.MinorDigits(f.Currency), Currency: f.Currency}
	case remit.Boolean:
		return Type{Kind: Boolean}
	case remit.Date:
		return Type{Kind: Date}
	case remit.Timestamp:
		return Type{Kind: Timestamp}
	}
	return Type{}
}

// Field returns the type under which a result shows the column.
func (t Type) Field() remit.FieldType {
	switch t.Kind {
	case Boolean:
		return remit.Boolean
	case Date:
		return remit.Date
	case Timestamp:
		return remit.Timestamp
	case Number:
		switch {
		case t.Currency != "":
			return remit.Currency
		case t.Scale == 0:
			return remit.Integer
		}
		return remit.Decimal
	case Unknown, Text:
	}
	return remit.Text
}
