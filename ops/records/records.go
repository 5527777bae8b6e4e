// Package records holds the use cases over records: query, get, count,
// aggregate, search, create, update, delete, export, and what an actor may know
// of the collections.
//
// Each is one call of the lens, which decides, carries out and records it
// (DESIGN laws 1, 3, 7 and 9); nothing here may widen or narrow that. What the
// package adds is the form in which every face takes the input: one JSON object
// a use case, read strictly ([ParseQuery] and its neighbours), so that HTTP and
// the command line cannot drift apart.
package records

import (
	"context"
	"io"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// Lens is what the use cases need of [lens.Lens].
type Lens interface {
	Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error)
	Get(ctx context.Context, actor remit.Actor, source, collection string, id remit.ID, fields []string) (*lens.Page, error)
	Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error)
	Aggregate(ctx context.Context, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error)
	Search(ctx context.Context, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error)
	SQL(ctx context.Context, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error)
	RefuseSQL(ctx context.Context, actor remit.Actor, q lens.SQLQuery, err error) error
	Collections(ctx context.Context, actor remit.Actor) ([]lens.CollectionInfo, error)
	Describe(ctx context.Context, actor remit.Actor, source, name string) (*lens.CollectionInfo, error)
	Create(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error)
	Update(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error)
	Delete(ctx context.Context, actor remit.Actor, r lens.Removal) error
	Export(ctx context.Context, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error)
	Bulk(ctx context.Context, actor remit.Actor, c lens.BulkChange) (*lens.BulkResult, error)
	History(ctx context.Context, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error)
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

// Records carries out the use cases for any actor.
type Records struct {
	lens Lens
	gate Gate // nil: none
}

// New returns the use cases over the lens.
func New(l Lens) *Records { return &Records{lens: l} }

// Query returns a page of the records that match.
func (r *Records) Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	actor, err := r.as(ctx, actor, "query_records", Place{Source: q.Source, Collection: q.Collection})
	if err != nil {
		return nil, err
	}
	return r.lens.Query(ctx, actor, q)
}

// Get returns one record with its version token; fields nil means every field
// that the actor knows. An invalid id is not found, like any other that names
// nothing the actor may see.
func (r *Records) Get(ctx context.Context, actor remit.Actor, at Place, fields []string) (*lens.Page, error) {
	actor, err := r.as(ctx, actor, "get_record", at)
	if err != nil {
		return nil, err
	}
	return r.lens.Get(ctx, actor, at.Source, at.Collection, at.ID, fields)
}

// Bulk changes or deletes many records, all of them or none.
func (r *Records) Bulk(ctx context.Context, actor remit.Actor, c lens.BulkChange) (*lens.BulkResult, error) {
	return r.lens.Bulk(ctx, actor, c)
}

// History returns the changes of one record, the newest first, as far as the actor
// sees now what was changed.
func (r *Records) History(ctx context.Context, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error) {
	actor, err := r.as(ctx, actor, "get_record", Place{Source: q.Source, Collection: q.Collection, ID: q.ID})
	if err != nil {
		return nil, err
	}
	return r.lens.History(ctx, actor, q)
}

// Refuse records a request that was refused before any use case was reached, and
// returns what to answer. An error of a use case has its entry already.
func (r *Records) Refuse(ctx context.Context, actor remit.Actor, operation string, at Place, err error) error {
	return r.lens.Refuse(ctx, actor, operation, at.Source, at.Collection, err)
}

// Place names a record. An empty source is the main one.
type Place struct {
	Source     string
	Collection string
	ID         remit.ID
}

// Count returns how many records match.
func (r *Records) Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error) {
	actor, err := r.as(ctx, actor, "count_records", Place{Source: q.Source, Collection: q.Collection})
	if err != nil {
		return 0, err
	}
	return r.lens.Count(ctx, actor, q)
}

// Aggregate returns measures over groups of records.
func (r *Records) Aggregate(ctx context.Context, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
	actor, err := r.as(ctx, actor, "aggregate_records", Place{Source: q.Source, Collection: q.Collection})
	if err != nil {
		return nil, err
	}
	return r.lens.Aggregate(ctx, actor, q)
}

// Search returns records that hold a text where the actor may read it.
func (r *Records) Search(ctx context.Context, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error) {
	actor, err := r.as(ctx, actor, "search_records", Place{}, "text", q.Text)
	if err != nil {
		return nil, err
	}
	return r.lens.Search(ctx, actor, q)
}

// Collections lists what the actor may know of the collections.
func (r *Records) Collections(ctx context.Context, actor remit.Actor) ([]lens.CollectionInfo, error) {
	actor, err := r.as(ctx, actor, "list_collections", Place{})
	if err != nil {
		return nil, err
	}
	return r.lens.Collections(ctx, actor)
}

// Describe returns what the actor may know of one collection.
func (r *Records) Describe(ctx context.Context, actor remit.Actor, source, name string) (*lens.CollectionInfo, error) {
	actor, err := r.as(ctx, actor, "describe_collection", Place{Source: source, Collection: name})
	if err != nil {
		return nil, err
	}
	return r.lens.Describe(ctx, actor, source, name)
}

// Create stores a new record and returns it as the actor sees it.
func (r *Records) Create(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	if c.ID != "" {
		return nil, remit.FieldErrorf("id", "a new record gets its id from the server: leave it out")
	}
	actor, err := r.as(ctx, actor, "create_record", Place{Source: c.Source, Collection: c.Collection})
	if err != nil {
		return nil, err
	}
	return r.lens.Create(ctx, actor, c)
}

// Update changes the named fields of a record, provided that the caller names
// the version that it read: without it two people would overwrite each other
// unseen. It returns the record as the actor sees it now.
func (r *Records) Update(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	if c.Version == "" {
		return nil, &remit.Error{
			Kind:    remit.KindInvalid,
			Field:   "version",
			Message: "the version that you read is missing",
			Hint:    "read the record and send its _version back",
		}
	}
	actor, err := r.as(ctx, actor, "update_record", Place{Source: c.Source, Collection: c.Collection, ID: c.ID})
	if err != nil {
		return nil, err
	}
	return r.lens.Update(ctx, actor, c)
}

// Delete deletes a record. With a version, only if that is still the current
// one.
func (r *Records) Delete(ctx context.Context, actor remit.Actor, removal lens.Removal) error {
	actor, err := r.as(ctx, actor, "delete_record", Place{Source: removal.Source, Collection: removal.Collection, ID: removal.ID})
	if err != nil {
		return err
	}
	return r.lens.Delete(ctx, actor, removal)
}

// Export writes every record that matches to w and returns how many. What was
// written before an error is incomplete.
func (r *Records) Export(ctx context.Context, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error) {
	return r.lens.Export(ctx, actor, q, w)
}
