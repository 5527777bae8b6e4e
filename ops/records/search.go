package records

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// Found is what a search over all collections gives.
type Found struct {
	Query  string       `json:"query"`
	Groups []FoundGroup `json:"groups" nullable:"false" doc:"The collections in which something was found, the best find first."`
}

// FoundGroup is what was found in one collection.
type FoundGroup struct {
	Collection string     `json:"collection"`
	Hits       []FoundHit `json:"hits" nullable:"false" doc:"Titles before other fields, beginnings before middles."`
}

// FoundHit is one record that was found.
type FoundHit struct {
	ID    remit.ID    `json:"id"`
	Title remit.Value `json:"title" doc:"What names the record to people; null where it is empty or hidden."`
	Field string      `json:"field" doc:"The first field that holds the text: the title, if it does."`
	Value remit.Value `json:"value"`
}

// groupHits is how many records of a collection a search over all gives where no
// limit is asked.
const groupHits = 5

// SearchAll searches every collection that the actor may view; limit, nil for 5,
// is of each.
func (r *Records) SearchAll(ctx context.Context, actor remit.Actor, text string, limit *int) (*Found, error) {
	if limit == nil {
		n := groupHits
		limit = &n
	}
	hits, err := r.lens.Search(ctx, actor, lens.SearchQuery{Text: text, Limit: limit})
	if err != nil {
		return nil, err
	}
	return &Found{Query: text, Groups: grouped(hits)}, nil
}

// grouped keeps the hits in the order of the lens, where a collection's come one
// after the other and best first, and puts the collections in order of their best.
func grouped(hits []lens.SearchHit) []FoundGroup {
	groups, best := []FoundGroup{}, map[string]int{}
	for _, h := range hits {
		if n := len(groups); n == 0 || groups[n-1].Collection != h.Collection {
			groups = append(groups, FoundGroup{Collection: h.Collection})
			best[h.Collection] = h.Rank
		}
		last := &groups[len(groups)-1]
		last.Hits = append(last.Hits, FoundHit{h.ID, h.Title, h.Field, h.Value})
	}
	slices.SortStableFunc(groups, func(a, b FoundGroup) int { return best[a.Collection] - best[b.Collection] })
	return groups
}
