package sqldb

import (
	"context"
	"errors"
	"strings"

	"zombiezen.com/go/sqlite"
)

// sqliteError turns an error of the driver into one for callers.
func sqliteError(ctx context.Context, err error) error {
	if errors.Is(err, errSeveralStatements) {
		return misuse(errSeveralStatements.Error())
	}
	code := sqlite.ErrCode(err)
	fault := &Fault{Code: code.String()}
	switch code & 0xff { // the low byte is the class, the rest its detail
	case sqlite.ResultInterrupt:
		return interruptedError(ctx)
	case sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultProtocol, sqlite.ResultNoMem, sqlite.ResultCantOpen:
		return unavailable(fault)
	case sqlite.ResultFull, sqlite.ResultIOErr:
		return storageFull(fault)
	case sqlite.ResultConstraint:
		fault.duplicate = code == sqlite.ResultConstraintUnique || code == sqlite.ResultConstraintPrimaryKey || code == sqlite.ResultConstraintRowID
		fault.Constraint = after(err.Error(), "constraint failed: ")
		return internalError(fault)
	default:
		fault.overflow = after(err.Error(), "SQL logic error: ") == "integer overflow"
		return internalError(fault)
	}
}

// prepareError is [sqliteError] for a statement that SQLite did not even accept.
// Its words are kept, for they can be about the statement's own text only. Those
// of a statement that ran may be about data ("malformed JSON …").
func prepareError(ctx context.Context, err error) error {
	translated := sqliteError(ctx, err)
	var fault *Fault
	if errors.As(translated, &fault) {
		fault.Text = after(err.Error(), "SQL logic error: ")
	}
	return translated
}

// after returns what follows the last mark in text, "" if there is none.
func after(text, mark string) string {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return ""
	}
	return text[i+len(mark):]
}
