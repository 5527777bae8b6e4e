package offline

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// condition narrows records. It is a sealed sum: oneOf, truth, within, bounded,
// filled, holding, eitherOf, related.
type condition interface {
	filter() any // in the dollar form
	say() string // as Markdown that reads after "whose"
	on() string  // the path it is on, "" for several
	paths() []path
	isCondition()
}

type (
	// oneOf holds where the cell is one of the values; none, if not.
	oneOf struct {
		path   path
		values []string
		not    bool
	}
	// truth holds where a boolean cell is so.
	truth struct {
		path path
		want bool
	}
	// within holds where a date or instant lies in one of the periods.
	within struct {
		path     path
		periods  []period
		calendar calendar
	}
	// bounded compares a number.
	bounded struct {
		path path
		comparison
	}
	// filled holds where there is a value; where there is none, if not.
	filled struct {
		path path
		not  bool
	}
	// holding holds where a text contains another.
	holding struct {
		path path
		text string
	}
	// eitherOf holds where one of its parts does.
	eitherOf struct {
		parts []condition
		words string
	}
)

func (oneOf) isCondition()    {}
func (truth) isCondition()    {}
func (within) isCondition()   {}
func (bounded) isCondition()  {}
func (filled) isCondition()   {}
func (holding) isCondition()  {}
func (eitherOf) isCondition() {}

func (c oneOf) on() string    { return c.path.name }
func (c truth) on() string    { return c.path.name }
func (c within) on() string   { return c.path.name }
func (c bounded) on() string  { return c.path.name }
func (c filled) on() string   { return c.path.name }
func (c holding) on() string  { return c.path.name }
func (c eitherOf) on() string { return c.words }

func (c oneOf) paths() []path   { return []path{c.path} }
func (c truth) paths() []path   { return []path{c.path} }
func (c within) paths() []path  { return []path{c.path} }
func (c bounded) paths() []path { return []path{c.path} }
func (c filled) paths() []path  { return []path{c.path} }
func (c holding) paths() []path { return []path{c.path} }
func (c eitherOf) paths() []path {
	var all []path
	for _, p := range c.parts {
		all = append(all, p.paths()...)
	}
	return all
}

// term is one comparison of a filter.
func term(p path, op string, value any) any {
	return map[string]any{p.name: map[string]any{op: value}}
}

func (c oneOf) filter() any {
	switch {
	case len(c.values) == 1 && c.not:
		return term(c.path, "$ne", c.values[0])
	case len(c.values) == 1:
		return term(c.path, "$eq", c.values[0])
	case c.not:
		return term(c.path, "$notIn", c.values)
	}
	return term(c.path, "$in", c.values)
}

func (c oneOf) say() string {
	quoted := make([]string, len(c.values))
	for i, v := range c.values {
		quoted[i] = quote(v)
	}
	title := escape(c.path.title)
	switch {
	case c.not && len(quoted) > 1:
		return title + " is neither " + join(quoted, "nor")
	case c.not:
		return title + " is not " + quoted[0]
	}
	return title + " is " + join(quoted, "or")
}

func (c truth) filter() any { return term(c.path, "$eq", c.want) }

func (c truth) say() string {
	if c.want {
		return escape(c.path.title) + " is yes"
	}
	return escape(c.path.title) + " is no"
}

func (c within) filter() any {
	parts := make([]any, len(c.periods))
	for i, p := range c.periods {
		parts[i] = c.between(p)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return map[string]any{"$or": parts}
}

// between is half open, which is right for days and instants alike.
func (c within) between(p period) any {
	var terms []any
	if !p.from.IsZero() {
		terms = append(terms, term(c.path, "$gte", c.bound(p.from.Year(), int(p.from.Month()), p.from.Day())))
	}
	if !p.until.IsZero() {
		terms = append(terms, term(c.path, "$lt", c.bound(p.until.Year(), int(p.until.Month()), p.until.Day())))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return map[string]any{"$and": terms}
}

// bound writes the start of a day as the field's type has it.
func (c within) bound(year, month, day int) string {
	start := date(year, month, day)
	if c.path.field.Type == remit.Date {
		return start.Format(remit.DateLayout)
	}
	return c.calendar.midnight(start).UTC().Format("2006-01-02T15:04:05Z")
}

func (c within) say() string {
	spoken := make([]string, len(c.periods))
	for i, p := range c.periods {
		spoken[i] = p.say()
	}
	return escape(c.path.title) + " is " + join(spoken, "or")
}

func (c bounded) filter() any {
	low := json.Number(c.low.bound(c.path.field))
	if c.op != "$between" {
		return term(c.path, c.op, low)
	}
	high := json.Number(c.high.bound(c.path.field))
	return map[string]any{"$and": []any{term(c.path, "$gte", low), term(c.path, "$lte", high)}}
}

func (c bounded) say() string { return escape(c.path.title) + " is " + c.words(c.path.field) }

// words says the bound: "more than 1,000".
func (c comparison) words(f *field) string {
	low := c.low.shown(f)
	switch c.op {
	case "$gt":
		return "more than " + low
	case "$gte":
		return "at least " + low
	case "$lt":
		return "less than " + low
	case "$lte":
		return "at most " + low
	case "$between":
		return "between " + low + " and " + c.high.shown(f)
	}
	return "exactly " + low
}

// meets reports whether a figure lies within the bound.
func (c comparison) meets(figure string) bool {
	low := c.low.text
	switch c.op {
	case "$gt":
		return less(low, figure)
	case "$gte":
		return !less(figure, low)
	case "$lt":
		return less(figure, low)
	case "$lte":
		return !less(low, figure)
	case "$between":
		return !less(figure, low) && !less(c.high.text, figure)
	}
	return !less(low, figure) && !less(figure, low)
}

func (c filled) filter() any {
	if c.not {
		return term(c.path, "$empty", true)
	}
	return term(c.path, "$notEmpty", true)
}

func (c filled) say() string {
	if c.not {
		return escape(c.path.title) + " is empty or hidden"
	}
	return escape(c.path.title) + " is filled"
}

func (c holding) filter() any { return term(c.path, "$contains", c.text) }

func (c holding) say() string { return escape(c.path.title) + " contains " + quote(c.text) }

func (c eitherOf) filter() any {
	parts := make([]any, len(c.parts))
	for i, p := range c.parts {
		parts[i] = p.filter()
	}
	return map[string]any{"$or": parts}
}

func (c eitherOf) say() string { return c.words }

// allOf is the filter that meets every condition, nil for none.
func allOf(conditions []condition) any {
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return conditions[0].filter()
	}
	var parts []any
	for _, c := range conditions {
		part := c.filter()
		if all, ok := part.(map[string]any)["$and"].([]any); ok {
			parts = append(parts, all...) // keep the filter flat
			continue
		}
		parts = append(parts, part)
	}
	return map[string]any{"$and": parts}
}

// sayAll describes records in words: "opportunities whose stage is “won” and
// close date is from … to …".
func sayAll(of *collection, conditions []condition) string {
	var whose, have []string
	for _, c := range conditions {
		if r, ok := c.(related); ok {
			have = append(have, r.say())
			continue
		}
		whose = append(whose, c.say())
	}
	words := escape(of.noun())
	if len(whose) > 0 {
		words += " whose " + join(slices.Compact(whose), "and")
	}
	switch {
	case len(have) > 0 && len(whose) > 0:
		words += " and that have " + join(have, "and")
	case len(have) > 0:
		words += " that have " + join(have, "and")
	}
	return words
}

// join writes a list with a word before the last.
func join(items []string, word string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " " + word + " " + items[last]
}
