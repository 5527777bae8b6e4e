package directory

import (
	_ "embed"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The bounds on passwords, in characters. Length is what counts; there are no
// rules about kinds of characters (NIST SP 800-63B section 5.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 256
)

// minDistinct is the number of different characters below which a password is a
// pattern, whatever its length.
const minDistinct = 5

// commonPasswords are those of the well-known lists that are long enough to pass
// otherwise, one a line, in lower case and without the digits at their end.
//
//go:embed common.txt
var commonPasswords string

// Weakness is why a password is refused; "" for a good one.
type Weakness string

// What guessing would find early.
const (
	WeakText     Weakness = "text" // no valid text
	WeakShort    Weakness = "short"
	WeakLong     Weakness = "long" // which would only cost time
	WeakCommon   Weakness = "common"
	WeakPattern  Weakness = "pattern"
	WeakPersonal Weakness = "personal"
)

// WeaknessOf says what is weak about a password of the person of that name and
// address: it is short, common, a mere pattern, or made of their name or address.
func WeaknessOf(password, name, email string) Weakness {
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		return WeakText
	}
	length := utf8.RuneCountInString(password)
	if length < MinPassword {
		return WeakShort
	}
	if length > MaxPassword {
		return WeakLong
	}
	folded := foldPassword(password)
	switch {
	case isCommon(folded):
		return WeakCommon
	case isPattern(folded):
		return WeakPattern
	case namesPerson(folded, name, email):
		return WeakPersonal
	}
	return ""
}

// refusal says it of the field password; nil for a good one.
func (w Weakness) refusal() error {
	switch w {
	case "":
		return nil
	case WeakShort:
		return remit.FieldErrorf("password", "needs at least %d characters: a few unrelated words do well", MinPassword)
	case WeakLong:
		return remit.FieldErrorf("password", "has more than %d characters", MaxPassword)
	case WeakCommon:
		return remit.FieldErrorf("password", "is on the lists that guessers begin with")
	case WeakPattern:
		return remit.FieldErrorf("password", "is a pattern: a few unrelated words do well")
	case WeakPersonal:
		return remit.FieldErrorf("password", "holds the person's own name or address")
	case WeakText:
	}
	return remit.FieldErrorf("password", "is not valid text")
}

// checkStrength refuses a weak password.
func checkStrength(password, name, email string) error {
	return WeaknessOf(password, name, email).refusal()
}

// checkRenewed is checkStrength for a password that takes another's place.
func checkRenewed(password, old, name, email string) error {
	const field = "new_password"
	if password == old {
		return remit.FieldErrorf(field, "is the old one")
	}
	err := checkStrength(password, name, email)
	var e *remit.Error
	if errors.As(err, &e) {
		e.Field = field
	}
	return err
}

func foldPassword(s string) string { return sqldb.Fold(norm.NFKC.String(s)) }

// isCommon looks the password up without what people put at the end of a word to
// satisfy a rule.
func isCommon(folded string) bool {
	stem := strings.TrimRightFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(strings.Split(commonPasswords, "\n"), func(line string) bool {
		common := sqldb.Fold(line)
		return common != "" && (folded == common || stem == common)
	})
}

// isPattern reports whether the password has hardly any different characters,
// repeats a short piece, or runs along the alphabet or the digits.
func isPattern(folded string) bool {
	runes := []rune(folded)
	distinct := map[rune]bool{}
	steps := map[rune]int{}
	for i, r := range runes {
		distinct[r] = true
		if i > 0 {
			steps[r-runes[i-1]]++
		}
	}
	run := max(steps[1], steps[-1], steps[0])
	return len(distinct) < minDistinct || run > len(runes)*2/3 || repeats(runes)
}

// repeats reports whether the text is one piece of at most a third of its
// length, over and over.
func repeats(runes []rune) bool {
	for period := 1; period <= len(runes)/3; period++ {
		if slices.Equal(runes[period:], runes[:len(runes)-period]) {
			return true
		}
	}
	return false
}

// namesPerson reports whether the password holds a part of the person's name or
// address. Parts of fewer than four letters say nothing.
func namesPerson(folded, name, email string) bool {
	parts := strings.FieldsFunc(foldPassword(name+" "+email), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return slices.ContainsFunc(parts, func(part string) bool {
		return utf8.RuneCountInString(part) >= 4 && strings.Contains(folded, part)
	})
}
