package offline

import "slices"

// defaultTop is how many come first where a superlative names no number.
const defaultTop = 5

// readShape settles whether figures or records are asked for, their order and
// their number.
func (r *reader) readShape() error {
	if err := r.readShare(); err != nil {
		return err
	}
	r.readCompare()
	r.readSort()
	r.readRank()
	r.readLimit()
	if r.q.m.fn == 0 && !r.q.list {
		r.settleShape()
	}
	return nil
}

// readShare takes what is a share of what: after "are", else the narrowest
// condition, is the numerator.
func (r *reader) readShare() error {
	if r.q.m.fn != share || len(r.q.m.hit) > 0 {
		return nil
	}
	i := slices.IndexFunc(r.q.where, func(c condition) bool {
		switch c := c.(type) {
		case oneOf:
			return c.path.owner == r.q.of
		case truth, filled, bounded, related:
			return true
		}
		return false
	})
	if i < 0 {
		return misreadf("A share of what? Say for example “percentage of won deals”.", r.spans[first[shareSense](r)].text)
	}
	hit := r.q.where[i]
	r.q.where = slices.Delete(slices.Clone(r.q.where), i, i+1)
	r.q.m.hit = []condition{hit}
	r.q.m.means = "share = " + sayAll(r.q.of, r.q.m.hit) + " ÷ all that match"
	return nil
}

// readCompare groups by what is compared.
func (r *reader) readCompare() {
	if !has[compareSense](r) {
		return
	}
	for i := range r.names {
		if len(r.names[i].phrases) > 1 {
			r.names[i].grouped = true
			r.useAll(is[compareSense])
		}
	}
	if len(r.q.by) > 0 {
		r.useAll(is[compareSense])
		return
	}
	for _, c := range r.q.where {
		if one, ok := c.(oneOf); ok && len(one.values) > 1 && !one.not {
			r.q.by = append(r.q.by, dimension{path: one.path})
			r.useAll(is[compareSense])
			return
		}
	}
}

// readSort reads "sorted by amount descending".
func (r *reader) readSort() {
	descending, said := false, false
	if i := first[downSense](r); i >= 0 {
		descending, said = r.spans[i].sense.(downSense).descending, true
	}
	for i, s := range r.spans {
		j := r.before(i)
		if s.used || j < 0 {
			continue
		}
		if by := is[bySense](r.spans[j]) && has[listSense](r); !by && !is[sortSense](r.spans[j]) {
			continue
		}
		if f, _ := ownField(s, r.q.of, anyField); f != nil {
			r.use(i, j)
			r.q.sorted = &sorting{path: r.index.schema.label(r.q.of.own(f)), descending: f.numeric() || f.temporal()}
		}
	}
	switch {
	case !said:
	case r.q.sorted != nil:
		r.q.sorted.descending = descending
		r.useAll(is[downSense])
	case len(r.q.by) > 0:
		r.q.rank = &ranking{descending: descending}
		r.useAll(is[downSense])
	}
	if r.q.m.fn != 0 && len(r.q.by) > 0 && has[sortSense](r) && r.q.rank == nil {
		r.q.rank = &ranking{descending: true}
		r.useAll(is[sortSense])
	}
	if r.q.sorted != nil {
		r.useAll(is[sortSense])
	}
	if i := first[bySense](r); i >= 0 && r.entity >= 0 && r.leadsToFigure(i) {
		r.q.rank = &ranking{descending: true}
	}
}

// readRank reads a superlative that is no maximum or minimum: of groups by their
// figure, of records by a number or date.
func (r *reader) readRank() {
	i := first[rankSense](r)
	if i < 0 || r.spans[i].used {
		return
	}
	s := r.spans[i].sense.(rankSense)
	r.use(i)
	order := s.ranking
	if len(r.q.by) > 0 && !s.recent {
		r.rankGroups(order, s.size)
		return
	}
	if r.measured && r.q.m.fn != 0 && r.q.m.fn != count {
		return
	}
	if r.carries && len(r.prev.by) > 0 && r.targetSpan < 0 && !s.recent {
		if order.n == 0 {
			order.n = max(r.prev.limit, defaultTop)
		}
		r.q.rank, r.q.limit = &order, order.n
		return
	}
	r.rankRecords(order, s.recent)
}

// rankGroups orders groups by their figure. "Which rep has the largest deal"
// ranks by the largest, "the most deals" by how many.
func (r *reader) rankGroups(order ranking, size bool) {
	target := r.targetSpan
	aboutRecords := target >= 0 && namedCollection(r.spans[target]) == r.q.of
	money := r.q.of.money()
	switch {
	case r.measured:
	case aboutRecords && size && money != nil:
		p := r.q.of.own(money)
		fn := minimum
		if order.descending {
			fn = maximum
		}
		r.q.m = measure{fn: fn, path: p, label: functionWord(fn) + " " + p.title}
	case aboutRecords:
		r.countRecords()
	case money != nil && r.q.of.outcome() != nil:
		p := r.q.of.own(money)
		r.q.m = measure{fn: sum, path: p, label: functionWord(sum) + " " + p.title}
		r.wonOnly("the measure, which was not said,")
	default:
		r.countRecords()
	}
	if order.n == 0 {
		order.n = defaultTop
	}
	r.q.rank = &order
	r.q.limit = order.n
}

// rankRecords lists records in the order of a number or of time.
func (r *reader) rankRecords(order ranking, recent bool) {
	by := r.q.of.money()
	if recent {
		by = r.q.of.time()
	}
	if r.q.sorted == nil && by != nil {
		r.q.sorted = &sorting{path: r.q.of.own(by)}
		r.q.note(quote(r.spans[first[rankSense](r)].text) + " is read by " + escape(r.q.sorted.path.title))
	}
	if r.q.sorted == nil {
		return
	}
	r.q.sorted.descending = order.descending
	r.q.list, r.q.m = true, measure{}
	r.q.limit = order.n
	if order.n == 0 {
		r.q.limit = defaultTop
	}
	if r.targetSpan >= 0 && r.targetIsSingular() && order.n == 0 {
		r.q.limit = 1
	}
	if recent || r.q.sorted.path.field.numeric() {
		r.q.where = append(r.q.where, filled{path: r.q.sorted.path})
	}
}

func (r *reader) targetIsSingular() bool { return !r.spans[r.targetSpan].plural }

// readLimit reads the number of "list 20 deals".
func (r *reader) readLimit() {
	for i, s := range r.spans {
		c, ok := s.sense.(countSense)
		if !ok || s.used {
			continue
		}
		j := r.after(i)
		if j < 0 {
			continue
		}
		switch r.spans[j].sense.(type) {
		case rankSense, stateSense, schemaSense:
		default:
			continue
		}
		r.use(i)
		r.q.limit = c.n
		if r.q.rank != nil {
			r.q.rank.n = c.n
		}
	}
}

// settleShape decides where no measure is named: groups are counted, else
// records are listed.
func (r *reader) settleShape() {
	switch {
	case r.carries && !r.asksForRecords():
		// what was measured before is measured again
	case (len(r.q.by) > 0 || has[compareSense](r)) && !r.asksForRecords():
		r.countRecords()
	default:
		r.q.list = true
	}
}

// asksForRecords reports whether the records themselves are wanted.
func (r *reader) asksForRecords() bool {
	if len(r.q.by) > 0 {
		return false
	}
	return has[listSense](r) || r.whichHome() || r.q.sorted != nil
}
