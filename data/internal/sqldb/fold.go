package sqldb

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"
)

// Fold returns s with each rune replaced by the smallest rune that Unicode's
// simple folding holds equal to it ([unicode.SimpleFold]), so that texts which
// differ in case alone become equal: "straße" and "STRASSE" stay different,
// "ΣΊΣΥΦΟΣ" and "σίσυφος" do not. Both databases have it as remit_fold(text).
// Bytes that are not UTF-8 stay as they are.
func Fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || ('a' <= c && c <= 'z') {
			return foldFrom(s, i)
		}
	}
	return s
}

func foldFrom(s string, start int) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteString(s[:start])
	for i := start; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError {
			b.WriteString(s[i : i+size])
		} else {
			b.WriteRune(foldRune(r))
		}
		i += size
	}
	return b.String()
}

// foldRune returns the smallest rune of r's orbit. SimpleFold goes round the
// orbit in rising order, so the smallest is what follows the largest.
func foldRune(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}

// registerFunctions adds the functions that statements may use on SQLite.
func registerFunctions(conn *sqlite.Conn, now func() time.Time) error {
	if err := registerFold(conn); err != nil {
		return err
	}
	return conn.CreateFunction("remit_now", &sqlite.FunctionImpl{
		Scalar: func(sqlite.Context, []sqlite.Value) (sqlite.Value, error) {
			return sqlite.IntegerValue(now().UnixMicro()), nil
		},
	})
}

func registerFold(conn *sqlite.Conn) error {
	return conn.CreateFunction("remit_fold", &sqlite.FunctionImpl{
		NArgs:         1,
		Deterministic: true,
		AllowIndirect: true,
		Scalar: func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
			if args[0].Type() == sqlite.TypeNull {
				return sqlite.Value{}, nil
			}
			return sqlite.TextValue(Fold(args[0].Text())), nil
		},
	})
}
