package analytics

import (
	"strings"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// maxSQL bounds a template's text, in bytes.
const maxSQL = 8000

type tokenKind uint8

const (
	endToken    tokenKind = iota
	wordToken             // a name or keyword, in lower case
	textToken             // 'text', without its quotes
	numberToken           // 12 or 1.5
	inputToken            // :name, without the colon
	signToken             // an operator or a bracket
)

type token struct {
	kind tokenKind
	text string
	at   int // byte of the text where it begins
}

// signs are the operators and brackets, longer ones first.
var signs = []string{"<=", ">=", "<>", "!=", "(", ")", ",", ".", "*", "=", "<", ">"}

// lex cuts a text into tokens; the last one is an endToken. What is not listed here
// does not exist: comments, quoted names, dollar quotes, escapes, casts, semicolons.
func lex(sql string) ([]token, error) {
	if len(sql) > maxSQL {
		return nil, remit.FieldErrorf("sql", "has %d bytes; at most %d are read", len(sql), maxSQL)
	}
	if !utf8.ValidString(sql) || strings.ContainsRune(sql, 0) {
		return nil, remit.FieldErrorf("sql", "is not valid text")
	}
	var tokens []token
	for at := 0; ; {
		at += len(sql[at:]) - len(strings.TrimLeft(sql[at:], " \t\r\n"))
		if at == len(sql) {
			return append(tokens, token{kind: endToken, at: at}), nil
		}
		t, length := next(sql[at:])
		if length == 0 {
			return nil, unreadable(sql, at)
		}
		t.at = at
		tokens = append(tokens, t)
		at += length
	}
}

// next reads one token and returns its length, 0 for what is none.
func next(s string) (token, int) {
	switch c := s[0]; {
	case isLetter(c):
		n := span(s, func(c byte) bool { return isLetter(c) || isDigit(c) })
		return token{kind: wordToken, text: strings.ToLower(s[:n])}, n
	case isDigit(c):
		return number(s)
	case c == '\'':
		return quoted(s)
	case c == ':' && len(s) > 1 && isLetter(s[1]):
		n := span(s[1:], func(c byte) bool { return isLetter(c) || isDigit(c) })
		return token{kind: inputToken, text: s[1 : 1+n]}, 1 + n
	}
	for _, sign := range signs {
		if strings.HasPrefix(s, sign) {
			return token{kind: signToken, text: sign}, len(sign)
		}
	}
	return token{}, 0
}

func isLetter(c byte) bool { return c == '_' || (c|0x20 >= 'a' && c|0x20 <= 'z') }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// span returns how many bytes at the start of s belong.
func span(s string, belongs func(byte) bool) int {
	n := 0
	for n < len(s) && belongs(s[n]) {
		n++
	}
	return n
}

func number(s string) (token, int) {
	n := span(s, isDigit)
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		n += 1 + span(s[n+1:], isDigit)
	}
	if n < len(s) && isLetter(s[n]) {
		return token{}, 0 // 1e9, 0x1f
	}
	return token{kind: numberToken, text: s[:n]}, n
}

// quoted reads 'text'; a quote in it is written twice.
func quoted(s string) (token, int) {
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
			text.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '\'':
			text.WriteByte('\'')
			i++
		default:
			return token{kind: textToken, text: text.String()}, i + 1
		}
	}
	return token{}, 0
}

func unreadable(sql string, at int) error {
	rest := sql[at:]
	if len(rest) > 20 {
		rest = strings.ToValidUTF8(rest[:20], "") + "…"
	}
	e := remit.FieldErrorf("sql", "cannot be read from %q on (byte %d)", rest, at)
	e.Hint = "a template is one plain SELECT: no comments, quoted names, casts or semicolons"
	return e
}
