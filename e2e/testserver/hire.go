package testserver

import (
	"errors"
	"testing"
	"time"

	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
)

// Hire makes Ann, a sales rep, in the installation and returns a token of hers. A
// server has to have made the database before.
func (in *Installation) Hire(tb testing.TB) (token string) {
	tb.Helper()
	ctx := tb.Context()
	store, err := data.Open(ctx, data.Options{URL: in.Database, Master: in.Master})
	if err != nil {
		tb.Fatal(err)
	}
	by := data.Operator("test")
	id, err := store.Directory.CreatePerson(ctx, by, directory.NewPerson{Name: "Ann", Email: "ann@example.com"})
	if err == nil {
		err = store.Directory.GrantRole(ctx, by, id, "sales-rep", time.Time{})
	}
	if err == nil {
		token, _, err = store.Directory.CreateToken(ctx, by, directory.NewToken{Person: id, Name: "test", TTL: time.Hour})
	}
	if err := errors.Join(err, store.Close()); err != nil {
		tb.Fatal(err)
	}
	return token
}
