package remit

import (
	"errors"
	"fmt"
	"strings"
)

// Kind classifies an [Error]. Each face maps kinds to its own codes in one
// table. The zero value is [KindInternal], whose message outsiders never see.
type Kind uint8

// The kinds.
const (
	KindInternal        Kind = iota // a fault of ours: logged in full, shown as "internal error"
	KindInvalid                     // the request is malformed; Field and Message say where and what to change
	KindUnauthenticated             // nobody known: sign in or send a valid token
	KindDenied                      // known, and refused; says nothing of what exists
	KindNotFound                    // absent or not visible: the two are the same answer
	KindConflict                    // the version read is no longer the current one
	KindLimited                     // too many, too large, too often: Message says the bound
	KindUnavailable                 // cannot be recorded or reached now: try again
	KindCanceled                    // the caller went away or the deadline passed
)

var kindNames = [...]string{
	"internal", "invalid", "unauthenticated", "denied", "not_found",
	"conflict", "limited", "unavailable", "canceled",
}

// String returns the kind's name as the faces show it.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[KindInternal]
	}
	return kindNames[k]
}

// Error is the one error type that crosses package borders of Remit. Message is
// written for the caller: it names the place and the remedy, and never a value
// that the caller could not see. Cause is for the server's log alone.
type Error struct {
	Kind    Kind
	Message string
	Field   string // path of the offending input, e.g. "filter.$and[1].amount"; empty if none
	Hint    string // a suggestion, e.g. "did you mean \"stage\"?"; empty if none
	Cause   error  // never shown to a caller
}

// Error returns the message with its place and hint, and for an internal error
// the cause, which is why it may be logged but not sent; send [Error.Public].
func (e *Error) Error() string {
	text := e.Public()
	if e.Kind == KindInternal {
		text = e.Message
		if e.Cause != nil {
			text = strings.TrimPrefix(text+": "+e.Cause.Error(), ": ")
		}
	}
	return text
}

// Public returns the text that a caller may see.
func (e *Error) Public() string {
	if e.Kind == KindInternal {
		return "internal error"
	}
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf returns an [Error] of the kind with a message for the caller. A %w
// verb sets the cause, whose text then is part of the message: use it only with
// errors that are made for callers.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// FieldErrorf returns an [KindInvalid] error at the named place of the input.
func FieldErrorf(field, format string, args ...any) *Error {
	e := Errorf(KindInvalid, format, args...)
	e.Field = field
	return e
}

// KindOf returns the kind of the first [Error] in err's chain, [KindInternal] if
// there is none. KindOf(nil) is KindInternal too: ask only about errors.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// PublicText returns what a caller may read of err.
func PublicText(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Public()
	}
	return "internal error"
}

// DidYouMean returns a hint that names the candidate nearest to name, or ""
// where none is near. Candidates must be names that the caller may know.
func DidYouMean(name string, candidates []string) string {
	best, bestDistance := "", len(name)/2+1
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(name), strings.ToLower(c)); d < bestDistance || (d == bestDistance && best != "" && c < best) {
			best, bestDistance = c, d
		}
	}
	if best == "" || bestDistance > 3 {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
