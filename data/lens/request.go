// Package lens is the one gate through which customer data is read or written
// for an actor (DESIGN law 1).
//
// Every operation takes the actor, makes the permit that the policy answers for
// it now, compiles the permit to a lens relation (the allowed columns of the
// allowed rows, hidden cells null) and runs the request over that relation
// only. Before anything is released the policy epoch is read again, and the
// audit entry is durable.
package lens

import (
	"encoding/json"

	"github.com/remit-crm/remit"
)

// The bounds on requests.
const (
	DefaultLimit   = 50     // records of a page where none is asked
	MaxLimit       = 1000   // records of a page, groups of an aggregate
	MaxFilterDepth = 20     // nesting of a filter
	MaxFilterTerms = 200    // comparisons in a filter
	MaxListLength  = 1000   // values of $in and $notIn
	MaxFilterBytes = 64_000 // length of a filter's JSON
)

// Query asks for records of one collection.
type Query struct {
	Source     string          // data source; "" is main
	Collection string          // required
	Fields     []string        // "name", or over a relation "account.name"; none: every known field
	Filter     json.RawMessage // dollar form, see DESIGN; empty or null: no filter
	Sort       []string        // field paths, "-" before one for descending; ties are broken by id
	Limit      *int            // 1 to MaxLimit; nil: DefaultLimit
	Cursor     string          // Page.NextCursor of the page before; "": the first page
	Versions   bool            // give each record its version token
	Total      bool            // count all matches too, which costs a second scan
	Figures    bool            // only figures made of many records are released, no record: the page draws nothing
	Lineage    *Lineage        // takes what the page came from; nil: nobody asks, and it costs nothing
}

// Column names one column of a result and says how to read it.
type Column struct {
	Name     string          `json:"name"`
	Type     remit.FieldType `json:"type"`
	Title    string          `json:"title,omitempty"`
	Currency string          `json:"currency,omitempty"` // for money: values are in units of it
}

// Page is a page of records.
type Page struct {
	Collection string
	Columns    []Column // of Record.Values, in order
	Records    []Record
	NextCursor string // "": no more
	Total      *int64 // all matches that the actor may see, if asked
}

// Record is one record as its reader sees it.
type Record struct {
	ID      remit.ID
	Values  []remit.Value // by the page's columns; null where empty or hidden
	Hidden  []string      // names of the columns that are hidden on this record
	Version string        // token of the cells that the reader sees; "" unless asked
}

// RecordQuery asks for one record by its id, with its version token.
type RecordQuery struct {
	Source     string
	Collection string
	ID         remit.ID
	Fields     []string // as in Query
	Lineage    *Lineage // as in Query
}

// CountQuery asks how many records match.
type CountQuery struct {
	Source     string
	Collection string
	Filter     json.RawMessage
	Lineage    *Lineage // as in Query
}

// AggregateQuery asks for measures over groups of records.
type AggregateQuery struct {
	Source     string
	Collection string
	Measures   []Measure       // at least one
	Dimensions []Dimension     // none: one group of everything, also when it is empty
	Filter     json.RawMessage // which records count
	Sort       []string        // names of result columns, "-" for descending; default: the dimensions
	Limit      *int            // groups, 1 to MaxLimit; nil: DefaultLimit
	Lineage    *Lineage        // as in Query
}

// Measure is one figure of each group.
type Measure struct {
	Fn     string          `json:"fn"`               // count, sum, avg, min, max, count_distinct, ratio
	Field  string          `json:"field,omitempty"`  // for all but count and ratio
	Filter json.RawMessage `json:"filter,omitempty"` // only records that match it; required for ratio
	As     string          `json:"as,omitempty"`     // name of the result column; default fn or fn_field
}

// Dimension is what records are grouped by.
type Dimension struct {
	Field  string `json:"field"`            // "stage", or over a relation "account.industry"
	Bucket string `json:"bucket,omitempty"` // day, week, month, quarter, year: for dates and timestamps
	As     string `json:"as,omitempty"`     // name of the result column; default the field's path
}

// AggregateResult is a table of groups. Sums are exact; averages and ratios are
// decimals of six places rounded half-even; a bucket is shown by its first day.
type AggregateResult struct {
	Collection string
	Columns    []Column
	Rows       [][]remit.Value
	Records    int64 // how many records the figures rest on
	More       bool  // there are more groups than the limit
}

// SearchQuery looks for a text in every text field that the actor knows.
type SearchQuery struct {
	Text        string   // at least two characters
	Collections []string // of the main source; none: all that the actor may view
	Limit       *int     // hits a collection
	Lineage     *Lineage // as in Query
}

// SearchHit is a record that holds the text in a cell the actor may see.
type SearchHit struct {
	Collection string      `json:"collection"`
	ID         remit.ID    `json:"id"`
	Title      remit.Value `json:"title"`
	Field      string      `json:"field"`
	Value      remit.Value `json:"value"`
	Rank       int         `json:"-"` // 0 is the best; hits of one collection come by it
}

// CollectionInfo is what an actor may know of a collection.
type CollectionInfo struct {
	Source      string      `json:"data_source"`
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	TimeField   string      `json:"time_field,omitempty"`
	TitleField  string      `json:"title_field,omitempty"`
	Actions     []string    `json:"actions"`
	Fields      []FieldInfo `json:"fields"`
}

// FieldInfo is what an actor may know of a field.
type FieldInfo struct {
	remit.Field
	Updatable bool `json:"updatable"`
	Creatable bool `json:"creatable"`
}

// ExportQuery asks for all records that match, as a file. It is an action of its
// own: who may view may not thereby export.
type ExportQuery struct {
	Source     string
	Collection string
	Fields     []string
	Filter     json.RawMessage
	Sort       []string
	Format     string // "csv" or "json" (one array)
}

// Change asks for a record to be created (ID empty) or changed. Values holds
// only what is to be set, by field name; null empties a field.
type Change struct {
	Source     string
	Collection string
	ID         remit.ID
	Version    string // Record.Version as the caller read it; "": no expectation
	Values     map[string]json.RawMessage
	Lineage    *Lineage // takes what the answer shows; nil: nobody asks
}

// Removal asks for a record to be deleted.
type Removal struct {
	Source     string
	Collection string
	ID         remit.ID
	Version    string // as in Change
}
