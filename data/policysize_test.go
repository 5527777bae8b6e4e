package data_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// TestLargePolicyIsRecordedWhole applies and withdraws a policy of which one
// entry of the log could not hold the changes.
func TestLargePolicyIsRecordedWhole(t *testing.T) {
	const roles = 10_000
	eachDatabase(t, func(t *testing.T, url string) {
		ctx, s := context.Background(), open(t, url)
		before, err := s.Policies.Document(ctx)
		if err != nil {
			t.Fatal(err)
		}
		after := *before
		after.Roles = append([]policy.Role(nil), before.Roles...)
		for i := range roles {
			after.Roles = append(after.Roles, policy.Role{Name: fmt.Sprintf("extra-%05d", i), Title: fmt.Sprint("Extra ", i), Grants: []policy.Grant{
				{Collection: "accounts", Actions: []policy.Action{policy.View}, Fields: []string{"name"}, Scope: "own"},
			}})
		}
		// One change alone that is too long, and concerns too many to be named.
		after.Tasks = append([]policy.Task(nil), before.Tasks...)
		after.Tasks[0].Instructions = strings.Repeat("<", 1<<18)
		for _, change := range [][2]*policy.Document{{before, &after}, {&after, before}} {
			began := time.Now()
			if err := s.Policies.Apply(ctx, data.Operator("test"), change[1], nil); err != nil {
				t.Fatal(err)
			}
			took := time.Since(began)
			want := policy.Compare(change[0], change[1])
			got, parts := recordedChanges(t, s)
			if len(want) < roles || len(got) != len(want) {
				t.Fatalf("%d changes are recorded of %d", len(got), len(want))
			}
			for i := range want {
				if got[i].Noun != want[i].Noun || got[i].Name != want[i].Name || got[i].What != want[i].What || len(got[i].Text) > len(want[i].Text)+100 {
					t.Fatalf("change %d is recorded as %+v, want %+v", i, got[i], want[i])
				}
			}
			t.Logf("%d changes in %d entries after %v", len(got), parts, took)
		}
		if report, err := s.Audit.Verify(ctx, nil); err != nil || report.Problem != nil {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// recordedChanges returns the changes of the last policy that was applied, which
// all its entries together hold, and how many entries those are.
func recordedChanges(t *testing.T, s *data.Store) (changes []policy.Change, parts int) {
	t.Helper()
	records, err := s.Audit.Tail(context.Background(), audit.Filter{Operation: "policy.apply", Details: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		var details struct {
			Part, Parts int
			Changes     []policy.Change
		}
		if err := json.Unmarshal(r.Details.(json.RawMessage), &details); err != nil {
			t.Fatal(err)
		}
		if details.Part == 1 {
			changes, parts = nil, 0
		}
		if parts++; details.Part != parts || details.Parts < parts {
			t.Fatalf("part %d of %d comes after %d others", details.Part, details.Parts, parts-1)
		}
		changes = append(changes, details.Changes...)
	}
	return changes, parts
}
