package offline

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

type tokenKind uint8

const (
	wordToken tokenKind = iota
	numberToken
	dayToken    // 2017-03-01
	quotedToken // "Open Sky"
	markToken   // a comma, a comparison sign
)

// token is a word, number or mark of the question.
type token struct {
	kind    tokenKind
	text    string // as written, without a possessive ending
	word    string // text in lower case
	number  decimal
	day     time.Time
	capital bool // begins with an upper-case letter
	first   bool // begins a sentence, where a capital says nothing
	broken  bool // a mark that ends a phrase stands before it
	owns    bool // written with a possessive ending
}

// maxQuestion bounds a question in bytes. A person's question is far shorter;
// what is longer is not one.
const maxQuestion = 2000

// lex cuts a question into tokens. It accepts any text.
func lex(text string) []token {
	l := &lexer{rest: strings.ToValidUTF8(text, " "), first: true}
	for l.rest != "" {
		l.step()
	}
	return l.tokens
}

type lexer struct {
	rest   string
	tokens []token
	first  bool
	broken bool
}

func (l *lexer) step() {
	r, size := utf8.DecodeRuneInString(l.rest)
	switch {
	case isWordRune(r) || strings.ContainsRune("$€£", r):
		l.run()
	case strings.ContainsRune("\"“”„«`", r):
		l.quoted(r, size)
	case strings.ContainsRune("<>=,&/+", r):
		l.mark(size)
	default:
		l.rest = l.rest[size:]
		l.pause(r)
	}
}

// pause notes marks that end a phrase or a sentence.
func (l *lexer) pause(r rune) {
	switch r {
	case '.', '?', '!', '\n', '\r':
		l.first, l.broken = true, true
	case ';', ':', '(', ')', '–', '—':
		l.broken = true
	}
}

func (l *lexer) add(t token) {
	t.word = strings.ToLower(t.text)
	t.first, t.broken = l.first, l.broken
	l.first, l.broken = false, false
	l.tokens = append(l.tokens, t)
}

func (l *lexer) mark(size int) {
	if strings.HasPrefix(l.rest[size:], "=") && l.rest[0] != '=' {
		size++
	}
	l.add(token{kind: markToken, text: l.rest[:size]})
	l.rest = l.rest[size:]
}

// quoted reads up to the closing quote; without one the mark is skipped.
func (l *lexer) quoted(open rune, size int) {
	closing := string(open)
	switch open {
	case '“', '„':
		closing = "”"
		if open == '„' && !strings.Contains(l.rest[size:], closing) {
			closing = "“"
		}
	case '«':
		closing = "»"
	}
	inside, after, found := strings.Cut(l.rest[size:], closing)
	inside = strings.TrimSpace(inside)
	if !found || inside == "" {
		l.rest = l.rest[size:]
		return
	}
	l.rest = after
	l.add(token{kind: quotedToken, text: inside, capital: true})
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '_'
}

// run reads a word or number with what may stand inside it.
func (l *lexer) run() {
	end, last := 0, rune(0)
	for end < len(l.rest) {
		r, size := utf8.DecodeRuneInString(l.rest[end:])
		next, _ := utf8.DecodeRuneInString(l.rest[end+size:])
		if !isWordRune(r) && !joins(r, last, next) && (end != 0 || !strings.ContainsRune("$€£", r)) {
			break
		}
		end += size
		last = r
	}
	if strings.HasPrefix(l.rest[end:], "%") && unicode.IsDigit(last) {
		end++
	}
	text := l.rest[:end]
	l.rest = l.rest[end:]
	l.add(classify(text))
}

// joins reports whether r may stand inside a word between last and next.
func joins(r, last, next rune) bool {
	switch r {
	case '\'', '’', '-', '&', '@':
		return isWordRune(last) && isWordRune(next)
	case '.':
		return isWordRune(last) && isWordRune(next)
	case ',':
		return unicode.IsDigit(last) && unicode.IsDigit(next)
	}
	return false
}

func classify(text string) token {
	if day, err := time.Parse(remit.DateLayout, text); err == nil {
		return token{kind: dayToken, text: text, day: day}
	}
	if number, ok := parseDecimal(text); ok {
		return token{kind: numberToken, text: text, number: number}
	}
	r, _ := utf8.DecodeRuneInString(text)
	t := token{kind: wordToken, text: strings.ReplaceAll(text, "’", "'"), capital: unicode.IsUpper(r)}
	return uncontracted(t)
}

// uncontracted takes a possessive or contracted ending off: "what's", "Isdom's".
// "isn't" and its like become "not".
func uncontracted(t token) token {
	lower := strings.ToLower(t.text)
	if strings.HasSuffix(lower, "n't") {
		t.text, t.capital = "not", false
		return t
	}
	for _, ending := range []string{"'s", "'re", "'ve", "'d", "'m", "'ll"} {
		if strings.HasSuffix(lower, ending) && len(lower) > len(ending) {
			t.text = t.text[:len(t.text)-len(ending)]
			t.owns = ending == "'s"
			return t
		}
	}
	return t
}
