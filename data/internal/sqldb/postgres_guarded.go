package sqldb

import (
	"context"

	"github.com/remit-crm/remit"
)

// guarded is not to be had on PostgreSQL yet.
func (e *postgresEngine) guarded(context.Context, Guarded, func(Row) error) error {
	return remit.Errorf(remit.KindUnavailable, "SQL cannot be run on this database")
}
