package policystore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

// ServiceTest is how a model service did when it was tried.
type ServiceTest struct {
	Version string    `json:"version,omitempty"` // of the service then; "" for one of the configuration
	At      time.Time `json:"at"`
	OK      bool      `json:"ok"`
	Took    int64     `json:"took"` // milliseconds
	Model   string    `json:"model,omitempty"`
	Problem string    `json:"problem,omitempty"`
	Message string    `json:"message,omitempty"`
}

// ServiceTests returns the last test of each model service that was tried, by name.
func (s *Store) ServiceTests(ctx context.Context) (map[string]ServiceTest, error) {
	tests := map[string]ServiceTest{}
	err := s.db.Query(ctx, sqldb.Stmt{SQL: "SELECT name, body FROM model_service_tests"}, func(r sqldb.Row) error {
		var test ServiceTest
		if err := json.Unmarshal(r.AppendText(1, nil), &test); err != nil {
			return fmt.Errorf("policystore: reading the test of the model service %s: %w", r.Text(0), err)
		}
		tests[r.Text(0)] = test
		return nil
	})
	return tests, err
}

// KeepServiceTest keeps the last test of a model service. That it was tried is in the
// audit log already.
func (s *Store) KeepServiceTest(ctx context.Context, name string, test ServiceTest) error {
	body, err := json.Marshal(test)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO model_service_tests (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
			Args: []any{name, string(body)},
		})
		return err
	})
}
