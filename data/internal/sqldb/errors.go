package sqldb

import (
	"context"
	"errors"

	"github.com/remit-crm/remit"
)

// Fault is what the database said of a statement that failed, without the
// values that databases like to quote. It is the cause of an internal
// [remit.Error], for the log.
type Fault struct {
	Code       string // SQLSTATE, or SQLite's name of the result code
	Constraint string // the constraint or columns that were violated, if that was it
	Text       string // the database's words where they hold names only, else ""
	duplicate  bool
	overflow   bool
}

// Error returns the code and what may be logged of the rest.
func (f *Fault) Error() string {
	text := "database: " + f.Code
	if f.Text != "" {
		text += ": " + f.Text
	}
	if f.Constraint != "" {
		text += " (" + f.Constraint + ")"
	}
	return text
}

// IsDuplicate reports whether err says that a unique key exists already.
func IsDuplicate(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.duplicate
}

// IsOverflow reports whether err says that a sum left the range of 64 bits, which
// only SQLite's does.
func IsOverflow(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.overflow
}

func internalError(f *Fault) error {
	return &remit.Error{Kind: remit.KindInternal, Message: "statement failed", Cause: f}
}

func unavailable(f *Fault) error {
	return &remit.Error{Kind: remit.KindUnavailable, Message: "the database is busy or cannot be reached now: try again", Cause: f}
}

func storageFull(f *Fault) error {
	return &remit.Error{Kind: remit.KindUnavailable, Message: "the database's disk is full or failing: nothing was written; try again when there is room", Cause: f}
}

// interruptedError tells a caller that went away from a statement that took too
// long. Both are canceled; what to do next differs.
func interruptedError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled before the database answered", Cause: err}
	}
	return &remit.Error{Kind: remit.KindCanceled, Message: "the database took too long: ask for less at a time", Cause: context.DeadlineExceeded}
}

// misuse is a mistake in our own code, found before the database saw it.
func misuse(text string) error {
	return &remit.Error{Kind: remit.KindInternal, Message: "sqldb: " + text}
}
