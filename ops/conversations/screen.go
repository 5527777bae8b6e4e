package conversations

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/lens"
)

// look takes what is on the screen for what the person, by this AI employee, may
// see of it: a filter over an unknown field is refused as any filter is, and a
// record that may not be seen is absent.
func (c *Conversations) look(ctx context.Context, asker remit.Actor, of *derived.Conversation, screen *agent.Screen) (*agent.Screen, error) {
	if screen == nil {
		return nil, nil
	}
	if screen.Collection == "" {
		if len(screen.Filter) > 0 || len(screen.Records) > 0 {
			return nil, remit.FieldErrorf("context.collection", "name the collection of the filter or the records")
		}
		return screen, nil
	}
	asker.Employee, asker.Task, asker.Conversation = of.Employee, of.Task, of.ID
	return c.seen(ctx, asker, screen)
}

// seen returns the screen with those of its records that the actor may see.
func (c *Conversations) seen(ctx context.Context, asker remit.Actor, screen *agent.Screen) (*agent.Screen, error) {
	if _, err := c.lens.Count(ctx, asker, lens.CountQuery{Collection: screen.Collection, Filter: screen.Filter}); err != nil {
		return nil, within("context", err)
	}
	seen := *screen
	if len(screen.Records) == 0 {
		return &seen, nil
	}
	visible, err := c.visible(ctx, asker, screen)
	if err != nil {
		return nil, within("context", err)
	}
	seen.Records = []remit.ID{}
	for _, id := range screen.Records {
		if visible[id] {
			seen.Records = append(seen.Records, id)
		}
	}
	return &seen, nil
}

// sees reports whether somebody could have had that on the screen too: the filter is
// one of theirs that names no record out of sight, and so is every record.
func (c *Conversations) sees(ctx context.Context, reader remit.Actor, screen *agent.Screen) (bool, error) {
	if screen.Collection == "" {
		return true, nil
	}
	// What a filter names is told by showing it, as a saved view's is.
	if err := c.lens.Check(ctx, reader, screen.Collection, lens.ViewShape{Filter: screen.Filter}); err != nil {
		return false, failure(err)
	}
	seen, err := c.seen(ctx, reader, screen)
	if err != nil {
		return false, failure(err)
	}
	return len(seen.Records) == len(screen.Records), nil
}

// failure returns nil for an error that is an answer: no.
func failure(err error) error {
	switch remit.KindOf(err) { //nolint:exhaustive // the others are failures
	case remit.KindInvalid, remit.KindDenied, remit.KindNotFound:
		return nil
	}
	return err
}

func (c *Conversations) visible(ctx context.Context, asker remit.Actor, screen *agent.Screen) (map[remit.ID]bool, error) {
	filter, err := json.Marshal(map[string]any{remit.IDField: map[string]any{"$in": screen.Records}})
	if err != nil {
		return nil, err
	}
	limit := maxRecords
	page, err := c.lens.Query(ctx, asker, lens.Query{Collection: screen.Collection, Fields: []string{remit.IDField}, Filter: filter, Limit: &limit})
	if err != nil {
		return nil, err
	}
	visible := make(map[remit.ID]bool, len(page.Records))
	for _, r := range page.Records {
		visible[r.ID] = true
	}
	return visible, nil
}

// within puts an error's place under the part of the input that it is about.
func within(place string, err error) error {
	var e *remit.Error
	if !errors.As(err, &e) || e.Kind == remit.KindInternal {
		return err
	}
	moved := *e
	moved.Field, moved.Cause = place, err
	if e.Field != "" {
		moved.Field = place + "." + e.Field
	}
	return &moved
}
