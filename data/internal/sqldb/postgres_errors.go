package sqldb

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/remit-crm/remit"
)

// lostConnection is the code of a fault that PostgreSQL did not report itself
// (SQLSTATE class 08, connection exception).
const lostConnection = "08006"

// SQLSTATEs (PostgreSQL manual, appendix A) that need an answer of their own.
const (
	featureNotSupported  = "0A000"
	uniqueViolation      = "23505"
	invalidStatementName = "26000"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	diskFull             = "53100"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	readOnlyTransaction  = "25006" // a standby after a fail-over
	ioError              = "58030"
)

// postgresError turns an error of the driver into one for callers. Details, hints
// and most messages quote values, so what is kept is chosen.
func postgresError(ctx context.Context, err error) error {
	var ours *remit.Error
	if errors.As(err, &ours) {
		return ours
	}
	var reported *pgconn.PgError
	if !errors.As(err, &reported) {
		return lost(ctx, err)
	}
	fault := &Fault{Code: reported.Code, Constraint: reported.ConstraintName}
	switch reported.Code {
	case queryCanceled:
		return interruptedError(ctx)
	case diskFull, ioError:
		return storageFull(fault)
	case serializationFailure, deadlockDetected, lockNotAvailable, readOnlyTransaction:
		return unavailable(fault)
	case uniqueViolation:
		fault.duplicate = true
	}
	switch reported.Code[:min(2, len(reported.Code))] {
	case "08", "28", "3D", "53", "57", "58": // connection, log-in, catalog, resources, operator, system
		fault.Text = reported.Message
		return unavailable(fault)
	case "42", "0A": // syntax and names; unsupported: the words are about our own text
		fault.Text = reported.Message
	}
	return internalError(fault)
}

// lost is the error of a connection that ended, or of a caller that did.
func lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return interruptedError(ctx)
	}
	fault := &Fault{Code: lostConnection}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		fault.Text = connect.Error() // names host, user and database, never the password
	}
	return unavailable(fault)
}

// collision reports whether a transaction was given up in favour of another, or
// for a stale statement, so that it may succeed when it is run again.
func collision(err error) bool {
	var fault *Fault
	if errors.Is(err, errStale) {
		return true
	}
	return errors.As(err, &fault) && (fault.Code == serializationFailure || fault.Code == deadlockDetected)
}

// stale reports whether the server refused a prepared statement because a table
// changed under it ("cached plan must not change result type") or because it no
// longer knows it.
func stale(err error) bool {
	var reported *pgconn.PgError
	if !errors.As(err, &reported) {
		return false
	}
	return reported.Code == invalidStatementName ||
		(reported.Code == featureNotSupported && strings.Contains(reported.Routine, "RevalidateCachedQuery"))
}
