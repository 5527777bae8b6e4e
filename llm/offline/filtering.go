package offline

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// readStates reads won, lost, open and closed. Where the collection has an
// option of that name itself, it is that option.
func (r *reader) readStates() error {
	for i, s := range r.spans {
		state, ok := s.sense.(stateSense)
		if !ok || s.used || r.hasOption(s) {
			continue
		}
		o := r.q.of.outcome()
		if o == nil {
			continue
		}
		if r.q.m.fn == share && len(r.q.m.base) > 0 && (state.state == closedState || r.isVerbOfRate(i)) {
			r.use(i) // the rate is over closed deals anyway
			continue
		}
		values, not := r.stateValues(o, state.state, i)
		r.narrow(oneOf{path: r.q.of.own(o.field), values: values, not: not != r.negated(i)}, i)
	}
	return nil
}

// isVerbOfRate passes over the state in "what share do we win".
func (r *reader) isVerbOfRate(i int) bool {
	w := strings.ToLower(r.spans[i].text)
	return w == "win" || w == "lose"
}

func (r *reader) hasOption(s span) bool {
	return slices.ContainsFunc(s.meanings, func(m meaning) bool { return m.isOption() && m.of == r.q.of })
}

// stateValues returns the options that a state stands for, and whether it is
// all but them. Who closes a deal wins it; a closed deal is won or lost.
func (r *reader) stateValues(o *outcomeField, state dealState, i int) ([]string, bool) {
	both := []string{o.won, o.lost}
	switch state {
	case wonState:
		return []string{o.won}, false
	case lostState:
		return []string{o.lost}, false
	case openState:
		r.q.note("“open” is read as neither won nor lost")
		return both, true
	case closedState:
		if r.closesPersonally(i) {
			r.q.note("“" + escape(r.spans[i].text) + "” is read as won, since a person does it; say “won or lost” for both")
			return []string{o.won}, false
		}
		r.q.note("“closed” is read as won or lost")
	}
	return both, false
}

// closesPersonally reports whether the closing is what a person does: "which
// rep closed the most deals".
func (r *reader) closesPersonally(i int) bool {
	j := r.before(i)
	if j < 0 || !r.spans[j].used {
		return false
	}
	if w, ok := r.spans[j].sense.(whichSense); ok {
		return w.who
	}
	for _, d := range r.q.by {
		if d.path.owner != nil && r.entity == j || strings.HasPrefix(d.path.name, "owner") {
			return j == r.entity || r.mayBe(j, func(f *field) bool { return f.Type == remit.Relation })
		}
	}
	return false
}

// readOptions reads options of enums and boolean fields: of the collection
// itself first, else over a relation.
func (r *reader) readOptions() error {
	for i, s := range r.spans {
		if s.used || len(s.meanings) == 0 || r.isHint(i) {
			continue
		}
		if p, option := r.optionPath(s); option != "" {
			r.narrow(oneOf{path: p, values: []string{option}, not: r.negated(i)}, i)
			r.useFieldBeside(i, p)
			continue
		}
		j := r.before(i)
		if j >= 0 && is[lackSense](r.spans[j]) {
			continue
		}
		if f, _ := ownField(s, r.q.of, isBoolean); f != nil {
			r.narrow(truth{path: r.q.of.own(f), want: !r.negated(i)}, i)
		}
	}
	return r.readTruthless()
}

// useFieldBeside reads the field's own name beside an option of it: "status
// prospect", "in the won stage".
func (r *reader) useFieldBeside(i int, p path) {
	for _, j := range []int{r.before(i), r.after(i)} {
		if j >= 0 && !r.spans[j].used && r.mayBe(j, func(f *field) bool { return f == p.field }) && !r.afterBy(j) {
			r.use(j)
		}
	}
}

func isBoolean(f *field) bool { return f.Type == remit.Boolean }

// readTruthless reads "inactive" as the negation of the boolean "active".
func (r *reader) readTruthless() error {
	for i, s := range r.spans {
		positive, ok := strings.CutPrefix(strings.ToLower(s.text), "in")
		if !ok || !is[nameSense](s) || s.used {
			continue
		}
		for _, m := range r.index.phrases[phraseKey([]string{positive})] {
			if m.of == r.q.of && m.isField() && isBoolean(m.field) {
				r.narrow(truth{path: r.q.of.own(m.field), want: false}, i)
			}
		}
	}
	return nil
}

// optionPath returns the enum field that has the option, and the option. An
// option over a relation counts only where the span is nothing else here.
func (r *reader) optionPath(s span) (path, string) {
	for _, m := range s.meanings {
		if m.of == r.q.of && m.isOption() {
			return r.q.of.own(m.field), m.option
		}
	}
	if f, _ := ownField(s, r.q.of, anyField); f != nil {
		return path{}, ""
	}
	for _, hop := range r.index.schema.hops(r.q.of) {
		target := r.index.schema.target(r.q.of, hop.field)
		for _, m := range s.meanings {
			if m.of == target && m.isOption() {
				return hop.over(target, m.field), m.option
			}
		}
	}
	return path{}, ""
}

// narrow adds a condition; values of one field that are named side by side are
// alternatives.
func (r *reader) narrow(c condition, i int) {
	r.use(i)
	one, ok := c.(oneOf)
	if !ok {
		r.q.where = append(r.q.where, c)
		return
	}
	for k, old := range r.q.where {
		if o, ok := old.(oneOf); ok && o.path.name == one.path.name && o.not == one.not {
			o.values = slices.Compact(append(slices.Clone(o.values), one.values...))
			r.q.where[k] = o
			r.useLinks(i)
			return
		}
	}
	r.q.where = append(r.q.where, one)
}

// useLinks reads the "or" before the span, which joins alternatives of one
// field.
func (r *reader) useLinks(i int) {
	if j := r.before(i); j >= 0 && is[linkSense](r.spans[j]) {
		r.use(j)
	}
}

// readMine reads "my" and "my team" by the owner of the records.
func (r *reader) readMine() error {
	for i, s := range r.spans {
		mine, ok := s.sense.(mineSense)
		if !ok {
			continue
		}
		c, err := r.mineCondition(mine.team, s.text)
		if err != nil {
			return err
		}
		r.narrow(c, i)
	}
	return nil
}

func (r *reader) mineCondition(team bool, word string) (condition, error) {
	owner := r.q.of.field("owner_id")
	var people *collection
	if owner != nil {
		people = r.index.schema.target(r.q.of, owner)
	}
	if people == nil {
		return nil, misreadf("I cannot tell whose "+escape(r.q.of.noun())+" are yours: you may not see who owns them. Without “"+escape(word)+"” I answer over all that you may see.", word)
	}
	hop := r.q.of.own(owner)
	mine, ok := r.is(hop, people)
	if !ok {
		return nil, misreadf("Nothing in this conversation tells me who you are, so I cannot tell what “"+escape(word)+"” is. Say “owned by” and your name instead.", word)
	}
	if !team {
		return mine, nil
	}
	manager := people.field("manager_id")
	if manager == nil {
		return nil, misreadf("You may not see who reports to whom.", word)
	}
	theirs, ok := r.is(hop.over(people, manager), people)
	if !ok {
		return nil, misreadf("You may not see who reports to whom.", word)
	}
	return eitherOf{parts: []condition{mine, theirs}, words: "owner is you or reports directly to you"}, nil
}

// is says that the person at the end of a relation is the one who asks.
func (r *reader) is(hop path, people *collection) (oneOf, bool) {
	if f := people.field("email"); f != nil && r.who.email != "" {
		return oneOf{path: hop.over(people, f), values: []string{r.who.email}}, true
	}
	if f := people.field(people.TitleField); f != nil && r.who.name != "" {
		return oneOf{path: hop.over(people, f), values: []string{r.who.name}}, true
	}
	return oneOf{}, false
}

// readPeriods reads the periods, each on the date that stands before it, else
// on the collection's time field.
func (r *reader) readPeriods() error {
	conditions := map[string]within{}
	var order []string
	for i, s := range r.spans {
		p, ok := s.sense.(periodSense)
		if !ok || s.used {
			continue
		}
		if c, ok := r.yearsAsNumbers(i, p.period); ok {
			r.narrow(c, i)
			continue
		}
		on, err := r.periodPath(i)
		if err != nil {
			return err
		}
		r.use(i)
		r.useLinks(i)
		if p.assumedYear {
			r.q.note("the year was not said; the current one was taken")
		}
		c, known := conditions[on.name]
		if !known {
			order = append(order, on.name)
			c = within{path: on, calendar: r.calendar}
		}
		c.periods = append(c.periods, p.period)
		conditions[on.name] = c
	}
	for _, name := range order {
		r.addPeriods(conditions[name])
	}
	return nil
}

// addPeriods narrows to the periods. "Q1 and Q2 2017" are both of 2017.
func (r *reader) addPeriods(c within) {
	last := c.periods[len(c.periods)-1]
	for i, p := range c.periods {
		if p.assumedYear && !last.assumedYear {
			c.periods[i] = p.inYear(last.from.Year())
		}
	}
	r.q.where = append(r.q.where, c)
	if len(c.periods) < 2 || !has[compareSense](r) {
		return
	}
	unit := c.periods[0].unit
	for _, p := range c.periods {
		if p.unit != unit || unit == "" {
			return // what cannot be compared unit by unit stays unread; see readShape
		}
	}
	r.useAll(is[compareSense])
	r.groupBy(dimension{path: c.path, bucket: unit}, -1)
}

// yearsAsNumbers reads years on a whole-number field: "founded after 2000".
func (r *reader) yearsAsNumbers(i int, p period) (condition, bool) {
	j, ok := r.periodOn[i]
	if !ok || !p.bareYear {
		return nil, false
	}
	f, _ := ownField(r.spans[j], r.q.of, isInteger)
	if f == nil {
		return nil, false
	}
	r.use(j)
	c := bounded{path: r.q.of.own(f)}
	from, until := yearNumber(p.from.Year()), yearNumber(p.until.Year()-1)
	switch {
	case p.until.IsZero():
		c.comparison = comparison{op: "$gte", low: from}
	case p.from.IsZero():
		c.comparison = comparison{op: "$lte", low: until}
	case from == until:
		c.comparison = comparison{op: "$eq", low: from}
	default:
		c.comparison = comparison{op: "$between", low: from, high: until}
	}
	return c, true
}

// periodPath returns the date that the period at the span is on.
func (r *reader) periodPath(i int) (path, error) {
	for j := i - 1; j >= 0; j-- {
		if is[periodSense](r.spans[j]) && !is[linkSense](r.spans[i-1]) {
			break
		}
		if f, _ := ownField(r.spans[j], r.q.of, (*field).temporal); f != nil && !is[bucketSense](r.spans[j]) {
			r.use(j)
			return r.q.of.own(f), nil
		}
	}
	if j := r.after(i); j >= 0 && !r.spans[j].used {
		if f, _ := ownField(r.spans[j], r.q.of, (*field).temporal); f != nil && !is[bucketSense](r.spans[j]) {
			r.use(j)
			return r.q.of.own(f), nil
		}
	}
	if f := r.q.of.time(); f != nil {
		return r.q.of.own(f), nil
	}
	return path{}, misreadf("You may see no date of "+escape(r.q.of.noun())+" that a period could be on.", r.spans[i].text)
}

// readNumbers reads the comparisons: on the field beside them, on how many
// records a group has ("more than 10 deals"), else on the main amount.
func (r *reader) readNumbers() error {
	for i, s := range r.spans {
		n, ok := s.sense.(numberSense)
		if !ok {
			continue
		}
		if j, attached := r.numberOn[i]; attached {
			p, found := r.fieldPath(r.spans[j], r.q.of, (*field).numeric)
			if !found {
				return misreadf("", r.spans[j].text, s.text)
			}
			r.use(j)
			r.narrow(bounded{path: p, comparison: n.comparison}, i)
			continue
		}
		if err := r.looseNumber(i, n.comparison); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) looseNumber(i int, c comparison) error {
	if j := r.before(i); j >= 0 && is[nameSense](r.spans[j]) && (r.hasWith(j) || c.low.percent) {
		return misreadf("I do not see which number of "+escape(r.q.of.noun())+" is meant.", r.words(j, i)...)
	}
	if r.countsHome(i) && len(r.q.by) > 0 && !c.low.percent {
		r.use(i)
		r.countRecords()
		r.measured = true
		r.q.having = &c
		return nil
	}
	if r.q.m.fn == share && c.low.percent && len(r.q.by) > 0 {
		r.use(i)
		r.q.having = &c
		return nil
	}
	money := r.q.of.money()
	if money == nil || c.low.percent {
		return misreadf("I do not see which number of "+escape(r.q.of.noun())+" is meant.", r.spans[i].text)
	}
	r.narrow(bounded{path: r.q.of.own(money), comparison: c}, i)
	return nil
}

// countsHome reports whether records are what the number at i counts: "more
// than 5 won deals".
func (r *reader) countsHome(i int) bool {
	for j := r.after(i); j >= 0; j = r.after(j) {
		if namedCollection(r.spans[j]) == r.q.of {
			return true
		}
		if !is[stateSense](r.spans[j]) && !is[nameSense](r.spans[j]) && !onlyOption(r.spans[j], r.q.of) {
			return false
		}
	}
	return false
}

// readPresence reads "without owner" and "with a close date".
func (r *reader) readPresence() error {
	for i, s := range r.spans {
		if s.used || len(s.meanings) == 0 || r.isHint(i) {
			continue
		}
		f, ok := r.fieldPath(s, r.q.of, anyField)
		if !ok {
			continue
		}
		j := r.before(i)
		switch {
		case j >= 0 && is[lackSense](r.spans[j]):
			r.use(j)
			r.narrow(filled{path: f, not: true}, i)
		case i > 0 && r.hasWith(i) && f.owner == r.q.of:
			r.narrow(filled{path: f}, i)
		}
	}
	return nil
}

// hasWith reports whether "with", "have" or "has" leads to the span.
func (r *reader) hasWith(i int) bool {
	for j := i - 1; j >= 0; j-- {
		filler, ok := r.spans[j].sense.(fillerSense)
		if !ok {
			return false
		}
		switch filler.word {
		case "with", "have", "has", "having", "whose":
			return true
		}
	}
	return false
}
