package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// draw counts the records that are about to be released to an AI employee against
// the rows a day that its remit allows for the person. It commits before the
// release, so two calls at once cannot both use what is left. Counts and aggregates
// draw nothing: they release no record.
func (s *session) draw(ctx context.Context) error {
	if s.drawn == 0 || s.rowsPerDay == 0 {
		return nil
	}
	day := s.now.In(s.snapshot.location).Format(remit.DateLayout)
	return s.lens.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO drawn_rows (person_id, employee, day, rows_drawn) VALUES (?, ?, ?, ?)
ON CONFLICT (person_id, employee, day) DO UPDATE SET rows_drawn = drawn_rows.rows_drawn + excluded.rows_drawn`,
			Args: []any{string(s.actor.Person), s.actor.EmployeeKey(), day, s.drawn},
		})
		if err != nil {
			return err
		}
		var total int64
		err = tx.Query(ctx, sqldb.Stmt{
			SQL:  "SELECT rows_drawn FROM drawn_rows WHERE person_id = ? AND employee = ? AND day = ?",
			Args: []any{string(s.actor.Person), s.actor.EmployeeKey(), day},
		}, func(row sqldb.Row) error {
			total = row.Int(0)
			return nil
		})
		if err == nil && total > int64(s.rowsPerDay) {
			return remit.Errorf(remit.KindLimited, "%s may draw %d records a day for you and has drawn %d: ask for fewer, for a count or a sum, or tomorrow",
				s.actor.EmployeeKey(), s.rowsPerDay, total-s.drawn)
		}
		return err
	})
}
