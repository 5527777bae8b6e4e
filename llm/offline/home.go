package offline

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// home chooses the collection that the question is about, and the entity whose
// groups it asks for.
func (r *reader) home() (*collection, error) {
	subjects := r.subjects()
	r.follows = r.prev != nil && r.isFollowUp(subjects)
	home, err := r.measureHome(subjects)
	if err != nil {
		return nil, err
	}
	if home == nil && r.ranksUnmeasured(subjects) {
		home = r.outcomeHome(subjects)
	}
	if home == nil {
		home = r.subjectHome(subjects)
	}
	if home == nil && r.follows {
		home = r.prev.of
	}
	if home == nil {
		home, err = r.likeliest()
		if err != nil {
			return nil, err
		}
	}
	r.settleSubjects(subjects, home)
	r.carries = r.follows && home == r.prev.of
	return home, nil
}

// ranksUnmeasured reports whether "top reps" is asked without saying by what:
// then by the amount of the deals that they won.
func (r *reader) ranksUnmeasured(subjects []subject) bool {
	i := first[rankSense](r)
	if i < 0 || len(subjects) != 1 || r.spans[i].sense.(rankSense).recent || r.spans[i].sense.(rankSense).size {
		return false
	}
	return r.after(i) == subjects[0].span && !has[aggSense](r) && r.measuredField() < 0 && first[whichSense](r) < 0
}

// subject is a span that names a collection as what the question is about.
type subject struct {
	span int
	of   *collection
}

// subjects finds the collections that are named and neither grouped by nor
// part of a name ("account Cancity").
func (r *reader) subjects() []subject {
	var found []subject
	for i, s := range r.spans {
		if r.afterBy(i) || r.isHint(i) {
			continue
		}
		if c := namedCollection(s); c != nil {
			found = append(found, subject{i, c})
		}
	}
	if len(found) > 0 {
		return found
	}
	for i, s := range r.spans {
		if c := namedCollection(s); c != nil && r.isHint(i) && !has[rateSense](r) && !has[moneySense](r) {
			return []subject{{i, c}}
		}
	}
	return nil
}

// namedCollection returns the collection that the span names most surely, nil
// if none.
func namedCollection(s span) *collection {
	var best *collection
	surest := partial + 1
	if !is[schemaSense](s) {
		return nil
	}
	for _, m := range s.meanings {
		if m.isCollection() && m.weight < surest {
			best, surest = m.of, m.weight
		}
	}
	return best
}

// afterBy reports whether the span is what a "by" before it is about, over a
// list: "by stage and sector".
func (r *reader) afterBy(i int) bool {
	j := r.before(i)
	switch {
	case j < 0:
		return false
	case is[bySense](r.spans[j]):
		return true
	case is[linkSense](r.spans[j]) && j > 0:
		k := r.before(j)
		return k >= 0 && !is[periodSense](r.spans[k]) && !is[nameSense](r.spans[k]) && r.afterBy(k)
	}
	return false
}

// isHint reports whether the span says what the name beside it is: "account
// Cancity", "the Cancity account".
func (r *reader) isHint(i int) bool {
	return canHint(r.spans[i]) && (r.hintsRight(i) || r.hintsLeft(i))
}

// canHint reports whether the span may say what a name is: a collection, a
// relation or a text.
func canHint(s span) bool {
	return !is[stateSense](s) && slices.ContainsFunc(s.meanings, func(m meaning) bool {
		return m.isCollection() || m.isField() && (m.field.Type == remit.Relation || searchable(m.field))
	})
}

func (r *reader) hintsRight(i int) bool {
	next := i + 1
	for next < len(r.spans) && !r.spans[next].broken {
		filler, ok := r.spans[next].sense.(fillerSense)
		if !ok {
			return is[nameSense](r.spans[next])
		}
		if !namingWords[filler.word] {
			return false
		}
		next++
	}
	return false
}

func (r *reader) hintsLeft(i int) bool {
	return i > 0 && is[nameSense](r.spans[i-1]) && !r.spans[i].plural && !r.spans[i].broken
}

// measureHome is the collection that has what is measured: outcomes for a rate,
// a field for a sum. It is nil where the measure says nothing.
func (r *reader) measureHome(subjects []subject) (*collection, error) {
	if i := first[rateSense](r); i >= 0 {
		return r.rateHome(r.spans[i].sense.(rateSense).kind, subjects)
	}
	if home := r.fieldHome(subjects); home != nil {
		return home, nil
	}
	if i := first[moneySense](r); i >= 0 && len(subjects) == 0 || r.moneyElsewhere(subjects) {
		return r.outcomeHome(subjects), nil
	}
	return nil, nil
}

func (r *reader) rateHome(kind rateKind, subjects []subject) (*collection, error) {
	if kind == convRate {
		if home := r.firstHome(subjects, func(c *collection) bool { f, _ := c.converted(); return f != nil }); home != nil {
			return home, nil
		}
	}
	if home := r.outcomeHome(subjects); home != nil {
		return home, nil
	}
	return nil, misreadf("A rate needs a field that says how a record ended (won or lost), and you may see no such field.")
}

func (r *reader) outcomeHome(subjects []subject) *collection {
	return r.firstHome(subjects, func(c *collection) bool { return c.outcome() != nil })
}

// firstHome returns the first collection that fits: a subject, one related to
// the subject, or with no subject any.
func (r *reader) firstHome(subjects []subject, fits func(*collection) bool) *collection {
	for _, s := range subjects {
		if fits(s.of) {
			return s.of
		}
	}
	for _, c := range r.index.schema.collections {
		if !fits(c) {
			continue
		}
		if len(subjects) == 0 || r.related(c, subjects[0].of) {
			return c
		}
	}
	return nil
}

func (r *reader) related(c, target *collection) bool {
	_, ok := r.index.schema.towards(c, target)
	return ok
}

// moneyElsewhere reports whether "sales" or "deal size" cannot be meant of the
// subject: it has no amounts of deals, and another collection related to it has.
func (r *reader) moneyElsewhere(subjects []subject) bool {
	i := first[moneySense](r)
	if i < 0 || len(subjects) == 0 {
		return false
	}
	money := r.spans[i].sense.(moneySense)
	for _, s := range subjects {
		if f, _ := ownField(r.spans[i], s.of, (*field).numeric); f != nil || s.of.outcome() != nil {
			return false
		}
		if money.kind == sizeMoney && s.of.money() != nil && !r.related(s.of, s.of) && r.outcomeHome(subjects) == nil {
			return false
		}
	}
	return (!money.weak || has[rankSense](r)) && r.outcomeHome(subjects) != nil
}

// fieldHome is the collection that has the number that is measured, where the
// subject does not have it.
func (r *reader) fieldHome(subjects []subject) *collection {
	i := r.measuredField()
	if i < 0 {
		return nil
	}
	if m, ok := r.spans[i].sense.(moneySense); ok && (m.weak || len(subjects) == 0) {
		return nil
	}
	for _, s := range subjects {
		if f, _ := ownField(r.spans[i], s.of, (*field).numeric); f != nil {
			return s.of
		}
	}
	if len(subjects) == 0 {
		return nil
	}
	if is[moneySense](r.spans[i]) {
		return nil
	}
	var home *collection
	surest := partial
	for _, c := range r.index.schema.collections {
		if f, w := ownField(r.spans[i], c, (*field).numeric); f != nil && w < surest && r.related(c, subjects[0].of) {
			home, surest = c, w
		}
	}
	return home
}

// measuredField returns the span of the number that is measured or ranked by,
// -1 if none is named.
func (r *reader) measuredField() int {
	attached := map[int]bool{}
	for _, j := range r.numberOn {
		attached[j] = true
	}
	for _, j := range r.periodOn {
		attached[j] = true
	}
	for i, s := range r.spans {
		if attached[i] || is[bucketSense](s) || (is[aggSense](s) && !r.weakIsField(i)) || r.isHint(i) {
			continue
		}
		if r.mayBe(i, (*field).numeric) && !r.lacks(i) && !r.meansDeals(s) {
			return i
		}
	}
	return -1
}

// meansDeals reports whether a word like "revenue" means won deals: it is no
// field of the collections that are named.
func (r *reader) meansDeals(s span) bool {
	if !is[moneySense](s) {
		return false
	}
	if r.q != nil {
		f, _ := ownField(s, r.q.of, (*field).numeric)
		return f == nil
	}
	for i := range r.spans {
		c := namedCollection(r.spans[i])
		if c == nil {
			continue
		}
		if f, _ := ownField(s, c, (*field).numeric); f != nil && !r.isHint(i) && !r.afterBy(i) {
			return false
		}
	}
	return true
}

// weakIsField reports whether a word like "total" is a field and not a sum: the
// sum, average or the like is asked for by another word.
func (r *reader) weakIsField(i int) bool {
	agg := r.spans[i].sense.(aggSense)
	if !agg.weak || len(r.spans[i].meanings) == 0 {
		return false
	}
	for j, s := range r.spans {
		if a, ok := s.sense.(aggSense); ok && j != i && !a.weak && a.fn != count {
			return true
		}
	}
	j := r.before(i)
	return j >= 0 && (is[bySense](r.spans[j]) || is[sortSense](r.spans[j]) || is[rankSense](r.spans[j]))
}

func (r *reader) lacks(i int) bool {
	j := r.before(i)
	return j >= 0 && is[lackSense](r.spans[j])
}

// subjectHome is the collection named, and where two are, the one whose records
// are counted: the deals of "which rep closed the most deals".
func (r *reader) subjectHome(subjects []subject) *collection {
	if len(subjects) == 0 {
		return nil
	}
	home := subjects[0].of
	for _, s := range subjects[1:] {
		if s.of != home && !r.related(home, s.of) && r.related(s.of, home) {
			return s.of
		}
	}
	return home
}

// settleSubjects reads the spans that name the home or what leads to it.
func (r *reader) settleSubjects(subjects []subject, home *collection) {
	for _, s := range subjects {
		switch {
		case s.of == home:
			r.settleHome(s, subjects)
		case r.asksForGroups(s.span) && r.entity < 0 && r.related(home, s.of):
			r.entity = s.span
		case r.isContext(s.span) && r.related(home, s.of):
			r.use(s.span)
		}
	}
}

// settleHome reads a span that names the home, unless the home is named
// already and the span is an option of it: "accounts that are customers".
func (r *reader) settleHome(s subject, subjects []subject) {
	option := slices.ContainsFunc(r.spans[s.span].meanings, func(m meaning) bool { return m.isOption() && m.of == s.of })
	again := slices.ContainsFunc(subjects, func(o subject) bool { return o.of == s.of && o.span != s.span })
	if r.isHint(s.span) || option && again {
		return
	}
	r.use(s.span)
	if option {
		r.takenAs = r.spans[s.span].text
	}
}

// asksForGroups reports whether the collection is what the answer lists: "which
// reps", "top 5 accounts", "compare accounts".
func (r *reader) asksForGroups(i int) bool {
	for j := r.before(i); j >= 0; j = r.before(j) {
		switch s := r.spans[j].sense.(type) {
		case aggSense:
			return s.fn != distinct
		case whichSense, rankSense, listSense, compareSense, bySense, countSense:
			return true
		case stateSense, nameSense, againSense:
		default:
			return false
		}
	}
	return true
}

// isContext reports whether the collection is only where the records belong:
// "deals of accounts in Kenya".
func (r *reader) isContext(i int) bool {
	for j := i - 1; j >= 0; j-- {
		filler, ok := r.spans[j].sense.(fillerSense)
		if !ok {
			return is[ownedSense](r.spans[j]) || is[nameSense](r.spans[j]) && r.isContext(j)
		}
		switch filler.word {
		case "of", "for", "at", "from", "in", "with", "to", "by", "does", "did", "do", "has", "have":
			return true
		}
	}
	return false
}

// isFollowUp reports whether the question leans on the one before.
func (r *reader) isFollowUp(subjects []subject) bool {
	if has[themSense](r) || r.saysAgain(subjects) || r.prev.screen && len(subjects) == 0 {
		return true
	}
	for _, s := range r.spans {
		if is[fillerSense](s) {
			continue
		}
		if is[linkSense](s) {
			return true
		}
		break
	}
	if len(subjects) > 0 || has[rateSense](r) || r.strongMoney() {
		return false
	}
	return has[sortSense](r) || !has[aggSense](r) && r.measuredField() < 0 || r.onlyAsksHow()
}

// saysAgain reports whether a word like "instead" or "only" leans on the question
// before: at the start or end, or where no collection is named. In "list only
// won deals" it does not.
func (r *reader) saysAgain(subjects []subject) bool {
	i := first[againSense](r)
	if i < 0 {
		return false
	}
	last := r.before(len(r.spans))
	return len(subjects) == 0 || r.before(i) < 0 || is[againSense](r.spans[last])
}

// onlyAsksHow reports whether nothing but a function is named: "how many?".
func (r *reader) onlyAsksHow() bool {
	return !slices.ContainsFunc(r.spans, func(s span) bool { return !is[fillerSense](s) && !is[aggSense](s) })
}

func (r *reader) strongMoney() bool {
	for _, s := range r.spans {
		if m, ok := s.sense.(moneySense); ok && !m.weak {
			return true
		}
	}
	return false
}

// likeliest is the collection to which most of what is named belongs. Where two
// are as likely, the planner asks.
func (r *reader) likeliest() (*collection, error) {
	var best []string
	var home *collection
	highest := 0
	for _, c := range r.index.schema.collections {
		switch score := r.score(c); {
		case score > highest:
			home, highest, best = c, score, []string{c.noun()}
		case score == highest && score > 0:
			best = append(best, c.noun())
		}
	}
	switch {
	case len(best) == 1:
		return home, nil
	case len(best) > 1:
		return nil, misreadf("Several collections have that: "+escape(strings.Join(best, ", "))+". Please say which one you mean.", r.unknownWords()...)
	}
	return nil, r.lost()
}

// score says how much of the question belongs to the collection.
func (r *reader) score(c *collection) int {
	score := 0
	for _, s := range r.spans {
		score += spanScore(s, c)
	}
	return score
}

func spanScore(s span, c *collection) int {
	best := 0
	for _, m := range s.meanings {
		if m.of == c && !m.isCollection() {
			best = max(best, 4-int(m.weight))
		}
	}
	switch s.sense.(type) {
	case stateSense, moneySense:
		if c.outcome() != nil {
			best = max(best, 4)
		}
	}
	return best
}

// lost is the error where nothing says which records are meant.
func (r *reader) lost() error {
	return misreadf("I do not see which records you mean.", r.unknownWords()...)
}

// unknownWords are the words that nothing but a look-up could explain.
func (r *reader) unknownWords() []string {
	var words []string
	for _, s := range r.spans {
		if is[nameSense](s) {
			words = append(words, s.text)
		}
	}
	return words
}
