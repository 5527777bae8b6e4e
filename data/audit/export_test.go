package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
)

// The export's form is what companies' log tools are set up for.
func TestExportForm(t *testing.T) {
	w := sqliteWorld(t)
	l := w.open(t)
	for _, name := range []string{"full", "refused", "many"} {
		if err := l.Append(context.Background(), goldenEntries()[name]); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	if err := l.Export(context.Background(), &got, Filter{Details: true}); err != nil {
		t.Fatal(err)
	}
	// The salt is random, and with it the commitment in the first leaf.
	lines := strings.SplitAfter(got.String(), "\n")
	var event map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &event); err != nil {
		t.Fatal(err)
	}
	leaf, ok := event["unmapped"].(map[string]any)["leaf"].(string)
	if !ok {
		t.Fatal("no leaf is exported")
	}
	text := strings.Replace(got.String(), leaf, "LEAF", 1)
	file := filepath.Join("testdata", "export.jsonl")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Error(cmp.Diff(string(want), text))
	}
}

func TestExportPages(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		var entries []*Entry
		for i := range 1203 {
			entries = append(entries, newEntry(i))
		}
		if err := l.Append(context.Background(), entries...); err != nil {
			t.Fatal(err)
		}
		lines := func(f Filter) int {
			var out bytes.Buffer
			if err := l.Export(context.Background(), &out, f); err != nil {
				t.Fatal(err)
			}
			return strings.Count(out.String(), "\n")
		}
		after := int64(202)
		for _, test := range []struct {
			filter Filter
			want   int
		}{
			{Filter{}, 1203},
			{Filter{After: &after}, 1000},
			{Filter{Limit: 600}, 600},
			{Filter{Limit: 5000}, 1203},
			{Filter{Person: "person0"}, 401},
		} {
			if n := lines(test.filter); n != test.want {
				t.Errorf("%+v exports %d lines, want %d", test.filter, n, test.want)
			}
		}
	})
}

func TestAuditorVerifiesAnExport(t *testing.T) {
	w := sqliteWorld(t)
	l := w.open(t)
	fill(t, l, 20)
	kept, err := l.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, 5)
	var out bytes.Buffer
	if err := l.Export(context.Background(), &out, Filter{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(out.String()), "\n")
	join := func(parts ...[]string) string {
		var all []string
		for _, p := range parts {
			all = append(all, p...)
		}
		return strings.Join(all, "")
	}
	forged := strings.Replace(lines[7], `"leaf":"rw`, `"leaf":"rg`, 1)
	if forged == lines[7] {
		t.Fatal("the test forges nothing")
	}
	for name, test := range map[string]struct {
		export string
		names  int64 // -2: nothing is wrong
	}{
		"whole":     {out.String(), -2},
		"shortened": {join(lines[:19]), 19},
		"gap":       {join(lines[:5], lines[6:]), 5},
		"forged":    {join(lines[:7], []string{forged}, lines[8:]), 7},
		"altered":   {strings.Replace(out.String(), leafOf(t, lines[3]), leafOf(t, lines[4]), 1), -1},
	} {
		report, err := VerifyExport(strings.NewReader(test.export), kept.Note, l.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		if (report.Problem == nil) != (test.names == -2) || (report.Problem != nil && report.Problem.Sequence != test.names) {
			t.Errorf("%s: %v", name, report.Problem)
		}
	}
	if _, err := VerifyExport(strings.NewReader("[]"), kept.Note, l.VerifierKey()); remit.KindOf(err) != remit.KindInvalid {
		t.Error(err)
	}
}

func leafOf(t *testing.T, line string) string {
	t.Helper()
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(e.Unmapped.Leaf)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}
