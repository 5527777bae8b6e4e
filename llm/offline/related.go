package offline

import (
	"slices"
	"strings"
)

// related holds where there are records of another collection that name this one
// and meet the conditions; none, if there are no such records. Those count that the
// person may see.
type related struct {
	from  *collection
	via   *field // of from
	where []condition
	none  bool
}

func (related) isCondition() {}

func (c related) on() string    { return "$has " + c.from.Name + "." + c.via.Name }
func (c related) paths() []path { return nil }

func (c related) filter() any {
	asked := map[string]any{"collection": c.from.Name, "via": c.via.Name}
	if len(c.where) > 0 {
		asked["filter"] = allOf(c.where)
	}
	if c.none {
		return map[string]any{"$hasNo": asked}
	}
	return map[string]any{"$has": asked}
}

// say reads after "that have".
func (c related) say() string {
	words := sayAll(c.from, c.where)
	if c.none {
		return "no " + words
	}
	return words
}

// clause is a condition on related records as the question says it.
type clause struct {
	related
	of   *collection // whose records are narrowed
	text string
}

// readClauses takes out of the question what it says of related records: "without
// activities", "with open deals", "not yet ordered". The words mean nothing else
// then, so that the collections in them are not what the question is about.
func (r *reader) readClauses() []clause {
	var found []clause
	for i := range r.spans {
		of := r.narrowed(i)
		if of == nil {
			continue
		}
		if c, to := r.clauseAt(i, of); to > i {
			var words []string
			for j := i; j < to; j++ {
				words = append(words, r.spans[j].text)
				r.spans[j].sense, r.spans[j].meanings, r.spans[j].used = fillerSense{}, nil, true
			}
			c.of, c.text = of, strings.Join(words, " ")
			found = append(found, c)
		}
	}
	return found
}

// narrowed is the collection that a clause at the span would be about: the nearest
// that is named before it, else that of the question before.
func (r *reader) narrowed(i int) *collection {
	for j := i - 1; j >= 0; j-- {
		if c := namedCollection(r.spans[j]); c != nil && !r.isHint(j) && !r.afterBy(j) {
			return c
		}
	}
	if r.prev != nil {
		return r.prev.of
	}
	return nil
}

// clauseAt reads the clause that begins at the span, and returns where it ends.
func (r *reader) clauseAt(i int, of *collection) (clause, int) {
	switch s := r.spans[i].sense.(type) {
	case lackSense:
		return r.clauseOf(i+1, of, true)
	case fillerSense:
		if (s.word == "with" || s.word == "having" || s.word == "have" || s.word == "has") && !r.measuresOthers() {
			return r.clauseOf(i+1, of, false)
		}
	case notSense:
		if j := r.after(i); j >= 0 {
			return r.participle(j, of, true)
		}
	default:
		if r.after(i) < 0 { // "how many quotes were ordered?"
			return r.participle(i, of, false)
		}
	}
	return clause{}, 0
}

// measuresOthers reports whether the related records are what is asked for: "how
// many different accounts have won deals", "top accounts with won deals".
func (r *reader) measuresOthers() bool {
	return slices.ContainsFunc(r.spans, func(s span) bool {
		a, ok := s.sense.(aggSense)
		return ok && a.fn != count || is[rankSense](s) || is[rateSense](s) || is[moneySense](s) || is[numberSense](s) || is[compareSense](s)
	})
}

// clauseOf reads related records from the span on: states and options, the
// collection, and a period.
func (r *reader) clauseOf(i int, of *collection, none bool) (clause, int) {
	for at := i; at < len(r.spans); at++ {
		s := r.spans[at]
		if s.broken && at > i {
			break
		}
		if from := namedCollection(s); from != nil {
			via, ok := r.index.schema.naming(from, of)
			if f, _ := ownField(s, of, anyField); !ok || f != nil || r.isHint(at) {
				break
			}
			c := clause{related: related{from: from, via: via, none: none}}
			if !r.describe(&c.related, i, at) {
				break
			}
			return c, r.clausePeriod(&c.related, at+1)
		}
		if !is[fillerSense](s) && !is[stateSense](s) && len(s.meanings) == 0 {
			break
		}
	}
	return clause{}, 0
}

// describe reads the spans before the collection as states and options of it.
func (r *reader) describe(c *related, from, to int) bool {
	sub := &reader{index: r.index, spans: r.spans, entity: -1, q: &query{of: c.from}}
	for i := from; i < to; i++ {
		s := r.spans[i]
		if is[fillerSense](s) {
			continue
		}
		if p, option := ownOption(s, c.from); option != "" {
			c.where = append(c.where, oneOf{path: p, values: []string{option}})
			continue
		}
		state, ok := s.sense.(stateSense)
		o := c.from.outcome()
		if !ok || o == nil {
			return false
		}
		values, not := sub.stateValues(o, state.state, i)
		c.where = append(c.where, oneOf{path: c.from.own(o.field), values: values, not: not})
	}
	r.clauseNotes = append(r.clauseNotes, sub.q.notes...)
	return true
}

func ownOption(s span, of *collection) (path, string) {
	for _, m := range s.meanings {
		if m.of == of && m.isOption() {
			return of.own(m.field), m.option
		}
	}
	return path{}, ""
}

// clausePeriod reads a period right behind the collection, on its time field.
func (r *reader) clausePeriod(c *related, i int) int {
	for at := i; at < len(r.spans) && !r.spans[at].broken; at++ {
		switch s := r.spans[at].sense.(type) {
		case fillerSense:
		case periodSense:
			on := c.from.time()
			if on == nil {
				return i
			}
			if s.assumedYear {
				r.clauseNotes = append(r.clauseNotes, "the year was not said; the current one was taken")
			}
			c.where = append(c.where, within{path: c.from.own(on), periods: []period{s.period}, calendar: r.calendar})
			return at + 1
		default:
			return i
		}
	}
	return i
}

// participles say of a record that others name it.
var participles = map[string]string{"ordered": "order", "quoted": "quote"}

// participle reads "ordered" of quotes: there are orders that name them.
func (r *reader) participle(i int, of *collection, none bool) (clause, int) {
	noun := participles[strings.ToLower(r.spans[i].text)]
	if noun == "" {
		return clause{}, 0
	}
	for _, m := range r.index.phrases[phraseKey([]string{noun})] {
		if !m.isCollection() || m.weight != exact || m.of == of {
			continue
		}
		if via, ok := r.index.schema.naming(m.of, of); ok {
			return clause{related: related{from: m.of, via: via, none: none}}, i + 1
		}
	}
	return clause{}, 0
}

// naming returns the field by which records of one collection name those of another.
func (s *schema) naming(from, to *collection) (*field, bool) {
	if from.source() != to.source() {
		return nil, false
	}
	hop, ok := s.towards(from, to)
	return hop.field, ok
}

// addClauses narrows the query to what was said of related records.
func (r *reader) addClauses(clauses []clause) error {
	for _, c := range clauses {
		if c.of != r.q.of {
			return misreadf("I can ask for records that "+escape(c.from.noun())+" belong to, but not together with the rest of this question.", c.text)
		}
		r.q.where = append(r.q.where, c.related)
		if c.none {
			r.q.note(escape(c.from.noun()) + " that you may not see count as not there")
		}
	}
	for _, note := range r.clauseNotes {
		r.q.note(note)
	}
	return nil
}
