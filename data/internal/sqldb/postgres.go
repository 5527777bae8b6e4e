package sqldb

import (
	"context"

	"github.com/remit-crm/remit"
)

func openPostgres(context.Context, string, Options) (engine, error) {
	return nil, remit.Errorf(remit.KindUnavailable, "PostgreSQL is not ready")
}
