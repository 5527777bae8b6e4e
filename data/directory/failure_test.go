package directory

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// memoryLog keeps entries; full, it takes none.
type memoryLog struct {
	mu      sync.Mutex
	entries []audit.Entry
	full    bool
}

func (l *memoryLog) Append(_ context.Context, entries ...*audit.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return remit.Errorf(remit.KindUnavailable, "no room")
	}
	for _, e := range entries {
		l.entries = append(l.entries, *e)
	}
	return nil
}

func (l *memoryLog) Stage(ctx context.Context, _ sqldb.Tx, e *audit.Entry) (audit.Staged, error) {
	return audit.Staged{}, l.Append(ctx, e)
}

func (l *memoryLog) Publish(context.Context, audit.Staged) error { return nil }

// take returns what was recorded since it was called last.
func (l *memoryLog) take() []audit.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.entries
	l.entries = nil
	return taken
}

// Whoever fails to sign in leaves an entry, in which nothing that is kept for ever
// tells an address that somebody has from one that nobody has.
func TestFailedSignInIsRecorded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.SetPassword(ctx, admin, ada, goodPassword))
		b.person(t, "without")
		log := &memoryLog{}
		b.a.RecordTo(log)
		var same *audit.Entry
		for name, in := range map[string]SignIn{
			"wrong password":  {Email: "ada@example.com", Password: "wrong"},
			"unknown address": {Email: "nobody@example.com", Password: goodPassword},
			"never had one":   {Email: "without@example.com", Password: "wrong"},
			"very long":       {Email: strings.Repeat("x", 10_000), Password: "wrong"},
		} {
			in.Address, in.Client, in.Request = "192.0.2.1", "test", "request"
			_, _, err := b.a.SignIn(ctx, in)
			wantKind(t, err, remit.KindUnauthenticated)
			found := log.take()
			if len(found) != 1 {
				t.Fatalf("%s leaves %d entries", name, len(found))
			}
			details := found[0].Details.(map[string]string)
			if want := in.Email[:min(len(in.Email), maxClient)]; details["email"] != want || details["address"] != "192.0.2.1" {
				t.Errorf("%s: details %v", name, details)
			}
			found[0].Details, found[0].Duration = nil, 0
			if same == nil {
				same = &found[0]
			}
			if diff := cmp.Diff(*same, found[0]); diff != "" {
				t.Errorf("%s is recorded in its own way:\n%s", name, diff)
			}
		}
		want := audit.Entry{
			Actor: remit.Actor{Channel: remit.ChannelWeb, Request: "request"}, Operation: OpSessionCreate, Source: remit.MainSource,
			Decision: audit.Refused, Reason: "unauthenticated", Epoch: same.Epoch,
		}
		if diff := cmp.Diff(want, *same); diff != "" || same.Epoch == 0 {
			t.Errorf("entry (-want +got):\n%s", diff)
		}
	})
}

// Attempts that are refused unseen leave one entry a window, and nobody is told
// that an attempt failed which could not be recorded.
func TestThrottledSignInIsRecordedOnce(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	log := &memoryLog{}
	b.a.RecordTo(log)
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		for range attemptsPerAccount + 5 {
			_, _, err := b.a.SignIn(context.Background(), SignIn{Email: email, Password: "wrong", Address: "192.0.2.1"})
			if err == nil {
				t.Fatal("signed in")
			}
		}
		reasons := map[string]int{}
		for _, e := range log.take() {
			reasons[e.Reason]++
		}
		if want := map[string]int{"unauthenticated": attemptsPerAccount, "limited": 1}; !cmp.Equal(want, reasons) {
			t.Errorf("%s: %v, want %v", email, reasons, want)
		}
	}
	log.full = true
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		_, _, err := b.a.SignIn(context.Background(), SignIn{Email: email, Password: "wrong", Address: "192.0.2.2"})
		wantKind(t, err, remit.KindUnavailable)
	}
}
