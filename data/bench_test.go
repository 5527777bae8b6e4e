package data_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
)

func benchStores(b *testing.B, do func(b *testing.B, s *data.Store)) {
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + b.TempDir() + "/remit.db" },
		"postgres": func() string { return pgtest.URL(b) },
	} {
		b.Run(name, func(b *testing.B) {
			s, err := data.Open(b.Context(), data.Options{URL: url(), Master: make([]byte, 32)})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			do(b, s)
		})
	}
}

func amount(n int) map[string]json.RawMessage {
	return map[string]json.RawMessage{"name": json.RawMessage(`"Deal"`), "amount": json.RawMessage(fmt.Sprint(n))}
}

// A plain update, with all that it records. What the history costs is the
// difference to the same without keepChanges.
func BenchmarkUpdate(b *testing.B) {
	benchStores(b, func(b *testing.B, s *data.Store) {
		by := data.Operator("bench")
		page, err := s.Lens.Create(b.Context(), by, lens.Change{Collection: "opportunities", Values: amount(1)})
		if err != nil {
			b.Fatal(err)
		}
		n := 1
		for b.Loop() {
			n++
			if _, err := s.Lens.Update(context.Background(), by, lens.Change{Collection: "opportunities", ID: page.Records[0].ID, Values: amount(n)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// An import of ten thousand records.
func BenchmarkImport(b *testing.B) {
	benchStores(b, func(b *testing.B, s *data.Store) {
		for b.Loop() {
			err := s.Lens.Batch(context.Background(), data.Operator("bench"), "", "opportunities", func(batch *lens.Batch) error {
				for n := range 10_000 {
					if _, err := batch.Create(context.Background(), lens.Change{Values: amount(n)}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
