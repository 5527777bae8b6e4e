package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// A log whose file has gone is not taken for a new one.
func TestMissingLogIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "remit.db")
	o := Options{URL: "sqlite:" + path, Master: make([]byte, 32)}
	for range 2 {
		s, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	logs, err := filepath.Glob(filepath.Join(filepath.Dir(path), "remit-audit.db*"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%v, %v", logs, err)
	}
	for _, name := range logs {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.Context(), o); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("opened without its log: %v", err)
	}
}

// A log whose end was tampered with does not open, and can still be verified: the
// report names what is wrong.
func TestTamperedEndIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "remit.db")
	o := Options{URL: "sqlite:" + path, Master: make([]byte, 32)}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	err = s.logDB.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), sqldb.Stmt{SQL: "UPDATE audit_batches SET checkpoint = 'nothing' WHERE size = (SELECT max(size) FROM audit_batches)"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), o); err == nil {
		t.Error("opened a log whose last checkpoint is no checkpoint")
	}
	report, err := VerifyLog(t.Context(), o, nil)
	if err != nil || report.Problem == nil {
		t.Errorf("%+v, %v", report, err)
	}
}
