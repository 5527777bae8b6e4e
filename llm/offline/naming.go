package offline

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// name is one or several words that must be looked up, because the schema does
// not know them: "medical", "medical and retail".
type name struct {
	phrases []string
	whole   string // the list as written, which may itself be one name ("Johnson and Sons")
	hints   []path // where the words beside it say that it is found
	strict  bool   // it is found nowhere else
	not     bool
	grouped bool // figures are to be compared for each
}

// maxNames and maxNameWords bound what is looked up: more unknown words than
// these are a question that the planner does not understand.
const (
	maxNames     = 6
	maxNameWords = 8
)

// readNames collects the names with what stands beside them.
func (r *reader) readNames() error {
	for i := 0; i < len(r.spans); i++ {
		if !is[nameSense](r.spans[i]) || r.spans[i].used {
			continue
		}
		if done, err := r.readOptionName(i); done || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		last := r.nameList(i)
		n := name{}
		if r.mayBeOne(i, last) {
			n.whole = r.written(i, last)
		}
		for j := i; j <= last; j++ {
			if is[nameSense](r.spans[j]) {
				n.phrases = append(n.phrases, r.spans[j].text)
			}
			r.use(j)
		}
		r.hint(&n, i, last)
		n.not = r.negated(i)
		r.useOwner(i)
		r.names = append(r.names, n)
		i = last
	}
	return r.checkNames()
}

// readOptionName reads a word beside the name of an enum as one of its options,
// also where it is misspelt: "in the proposl stage".
func (r *reader) readOptionName(i int) (bool, error) {
	for _, j := range []int{i + 1, i - 1} {
		if j < 0 || j >= len(r.spans) || r.spans[j].used || r.spans[max(i, j)].broken || r.afterBy(j) {
			continue
		}
		f, _ := ownField(r.spans[j], r.q.of, func(f *field) bool { return len(f.Options) > 0 })
		if f == nil {
			continue
		}
		r.use(j)
		return true, r.narrowToOption(i, r.q.of.own(f))
	}
	return false, nil
}

func (r *reader) narrowToOption(i int, p path) error {
	written := r.spans[i].text
	var fits []string
	for _, option := range p.field.Options {
		if gradeOf(strings.ReplaceAll(option, "_", " "), written) < unlike {
			fits = append(fits, option)
		}
	}
	if len(fits) != 1 {
		return misreadf(quote(written)+" is no "+escape(p.title)+"; there are "+escapeAll(p.field.Options)+".", written)
	}
	r.q.note(quote(written) + " is taken as " + escape(p.title) + " " + quote(fits[0]))
	r.narrow(oneOf{path: p, values: fits, not: r.negated(i)}, i)
	return nil
}

// nameList returns the last span of a list of names that begins at i: "medical,
// retail and software", or when comparing "medical to retail".
func (r *reader) nameList(i int) int {
	last := i
	for {
		start := last + 1
		if start < len(r.spans) && r.isHint(start) && r.hintsLeft(start) {
			start++ // "the medical sector and the retail sector"
		}
		next := start
		for next < len(r.spans) && r.joinsNames(next) {
			next++
		}
		if next == start || next >= len(r.spans) || !is[nameSense](r.spans[next]) {
			return last
		}
		last = next
	}
}

func (r *reader) joinsNames(i int) bool {
	switch s := r.spans[i].sense.(type) {
	case linkSense:
		return true
	case compareSense:
		return i > 0
	case fillerSense:
		comparing := has[compareSense](r) && (s.word == "to" || s.word == "with")
		return comparing || (s.word == "for" || s.word == "the" || s.word == "in") && r.joinsNames(i-1)
	}
	return false
}

// mayBeOne reports whether a list of names may be one name: "Johnson and Sons".
func (r *reader) mayBeOne(i, last int) bool {
	for _, s := range r.spans[i : last+1] {
		switch {
		case is[nameSense](s):
			if s.text == strings.ToLower(s.text) {
				return false
			}
		case !is[linkSense](s) || s.text == ",":
			return false
		}
	}
	return true
}

func (r *reader) written(i, last int) string {
	var words []string
	for _, s := range r.spans[i : last+1] {
		words = append(words, s.text)
	}
	return strings.ReplaceAll(strings.Join(words, " "), " ,", ",")
}

// hint reads the words beside a name that say where it is found: "sector
// medical", "the medical sector", "account Cancity", "owned by Anna Snelling".
func (r *reader) hint(n *name, i, last int) {
	if next := last + 1; next < len(r.spans) && !r.spans[next].broken && !r.spans[next].used && !is[bucketSense](r.spans[next]) {
		if r.hintFrom(n, next) && r.hintsLeft(next) {
			r.use(next)
			return
		}
		n.hints, n.strict = nil, false
	}
	prev := i - 1
	for prev >= 0 {
		filler, ok := r.spans[prev].sense.(fillerSense)
		if !ok || !namingWords[filler.word] && filler.word != "the" {
			break
		}
		prev--
	}
	switch {
	case prev < 0 || r.spans[i].broken:
	case is[ownedSense](r.spans[prev]):
		if f := r.q.of.field(r.spans[prev].sense.(ownedSense).field); f != nil {
			n.hints, n.strict = []path{r.index.schema.label(r.q.of.own(f))}, true
			r.use(prev)
		}
	case r.hintsRight(prev) && (!r.spans[prev].used || namedCollection(r.spans[prev]) != nil):
		if r.hintFrom(n, prev) {
			r.use(prev)
		}
	}
}

// hintFrom sets where the name is found from the span beside it.
func (r *reader) hintFrom(n *name, i int) bool {
	s := r.spans[i]
	if len(s.meanings) == 0 || is[stateSense](s) {
		return false
	}
	for _, m := range s.meanings {
		if m.isCollection() && m.of == r.q.of {
			if f := m.of.field(m.of.TitleField); f != nil && f.Type == remit.Text {
				n.hints = []path{m.of.own(f)}
				return true
			}
		}
	}
	if paths := r.teamPaths(); len(paths) > 0 && strings.EqualFold(s.text, "team") {
		n.hints, n.strict = paths, true
		return true
	}
	p, ok := r.groupPath(s, r.q.of)
	if !ok || !searchable(p.field) {
		return false
	}
	n.hints, n.strict = []path{p}, true
	return true
}

// teamPaths are where the name of a team is found: that of the owner's manager
// ("Dustin Brinkmann's team"), or of a department.
func (r *reader) teamPaths() []path {
	var paths []path
	s := r.index.schema
	for _, f := range r.q.of.Fields {
		target := s.target(r.q.of, f)
		if target == nil {
			continue
		}
		hop := r.q.of.own(f)
		switch f.Name {
		case "owner_id":
			if manager := target.field("manager_id"); manager != nil {
				paths = append(paths, s.label(hop.over(target, manager)))
			}
		case "department_id":
			paths = append(paths, s.label(hop))
		}
	}
	return slices.DeleteFunc(paths, func(p path) bool { return !searchable(p.field) })
}

// useOwner reads the "by" of "won by Anna Snelling".
func (r *reader) useOwner(i int) {
	if j := r.before(i); j >= 0 && is[bySense](r.spans[j]) && !r.spans[j].sense.(bySense).each {
		r.use(j)
	}
}

func (r *reader) checkNames() error {
	words := 0
	var phrases []string
	for _, n := range r.names {
		phrases = append(phrases, n.phrases...)
		for _, p := range n.phrases {
			words += len(strings.Fields(p))
		}
	}
	if len(phrases) > maxNames || words > maxNames*2 {
		return misreadf("", phrases...)
	}
	for _, p := range phrases {
		if len(strings.Fields(p)) > maxNameWords {
			return misreadf("", p)
		}
	}
	return nil
}
