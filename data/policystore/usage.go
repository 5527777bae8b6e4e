package policystore

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Usage is what one run of an AI employee has used of a model service.
type Usage struct {
	ID           remit.ID
	Ended        time.Time
	Day          string // of the company's calendar, as 2026-01-31
	Person       remit.ID
	Employee     string
	Task         string
	Service      string
	Model        string
	Run          remit.ID
	Conversation remit.ID
	Input        int64 // tokens
	Output       int64
	Cost         int64  // in billionths of the currency
	Currency     string // "" where no price is known
}

// AddUsage keeps what a run has used.
func (s *Store) AddUsage(ctx context.Context, u Usage) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO model_usage (id, ended_at, day, person_id, employee, task, service, model, run_id, conversation_id, input_tokens, output_tokens, cost, currency)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			Args: []any{
				string(u.ID), u.Ended, u.Day, string(u.Person), u.Employee, u.Task, u.Service, u.Model, string(u.Run), string(u.Conversation),
				u.Input, u.Output, u.Cost, u.Currency,
			},
		})
		return err
	})
}

// UsedTokens returns the tokens that runs of the AI employee for the person have
// used on a day.
func (s *Store) UsedTokens(ctx context.Context, person remit.ID, employee, day string) (tokens int64, err error) {
	err = s.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT CAST(COALESCE(SUM(input_tokens + output_tokens), 0) AS bigint) FROM model_usage
WHERE person_id = ? AND employee = ? AND day = ?`,
		Args: []any{string(person), employee, day},
	}, func(r sqldb.Row) error {
		tokens = r.Int(0)
		return nil
	})
	return tokens, err
}

// UsageBy says what usage is summed by.
type UsageBy string

// The ways.
const (
	ByPerson   UsageBy = "person"
	ByEmployee UsageBy = "employee"
	ByService  UsageBy = "service"
	ByDay      UsageBy = "day"
)

// usageKeys are the columns that usage is summed by.
var usageKeys = map[UsageBy]string{ByPerson: "u.person_id", ByEmployee: "u.employee", ByService: "u.service", ByDay: "u.day"}

// UsageFilter chooses what is summed.
type UsageFilter struct {
	From, To string   // days, both included; "" is no bound
	Person   remit.ID // "" is everybody
	By       UsageBy
}

// UsageSum is what was used under one key, in one currency.
type UsageSum struct {
	Key      string
	Name     string // of a person
	Runs     int64
	Input    int64
	Output   int64
	Cost     int64 // in billionths of the currency
	Currency string
}

// MostSums bounds the sums of one answer.
const MostSums = 1_000

// SumUsage returns what was used, the most tokens first; of days, the latest.
func (s *Store) SumUsage(ctx context.Context, f UsageFilter) ([]UsageSum, error) {
	key, ok := usageKeys[f.By]
	if !ok {
		return nil, remit.FieldErrorf("by", "must be person, employee, service or day")
	}
	order := "SUM(u.input_tokens + u.output_tokens) DESC, "
	if f.By == ByDay {
		order = "1 DESC, "
	}
	sums := []UsageSum{}
	err := s.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT ` + key + `, MIN(p.name), COUNT(*), CAST(SUM(u.input_tokens) AS bigint), CAST(SUM(u.output_tokens) AS bigint), CAST(SUM(u.cost) AS bigint), u.currency
FROM model_usage u JOIN people p ON p.id = u.person_id
WHERE u.day >= ? AND (? = '' OR u.day <= ?) AND (? = '' OR u.person_id = ?)
GROUP BY ` + key + `, u.currency ORDER BY ` + order + key + `, u.currency LIMIT 1000`,
		Args: []any{f.From, f.To, f.To, string(f.Person), string(f.Person)},
	}, func(r sqldb.Row) error {
		sum := UsageSum{Key: r.Text(0), Runs: r.Int(2), Input: r.Int(3), Output: r.Int(4), Cost: r.Int(5), Currency: r.Text(6)}
		if f.By == ByPerson {
			sum.Name = r.Text(1)
		}
		sums = append(sums, sum)
		return nil
	})
	return sums, err
}
