// Package importing brings CSV files in: records of any collection, and people.
//
// Records are written through the lens, as the actor, in one transaction: either
// every line of the file is in, or none is and each problem is named with its
// line and column. A key makes an import repeatable: a record that has the key
// already is brought up to date instead of made again.
package importing

import (
	"context"
	"io"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Lens is what an import needs of *lens.Lens.
type Lens interface {
	Describe(ctx context.Context, actor remit.Actor, source, name string) (*lens.CollectionInfo, error)
	Batch(ctx context.Context, actor remit.Actor, source, collection string, fill func(*lens.Batch) error) error
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

// Directory is what an import of people needs of *directory.Directory.
type Directory interface {
	Enlist(ctx context.Context, by remit.Actor, list []directory.Enlistment, check func(directory.Enlisted) error) (directory.Enlisted, error)
}

// Resolver is what an import needs of *access.Access.
type Resolver interface {
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Importer carries out imports.
type Importer struct {
	lens      Lens
	directory Directory
	resolver  Resolver
}

// New returns an importer over the stores.
func New(l Lens, d Directory, r Resolver) *Importer { return &Importer{l, d, r} }

// People is the collection whose import goes to the directory.
const People = "people"

// Options say how a file becomes records. The zero value but for Collection maps
// columns to fields by their names.
type Options struct {
	Source        string
	Collection    string
	Map           []Mapping     // further or other than by name
	Replace       []Replacement // values to be read as others
	Key           string        // field by which a record is recognised; "": every line is a new record
	DryRun        bool          // do everything, then take it back
	CreateMissing bool          // create what a relation names and does not exist
	Progress      func(done, total int)

	// For people only.
	EmailDomain  string   // makes first.last@domain where there is no address
	Roles        []string // given to everyone in the file
	ManagerRoles []string // given to everyone whom the file names as a manager
}

// Mapping sends a column to a field; one column may go to several. An empty field
// leaves the column out: no column is left out unasked.
type Mapping struct{ Column, Field string }

// Replacement reads a value of a column as another.
type Replacement struct{ Column, From, To string }

// Report tells what an import did, or with DryRun would have done.
type Report struct {
	Collection  string         `json:"collection"`
	DryRun      bool           `json:"dry_run,omitempty"`
	Lines       int            `json:"lines"` // of data, without the header
	Created     int            `json:"created"`
	Changed     int            `json:"changed"`
	Unchanged   int            `json:"unchanged"`
	Columns     []ColumnReport `json:"columns"`
	Related     map[string]int `json:"related,omitempty"`     // records made for relations, by collection
	Departments int            `json:"departments,omitempty"` // departments made for people
}

// ColumnReport tells how a column was read.
type ColumnReport struct {
	Column string          `json:"column"`
	Fields []string        `json:"fields"` // none: the column is left out
	Type   remit.FieldType `json:"type"`   // what its values look like
	Empty  int             `json:"empty"`  // how many are empty
}

// Run imports the file. The actor needs the capability to import data and, for
// each record, the grants that writing it by hand would need. The error is Invalid
// with every problem found (20 at most are listed), and then nothing has changed.
func (im *Importer) Run(ctx context.Context, actor remit.Actor, file io.Reader, o Options) (*Report, error) {
	report, err := im.run(ctx, actor, file, o)
	if err != nil {
		return nil, im.lens.Refuse(ctx, actor, string(lens.OpImport), o.Source, o.Collection, err)
	}
	return report, nil
}

func (im *Importer) run(ctx context.Context, actor remit.Actor, file io.Reader, o Options) (*Report, error) {
	if _, err := im.resolver.Require(ctx, actor, policy.ImportData); err != nil {
		return nil, err
	}
	t, err := readTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.replace(o.Replace); err != nil {
		return nil, err
	}
	if o.Collection == People {
		standing, err := im.resolver.Require(ctx, actor, policy.ManagePeople)
		if err != nil {
			return nil, err
		}
		return im.people(ctx, standing, t, o)
	}
	return im.records(ctx, actor, t, o)
}

// errDryRun takes an import back that went well. The audit log calls it canceled.
var errDryRun = remit.Errorf(remit.KindCanceled, "a dry run: taken back")
