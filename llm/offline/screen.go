package offline

import (
	"bytes"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// onScreen holds for the records that the person has on the screen: the selected
// ones, or those that the page's filter leaves.
type onScreen struct {
	wanted  any // in the dollar form
	records bool
}

func (onScreen) isCondition()  {}
func (onScreen) on() string    { return "the screen" }
func (onScreen) paths() []path { return nil }
func (c onScreen) filter() any { return c.wanted }

func (c onScreen) say() string {
	if c.records {
		return "record is one of those that you have selected"
	}
	return "record is on your screen"
}

// onScreenNow returns the query that stands for what is on the screen with a
// question, nil where that is nothing that the actor knows of.
func (c *conversation) onScreenNow(s *llm.Screen) *query {
	if s == nil || s.Collection == "" {
		return nil
	}
	var of *collection
	for _, known := range c.index.schema.collections {
		if known.Name == s.Collection && known.source() == "" {
			of = known
		}
	}
	if of == nil {
		return nil
	}
	q := &query{of: of, list: true, screen: true}
	var filter any
	decoder := json.NewDecoder(bytes.NewReader(s.Filter))
	decoder.UseNumber()
	switch {
	case s.Records != nil:
		q.where = []condition{onScreen{wanted: map[string]any{remit.IDField: map[string]any{"$in": s.Records}}, records: true}}
	case len(s.Filter) > 0 && decoder.Decode(&filter) == nil && filter != nil:
		q.where = []condition{onScreen{wanted: filter}}
	}
	return q
}

// base returns what a question leans on: the question before, or what is on the
// screen, where that is pointed at or where the question names no records and leans
// on no other.
func (c *conversation) base(spans []span, prev *query, s *llm.Screen) *query {
	screen := c.onScreenNow(s)
	if screen == nil || prev == nil {
		return either(screen, prev)
	}
	r := newReader(c.index, c.calendar, c.who, spans, prev)
	r.attach()
	if i := first[themSense](r); i >= 0 && (r.spans[i].sense.(themSense).screen || s.Records != nil) {
		return screen
	}
	if r.isFollowUp(r.subjects()) {
		return prev
	}
	return screen
}

func either(a, b *query) *query {
	if a != nil {
		return a
	}
	return b
}
