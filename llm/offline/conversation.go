package offline

import (
	"errors"
	"slices"

	"github.com/remit-crm/remit/llm"
)

// maxBack bounds how many earlier questions a follow-up may lean on.
const maxBack = 8

// conversation answers questions in the light of those before.
type conversation struct {
	index    *index
	desk     *desk
	calendar calendar
	who      person
	screens  []*llm.Screen // with each question

	chart  string   // the kind of chart that is asked for; "" for the usual one
	marks  bool     // it is asked that accounts be marked
	marked bool     // and that was done
	next   []string // questions that might be asked next
}

// answer answers the last of the questions. Earlier ones are read again, with
// what the actor may see now, where the last one leans on them.
func (c *conversation) answer(questions []string) (string, error) {
	var prev *query
	var open *reader // the question before, if it waits for a name
	chain := c.chain(questions)
	for i, q := range chain {
		last := i == len(chain)-1
		spans, err := c.spans(q)
		if err != nil {
			if last {
				return c.explain(err, nil)
			}
			continue
		}
		if last && isWhy(spans) {
			return c.why(prev)
		}
		base := c.base(spans, prev, c.screens[len(questions)-len(chain)+i])
		r := newReader(c.index, c.calendar, c.who, spans, base)
		query, err := c.understand(r, open)
		switch {
		case errors.Is(err, errWaiting):
			return "", err
		case err == nil:
			prev, open = query, nil
		case last:
			return c.explain(err, r)
		default:
			open = asking(err, r, open)
		}
	}
	return c.perform(prev)
}

// spans cuts a question into spans.
func (c *conversation) spans(question string) ([]span, error) {
	if len(question) > maxQuestion {
		return nil, misreadf("The question is too long for me. Please ask for one figure or one list at a time.")
	}
	return scan(lex(question), c.index, c.calendar), nil
}

// chain returns the last questions, from the first one that stands by itself.
func (c *conversation) chain(questions []string) []string {
	start := len(questions) - 1
	for start > 0 && len(questions)-start < maxBack && c.leans(questions[start]) {
		start--
	}
	return questions[start:]
}

// leans reports whether a question may need the one before.
func (c *conversation) leans(question string) bool {
	spans, err := c.spans(question)
	if err != nil {
		return false
	}
	if isWhy(spans) {
		return true
	}
	r := newReader(c.index, c.calendar, c.who, spans, &query{})
	r.attach()
	return r.isFollowUp(r.subjects()) || onlyName(spans)
}

// onlyName reports whether a question is nothing but a name: the answer to
// "which do you mean?".
func onlyName(spans []span) bool {
	names := 0
	for _, s := range spans {
		switch s.sense.(type) {
		case nameSense:
			names++
		case fillerSense, schemaSense:
		default:
			return false
		}
	}
	return names == 1
}

// asking keeps the reader of a question that waits for a name.
func asking(err error, r, open *reader) *reader {
	var m *misread
	if errors.As(err, &m) && m.asks != nil {
		if r.q == nil {
			return open
		}
		return r
	}
	return nil
}

// understand reads a question and resolves its names. A bare name answers the
// question before, where that one asked for it.
func (c *conversation) understand(r, open *reader) (*query, error) {
	if open != nil && onlyName(r.spans) {
		return c.completeName(r, open)
	}
	if err := r.read(); err != nil {
		return nil, err
	}
	merged := r.merged()
	if err := c.resolveAll(r, merged); err != nil {
		return nil, err
	}
	if err := complete(r, merged); err != nil {
		return nil, err
	}
	return merged, nil
}

// completeName puts the name that was asked for in the place of the doubtful
// one.
func (c *conversation) completeName(r, open *reader) (*query, error) {
	r.q = open.q.clone()
	merged := open.merged()
	fresh := *open
	fresh.names = slices.Clone(open.names)
	doubtful := slices.IndexFunc(fresh.names, func(n name) bool { return len(n.phrases) == 1 })
	if doubtful < 0 {
		return nil, misreadf("Please ask the whole question again with the name that you mean.")
	}
	n := fresh.names[doubtful]
	for i, s := range r.spans {
		if is[nameSense](s) {
			n.phrases, n.whole = []string{s.text}, s.text
			r.hint(&n, i, i)
		}
	}
	fresh.names[doubtful] = n
	if err := c.resolveAll(&fresh, merged); err != nil {
		return nil, err
	}
	return merged, complete(&fresh, merged)
}

// merged lays what the question says over the query before, where it leans on
// it.
func (r *reader) merged() *query {
	if !r.follows {
		return r.q.clone()
	}
	if !r.carries {
		return r.moved()
	}
	q := r.prev.clone()
	q.screen, q.notes = false, slices.Clone(r.q.notes)
	switch {
	case r.q.list:
		q.list = true
		q.where = append(q.where, q.m.base...)
		q.m, q.by, q.rank, q.having, q.limit = measure{}, nil, nil, nil, 0
		q.sorted = r.q.sorted
	case r.q.m.fn != 0:
		q.m, q.list, q.sorted = r.q.m, false, nil
		if r.prev.list {
			q.limit = 0
		}
	}
	q.where = slices.DeleteFunc(q.where, func(old condition) bool {
		return slices.ContainsFunc(r.q.where, func(c condition) bool { return c.on() == old.on() })
	})
	q.where = append(q.where, r.q.where...)
	if len(r.q.by) > 0 {
		q.by = r.q.by
		if q.list || q.m.fn == 0 {
			q.list, q.sorted, q.limit = false, nil, 0
			q.m = measure{fn: count, label: q.of.noun()}
		}
	}
	if r.q.rank != nil {
		q.rank = r.q.rank
	}
	if r.q.having != nil {
		q.having = r.q.having
	}
	if r.q.limit > 0 {
		q.limit = r.q.limit
		if q.rank != nil {
			q.rank = &ranking{descending: q.rank.descending, n: r.q.limit}
		}
	}
	if r.q.sorted != nil && q.list {
		q.sorted = r.q.sorted
	}
	return q
}

// moved is a follow-up on another collection ("what about orders?"): it counts
// or lists as before, over the same period, and says what it left behind.
func (r *reader) moved() *query {
	q := r.q.clone()
	if !r.measured && !r.asksForRecords() && r.prev.m.fn == count && len(q.by) == 0 {
		q.list, q.m = false, measure{fn: count, label: q.of.noun()}
	}
	left := false
	for _, c := range r.prev.where {
		w, ok := c.(within)
		if own := q.of.time(); ok && own != nil && !has[periodSense](r) {
			w.path = q.of.own(own)
			q.replace(w)
			continue
		}
		left = true
	}
	if left {
		q.note("the other conditions of the question before were not carried over to " + escape(q.of.noun()))
	}
	return q
}

// complete checks that a query asks for something that can be computed.
func complete(r *reader, q *query) error {
	for i, s := range r.spans {
		if is[compareSense](s) && !r.spans[i].used {
			return misreadf("I can compare the values of one field, or two months, quarters or years.", s.text)
		}
	}
	if q.m.fn == 0 && !q.list {
		return misreadf("I do not see what to compute.")
	}
	return nil
}
