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
	ByModel    UsageBy = "model" // its service, a slash, its name
	ByDay      UsageBy = "day"
)

// usageKeys are what usage is summed by.
var usageKeys = map[UsageBy]string{
	ByPerson: "u.person_id", ByEmployee: "u.employee", ByService: "u.service", ByModel: "u.service || '/' || u.model", ByDay: "u.day",
}

// UsageFilter chooses what is summed.
type UsageFilter struct {
	From, To string   // days, both included; "" is no bound
	Person   remit.ID // "" is everybody
	Employee string   // "" is every one, as of Service
	Service  string
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
		return nil, remit.FieldErrorf("by", "must be person, employee, service, model or day")
	}
	order := "SUM(u.input_tokens + u.output_tokens) DESC, "
	if f.By == ByDay {
		order = "1 DESC, "
	}
	sums := []UsageSum{}
	err := s.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT ` + key + `, MIN(p.name), COUNT(*), CAST(SUM(u.input_tokens) AS bigint), CAST(SUM(u.output_tokens) AS bigint), CAST(SUM(u.cost) AS bigint), u.currency
FROM model_usage u JOIN people p ON p.id = u.person_id
WHERE u.day >= ? AND (? = '' OR u.day <= ?) AND (? = '' OR u.person_id = ?) AND (? = '' OR u.employee = ?) AND (? = '' OR u.service = ?)
GROUP BY ` + key + `, u.currency ORDER BY ` + order + key + `, u.currency LIMIT 1000`,
		Args: []any{f.From, f.To, f.To, string(f.Person), string(f.Person), f.Employee, f.Employee, f.Service, f.Service},
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

// DayUse is how many tokens an AI employee has used for a person on a day.
type DayUse struct {
	Employee string
	Person   remit.ID
	Name     string // of the person
	Tokens   int64
}

// UsedOn returns what was used on a day by person and AI employee, the most tokens
// first. The zero person is everybody.
func (s *Store) UsedOn(ctx context.Context, day string, person remit.ID) ([]DayUse, error) {
	var uses []DayUse
	err := s.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT u.employee, u.person_id, MIN(p.name), CAST(SUM(u.input_tokens + u.output_tokens) AS bigint)
FROM model_usage u JOIN people p ON p.id = u.person_id
WHERE u.day = ? AND (? = '' OR u.person_id = ?)
GROUP BY u.employee, u.person_id ORDER BY 4 DESC, 1, 2 LIMIT 1000`,
		Args: []any{day, string(person), string(person)},
	}, func(r sqldb.Row) error {
		uses = append(uses, DayUse{r.Text(0), remit.ID(r.Text(1)), r.Text(2), r.Int(3)})
		return nil
	})
	return uses, err
}
