package offline

// superlativeTarget returns the span that a superlative is about: the deals of
// "largest open deals", the sectors of "top 5 sectors". It is -1 where there is
// none.
func (r *reader) superlativeTarget() int {
	rank := first[rankSense](r)
	if rank < 0 {
		return -1
	}
	for i := r.after(rank); i >= 0; i = r.after(i) {
		s := r.spans[i]
		switch s.sense.(type) {
		case stateSense, nameSense, countSense:
			continue
		case schemaSense:
			if onlyOption(s, r.q.of) {
				continue
			}
			return i
		case aggSense, rateSense, moneySense, bucketSense, shareSense:
			return i
		}
		return -1
	}
	return -1
}

// onlyOption reports whether the span can only narrow the collection.
func onlyOption(s span, of *collection) bool {
	option := false
	for _, m := range s.meanings {
		if m.of != of {
			continue
		}
		if !m.isOption() && m.field != nil && m.field.Type != "boolean" {
			return false
		}
		option = option || m.isOption() || m.field != nil
	}
	return option && namedCollection(s) == nil
}

// readGroups reads what the figures are grouped by: after "by", after "which",
// after a superlative, and words like "quarterly".
func (r *reader) readGroups() error {
	if r.entity >= 0 {
		if p, ok := r.groupPath(r.spans[r.entity], r.q.of); ok {
			r.groupBy(dimension{path: p}, r.entity)
		}
	}
	for i, s := range r.spans {
		if s.used {
			continue
		}
		if b, ok := s.sense.(bucketSense); ok && (b.after || r.calledFor(i)) {
			if err := r.groupByTime(i, b.unit); err != nil {
				return err
			}
			continue
		}
		if next := r.after(i); next == i+1 && is[bucketSense](r.spans[next]) && r.mayBe(i, (*field).temporal) {
			continue // "by engage quarter"
		}
		if r.calledFor(i) && !r.isFigure(i) && len(s.meanings) > 0 && !r.isHint(i) {
			if p, ok := r.groupPath(s, r.q.of); ok {
				r.groupBy(dimension{path: p}, i)
			}
		}
	}
	return r.readWho()
}

// calledFor reports whether the span stands where a group is named.
func (r *reader) calledFor(i int) bool {
	if r.afterBy(i) {
		return true
	}
	j := r.before(i)
	if j >= 0 && is[bucketSense](r.spans[i]) && r.mayBe(j, (*field).temporal) && r.afterBy(j) {
		return true
	}
	if r.hasLooseNumber() && r.spans[i].plural && r.spans[i].sense == (schemaSense{}) && !onlyOption(r.spans[i], r.q.of) {
		return namedCollection(r.spans[i]) != r.q.of && has[rateSense](r)
	}
	if j >= 0 && is[whichSense](r.spans[j]) && !r.spans[j].sense.(whichSense).who {
		return namedCollection(r.spans[i]) != r.q.of
	}
	return i == r.targetSpan && !r.isFigure(i) && namedCollection(r.spans[i]) != r.q.of
}

// isFigure reports whether the span is something measured rather than grouped
// by.
func (r *reader) isFigure(i int) bool {
	s := r.spans[i]
	switch s.sense.(type) {
	case rateSense, aggSense, shareSense, periodSense, numberSense, nameSense, stateSense, rankSense:
		return true
	case moneySense:
		return true
	}
	f, _ := ownField(s, r.q.of, anyField)
	if f == nil {
		p, ok := r.fieldPath(s, r.q.of, (*field).numeric)
		return ok && p.field.numeric() && namedCollection(s) == nil && !r.mayBe(i, func(f *field) bool { return !f.numeric() })
	}
	if f.Type == "integer" {
		return has[rankSense](r) || !has[aggSense](r)
	}
	return f.numeric()
}

func (r *reader) groupBy(d dimension, i int) {
	r.use(i)
	if j := r.dateLead(i); j >= 0 && (is[bySense](r.spans[j]) || is[whichSense](r.spans[j]) || is[linkSense](r.spans[j])) {
		r.use(j)
	}
	if d.path.field.temporal() && d.bucket == "" {
		d.bucket = "day"
	}
	for _, old := range r.q.by {
		if old == d {
			return
		}
	}
	r.q.by = append(r.q.by, d)
}

// dateLead returns the span before i, or before the date field that a calendar
// unit at i is of.
func (r *reader) dateLead(i int) int {
	j := r.before(i)
	if j >= 0 && is[bucketSense](r.spans[i]) && r.mayBe(j, (*field).temporal) {
		return r.before(j)
	}
	return j
}

// groupByTime groups by a calendar unit of the date field that is named beside
// it, else of the collection's own time field.
func (r *reader) groupByTime(i int, unit string) error {
	p, j := r.dateBeside(i)
	if p.zero() {
		own := r.q.of.time()
		if own == nil {
			return misreadf("You may see no date of "+escape(r.q.of.noun())+" by which they could be grouped.", r.spans[i].text)
		}
		p = r.q.of.own(own)
	}
	r.use(j)
	r.groupBy(dimension{path: p, bucket: unit}, i)
	return nil
}

// dateBeside returns the date field named right before or after the span: "by
// month of engage date", "by created month". Its span is -1 for none.
func (r *reader) dateBeside(i int) (path, int) {
	for _, j := range []int{r.after(i), r.before(i)} {
		if j < 0 {
			continue
		}
		if f, _ := ownField(r.spans[j], r.q.of, (*field).temporal); f != nil {
			return r.q.of.own(f), j
		}
	}
	return path{}, -1
}

// readWho reads "who": the owner of the records, unless the records are people.
func (r *reader) readWho() error {
	for i, s := range r.spans {
		which, ok := s.sense.(whichSense)
		if !ok || !which.who || len(r.q.by) > 0 || r.q.of.field("owner_id") == nil || r.namesRecords(i) {
			continue
		}
		if f := r.q.of.field("owner_id"); r.entity < 0 && !r.relative(i) {
			r.groupBy(dimension{path: r.index.schema.label(r.q.of.own(f))}, i)
		}
	}
	return nil
}

// namesRecords reports whether "who" asks for the records themselves: "who are
// our top customers".
func (r *reader) namesRecords(i int) bool {
	next := r.after(i)
	if next < 0 {
		return false
	}
	for _, s := range r.spans[i+1 : next] {
		switch s.sense.(fillerSense).word {
		case "is", "are", "was", "were":
			return is[rankSense](r.spans[next]) || namedCollection(r.spans[next]) != nil
		}
	}
	return false
}

// relative reports whether "who" only joins a clause: "accounts who are
// customers".
func (r *reader) relative(i int) bool {
	j := r.before(i)
	return j >= 0 && namedCollection(r.spans[j]) != nil
}
