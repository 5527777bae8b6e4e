package sqldb_test

import (
	"testing"

	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

func TestMigrateTwice(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		for range 2 {
			for _, set := range []migrations.Set{migrations.Main, migrations.Audit} {
				if err := db.Migrate(t.Context(), set); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n := number(t, db, stmt("SELECT count(*) FROM fields WHERE collection = 'opportunities'")); n != 18 {
			t.Errorf("%d fields", n)
		}
	})
}
