package sqlguard

import (
	"strings"
	"sync"
	"unicode/utf8"

	tree "github.com/pganalyze/pg_query_go/v6"
	parser "github.com/wasilibs/go-pgquery"

	"github.com/remit-crm/remit"
)

// The bounds on a statement's text. The parser's stack is its own and small: a
// statement that is nested too deeply would end it.
const (
	MaxBytes  = 32_000
	maxTokens = 3000
)

// parsing lets one statement at a time through: the parser is a program of its own,
// and each further one that runs beside it would be compiled anew and keep its
// memory. It is made on first use, which takes a second.
var parsing struct {
	sync.Mutex
	broken bool // it was stopped half-way, and its memory is in doubt
}

// parse returns the one SELECT that the text holds.
func parse(text string) (*tree.SelectStmt, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, invalid("there is no statement: write one SELECT")
	case len(text) > MaxBytes:
		return nil, invalid("the statement is %d bytes long; at most %d are read", len(text), MaxBytes)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, invalid("the statement is not text in UTF-8")
	case tokens(text) > maxTokens:
		return nil, invalid("the statement is too long: split it, or select less at once")
	}
	parsed, err := parseAlone(text)
	if err != nil {
		return nil, err
	}
	if len(parsed.Stmts) != 1 {
		return nil, invalid("there must be one statement, and there are %d", len(parsed.Stmts))
	}
	selects, ok := parsed.Stmts[0].Stmt.Node.(*tree.Node_SelectStmt)
	if !ok {
		return nil, invalid("only SELECT can be run here")
	}
	return selects.SelectStmt, nil
}

// tokens counts at least as many tokens as the text has: each word, and each other
// character but space.
func tokens(text string) (n int) {
	word := false
	for i := range len(text) {
		c := text[i]
		was := word
		word = c == '_' || c >= utf8.RuneSelf || ('0' <= c && c <= '9') || ('a' <= c|0x20 && c|0x20 <= 'z')
		space := c == ' ' || ('\t' <= c && c <= '\r')
		if !space && (!word || !was) {
			n++
		}
	}
	return n
}

func parseAlone(text string) (parsed *tree.ParseResult, err error) {
	parsing.Lock()
	defer parsing.Unlock()
	if parsing.broken {
		return nil, remit.Errorf(remit.KindUnavailable, "SQL cannot be read now: the server must be started anew")
	}
	defer func() {
		if stopped := recover(); stopped != nil {
			parsing.broken = true
			parsed, err = nil, invalid("the statement is nested too deeply")
		}
	}()
	parsed, err = parser.Parse(text)
	if err != nil {
		return nil, invalid("%s", err)
	}
	return parsed, nil
}

// invalid is a refusal that says what to change. It may quote the caller's own text
// and names that the caller knows, and nothing else.
func invalid(format string, args ...any) error {
	return remit.FieldErrorf("statement", format, args...)
}
