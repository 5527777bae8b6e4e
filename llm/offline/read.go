package offline

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// reader turns spans into a query on one collection. Its steps run in the order
// of read; each marks the spans that it has read.
type reader struct {
	index    *index
	calendar calendar
	who      person
	spans    []span
	prev     *query // the query before, nil if none

	q          *query
	entity     int         // span that names what groups are of ("which rep"), -1 if none
	numberOn   map[int]int // span of a comparison → span of the field it is on
	periodOn   map[int]int // span of a period → span of the date field it is on
	names      []name
	follows    bool         // the question adds to the one before
	carries    bool         // its collection is the one before's
	measured   bool         // a measure was asked for in so many words
	targetSpan int          // what the superlative is about, -1 if nothing
	takenAs    string       // a word that names the collection and could be an option of it
	figures    map[int]bool // spans that say what is measured

	clauseNotes []string // what was taken for granted of related records
}

// misread is why a question was not understood. Its text is Markdown.
type misread struct {
	words  []string // the words that were not understood, if any
	reason string
	asks   *name // a name with several candidates: the answer may come next
}

func (m *misread) Error() string { return m.reason }

func misreadf(reason string, words ...string) *misread { return &misread{reason: reason, words: words} }

func newReader(ix *index, c calendar, who person, spans []span, prev *query) *reader {
	return &reader{
		index: ix, calendar: c, who: who, spans: slices.Clone(spans), prev: prev,
		entity: -1, targetSpan: -1, numberOn: map[int]int{}, periodOn: map[int]int{}, figures: map[int]bool{},
	}
}

// read understands the spans. The names still have to be resolved.
func (r *reader) read() error {
	if err := r.refuse(); err != nil {
		return err
	}
	clauses := r.readClauses()
	r.attach()
	r.valueOfText()
	r.onAverage()
	home, err := r.home()
	if err != nil {
		return err
	}
	r.q = &query{of: home}
	r.targetSpan = r.superlativeTarget()
	if r.takenAs != "" {
		r.q.note(quote(r.takenAs) + " is read as all " + escape(home.noun()))
	}
	if err := r.addClauses(clauses); err != nil {
		return err
	}
	for _, step := range []func() error{
		r.readGroups, r.readMeasure, r.readStates, r.readOptions, r.readMine,
		r.readPeriods, r.readNumbers, r.readPresence, r.readNames, r.readShape, r.readRest,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// valueOfText makes a name of a word that follows the text field it is a value
// of, though it means something else by itself: "loss reason price".
func (r *reader) valueOfText() {
	for i := 1; i < len(r.spans); i++ {
		s := r.spans[i]
		field := r.mayBe(i-1, searchable) && !r.mayBeCollection(i-1) && !is[bySense](r.spanBefore(i-1))
		known := slices.ContainsFunc(s.meanings, func(m meaning) bool { return m.weight == exact || m.isOption() || m.isCollection() })
		if field && is[schemaSense](s) && !known && !s.broken {
			r.spans[i].sense, r.spans[i].meanings = nameSense{}, nil
		}
	}
}

// onAverage lets "on average" decide: "how many employees on average" asks for
// no count.
func (r *reader) onAverage() {
	if !slices.ContainsFunc(r.spans, func(s span) bool { return strings.EqualFold(s.text, "on average") }) {
		return
	}
	for i, s := range r.spans {
		if a, ok := s.sense.(aggSense); ok && (a.fn == count || a.weak) {
			r.spans[i].sense = fillerSense{}
		}
	}
}

// spanBefore returns the nearest span before i that is no filler.
func (r *reader) spanBefore(i int) span {
	if j := r.before(i); j >= 0 {
		return r.spans[j]
	}
	return span{sense: fillerSense{}}
}

// leadsToFigure reports whether what is measured follows the span, with states
// and options between at most: "by won amount".
func (r *reader) leadsToFigure(i int) bool {
	for j := r.after(i); j >= 0; j = r.after(j) {
		if r.figures[j] {
			return true
		}
		if !r.spans[j].used || !is[stateSense](r.spans[j]) && !onlyOption(r.spans[j], r.q.of) {
			return false
		}
	}
	return false
}

// useFigure marks spans as read that say what is measured.
func (r *reader) useFigure(spans ...int) {
	r.use(spans...)
	for _, i := range spans {
		r.figures[i] = true
	}
}

// refuse stops at what the planner never does.
func (r *reader) refuse() error {
	for _, s := range r.spans {
		if w, ok := s.sense.(wontSense); ok && len(s.meanings) == 0 {
			return misreadf(w.why+".", s.text)
		}
		if is[whySense](s) {
			return misreadf("I can compute figures, but not say what causes them.", s.text)
		}
	}
	return nil
}

// attach finds the field that each comparison and period is on: the one right
// before it, or for a comparison right after ("over 1000 employees").
func (r *reader) attach() {
	for i, s := range r.spans {
		switch p := s.sense.(type) {
		case numberSense:
			if j := r.fieldNear(i, (*field).numeric); j >= 0 {
				r.numberOn[i] = j
			}
		case periodSense:
			j := r.before(i)
			if j >= 0 && (r.mayBe(j, (*field).temporal) || p.bareYear && r.mayBe(j, isInteger)) {
				r.periodOn[i] = j
			}
		}
	}
}

func isInteger(f *field) bool { return f.Type == remit.Integer }

// fieldNear returns the span before or after i that may be such a field, -1 if
// neither may.
func (r *reader) fieldNear(i int, fits func(*field) bool) int {
	if j := r.before(i); j >= 0 && r.mayBe(j, fits) && !r.isMeasured(j) {
		return j
	}
	if j := r.after(i); j >= 0 && r.mayBe(j, fits) && !r.mayBeCollection(j) {
		return j
	}
	return -1
}

// isMeasured reports whether a word that asks for a figure stands before the
// span: in "average amount over 5000", the amount is measured.
func (r *reader) isMeasured(j int) bool {
	p := r.before(j)
	return p >= 0 && (is[aggSense](r.spans[p]) || is[bySense](r.spans[p]))
}

func (r *reader) mayBe(i int, fits func(*field) bool) bool {
	return slices.ContainsFunc(r.spans[i].meanings, func(m meaning) bool { return m.isField() && fits(m.field) })
}

func (r *reader) mayBeCollection(i int) bool {
	return slices.ContainsFunc(r.spans[i].meanings, meaning.isCollection)
}

// before returns the nearest span before i that is no filler, -1 if none.
func (r *reader) before(i int) int {
	for i--; i >= 0; i-- {
		if !is[fillerSense](r.spans[i]) {
			return i
		}
	}
	return -1
}

// after returns the nearest span after i that is no filler, -1 if none.
func (r *reader) after(i int) int {
	for i++; i < len(r.spans); i++ {
		if !is[fillerSense](r.spans[i]) {
			return i
		}
	}
	return -1
}

// has reports whether a span is a keyword of the type.
func has[S sense](r *reader) bool { return first[S](r) >= 0 }

// first returns the first span that is a keyword of the type, -1 if none.
func first[S sense](r *reader) int { return slices.IndexFunc(r.spans, is[S]) }

// use marks spans as read.
func (r *reader) use(spans ...int) {
	for _, i := range spans {
		if i >= 0 && i < len(r.spans) {
			r.spans[i].used = true
		}
	}
}

// negated reports whether "not" stands before the span, and reads it.
func (r *reader) negated(i int) bool {
	j := r.before(i)
	if j >= 0 && (is[notSense](r.spans[j]) || is[lackSense](r.spans[j])) {
		r.use(j)
		return true
	}
	return false
}

// ownField returns the surest field of the collection itself that the span may
// be.
func ownField(s span, of *collection, fits func(*field) bool) (*field, weight) {
	var best *field
	surest := partial + 1
	for _, m := range s.meanings {
		if m.of == of && m.isField() && fits(m.field) && m.weight < surest {
			best, surest = m.field, m.weight
		}
	}
	return best, surest
}

func anyField(*field) bool { return true }

// fieldPath returns the path that the span means on the collection: a field of
// its own, else one over a relation, else over two.
func (r *reader) fieldPath(s span, of *collection, fits func(*field) bool) (path, bool) {
	if f, _ := ownField(s, of, fits); f != nil {
		return of.own(f), true
	}
	hops := r.index.schema.hops(of)
	if p, ok := r.hopPath(s, hops, fits); ok {
		return p, true
	}
	var second []path
	for _, hop := range hops {
		target := r.index.schema.target(hop.owner, hop.field)
		for _, next := range r.index.schema.hops(target) {
			second = append(second, hop.over(target, next.field))
		}
	}
	return r.hopPath(s, second, fits)
}

// hopPath returns the field over the first of the relations whose target has
// it.
func (r *reader) hopPath(s span, hops []path, fits func(*field) bool) (path, bool) {
	var best path
	surest := partial + 1
	for _, hop := range hops {
		target := r.index.schema.target(hop.owner, hop.field)
		if f, w := ownField(s, target, fits); f != nil && w < surest {
			best, surest = hop.over(target, f), w
		}
	}
	return best, surest <= partial
}

// groupPath returns the path by which "by <span>" groups: a field, or the
// relation to a collection, by its title.
func (r *reader) groupPath(s span, of *collection) (path, bool) {
	groupable := func(f *field) bool { return f.Format != "long" }
	if f, _ := ownField(s, of, groupable); f != nil {
		return r.index.schema.label(of.own(f)), true
	}
	for _, m := range s.meanings {
		if !m.isCollection() || m.of == of {
			continue
		}
		if hop, ok := r.index.schema.towards(of, m.of); ok {
			return r.index.schema.label(hop), true
		}
	}
	if p, ok := r.fieldPath(s, of, groupable); ok {
		return r.index.schema.label(p), true
	}
	return path{}, false
}

// readRest refuses a question with words that had no effect.
func (r *reader) readRest() error {
	var words []string
	for i, s := range r.spans {
		if !s.used && !r.harmless(i) {
			words = append(words, s.text)
		}
	}
	if len(words) == 0 {
		return nil
	}
	return misreadf("", words...)
}

// harmless reports whether a span that nothing read may be passed over.
func (r *reader) harmless(i int) bool {
	switch s := r.spans[i].sense.(type) {
	case fillerSense, listSense, againSense, themSense:
		return true
	case remarkSense:
		r.q.note(s.text)
		return true
	case linkSense:
		return !s.or
	case moneySense:
		return s.weak && r.measured
	case whichSense:
		return true
	case bySense:
		return !s.each && r.leadsToFigure(i)
	case stateSense:
		return strings.HasPrefix(strings.ToLower(r.spans[i].text), "win") && r.q.m.fn == share
	}
	return false
}
