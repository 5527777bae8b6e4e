package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

func TestAppendIsInTheLog(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		want := goldenEntries()["full"]
		want.ID = ""
		if err := l.Append(context.Background(), want); err != nil {
			t.Fatal(err)
		}
		if !want.ID.Valid() {
			t.Errorf("the entry got the id %q", want.ID)
		}
		records, err := l.Tail(context.Background(), Filter{Details: true})
		if err != nil || len(records) != 1 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		got := records[0].Entry
		if string(got.Details.(json.RawMessage)) != `{"filter":"x"}` {
			t.Errorf("details %s", got.Details)
		}
		got.Details = want.Details
		if diff := cmp.Diff(want, &got, cmpLeaf); diff != "" {
			t.Error(diff)
		}
		w.mustVerify(t, 1)
	})
}

func TestEntriesWithoutDetailsAndOddOnes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		odd := &Entry{
			Actor: remit.Actor{Person: "a\x00b", Request: "\xff"}, Operation: OpQuery, Collection: "no\x00such\xfe",
			Decision: Refused, Reason: "unknown_collection", Rows: -1,
		}
		if err := l.Append(context.Background(), odd, &Entry{Operation: OpGet, Decision: Failed}); err != nil {
			t.Fatal(err)
		}
		w.mustVerify(t, 2)
		invalid := &Entry{Operation: OpQuery, Decision: Failed, Details: map[string]any{"filter": json.RawMessage(`{"name":`)}}
		endless := &Entry{Operation: OpQuery, Decision: Refused, Details: strings.Repeat("é", MaxDetails), Fields: make([]string, MaxFields+1)}
		if err := l.Append(context.Background(), invalid, endless); err != nil {
			t.Fatal(err)
		}
		endless.ID, endless.Decision, endless.Fields = "", Allowed, nil
		if err := l.Append(context.Background(), endless); remit.KindOf(err) != remit.KindLimited {
			t.Errorf("a result is released of which not everything can be recorded: %v", err)
		}
		records, err := l.Tail(context.Background(), Filter{Details: true})
		if err != nil || len(records) != 4 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		if text := string(records[2].Details.(json.RawMessage)); !strings.Contains(text, `{\"name\":`) {
			t.Errorf("what was asked for is recorded as %s", text)
		}
		if text := records[3].Details.(json.RawMessage); len(text) > MaxDetails || !json.Valid(text) || len(records[3].Fields) != MaxFields {
			t.Errorf("%d bytes of details, %d fields", len(text), len(records[3].Fields))
		}
		w.mustVerify(t, 4)
	})
}

func TestSameIDIsRecordedOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		e := newEntry(1)
		for range 3 {
			if err := l.Append(context.Background(), e, e); err != nil {
				t.Fatal(err)
			}
		}
		w.mustVerify(t, 1)
	})
}

func TestReopenedLogGoesOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for n := range 5 {
			l := w.open(t)
			fill(t, l, n)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if err := l.Append(context.Background(), newEntry(0)); remit.KindOf(err) != remit.KindUnavailable {
				t.Errorf("a closed log answers %v", err)
			}
		}
		w.mustVerify(t, 10)
	})
}

func TestAnotherMasterKeyDoesNotOpenTheLog(t *testing.T) {
	w := sqliteWorld(t)
	fill(t, w.open(t), 3)
	if _, err := w.tryOpen(t, 2); err == nil {
		t.Error("the log opens with another master key")
	}
}

func TestTailFilters(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var all []*Entry
		for i := range 60 {
			e := newEntry(i)
			e.Time = start.Add(time.Duration(i) * time.Minute)
			e.Actor.Employee = []string{"", "viz", "scout"}[i%3]
			e.Collection = []string{"accounts", "contacts"}[i%2]
			e.Operation = []Operation{OpQuery, OpGet, OpExport, "policy.apply"}[i%4]
			e.Decision = Decision(1 + i%3)
			all = append(all, e)
		}
		if err := l.Append(context.Background(), all...); err != nil {
			t.Fatal(err)
		}
		after := int64(20)
		for name, test := range map[string]struct {
			filter Filter
			match  func(i int, e *Entry) bool
		}{
			"all":         {Filter{}, func(int, *Entry) bool { return true }},
			"person":      {Filter{Person: "person1"}, func(_ int, e *Entry) bool { return e.Actor.Person == "person1" }},
			"employee":    {Filter{Employee: "viz"}, func(_ int, e *Entry) bool { return e.Actor.Employee == "viz" }},
			"collection":  {Filter{Collection: "contacts"}, func(_ int, e *Entry) bool { return e.Collection == "contacts" }},
			"common":      {Filter{Operation: OpGet}, func(_ int, e *Entry) bool { return e.Operation == OpGet }},
			"rare":        {Filter{Operation: OpExport}, func(_ int, e *Entry) bool { return e.Operation == OpExport }},
			"own":         {Filter{Operation: "policy.apply"}, func(_ int, e *Entry) bool { return e.Operation == "policy.apply" }},
			"injected":    {Filter{Operation: "query', 'get"}, func(int, *Entry) bool { return false }},
			"allowed":     {Filter{Decision: Allowed}, func(_ int, e *Entry) bool { return e.Decision == Allowed }},
			"refused":     {Filter{Decision: Refused}, func(_ int, e *Entry) bool { return e.Decision == Refused }},
			"since":       {Filter{Since: start.Add(30 * time.Minute)}, func(i int, _ *Entry) bool { return i >= 30 }},
			"after":       {Filter{After: &after}, func(i int, _ *Entry) bool { return i > 20 }},
			"together":    {Filter{Employee: "scout", Decision: Failed, After: &after, Since: start.Add(40 * time.Minute)}, func(i int, _ *Entry) bool { return i >= 40 && i%3 == 2 }},
			"none":        {Filter{Person: "nobody"}, func(int, *Entry) bool { return false }},
			"first after": {Filter{After: &after, Limit: 1}, func(i int, _ *Entry) bool { return i == 21 }},
			"last":        {Filter{Limit: 2}, func(i int, _ *Entry) bool { return i >= 58 }},
		} {
			var want []int64
			for i, e := range all {
				if test.match(i, e) {
					want = append(want, int64(i))
				}
			}
			if test.filter.Limit == 0 {
				test.filter.Limit = 100
			}
			if got := sequences(t, l, test.filter); !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
		if got := sequences(t, l, Filter{}); len(got) != DefaultTail || got[len(got)-1] != 59 {
			t.Errorf("without a limit: %v", got)
		}
	})
}

func sequences(t *testing.T, l *Log, f Filter) (sequences []int64) {
	t.Helper()
	records, err := l.Tail(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		sequences = append(sequences, r.Sequence)
		if r.Details != nil {
			t.Error("details that nobody asked for")
		}
	}
	return sequences
}

func TestErase(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		ids := fill(t, l, 10)
		before, err := l.Checkpoint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		officer := remit.Actor{Person: "officer", Channel: remit.ChannelWeb}
		if err := l.Erase(context.Background(), officer, []remit.ID{ids[2], ids[7], "unknown"}); err != nil {
			t.Fatal(err)
		}
		records, err := l.Tail(context.Background(), Filter{Details: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range records[:10] {
			if gone := i == 2 || i == 7; r.Erased != gone || (r.Details == nil) != gone || !r.Detailed || r.Damage != "" {
				t.Errorf("entry %d: erased %v, details %v, %q", i, r.Erased, r.Details, r.Damage)
			}
		}
		if last := records[10]; last.Operation != OpErase || last.Actor != officer || !slices.Contains(last.Records, ids[7]) {
			t.Errorf("the erasure is recorded as %+v", last.Entry)
		}
		report := w.verify(t, before.Note)
		if report.Problem != nil || report.Erased != 2 || !report.DetailsChecked {
			t.Errorf("%+v", report)
		}
		if n := number(t, l.db, `SELECT count(*) FROM audit_details WHERE key IS NULL AND details IS NULL`); n != 2 {
			t.Errorf("%d details are gone from the table, want 2", n)
		}
		many := make([]remit.ID, 250)
		for i := range many {
			many[i] = ids[i%len(ids)]
		}
		if err := l.Erase(context.Background(), officer, many); err != nil {
			t.Fatal(err)
		}
		if report := w.mustVerify(t, 14); report.Erased != 10 {
			t.Errorf("%d erased, want 10", report.Erased)
		}
	})
}

// What was erased is not in the file any more either, once the write-ahead log
// has been folded into it.
func TestErasedKeyIsOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqldb.Open(context.Background(), "sqlite:"+file, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(context.Background(), migrations.Audit); err != nil {
		t.Fatal(err)
	}
	l, err := Open(context.Background(), db, nil, testRing(t, 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ids := fill(t, l, 30)
	var key, details []byte
	err = db.Query(context.Background(), sqldb.Stmt{SQL: `SELECT key, details FROM audit_details WHERE sequence = 11`}, func(r sqldb.Row) error {
		key, details = r.Bytes(0), r.Bytes(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Erase(context.Background(), remit.Actor{Person: "officer"}, ids[11:12]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(content, key[:32]) || bytes.Contains(content, details[:16]) {
			t.Errorf("%s still holds what was erased", filepath.Base(name))
		}
	}
}

func TestProofs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		ids := fill(t, l, 23)
		earlier, err := l.Checkpoint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, fill(t, l, 14)...)
		for i, id := range ids {
			proof, err := l.Prove(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			text, err := proof.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			var received Proof
			if err := received.UnmarshalText(text); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if err := received.Check(l.VerifierKey()); err != nil || received.Sequence != int64(i) {
				t.Fatalf("entry %d, proof of %d: %v", i, received.Sequence, err)
			}
			received.Leaf[0] ^= 1
			if received.Check(l.VerifierKey()) == nil {
				t.Fatal("a forged entry is proved")
			}
		}
		if _, err := l.Prove(context.Background(), "unknown"); remit.KindOf(err) != remit.KindNotFound {
			t.Error(err)
		}
		proof, later, err := l.ProveConsistency(context.Background(), earlier.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckConsistency(proof, later.Note, earlier.Note, l.VerifierKey()); err != nil {
			t.Error(err)
		}
		proof[0][0] ^= 1
		if CheckConsistency(proof, later.Note, earlier.Note, l.VerifierKey()) == nil {
			t.Error("a forged proof is accepted")
		}
		if _, _, err := l.ProveConsistency(context.Background(), later.Size+1); err == nil {
			t.Error("consistency with a larger log is proved")
		}
	})
}

func TestStagedEntryFollowsItsTransaction(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		failure := errors.New("the write fails")
		err := l.outbox.db.Write(context.Background(), func(tx sqldb.Tx) error {
			_, err := l.Stage(context.Background(), tx, newEntry(0))
			return errors.Join(err, failure)
		})
		if !errors.Is(err, failure) {
			t.Fatal(err)
		}
		if n := number(t, l.outbox.db, `SELECT count(*) FROM audit_outbox`); n != 0 {
			t.Fatalf("%d entries of a write that never was", n)
		}
		var staged Staged
		err = l.outbox.db.Write(context.Background(), func(tx sqldb.Tx) error {
			var err error
			staged, err = l.Stage(context.Background(), tx, newEntry(1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.mustVerify(t, 0)
		for range 2 {
			if err := l.Publish(context.Background(), staged); err != nil {
				t.Fatal(err)
			}
		}
		w.mustVerify(t, 1)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if n := number(t, connect(t, w.mainURL), `SELECT count(*) FROM audit_outbox`); n != 0 {
			t.Errorf("%d published entries are left in the outbox", n)
		}
		if err := l.Publish(context.Background(), Staged{}); err == nil {
			t.Error("nothing was published, without an error")
		}
	})
}

// stage leaves an entry behind, as a server does that dies after its write.
func stage(t *testing.T, l *Log, e *Entry) {
	t.Helper()
	err := l.outbox.db.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := l.Stage(context.Background(), tx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLeftoversReachTheLog(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		for i := range 3 {
			stage(t, l, newEntry(i))
		}
		w.mustVerify(t, 0)
		other := w.open(t) // drains
		w.mustVerify(t, 3)
		stage(t, l, newEntry(3))
		run(t, l.outbox.db, `UPDATE audit_outbox SET staged_at = staged_at - 60000000`)
		// What whoever publishes next does in the background.
		if err := other.outbox.drain(context.Background(), time.Now().Add(-leftoverAge)); err != nil {
			t.Fatal(err)
		}
		w.mustVerify(t, 4)
		if n := number(t, l.outbox.db, `SELECT count(*) FROM audit_outbox`); n != 0 {
			t.Errorf("%d entries are left in the outbox", n)
		}
	})
}

func TestAlteredStagedEntryIsNamed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		e := newEntry(0)
		stage(t, l, e)
		run(t, l.outbox.db, `UPDATE audit_outbox SET entry = ?`, []byte("forged"))
		again := w.open(t)
		records, err := again.Tail(context.Background(), Filter{})
		if err != nil || len(records) != 1 {
			t.Fatalf("%v, %v", records, err)
		}
		if got := records[0]; got.ID != e.ID || got.Operation != OpOutbox || got.Decision != Failed {
			t.Errorf("%+v", got.Entry)
		}
		w.mustVerify(t, 1)
	})
}
