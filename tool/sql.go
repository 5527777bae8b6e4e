package tool

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// sqlTool returns the tool that answers SQL.
func sqlTool(data Data) *Tool {
	return New(Spec{
		Name: "execute_sql", Title: "Query with SQL", Effect: Reads, Schema: json.RawMessage(sqlSchema),
		Description: "Answers one SQL SELECT over the collections that the person may see, for questions that the other tools cannot answer: joins over several collections, sub-selects, CASE, shares. Prefer aggregate_records for plain totals and groups. " + SQLDialect,
	}, reader{data}.sql)
}

// SQLDialect says what SQL may be written, for models and for people.
const SQLDialect = `PostgreSQL's SELECT: WITH, JOIN, LEFT JOIN, RIGHT JOIN and CROSS JOIN, WHERE, GROUP BY, HAVING, UNION, INTERSECT, EXCEPT, ORDER BY, LIMIT, OFFSET, sub-selects, CASE, IN, EXISTS, BETWEEN, LIKE, ILIKE, IS NULL. ` +
	`Tables are collections, columns their fields and id, as describe_collection lists them; join over relation fields, e.g. opportunities.account_id = accounts.id. Name the columns; * works only where every field may be seen. In a sub-select, write the table before a column of the outer query. ` +
	`Functions: count, sum, avg, min, max (with FILTER), coalesce, nullif, abs, round, lower, upper, length, trim, substring, left, position, starts_with, ||, date_trunc, extract, now(), current_date; dates plus or minus days, current_date - interval '3 months'. ` +
	`Money is in units (1234.50). / never cuts off; a division by zero is null. Casts: ::date of a timestamp, ::numeric, ::int, ::text of whole numbers and dates. No windows (OVER), arrays, JSON or SELECT INTO. ` +
	`Example: SELECT a.industry, count(*) AS deals, sum(o.amount) AS revenue FROM opportunities o JOIN accounts a ON a.id = o.account_id WHERE o.stage = 'won' AND o.close_date >= date_trunc('year', current_date) GROUP BY a.industry ORDER BY revenue DESC`

var sqlSchema = `{"type": "object", "additionalProperties": false, "required": ["statement"], "properties": {
	"statement": {"type": "string", "description": "One SELECT. Only records and fields that the person may see exist for it."},
	"limit": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Rows to return; 1000 if left out. More are told of, and LIMIT within the statement counts as well."}
}}`

type sqlInput struct {
	Statement string `json:"statement"`
	Limit     *int   `json:"limit"`
}

func (r reader) sql(ctx context.Context, actor remit.Actor, in sqlInput) (*Result, error) {
	from := traced(actor)
	table, err := r.data.SQL(ctx, actor, lens.SQLQuery{Statement: in.Statement, Limit: in.Limit, Lineage: from})
	if err != nil {
		return nil, err
	}
	text := plural(len(table.Rows), "row")
	if len(table.Collections) > 0 {
		text += " of " + strings.Join(table.Collections, ", ")
	}
	if table.More {
		text += ", more to come"
	}
	return result(table, Result{Text: text, Rows: len(table.Rows), Untrusted: quotesText(table), Lineage: from})
}

// quotesText reports whether a table holds texts, which outsiders may have written.
func quotesText(t *lens.SQLResult) bool {
	for _, c := range t.Columns {
		if c.Type == remit.Text && len(t.Rows) > 0 {
			return true
		}
	}
	return false
}
