package tool

import (
	"context"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// Whether a person must confirm a change first is not decided here: the agent
// asks before it runs a tool whose effect is not Reads, and the lens judges
// every write by itself.
type writer struct{ data Data }

type createInput struct {
	target
	Values map[string]json.RawMessage `json:"values"`
}

func (w writer) create(ctx context.Context, actor remit.Actor, in createInput) (*Result, error) {
	from := traced(actor)
	page, err := w.data.Create(ctx, actor, lens.Change{Source: in.Source, Collection: in.Collection, Values: in.Values, Lineage: from})
	if err != nil {
		return nil, err
	}
	return pageResult(page, "created a record of "+in.Collection, from)
}

type updateInput struct {
	target
	ID      remit.ID                   `json:"id"`
	Version string                     `json:"version"`
	Values  map[string]json.RawMessage `json:"values"`
}

func (w writer) update(ctx context.Context, actor remit.Actor, in updateInput) (*Result, error) {
	from := traced(actor)
	page, err := w.data.Update(ctx, actor, lens.Change{
		Source: in.Source, Collection: in.Collection, ID: in.ID, Version: in.Version, Values: in.Values, Lineage: from,
	})
	if err != nil {
		return nil, err
	}
	return pageResult(page, "updated a record of "+in.Collection, from)
}

type deleteInput struct {
	target
	ID      remit.ID `json:"id"`
	Version string   `json:"version"`
}

func (w writer) remove(ctx context.Context, actor remit.Actor, in deleteInput) (*Result, error) {
	err := w.data.Delete(ctx, actor, lens.Removal{Source: in.Source, Collection: in.Collection, ID: in.ID, Version: in.Version})
	if err != nil {
		return nil, err
	}
	answer := struct {
		Collection string   `json:"collection"`
		ID         remit.ID `json:"id"`
		Deleted    bool     `json:"deleted"`
	}{in.Collection, in.ID, true}
	// What is gone was seen by whoever deleted it, and is shown to nobody again.
	from := &lens.Lineage{Origins: []lens.Origin{{Source: in.Source, Collection: in.Collection, Records: []remit.ID{in.ID}}}}
	return result(answer, Result{Text: "deleted a record of " + in.Collection, Rows: 1, Lineage: from})
}
