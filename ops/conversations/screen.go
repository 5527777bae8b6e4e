package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/lens"
)

// sight is what of a screen goes to the model.
type sight struct {
	screen *agent.Screen
	asked  *agent.Screen // what the person has on the screen, where the limit left something out
	note   string        // on what was left out
}

// kept is a screen as it is stored: as it was given to the model and, for asking
// again, what the limit left out of it.
type kept struct {
	agent.Screen
	Asked *agent.Screen `json:"asked,omitempty"`
}

func (s sight) keep() (json.RawMessage, error) {
	if s.screen == nil && s.asked == nil {
		return nil, nil
	}
	k := kept{Asked: s.asked}
	if s.screen != nil {
		k.Screen = *s.screen
	}
	return json.Marshal(k)
}

// given returns what the model of a turn was given of the screen, nil for nothing.
func given(t *derived.Turn) (*agent.Screen, error) {
	if len(t.Context) == 0 {
		return nil, nil
	}
	screen := &agent.Screen{}
	return screen, json.Unmarshal(t.Context, screen)
}

// onScreen returns what was on the screen of whoever asked.
func onScreen(t *derived.Turn) (*agent.Screen, error) {
	if len(t.Context) == 0 {
		return nil, nil
	}
	k := &kept{}
	if err := json.Unmarshal(t.Context, k); err != nil || k.Asked != nil {
		return k.Asked, err
	}
	return &k.Screen, nil
}

// look takes what is on the screen for what the person, by this AI employee, may
// see of it and its model service may be told: a filter over an unknown field is
// refused as any filter is, one that only the service may not be told is left out,
// and a record that may not be seen is absent.
func (c *Conversations) look(ctx context.Context, asker remit.Actor, screen *agent.Screen) (sight, error) {
	if screen == nil {
		return sight{}, nil
	}
	if screen.Collection == "" {
		if len(screen.Filter) > 0 || len(screen.Records) > 0 {
			return sight{}, within("context", remit.FieldErrorf("collection", "name the collection of the filter or the records"))
		}
		return sight{screen: screen}, nil
	}
	seen, err := c.seen(ctx, asker, screen)
	if err == nil || failure(err) != nil || asker.Service == "" {
		return sight{screen: seen}, err
	}
	person := asker
	person.Service = ""
	if err := c.mayFilter(ctx, person, screen.Collection, screen.Filter); err != nil {
		return sight{}, within("context", err)
	}
	less := *screen
	less.Filter, less.View = nil, "" // a view is called by what it shows
	seen, err = c.seen(ctx, asker, &less)
	switch {
	case err != nil:
		return sight{asked: screen, note: "What is on the page may not go to this model service, so the question is taken without it."}, failure(err)
	case len(screen.Records) > 0:
		return sight{seen, screen, "The page's filter uses fields that may not go to this model service. It is left out, so the question is about the selected records."}, nil
	}
	return sight{seen, screen, "The page's filter uses fields that may not go to this model service. It is left out, so the question is about all " + screen.Collection + "."}, nil
}

func (c *Conversations) mayFilter(ctx context.Context, asker remit.Actor, collection string, filter json.RawMessage) error {
	_, err := c.lens.Count(ctx, asker, lens.CountQuery{Collection: collection, Filter: filter})
	return err
}

// mayTell reports whether a model's service may be told what was on the screen. It
// counts the records and draws none.
func (c *Conversations) mayTell(ctx context.Context, asker remit.Actor, screen *agent.Screen) (bool, error) {
	if err := c.mayFilter(ctx, asker, screen.Collection, screen.Filter); err != nil {
		return false, failure(err)
	}
	if len(screen.Records) == 0 {
		return true, nil
	}
	named := slices.Compact(slices.Sorted(slices.Values(screen.Records)))
	filter, err := among(named)
	if err != nil {
		return false, err
	}
	n, err := c.lens.Count(ctx, asker, lens.CountQuery{Collection: screen.Collection, Filter: filter})
	if err != nil {
		return false, failure(err)
	}
	return n == int64(len(named)), nil
}

func among(records []remit.ID) (json.RawMessage, error) {
	return json.Marshal(map[string]any{remit.IDField: map[string]any{"$in": records}})
}

// seen returns the screen with those of its records that the actor may see.
func (c *Conversations) seen(ctx context.Context, asker remit.Actor, screen *agent.Screen) (*agent.Screen, error) {
	if err := c.mayFilter(ctx, asker, screen.Collection, screen.Filter); err != nil {
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
	filter, err := among(screen.Records)
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
