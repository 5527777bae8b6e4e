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
	page, err := w.data.Create(ctx, actor, lens.Change{Source: in.Source, Collection: in.Collection, Values: in.Values})
	if err != nil {
		return nil, err
	}
	return pageResult(page, "created a record of "+in.Collection)
}

type updateInput struct {
	target
	ID      remit.ID                   `json:"id"`
	Version string                     `json:"version"`
	Values  map[string]json.RawMessage `json:"values"`
}

func (w writer) update(ctx context.Context, actor remit.Actor, in updateInput) (*Result, error) {
	page, err := w.data.Update(ctx, actor, lens.Change{
		Source: in.Source, Collection: in.Collection, ID: in.ID, Version: in.Version, Values: in.Values,
	})
	if err != nil {
		return nil, err
	}
	return pageResult(page, "updated a record of "+in.Collection)
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
	return result(answer, Result{Text: "deleted a record of " + in.Collection, Rows: 1})
}
