package offline

import "strings"

// scanner cuts tokens into spans: at each place the longest thing that begins
// there.
type scanner struct {
	index    *index
	calendar calendar
	tokens   []token
	titled   bool // most words have a capital, so capitals say nothing
	spans    []span
}

func scan(tokens []token, ix *index, c calendar) []span {
	s := &scanner{index: ix, calendar: c, tokens: tokens, titled: isTitleCase(tokens)}
	for at := 0; at < len(tokens); {
		at += s.step(at)
	}
	return s.spans
}

// isTitleCase reports whether the question is written With Capitals Throughout.
func isTitleCase(tokens []token) bool {
	capitals, words := 0, 0
	for _, t := range tokens {
		if t.kind == wordToken {
			words++
			if t.capital {
				capitals++
			}
		}
	}
	return words > 3 && capitals*4 > words*3
}

// step adds the span that begins at the token and returns how many tokens it
// took, at least one.
func (s *scanner) step(at int) int {
	rest := s.tokens[at:]
	if rest[0].kind == quotedToken || s.continuesName(at) {
		return s.addName(at)
	}
	read, n := s.longest(rest)
	if n == 0 || s.insideName(at, n) {
		return s.addName(at)
	}
	if r, ok := read.sense.(rankSense); ok && !r.recent || ok && smallNumber(rest, n) > 0 {
		if count := smallNumber(rest, n); count > 0 && yearAt(rest, n) == 0 {
			r.n = count
			read.sense = r
			n++
		}
	}
	s.add(read, at, n)
	return n
}

// longest reads the longest thing at the start of the tokens. A comparison or a
// period goes before a word of the schema of the same length, and a keyword
// keeps what it may mean in the schema beside its own sense.
func (s *scanner) longest(tokens []token) (span, int) {
	var best span
	length := 0
	if c, n := scanComparison(tokens); n > length {
		best, length = span{sense: numberSense{c}}, n
	}
	if p, n := s.calendar.scan(tokens); n > length {
		best, length = span{sense: periodSense{p}}, n
	}
	word, n := longestKeyword(tokens)
	meanings, m := s.index.longestPhrase(tokens)
	if n > length && n >= m {
		best, length = span{sense: word}, n
	}
	switch {
	case m > length:
		best, length = span{sense: schemaSense{}, meanings: meanings}, m
	case m == length && m > 0 && m == n:
		best.meanings = meanings
	}
	if length == 0 {
		return s.single(tokens[0])
	}
	return best, length
}

// single reads one token that begins nothing longer.
func (s *scanner) single(t token) (span, int) {
	switch {
	case t.kind == markToken && (t.text == "," || t.text == "&" || t.text == "/"):
		return span{sense: linkSense{}}, 1
	case t.kind == wordToken && fillers[t.word]:
		return span{sense: fillerSense{t.word}}, 1
	case t.kind == numberToken && smallNumber([]token{t}, 0) > 0:
		return span{sense: countSense{smallNumber([]token{t}, 0)}}, 1
	}
	return span{}, 0
}

// add appends a span of n tokens.
func (s *scanner) add(read span, at, n int) {
	words := make([]string, n)
	for i, t := range s.tokens[at : at+n] {
		words[i] = t.text
	}
	first, last := s.tokens[at], s.tokens[at+n-1]
	read.text = strings.Join(words, " ")
	read.broken = first.broken
	read.upper = first.capital && !first.first
	read.plural = strings.HasSuffix(last.word, "s") || last.word == "people"
	s.spans = append(s.spans, read)
}

// addName adds a token to the name before it or begins a new one.
func (s *scanner) addName(at int) int {
	t := s.tokens[at]
	if s.continuesName(at) {
		last := &s.spans[len(s.spans)-1]
		last.text += " " + t.text
		return 1
	}
	s.add(span{sense: nameSense{quoted: t.kind == quotedToken}}, at, 1)
	return 1
}

// continuesName reports whether the token belongs to the name before it: an
// unknown word, a word with a capital, or a number that is no year ("GTK 500").
func (s *scanner) continuesName(at int) bool {
	if at == 0 || len(s.spans) == 0 || s.tokens[at].broken {
		return false
	}
	name, ok := s.spans[len(s.spans)-1].sense.(nameSense)
	t := s.tokens[at]
	if !ok || name.quoted || t.kind == quotedToken || s.tokens[at-1].owns {
		return false
	}
	switch t.kind {
	case numberToken:
		return !t.number.percent && yearAt(s.tokens, at) == 0
	case wordToken:
		read, n := s.longest(s.tokens[at:])
		if n == 0 {
			return true
		}
		if is[periodSense](read) {
			return false
		}
		return s.capital(at) && s.capital(at-1)
	case dayToken, quotedToken, markToken:
	}
	return false
}

// capital reports whether the token's capital says that it is part of a name.
func (s *scanner) capital(at int) bool {
	t := s.tokens[at]
	return t.capital && !t.first && !s.titled && t.kind == wordToken
}

// insideName reports whether a known word is the start of a name: it has a
// capital and an unknown word with a capital follows ("Open Sky"), or it would
// be an order that the planner never follows ("Mark").
func (s *scanner) insideName(at, n int) bool {
	if !s.capital(at) || n > 1 {
		return false
	}
	if word, _ := longestKeyword(s.tokens[at:]); word != nil {
		if _, wont := word.(wontSense); wont {
			return true
		}
	}
	if at+1 >= len(s.tokens) || s.tokens[at+1].broken || !s.capital(at+1) {
		return false
	}
	_, known := s.longest(s.tokens[at+1:])
	return known == 0
}
