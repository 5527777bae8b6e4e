package directory

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The bounds on what is written about people, in runes and bytes.
const (
	maxText  = 200 // runes of a name or title
	maxEmail = 254 // bytes, RFC 5321 section 4.5.3.1.3 less the brackets
)

// checkText refuses a name that is empty, too long, or that would not look like
// what it is.
func checkText(field, text string) error {
	if strings.TrimSpace(text) == "" {
		return remit.FieldErrorf(field, "must not be empty")
	}
	return checkLine(field, text)
}

// checkLine refuses what is no single line of printable text; it may be empty.
func checkLine(field, text string) error {
	if !utf8.ValidString(text) {
		return remit.FieldErrorf(field, "is not valid UTF-8")
	}
	if utf8.RuneCountInString(text) > maxText {
		return remit.FieldErrorf(field, "is longer than %d characters", maxText)
	}
	if text != strings.TrimSpace(text) {
		return remit.FieldErrorf(field, "begins or ends with a space")
	}
	// Control characters and marks that turn the direction round let one name
	// pass for another.
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		return remit.FieldErrorf(field, "holds a control character")
	}
	return nil
}

// checkEmail accepts a bare address (RFC 5322 addr-spec) and nothing around it.
func checkEmail(email string) error {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > maxEmail {
		return remit.FieldErrorf("email", "is not an e-mail address such as ada@example.com")
	}
	return checkLine("email", email)
}

// foldEmail is what addresses are compared by: composed, then case-folded. Two
// addresses that fold alike belong to one person, so nobody can be added beside
// "kim@…" with a Kelvin sign for the k.
func foldEmail(email string) string {
	return sqldb.Fold(norm.NFC.String(strings.TrimSpace(storable(email))))
}

// storable replaces what PostgreSQL cannot hold in a text: bytes that are not
// UTF-8, and NUL.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
