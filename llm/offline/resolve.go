package offline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// resolveAll turns the names into conditions of the query. All are looked up
// before any is judged, so that they travel in one turn.
func (c *conversation) resolveAll(r *reader, q *query) error {
	var waiting error
	var problems []*misread
	fresh := map[string]bool{} // paths that this question itself has narrowed
	for i := range r.names {
		err := c.resolve(&r.names[i], q, r.carries, fresh)
		var m *misread
		switch {
		case errors.Is(err, errWaiting):
			waiting = err
		case errors.As(err, &m):
			problems = append(problems, m)
		case err != nil:
			return err
		}
	}
	if waiting != nil || len(problems) == 0 {
		return waiting
	}
	return together(problems)
}

// together reports what was not understood all at once. A name with several
// candidates comes first, since the person can settle it.
func together(problems []*misread) error {
	all := &misread{}
	for _, p := range problems {
		if p.asks != nil {
			return p
		}
		all.words = append(all.words, p.words...)
		all.reason = strings.TrimSpace(all.reason + " " + p.reason)
	}
	return all
}

// resolve looks a name up and narrows the query to it. In a follow-up it is
// looked for first where the question before had one: "and for retail?".
func (c *conversation) resolve(n *name, q *query, follows bool, fresh map[string]bool) error {
	if follows && len(n.hints) == 0 {
		n = &name{phrases: n.phrases, whole: n.whole, not: n.not, grouped: n.grouped, hints: namedPaths(q)}
	}
	found, err := c.find(n, q)
	if err != nil {
		return err
	}
	for _, f := range found {
		narrowTo(q, f, n, fresh[f.path.name])
		fresh[f.path.name] = true
		if n.grouped && !slices.ContainsFunc(q.by, func(d dimension) bool { return d.path.name == f.path.name }) {
			if len(q.by) == 0 || q.m.fn != 0 {
				q.by = append([]dimension{{path: f.path}}, q.by...)
			}
		}
	}
	return nil
}

// namedPaths returns the paths that names of the query before were found on.
func namedPaths(q *query) []path {
	var paths []path
	for _, c := range q.where {
		if one, ok := c.(oneOf); ok && searchable(one.path.field) {
			paths = append(paths, one.path)
		}
	}
	return paths
}

// found is what one or several phrases of a list turned out to be.
type found struct {
	path   path
	values []string
}

// narrowTo adds the condition. It replaces one of the question before on the same
// field; to one of the same question it adds, since no cell is two values.
func narrowTo(q *query, f found, n *name, add bool) {
	c := oneOf{path: f.path, values: f.values, not: n.not}
	if add {
		for i, old := range q.where {
			if o, ok := old.(oneOf); ok && o.on() == c.on() && o.not == c.not {
				o.values = append(slices.Clone(o.values), c.values...)
				q.where[i] = o
				return
			}
		}
	}
	q.replace(c)
}

// find resolves the phrases of a name, as one name or as a list.
func (c *conversation) find(n *name, q *query) ([]found, error) {
	if len(n.phrases) > 1 && n.whole != "" {
		whole, err := c.findOne(n, n.whole, q, true)
		if err == nil {
			return []found{whole}, nil
		}
		var m *misread
		if !errors.As(err, &m) {
			return nil, err
		}
	}
	var all []found
	var problem, waiting error
	for _, phrase := range n.phrases {
		f, err := c.findOne(n, phrase, q, false)
		switch {
		case errors.Is(err, errWaiting):
			waiting = err
		case err != nil && problem == nil:
			problem = err
		case err == nil:
			all = addFound(all, f)
		}
	}
	if waiting != nil {
		return nil, waiting
	}
	if problem == nil && n.grouped && len(all) > 1 {
		problem = misreadf("I can only compare values of one field; these are of different ones.", n.phrases...)
	}
	return all, problem
}

// addFound joins values of the same field.
func addFound(all []found, f found) []found {
	for i, old := range all {
		if old.path.name == f.path.name {
			all[i].values = append(old.values, f.values...)
			return all
		}
	}
	return append(all, f)
}

// findOne resolves a phrase: where the words beside it say, else anywhere;
// among what holds it, else (unless exactly) among what is spelt nearly so.
func (c *conversation) findOne(n *name, phrase string, q *query, exactly bool) (found, error) {
	places := [][]path{n.hints, c.lookPaths(q.of)}
	if n.strict {
		places = places[:1]
	}
	if exactly && !n.strict {
		places = places[1:]
	}
	needles := []string{phrase}
	if s := stub(phrase); s != "" && !exactly {
		needles = append(needles, s)
	}
	for _, needle := range needles {
		for _, paths := range places {
			if len(paths) == 0 {
				continue
			}
			candidates, err := c.candidates(q.of, paths, phrase, needle)
			if err != nil {
				return found{}, err
			}
			if exactly {
				candidates = slices.DeleteFunc(candidates, func(c candidate) bool { return c.grade > unspaced })
			}
			if len(candidates) > 0 {
				return choose(candidates, phrase, q, n)
			}
		}
	}
	if exactly {
		return found{}, &misread{}
	}
	return c.findElsewhere(n, phrase, q)
}

// findElsewhere looks a hinted name up in its own collection: the account may
// exist although none of the records asked for belongs to it.
func (c *conversation) findElsewhere(n *name, phrase string, q *query) (found, error) {
	needles := []string{phrase}
	if s := stub(phrase); s != "" {
		needles = append(needles, s)
	}
	for _, p := range n.hints {
		if p.owner == q.of || !n.strict {
			continue
		}
		for _, needle := range needles {
			candidates, err := c.candidates(p.owner, []path{p.owner.own(p.field)}, phrase, needle)
			if err != nil {
				return found{}, err
			}
			for i := range candidates {
				candidates[i].path = p
			}
			if len(candidates) > 0 {
				return choose(candidates, phrase, q, n)
			}
		}
	}
	return found{}, c.notFound(n, phrase, q)
}

func (c *conversation) notFound(n *name, phrase string, q *query) error {
	paths := n.hints
	if !n.strict {
		paths = c.lookPaths(q.of)
	}
	if len(paths) == 0 {
		return misreadf("", phrase)
	}
	return misreadf(fmt.Sprintf("I looked for %s in %s of the %s that you may see, and found nothing like it.",
		quote(phrase), titles(paths), escape(q.of.noun())), phrase)
}

func titles(paths []path) string {
	var names []string
	for _, p := range paths {
		names = append(names, escape(p.title))
	}
	return join(slices.Compact(names), "and")
}

// choose takes the best of the candidates where there is one, and asks where
// several are as good. It notes what it took.
func choose(candidates []candidate, phrase string, q *query, n *name) (found, error) {
	best := slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return c.grade != candidates[0].grade })
	on := best[0].path
	if len(distinctPaths(best)) > 1 {
		rank := func(c candidate) int { return pathRank(c.path, q.of) }
		slices.SortStableFunc(best, func(a, b candidate) int { return rank(a) - rank(b) })
		on = best[0].path
		if rank(best[0]) == rank(best[1]) && best[0].path.name != best[1].path.name && best[0].path.field.Name != best[1].path.field.Name {
			return found{}, ambiguous(best, phrase, n)
		}
		q.note(alsoFound(best, phrase))
		best = slices.DeleteFunc(best, func(c candidate) bool { return c.path.name != on.name })
	}
	if len(best) > 1 && best[0].grade > unspaced {
		return found{}, ambiguous(best, phrase, n)
	}
	values := make([]string, len(best))
	for i, c := range best {
		values[i] = c.value
	}
	q.note(took(best, phrase))
	q.note(lookAlikes(candidates, best, on, phrase))
	return found{path: on, values: values}, nil
}

func distinctPaths(candidates []candidate) []string {
	var names []string
	for _, c := range candidates {
		if !slices.Contains(names, c.path.name) {
			names = append(names, c.path.name)
		}
	}
	return names
}

// pathRank prefers what records are related to over their own titles, and those
// over other text.
func pathRank(p path, of *collection) int {
	switch {
	case p.owner != of || strings.Contains(p.name, "."):
		return 0
	case p.field.Name == of.TitleField:
		return 1
	}
	return 0
}

// took says which value a name was taken for, where it is not written so.
func took(best []candidate, phrase string) string {
	if best[0].grade == same && len(best) == 1 {
		return ""
	}
	quoted := make([]string, len(best))
	for i, c := range best {
		quoted[i] = quote(c.value)
	}
	where := escape(best[0].path.title)
	switch best[0].grade {
	case same, unspaced:
		return quote(phrase) + " is taken as " + where + " " + join(quoted, "and")
	case word, inside:
		return quote(phrase) + " is taken as " + where + " " + quoted[0] + ", the only one that holds it"
	case near, unlike:
	}
	return "no " + where + " is called " + quote(phrase) + "; the one spelt most like it, " + quoted[0] + ", is taken"
}

// lookAlikes names other values that hold the phrase, so that nobody takes one
// for the other.
func lookAlikes(all, best []candidate, on path, phrase string) string {
	var others []string
	for _, c := range all {
		if c.path.name == on.name && c.grade != best[0].grade && c.grade <= inside && len(others) < 3 {
			others = append(others, quote(c.value))
		}
	}
	if len(others) == 0 || best[0].grade > unspaced {
		return ""
	}
	return "not included, though it holds " + quote(phrase) + ": " + join(others, "and")
}

// alsoFound names the fields that were passed over.
func alsoFound(best []candidate, phrase string) string {
	var others []string
	for _, name := range distinctPaths(best)[1:] {
		i := slices.IndexFunc(best, func(c candidate) bool { return c.path.name == name })
		others = append(others, escape(best[i].path.title))
	}
	return quote(phrase) + " is taken as " + escape(best[0].path.title) + ", though it is also found in " + join(others, "and")
}

// ambiguous asks which of the candidates is meant.
func ambiguous(best []candidate, phrase string, n *name) error {
	shown := best[:min(len(best), maxCandidates)]
	several := len(distinctPaths(best)) > 1
	var lines []string
	for _, c := range shown {
		line := "- " + quote(c.value)
		if several {
			line = "- " + escape(c.path.title) + " " + quote(c.value)
		}
		lines = append(lines, line)
	}
	more := ""
	if len(best) > len(shown) {
		more = fmt.Sprintf("\n- and %d more", len(best)-len(shown))
	}
	reason := fmt.Sprintf("%s may mean any of these; which one do you mean?\n\n%s%s", quote(phrase), strings.Join(lines, "\n"), more)
	return &misread{reason: reason, asks: n}
}
