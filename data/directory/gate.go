package directory

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Gate is what must not have moved when a result is released: the policy's epoch
// and the person's generation, with the database's time, by which everything
// that ends is judged.
type Gate struct {
	Epoch      int64
	Generation int64
	Active     bool
	Now        time.Time
}

// GateStmt reads the [Gate] of a person, as one row; see [ReadGate]. Run it
// after the query whose result it guards, in the same round trip.
func GateStmt(d sqlgen.Dialect, person remit.ID) sqldb.Stmt {
	text := gateOnSQLite
	if d == sqlgen.Postgres {
		text = gateOnPostgres
	}
	return sqldb.Stmt{SQL: text, Args: []any{person}}
}

// The gate is asked with every read: its texts are made once.
var gateOnSQLite, gateOnPostgres = gateText(sqlgen.SQLite), gateText(sqlgen.Postgres)

func gateText(d sqlgen.Dialect) string {
	return "SELECT e.epoch, p.generation, p.active, " + sqldb.Now(d) +
		" FROM people p CROSS JOIN policy_epoch e WHERE p.id = ?"
}

// ReadGate reads the row of [GateStmt]. Where there is no row there is no such
// person, and the zero Gate lets nothing pass.
func ReadGate(r sqldb.Row) Gate {
	return Gate{Epoch: r.Int(0), Generation: r.Int(1), Active: r.Bool(2), Now: microTime(r.Int(3))}
}

// Passes reports whether the person, as p has them, and the policy of the epoch
// are still what the database holds.
func (g Gate) Passes(p *Person, epoch int64) bool {
	return g.Active && g.Generation == p.Generation && g.Epoch == epoch
}

// Gate reads the gate of a person by itself. The zero Gate is no such person.
func (d *Directory) Gate(ctx context.Context, person remit.ID) (Gate, error) {
	var g Gate
	err := d.db.Query(ctx, GateStmt(d.db.Dialect(), person), func(r sqldb.Row) error {
		g = ReadGate(r)
		return nil
	})
	return g, err
}

// Verify says whether the actor may act at all, by what the database holds now:
// see [Person.Admit]. It is for callers who do not go through the lens, which
// verifies by itself.
func (d *Directory) Verify(ctx context.Context, a remit.Actor) error {
	if a.Person == "" {
		return errUnauthenticated()
	}
	p, err := d.Person(ctx, a.Person)
	if err != nil {
		if remit.KindOf(err) == remit.KindNotFound {
			return errUnauthenticated()
		}
		return err
	}
	return p.Admit(a, p.ReadAt)
}
