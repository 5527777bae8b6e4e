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
	}
	fault.Text = sqliteText(err)
	return internalError(fault)
}

// sqliteText returns SQLite's words if they are about the statement, whose text
// holds no values. Words about data ("bad JSON path: …") are dropped. So is the
// statement itself, which the driver repeats.
func sqliteText(err error) string {
	if _, ofStatement := sqlite.ErrorOffset(err); !ofStatement {
		return ""
	}
	return after(err.Error(), "SQL logic error: ")
}

// after returns what follows the last mark in text, "" if there is none.
func after(text, mark string) string {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return ""
	}
	return text[i+len(mark):]
}
