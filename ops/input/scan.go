package input

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// scanner checks a JSON text in one pass.
type scanner struct {
	text []byte
	at   int
}

// problem is a fault in the text. Its path grows while the scanner unwinds, so
// that a text without faults costs nothing for it.
type problem struct {
	message string
	hint    string
	path    string
}

func (s *scanner) problem(format string, args ...any) *problem {
	return &problem{message: fmt.Sprintf(format, args...), hint: s.place()}
}

// place names the line and column, in bytes from 1, for whoever wrote the text
// by hand.
func (s *scanner) place() string {
	line, column := 1, 1
	for _, c := range s.text[:min(s.at, len(s.text))] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return "at line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
}

func (p *problem) failure() error {
	e := remit.FieldErrorf(p.path, "%s", p.message)
	e.Hint = p.hint
	return e
}

// below prepends a member's name or an element's index.
func (p *problem) below(step string) *problem {
	switch {
	case p.path == "":
		p.path = step
	case p.path[0] == '[':
		p.path = step + p.path
	default:
		p.path = step + "." + p.path
	}
	return p
}

func (s *scanner) space() { s.at = skipSpace(s.text, s.at) }

// peek returns the current byte, 0 at the end; a NUL in the text is no JSON
// anyway.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) value(depth int) *problem {
	if depth > MaxDepth {
		return s.problem("nested deeper than %d levels: flatten it", MaxDepth)
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		return s.str()
	case c == '-' || isDigit(c):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(s.text)-s.at >= len(word) && string(s.text[s.at:s.at+len(word)]) == word {
			s.at += len(word)
			return nil
		}
	}
	return s.unexpected("a JSON value")
}

func (s *scanner) unexpected(wanted string) *problem {
	if s.at >= len(s.text) {
		return s.problem("the JSON text ends where %s should be", wanted)
	}
	r, size := utf8.DecodeRune(s.text[s.at:])
	if r == utf8.RuneError && size == 1 {
		return s.problem("the text is not valid UTF-8")
	}
	return s.problem("malformed JSON: %q stands where %s should be", r, wanted)
}

func (s *scanner) object(depth int) *problem {
	var seen names
	s.at++
	s.space()
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.unexpected(`a name in double quotes`)
		}
		start := s.at
		if p := s.str(); p != nil {
			return p
		}
		name := s.text[start:s.at]
		if seen.add(name) {
			return s.problem("the name occurs twice in one object").below(clip(unquote(name)))
		}
		s.space()
		if s.peek() != ':' {
			return s.unexpected(`a colon`)
		}
		s.at++
		s.space()
		if p := s.value(depth + 1); p != nil {
			return p.below(clip(unquote(name)))
		}
		if done, p := s.next('}'); done || p != nil {
			return p
		}
	}
}

func (s *scanner) array(depth int) *problem {
	s.at++
	s.space()
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for i := 0; ; i++ {
		if p := s.value(depth + 1); p != nil {
			return p.below("[" + strconv.Itoa(i) + "]")
		}
		if done, p := s.next(']'); done || p != nil {
			return p
		}
	}
}

// next goes over a comma, or over the end of the object or array.
func (s *scanner) next(end byte) (done bool, p *problem) {
	s.space()
	switch s.peek() {
	case end:
		s.at++
		return true, nil
	case ',':
		s.at++
		s.space()
		return false, nil
	}
	return false, s.unexpected("a comma or '" + string(end) + "'")
}

func (s *scanner) str() *problem {
	s.at++
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return nil
		case c == '\\':
			if p := s.escape(); p != nil {
				return p
			}
		case c < ' ':
			return s.problem("a control character (%#02x) stands in a string: write it as an escape, if at all", c)
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return s.problem("the text is not valid UTF-8")
			}
			s.at += size
		}
	}
	return s.problem("the JSON text ends within a string")
}

func (s *scanner) escape() *problem {
	if s.at+1 >= len(s.text) {
		return s.problem("the JSON text ends within a string")
	}
	switch s.text[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return nil
	case 'u':
		return s.unicode()
	}
	return s.problem("malformed JSON: a string holds an unknown escape")
}

// unicode checks \uXXXX: no NUL, and surrogates only in pairs.
func (s *scanner) unicode() *problem {
	r, ok := s.hex()
	switch {
	case !ok:
		return s.problem(`malformed JSON: \u must be followed by four hexadecimal digits`)
	case r == 0:
		return s.problem("a string holds a NUL character: leave it out")
	case r < 0xD800 || r > 0xDFFF:
		s.at += 6
		return nil
	}
	high := r < 0xDC00
	s.at += 6
	if low, ok := s.hex(); high && ok && low >= 0xDC00 && low <= 0xDFFF {
		s.at += 6
		return nil
	}
	return s.problem("a string holds half of a surrogate pair, which is no character")
}

// hex reads the escape \uXXXX at the current place.
func (s *scanner) hex() (rune, bool) {
	if s.at+6 > len(s.text) || s.text[s.at] != '\\' || s.text[s.at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.text[s.at+2:s.at+6]), 16, 16)
	return rune(n), err == nil
}

// number checks the grammar of RFC 8259, section 6.
func (s *scanner) number() *problem {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.unexpected("a digit")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.at > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// names remembers the names of an object: the first few in a list that is
// searched from end to end, the rest in a map.
type names struct {
	few  [8]string
	n    int
	many map[string]bool
}

// add reports whether the quoted name was there already.
func (s *names) add(quoted []byte) bool {
	name := unquote(quoted)
	for _, known := range s.few[:s.n] {
		if known == name {
			return true
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = name
		s.n++
		return false
	}
	if s.many[name] {
		return true
	}
	if s.many == nil {
		s.many = make(map[string]bool)
	}
	s.many[name] = true
	return false
}

// The functions below step over parts of a text that was checked before.

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

func skipComma(text []byte, i int) int {
	i = skipSpace(text, i)
	if text[i] == ',' {
		i = skipSpace(text, i+1)
	}
	return i
}

func skipString(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func skipValue(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = skipString(text, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}
