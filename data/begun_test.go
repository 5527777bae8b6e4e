package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-crm/remit"
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
