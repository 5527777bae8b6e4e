package audit

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit/sketch"
)

var update = flag.Bool("update", false, "rewrite golden files")

var cmpLeaf = cmp.Comparer(func(a, b *sketch.Sketch) bool {
	return (a == nil) == (b == nil) && (a == nil || bytes.Equal(a.Bytes(), b.Bytes()))
})

// text draws any text, with what encoders trip over more often than by chance.
func text(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "accounts", "a\x00b", "\xff\xfe", strings.Repeat("é", 200), "\u2028"}),
		rapid.String(),
		rapid.StringOf(rapid.Rune()),
	).Draw(t, label)
}

// anyID draws our ids and others, also such as only look like ours.
func anyID(t *rapid.T, label string) remit.ID {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) remit.ID {
			return remit.ID(idEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "raw")))
		}),
		rapid.SampledFrom([]remit.ID{
			"", "42", "6f1c2b9e-0000-4000-8000-1234567890ab",
			"aaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaa\n\n", "AAAAAAAAAAAAAAAAAAAAAAAAAA",
		}),
	).Draw(t, label)
}

func anyEntry(t *rapid.T) *Entry {
	e := &Entry{
		ID:   rapid.Just(remit.ID("x")).Draw(t, "id") + anyID(t, "rest of id"),
		Time: time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "time")).UTC(),
		Actor: remit.Actor{
			Person: anyID(t, "person"), Employee: text(t, "employee"), Task: text(t, "task"), Tool: text(t, "tool"),
			Service: text(t, "service"), Channel: remit.Channel(text(t, "channel")), Conversation: anyID(t, "conversation"),
			Run: anyID(t, "run"), Token: anyID(t, "token"), Session: anyID(t, "session"),
			Operator: text(t, "operator"), Request: text(t, "request"),
		},
		Operation:   Operation("o" + text(t, "operation")),
		Source:      text(t, "source"),
		Collection:  text(t, "collection"),
		Sensitivity: remit.Sensitivity(rapid.IntRange(0, 4).Draw(t, "sensitivity")),
		Rows:        rapid.Int64().Draw(t, "rows"),
		Decision:    Decision(rapid.IntRange(1, 3).Draw(t, "decision")),
		Reason:      text(t, "reason"),
		Epoch:       rapid.Int64().Draw(t, "epoch"),
		Duration:    time.Duration(rapid.Int64().Draw(t, "duration")),
	}
	for range rapid.IntRange(0, 5).Draw(t, "fields") {
		e.Fields = append(e.Fields, text(t, "field"))
	}
	for range rapid.SampledFrom([]int{0, 1, 20, 99, 100, 101, 300}).Draw(t, "records") {
		e.Records = append(e.Records, anyID(t, "record"))
	}
	if rapid.Bool().Draw(t, "sketch") {
		e.Sketch = new(sketch.Sketch)
		e.Sketch.Add("main", "accounts", "1")
	}
	return e
}

func TestLeafComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t)
		l, err := e.normalize()
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "committed") {
			l.Commitment = &commitment{1, 2, 3}
		}
		encoded := l.encode()
		back, err := decodeLeaf(encoded)
		if err != nil {
			t.Fatalf("%v: %x", err, encoded)
		}
		l.Duration = l.Duration.Truncate(time.Microsecond)
		if len(l.Fields) == 0 {
			l.Fields = nil
		}
		if diff := cmp.Diff(&l, back, cmpLeaf); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Two entries that differ have two encodings: nothing is lost on the way.
func TestNormalizeKeepsWhatIsWell(t *testing.T) {
	e := goldenEntries()["full"]
	l, err := e.normalize()
	if err != nil {
		t.Fatal(err)
	}
	l.Details = e.Details
	if diff := cmp.Diff(e, &l.Entry, cmpLeaf); diff != "" {
		t.Error(diff)
	}
}

func TestNormalizeLeavesTheCallersEntryAlone(t *testing.T) {
	e := &Entry{ID: "1", Operation: OpQuery, Decision: Allowed, Fields: []string{"a", "b\x00"}}
	if _, err := e.normalize(); err != nil || e.Fields[1] != "b\x00" {
		t.Errorf("%q, %v", e.Fields, err)
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for name, e := range map[string]*Entry{
		"no operation":        {Decision: Allowed},
		"no decision":         {Operation: OpQuery},
		"unknown decision":    {Operation: OpQuery, Decision: 4},
		"unknown sensitivity": {Operation: OpQuery, Decision: Allowed, Sensitivity: 5},
		"too many fields":     {Operation: OpQuery, Decision: Allowed, Fields: make([]string, MaxFields+1)},
	} {
		if _, err := e.normalize(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func goldenEntries() map[string]*Entry {
	many := new(sketch.Sketch)
	for _, id := range []remit.ID{"1", "2", "3"} {
		many.Add("erp", "orders", id)
	}
	return map[string]*Entry{
		"least": {ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Operation: OpQuery, Decision: Allowed},
		"full": {
			ID:   "abcdefghijklmnopqrstuvwxyy",
			Time: time.Date(2026, 1, 31, 9, 30, 0, 123456000, time.UTC),
			Actor: remit.Actor{
				Person: "bbbbbbbbbbbbbbbbbbbbbbbbba", Employee: "viz", Task: "pipeline-review", Tool: "query_records",
				Service: "offline", Channel: remit.ChannelMCP, Conversation: "ccccccccccccccccccccccccca",
				Run: "ddddddddddddddddddddddddda", Token: "eeeeeeeeeeeeeeeeeeeeeeeeea", Session: "fffffffffffffffffffffffffa",
				Operator: "ops", Request: "req-1",
			},
			Operation: OpGet, Source: "main", Collection: "opportunities",
			Fields: []string{"name", "account.industry"}, Sensitivity: remit.Confidential,
			Rows: 2, Records: []remit.ID{"77777777777777777777777774", "order-17"},
			Decision: Allowed, Epoch: 300, Duration: 1500 * time.Microsecond,
			Details: map[string]any{"filter": "x"},
		},
		"refused": {
			ID: "aaaaaaaaaaaaaaaaaaaaaaaaba", Time: time.UnixMicro(1).UTC(), Actor: remit.Actor{Person: "bbbbbbbbbbbbbbbbbbbbbbbbba", Channel: remit.ChannelWeb},
			Operation: OpQuery, Source: "main", Collection: "orders", Decision: Refused, Reason: "no_grant", Epoch: 1,
		},
		"many": {
			ID: "aaaaaaaaaaaaaaaaaaaaaaaaca", Time: time.UnixMicro(2).UTC(), Operation: OpExport, Source: "erp", Collection: "orders",
			Rows: 3, Sketch: many, Decision: Allowed,
		},
	}
}

// The form is permanent: if this test fails, logs that exist no longer verify.
func TestLeafFormIsPermanent(t *testing.T) {
	for name, e := range goldenEntries() {
		l, err := e.normalize()
		if err != nil {
			t.Fatal(err)
		}
		if e.Details != nil {
			c := commit(salt{0: 1, 31: 2}, []byte(`{"filter":"x"}`))
			l.Commitment = &c
		}
		got := hex.EncodeToString(l.encode()) + "\n"
		file := filepath.Join("testdata", "leaf", name+".hex")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func FuzzDecodeLeaf(f *testing.F) {
	for _, e := range goldenEntries() {
		l, err := e.normalize()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(l.encode())
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		l, err := decodeLeaf(encoded)
		if err != nil {
			return
		}
		if !bytes.Equal(l.encode(), encoded) {
			t.Error("a leaf is accepted in two forms")
		}
	})
}

// Every single flipped bit either makes the leaf malformed or another entry.
func TestFlippedLeafIsAnother(t *testing.T) {
	l, err := goldenEntries()["full"].normalize()
	if err != nil {
		t.Fatal(err)
	}
	encoded := l.encode()
	for i := range len(encoded) * 8 {
		flipped := bytes.Clone(encoded)
		flipped[i/8] ^= 1 << (i % 8)
		if other, err := decodeLeaf(flipped); err == nil && cmp.Equal(other, &l, cmpLeaf) {
			t.Errorf("bit %d makes no difference", i)
		}
	}
}
