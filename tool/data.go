package tool

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// Data is what the built-in tools need of the lens, which implements it.
type Data interface {
	Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error)
	// Record returns a page of the one record, with its version.
	Record(ctx context.Context, actor remit.Actor, q lens.RecordQuery) (*lens.Page, error)
	Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error)
	Aggregate(ctx context.Context, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error)
	SQL(ctx context.Context, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error)
	Search(ctx context.Context, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error)
	TracedCollections(ctx context.Context, actor remit.Actor, lineage *lens.Lineage) ([]lens.CollectionInfo, error)
	TracedDescribe(ctx context.Context, actor remit.Actor, source, name string, lineage *lens.Lineage) (*lens.CollectionInfo, error)
	Create(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error)
	Update(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error)
	Delete(ctx context.Context, actor remit.Actor, r lens.Removal) error
}
