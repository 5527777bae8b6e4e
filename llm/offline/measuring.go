package offline

import (
	"strings"

	"github.com/remit-crm/remit"
)

// readMeasure reads what is computed. It leaves the measure empty where nothing
// is asked for; readShape then decides.
func (r *reader) readMeasure() error {
	if i := first[rateSense](r); i >= 0 {
		r.useFigure(i)
		r.useAll(isAverage) // an "average close rate" is the rate of all the deals
		r.measured = true
		return r.measureRate(r.spans[i].sense.(rateSense).kind)
	}
	if i := first[shareSense](r); i >= 0 {
		r.use(i)
		r.measured = true
		r.q.m = measure{fn: share, label: "share"}
		return nil // the numerator is what follows; see readShape
	}
	return r.measureNumber()
}

func isAverage(s span) bool {
	a, ok := s.sense.(aggSense)
	return ok && (a.fn == average || a.fn == sum && a.weak)
}

func (r *reader) useAll(fits func(span) bool) {
	for i, s := range r.spans {
		if fits(s) {
			r.use(i)
		}
	}
}

// measureRate sets a rate. Close rate = won ÷ (won + lost).
func (r *reader) measureRate(kind rateKind) error {
	if kind == convRate {
		return r.measureConversion()
	}
	o := r.q.of.outcome()
	if o == nil {
		return misreadf("A rate needs a field that says how a record ended (won or lost), and you may see no such field of " + escape(r.q.of.noun()) + ".")
	}
	p := r.q.of.own(o.field)
	r.q.m = measure{
		fn:    share,
		base:  []condition{oneOf{path: p, values: []string{o.won, o.lost}}},
		hit:   []condition{oneOf{path: p, values: []string{o.won}}},
		label: "close rate",
		means: "close rate = won ÷ (won + lost)",
	}
	if kind == lossRate {
		r.q.m.hit = []condition{oneOf{path: p, values: []string{o.lost}}}
		r.q.m.label, r.q.m.means = "lost rate", "lost rate = lost ÷ (won + lost)"
	}
	return nil
}

func (r *reader) measureConversion() error {
	f, option := r.q.of.converted()
	if f == nil {
		o := r.q.of.outcome()
		if o == nil {
			return misreadf("You may see no field of " + escape(r.q.of.noun()) + " that says which were converted.")
		}
		f, option = o.field, o.won
	}
	r.q.m = measure{
		fn:    share,
		hit:   []condition{oneOf{path: r.q.of.own(f), values: []string{option}}},
		label: "conversion rate",
		means: "conversion rate = " + escape(option) + " ÷ all " + escape(r.q.of.noun()),
	}
	return nil
}

// measureNumber reads counts, sums, averages and extremes.
func (r *reader) measureNumber() error {
	if err := r.oneFunction(); err != nil {
		return err
	}
	fn, at := r.aggregation()
	field := r.measuredPath()
	switch {
	case fn == distinct:
		return r.measureDistinct(at)
	case fn == count && field.zero():
		r.useFigure(at)
		return r.measureCount(at)
	case !field.zero():
		return r.measureField(fn, at, field)
	}
	return r.measureMoney(fn, at)
}

// measureCount counts records, or what they are grouped by where that is what
// is asked for: "how many accounts have won deals".
func (r *reader) measureCount(at int) error {
	r.measured = true
	r.countRecords()
	if r.entity < 0 || r.after(at) != r.entity || r.hasLooseNumber() {
		return nil
	}
	if p, ok := r.distinctPath(r.spans[r.entity]); ok {
		r.q.by = nil
		r.q.m = measure{fn: distinct, path: p, label: "different values of " + p.title}
	}
	return nil
}

// hasLooseNumber reports whether a comparison is on no field.
func (r *reader) hasLooseNumber() bool {
	for i, s := range r.spans {
		if _, attached := r.numberOn[i]; is[numberSense](s) && !attached {
			return true
		}
	}
	return false
}

func (r *reader) countRecords() { r.q.m = measure{fn: count, label: r.q.of.noun()} }

// oneFunction refuses a question for two figures at once.
func (r *reader) oneFunction() error {
	strong := -1
	for i, s := range r.spans {
		a, ok := s.sense.(aggSense)
		switch {
		case !ok || a.weak || s.used:
		case strong < 0:
			strong = i
		case r.spans[strong].sense != s.sense:
			return misreadf("I compute one figure at a time; ask for the other one afterwards, for example “and the "+escape(s.text)+"?”.", s.text)
		}
	}
	return nil
}

// aggregation returns the function that is asked for, and its span. A weak word
// ("total") gives way to any other.
func (r *reader) aggregation() (function, int) {
	weak := -1
	for i, s := range r.spans {
		a, ok := s.sense.(aggSense)
		switch {
		case !ok || r.spans[i].used || r.weakIsField(i):
		case !a.weak:
			return a.fn, i
		case weak < 0:
			weak = i
		}
	}
	if weak < 0 {
		return 0, -1
	}
	return sum, weak
}

// measuredPath reads the number that is measured, zero if none is named.
func (r *reader) measuredPath() path {
	i := r.measuredField()
	if i < 0 || r.spans[i].used {
		return path{}
	}
	p, ok := r.fieldPath(r.spans[i], r.q.of, (*field).numeric)
	if !ok {
		return path{}
	}
	r.useFigure(i)
	if is[sortSense](r.spanBefore(i)) {
		r.use(r.before(i))
	}
	if is[moneySense](r.spans[i]) {
		r.q.note(quote(r.spans[i].text) + " is read as the field " + escape(p.title) + "; say “won amount” for deals")
	}
	return p
}

// measureField measures a field that is named. Without a word that says how, it
// is added up where figures are asked for.
func (r *reader) measureField(fn function, at int, p path) error {
	r.useFigure(at)
	switch {
	case fn == 0 && r.ranksRecords():
		r.q.sorted = &sorting{path: p, descending: true}
		return nil
	case fn == 0 && r.isExtreme():
		fn = r.extreme()
	case fn == count && p.field.Type != remit.Integer:
		return misreadf("Count what? "+escape(capitalized(p.title))+" is an amount; I can add it up, average it or list it.", p.title)
	case fn == 0, fn == count:
		fn = sum
	}
	r.measured = true
	r.q.m = measure{fn: fn, path: p, label: functionWord(fn) + " " + p.title}
	return nil
}

// ranksRecords reports whether the number only orders a list of records: "top 5
// accounts by employees", "list deals by amount".
func (r *reader) ranksRecords() bool {
	if len(r.q.by) > 0 {
		return false
	}
	if r.targetSpan >= 0 && namedCollection(r.spans[r.targetSpan]) == r.q.of {
		return true
	}
	return has[listSense](r) && r.subjectIsHome() || has[sortSense](r) || r.whichHome()
}

// whichHome reports whether records themselves are asked for: "which deals".
func (r *reader) whichHome() bool {
	i := first[whichSense](r)
	if i < 0 {
		return false
	}
	return r.countsHome(i)
}

func (r *reader) subjectIsHome() bool {
	for _, s := range r.spans {
		if namedCollection(s) == r.q.of {
			return true
		}
	}
	return false
}

// isExtreme reports whether a superlative asks for a maximum or minimum: "the
// highest amount", "highest amount by stage".
func (r *reader) isExtreme() bool {
	i := first[rankSense](r)
	if i < 0 || r.spans[i].sense.(rankSense).n > 0 || r.entity >= 0 || has[whichSense](r) {
		return false
	}
	return r.targetSpan >= 0 && (r.isFigure(r.targetSpan) || namedCollection(r.spans[r.targetSpan]) == r.q.of)
}

// extreme reads the superlative as a maximum or minimum.
func (r *reader) extreme() function {
	i := first[rankSense](r)
	r.use(i)
	if r.spans[i].sense.(rankSense).descending {
		return maximum
	}
	return minimum
}

// measureDistinct counts different values of the field that follows.
func (r *reader) measureDistinct(at int) error {
	r.use(at)
	j := r.after(at)
	if j < 0 || len(r.spans[j].meanings) == 0 {
		return misreadf("Different what?", r.spans[at].text)
	}
	p, ok := r.distinctPath(r.spans[j])
	if !ok {
		return misreadf("", r.spans[j].text)
	}
	r.use(j)
	r.measured = true
	r.q.m = measure{fn: distinct, path: p, label: "different values of " + p.title}
	return nil
}

func (r *reader) distinctPath(s span) (path, bool) {
	if f, _ := ownField(s, r.q.of, anyField); f != nil {
		return r.q.of.own(f), true
	}
	for _, m := range s.meanings {
		if m.isCollection() && m.of != r.q.of {
			return r.index.schema.towards(r.q.of, m.of)
		}
	}
	return r.fieldPath(s, r.q.of, anyField)
}

// measureMoney reads money that no field names: "sales" is the amount of won
// deals, "pipeline" the amount of open ones.
func (r *reader) measureMoney(fn function, at int) error {
	i := r.moneySpan()
	if i < 0 && fn == 0 {
		return nil
	}
	money := r.q.of.money()
	if money == nil {
		if i >= 0 && r.spans[i].sense == (moneySense{}) || fn == 0 {
			return nil
		}
		return misreadf("You may see no amount of "+escape(r.q.of.noun())+" to compute that from.", r.words(at, i)...)
	}
	r.useFigure(at)
	p := r.q.of.own(money)
	size := false
	if i >= 0 {
		if m, ok := r.spans[i].sense.(moneySense); ok {
			r.useFigure(i)
			size = m.kind == sizeMoney
		}
	}
	if fn == 0 || fn == count {
		fn = sum
		if size {
			fn = average
		}
		if r.isExtreme() {
			fn = r.extreme()
		}
	}
	r.measured = true
	r.q.m = measure{fn: fn, path: p, label: functionWord(fn) + " " + p.title}
	if i >= 0 && is[moneySense](r.spans[i]) {
		r.wonOnly(r.spans[i].text)
	}
	return nil
}

func (r *reader) words(spans ...int) []string {
	var words []string
	for _, i := range spans {
		if i >= 0 {
			words = append(words, r.spans[i].text)
		}
	}
	return words
}

// moneySpan returns the span that means money without naming a field, -1 if
// none.
func (r *reader) moneySpan() int {
	weak := -1
	for i, s := range r.spans {
		switch m := s.sense.(type) {
		case moneySense:
			if !m.weak {
				return i
			}
			weak = i
		case stateSense:
			if m.money && weak < 0 && !has[listSense](r) && !has[whichSense](r) {
				weak = i
			}
		}
	}
	if weak >= 0 && is[moneySense](r.spans[weak]) && !has[aggSense](r) && !has[rankSense](r) {
		return -1
	}
	return weak
}

// wonOnly narrows "sales" to won deals, unless the question says which deals.
func (r *reader) wonOnly(word string) {
	o := r.q.of.outcome()
	if o == nil {
		return
	}
	for _, s := range r.spans {
		if is[stateSense](s) || optionOn(s, r.q.of, o.field) != "" {
			return
		}
	}
	p := r.q.of.own(o.field)
	r.q.m.base = []condition{oneOf{path: p, values: []string{o.won}}}
	r.q.m.means = quote(strings.ToLower(word)) + " is read as the " + escape(r.q.m.path.title) + " of won " + escape(r.q.of.noun())
}

// optionOn returns the option of the field that the span may be, "" if none.
func optionOn(s span, of *collection, f *field) string {
	for _, m := range s.meanings {
		if m.of == of && m.field == f && m.isOption() {
			return m.option
		}
	}
	return ""
}

func functionWord(fn function) string {
	switch fn {
	case sum:
		return "sum of"
	case average:
		return "average"
	case minimum:
		return "lowest"
	case maximum:
		return "highest"
	case distinct:
		return "different"
	case count, share:
	}
	return ""
}

func capitalized(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
