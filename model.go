package remit

import (
	"slices"
	"strings"
)

// MainSource is the data source that Remit itself owns.
const MainSource = "main"

// FieldType says what a field holds and how its values compare.
type FieldType string

// The field types. Text and enum compare by the bytes of their UTF-8 form.
const (
	Text      FieldType = "text"      // any UTF-8 without NUL
	Enum      FieldType = "enum"      // one of Field.Options
	Integer   FieldType = "integer"   // int64
	Decimal   FieldType = "decimal"   // int64 of millionths: exact, six places
	Boolean   FieldType = "boolean"   // true or false
	Currency  FieldType = "money"     // int64 of minor units of Field.Currency
	Date      FieldType = "date"      // a calendar day, no zone
	Timestamp FieldType = "timestamp" // an instant, microseconds, UTC
	Relation  FieldType = "relation"  // the id of a record of Field.Target
)

// Field describes one field of a collection.
type Field struct {
	Name        string      `json:"name"`
	Column      string      `json:"-"` // column in the table; never shown
	Type        FieldType   `json:"type"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Sensitivity Sensitivity `json:"sensitivity"`
	Personal    bool        `json:"personal,omitempty"` // personal data in the sense of the GDPR
	Critical    bool        `json:"critical,omitempty"` // guarded and strictly audited
	Required    bool        `json:"required,omitempty"` // may not be null
	ReadOnly    bool        `json:"read_only,omitempty"`
	Options     []string    `json:"options,omitempty"`  // for Enum, in their natural order
	Target      string      `json:"target,omitempty"`   // for Relation: the collection's name
	Currency    string      `json:"currency,omitempty"` // for Currency: ISO 4217 code
	Format      string      `json:"format,omitempty"`   // for Text: "email", "phone", "url", "long" or ""
}

// Nullable reports whether a record may lack a value for the field.
func (f *Field) Nullable() bool { return !f.Required }

// Collection describes one table of records.
type Collection struct {
	Source      string  `json:"data_source"`
	Name        string  `json:"name"`
	Table       string  `json:"-"`
	Title       string  `json:"title"`
	Description string  `json:"description,omitempty"`
	TimeField   string  `json:"time_field,omitempty"` // the field that time-range constraints use
	TitleField  string  `json:"title_field"`          // the field that names a record to people
	Permanent   bool    `json:"-"`                    // rows are never deleted (people, departments)
	Derived     bool    `json:"-"`                    // rows are kept by the system: no create, update, delete
	Fields      []Field `json:"fields"`               // in display order; the id is not among them
}

// IDField is the name under which every collection shows its records' id.
const IDField = "id"

// Field returns the field called name, nil if there is none. The id is not a
// Field.
func (c *Collection) Field(name string) *Field {
	if i := c.FieldIndex(name); i >= 0 {
		return &c.Fields[i]
	}
	return nil
}

// FieldIndex returns the position of the field called name, -1 if none.
func (c *Collection) FieldIndex(name string) int {
	return slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == name })
}

// Model is every collection of every data source. It is immutable once made:
// a change makes a new one under a new policy epoch.
type Model struct {
	Collections []*Collection // sorted by source and name
}

// Collection returns the collection called name in the data source, nil if
// there is none. An empty source means [MainSource].
func (m *Model) Collection(source, name string) *Collection {
	if source == "" {
		source = MainSource
	}
	i, found := slices.BinarySearchFunc(m.Collections, name, func(c *Collection, name string) int {
		if d := strings.Compare(c.Source, source); d != 0 {
			return d
		}
		return strings.Compare(c.Name, name)
	})
	if !found {
		return nil
	}
	return m.Collections[i]
}

// NewModel returns a model of the collections, sorted.
func NewModel(collections []*Collection) *Model {
	sorted := slices.Clone(collections)
	slices.SortFunc(sorted, func(a, b *Collection) int {
		if d := strings.Compare(a.Source, b.Source); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return &Model{Collections: sorted}
}
