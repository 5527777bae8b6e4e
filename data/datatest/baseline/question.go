package main

import (
	"context"
	"math/big"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// questions are the statements, as somebody would write them who has looked at
// the plans.
type questions struct{ own, team, byStage string }

const (
	shown  = "SELECT id, name, stage, amount, close_date, owner_id FROM opportunities WHERE deleted_at IS NULL AND "
	paged  = " ORDER BY amount DESC NULLS LAST, id LIMIT 20"
	groups = "SELECT stage, count(*), sum(amount), count(amount) FROM opportunities WHERE deleted_at IS NULL"
	below  = "SELECT descendant_id FROM people_closure WHERE ancestor_id = ?"
)

func questionsFor(d sqlgen.Dialect) questions {
	if d == sqlgen.Postgres {
		return questions{
			own:     shown + "owner_id = ?" + paged,
			team:    shown + "owner_id = ANY (ARRAY (" + below + "))" + paged,
			byStage: groups + " AND owner_id = ANY (ARRAY (" + below + ")) GROUP BY stage",
		}
	}
	return questions{
		own: shown + "owner_id = ?" + paged,
		// The plus keeps SQLite from sorting the whole team's records: it goes down the
		// index over amounts until it has twenty.
		team: shown + "+owner_id IN (" + below + ")" + paged,
		// Grouped by owner first, the rows come in the index's order, and only six
		// groups for each owner are sorted.
		byStage: "SELECT stage, sum(n), sum(total), sum(filled) FROM (SELECT owner_id, stage, count(*) AS n, sum(amount) AS total, count(amount) AS filled" +
			" FROM opportunities WHERE deleted_at IS NULL AND owner_id IN (" + below + ") GROUP BY owner_id, stage) GROUP BY stage",
	}
}

func (h *handler) own(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error) {
	return page(b, e, func(each func(sqldb.Row) error) error {
		return h.db.Query(ctx, sqldb.Stmt{SQL: h.questions.own, Args: []any{person}}, each)
	})
}

func (h *handler) team(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error) {
	return page(b, e, func(each func(sqldb.Row) error) error {
		return h.db.Query(ctx, sqldb.Stmt{SQL: h.questions.team, Args: []any{person}}, each)
	})
}

func (h *handler) byStage(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error) {
	return table(b, e, func(each func(sqldb.Row) error) error {
		return h.db.Query(ctx, sqldb.Stmt{SQL: h.questions.byStage, Args: []any{person}}, each)
	})
}

var pageFields = []string{"name", "stage", "amount", "close_date", "owner_id"}

// page appends the rows as JSON, from the driver straight into the answer.
func page(b []byte, e *audit.Entry, query func(func(sqldb.Row) error) error) ([]byte, error) {
	e.Fields, e.Sensitivity, e.Records = pageFields, remit.Confidential, make([]remit.ID, 0, 20)
	b = append(b, `{"records":[`...)
	err := query(func(r sqldb.Row) error {
		if len(e.Records) > 0 {
			b = append(b, ',')
		}
		id := r.Text(0)
		e.Records = append(e.Records, remit.ID(id))
		b = append(append(b, `{"id":"`...), id...)
		b = remit.AppendJSONString(append(b, `","name":`...), r.Text(1))
		b = r.AppendText(2, append(b, `,"stage":"`...))
		b = remit.MoneyValue(r.Int(3), "USD").AppendJSON(append(b, `","amount":`...))
		b = remit.DateValue(r.Date(4)).AppendJSON(append(b, `,"close_date":`...))
		b = r.AppendText(5, append(b, `,"owner_id":"`...))
		b = append(b, `"}`...)
		return nil
	})
	e.Rows = int64(len(e.Records))
	return append(b, "]}\n"...), err
}

var groupFields = []string{"stage", "amount"}

func table(b []byte, e *audit.Entry, query func(func(sqldb.Row) error) error) ([]byte, error) {
	e.Operation, e.Fields, e.Sensitivity = audit.OpAggregate, groupFields, remit.Confidential
	b = append(b, `{"rows":[`...)
	first := true
	err := query(func(r sqldb.Row) error {
		if !first {
			b = append(b, ',')
		}
		first = false
		e.Rows += r.Int(1)
		b = remit.AppendJSONString(append(b, `{"stage":`...), r.Text(0))
		b = strconv.AppendInt(append(b, `,"count":`...), r.Int(1), 10)
		average := big.NewRat(r.Int(2), 100*max(1, r.Int(3))).FloatString(6)
		b = append(append(b, `,"avg_amount":`...), average...)
		b = append(b, '}')
		return nil
	})
	return append(b, "]}\n"...), err
}

// PostgreSQL's own row-level security: the policies of package bench bind the
// role that this connection has to the person in app.person.
const (
	becomes         = "SELECT set_config('app.person', ?, false)"
	securedPage     = "SELECT id, name, stage, amount, close_date, owner_id FROM opportunities WHERE deleted_at IS NULL" + paged
	securedPerStage = groups + " GROUP BY stage"
)

func (h *handler) securedPage(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error) {
	return page(b, e, func(each func(sqldb.Row) error) error { return h.asPerson(ctx, person, securedPage, each) })
}

func (h *handler) securedByStage(ctx context.Context, person remit.ID, b []byte, e *audit.Entry) ([]byte, error) {
	return table(b, e, func(each func(sqldb.Row) error) error { return h.asPerson(ctx, person, securedPerStage, each) })
}

// asPerson sets the person and asks in one round trip.
func (h *handler) asPerson(ctx context.Context, person remit.ID, question string, each func(sqldb.Row) error) error {
	return h.secured.QueryThen(ctx, sqldb.Stmt{SQL: becomes, Args: []any{person}}, func(sqldb.Row) error { return nil },
		sqldb.Stmt{SQL: question}, each)
}
