package sqldb

import (
	"unicode/utf8"

	"zombiezen.com/go/sqlite"
)

// likeFunction is LIKE as PostgreSQL has it: case counts, "\" escapes. SQLite's own
// goes by case in a way that depends on the alphabet.
func likeFunction(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if args[0].Type() != sqlite.TypeText || args[1].Type() != sqlite.TypeText {
		return sqlite.Value{}, nil
	}
	if like(args[0].Text(), args[1].Text()) {
		return sqlite.IntegerValue(1), nil
	}
	return sqlite.IntegerValue(0), nil
}

// like matches a text with a pattern. It remembers the last % alone, to which it goes
// back: an earlier one could not match more than that does.
func like(text, pattern string) bool {
	t, p := 0, 0
	star, from := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '%':
			p++
			star, from = p, t
			continue
		case p < len(pattern) && pattern[p] == '_':
			_, size := utf8.DecodeRuneInString(text[t:])
			t, p = t+size, p+1
			continue
		}
		at := p
		if at < len(pattern)-1 && pattern[at] == '\\' {
			at++
		}
		switch {
		case at < len(pattern) && pattern[at] == text[t]:
			t, p = t+1, at+1
		case star >= 0:
			_, size := utf8.DecodeRuneInString(text[from:])
			from += size
			t, p = from, star
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}
