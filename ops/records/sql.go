package records

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/input"
)

// sqlTool is the tool that answers SQL. Its rule says who may have SQL run, over
// every face.
const sqlTool = "execute_sql"

var sqlNames = []string{"statement", "limit"}

// SQL answers a SELECT that an AI or an analyst wrote. It is granted like a tool: to
// people as well, who need no grant of their own for what else is read here.
func (r *Records) SQL(ctx context.Context, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error) {
	actor.Tool = sqlTool
	if err := r.mayRunSQL(ctx, actor, q.Statement); err != nil {
		return nil, r.lens.RefuseSQL(ctx, actor, q, err)
	}
	return r.lens.SQL(ctx, actor, q)
}

func (r *Records) mayRunSQL(ctx context.Context, actor remit.Actor, statement string) error {
	if r.gate == nil {
		return remit.Errorf(remit.KindDenied, "SQL is not available here")
	}
	return r.gate.MayCallTool(ctx, actor, map[string]any{"statement": statement})
}

// ParseSQL reads {"statement":"SELECT …", "limit":100}.
func ParseSQL(body []byte) (lens.SQLQuery, error) {
	var q lens.SQLQuery
	err := members(body, sqlNames, func(name string, v input.Value) (err error) {
		switch name {
		case "statement":
			q.Statement, err = v.Text()
		case "limit":
			q.Limit, err = v.Int()
		}
		return err
	})
	return q, err
}
