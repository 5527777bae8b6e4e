package demo_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/demo"
)

// The company is the same on both databases, is made once, and its people see
// what their roles say.
func TestSeed(t *testing.T) {
	reports := map[string]*demo.Report{}
	for name, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "remit.db"),
		"postgres": pgtest.URL(t),
	} {
		s, err := data.Open(t.Context(), data.Options{URL: url, Master: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		stores := demo.Stores{Directory: s.Directory, Lens: s.Lens, Policies: s.Policies}
		today := time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)
		first, err := demo.Seed(t.Context(), stores, data.Operator("test"), today)
		if err != nil {
			t.Fatal(err)
		}
		again, err := demo.Seed(t.Context(), stores, data.Operator("test"), today)
		if err != nil || again.Made || !first.Made {
			t.Errorf("%s: made %v, then %v (%v)", name, first.Made, again.Made, err)
		}
		again.Made = true
		if d := cmp.Diff(first, again); d != "" {
			t.Errorf("%s: seeding twice differs: %s", name, d)
		}
		reports[name] = first
		checkSignIn(t, s, first)
		checkSight(t, s, first)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff(reports["sqlite"], reports["postgres"]); d != "" {
		t.Errorf("the databases differ: %s", d)
	}
	total := int64(0)
	for _, n := range reports["sqlite"].Records {
		total += n
	}
	if total < 2000 || total > 10000 {
		t.Errorf("%d records are not a few thousand", total)
	}
}

func checkSignIn(t *testing.T, s *data.Store, r *demo.Report) {
	t.Helper()
	for _, p := range r.People[:2] {
		if _, _, err := s.Directory.SignIn(t.Context(), directory.SignIn{Email: p.Email, Password: p.Password, Address: "127.0.0.1"}); err != nil {
			t.Errorf("%s cannot sign in: %v", p.Email, err)
		}
	}
}

func checkSight(t *testing.T, s *data.Store, r *demo.Report) {
	t.Helper()
	seen := map[string]int64{}
	for _, p := range r.People {
		person, err := s.Directory.PersonByEmail(t.Context(), p.Email)
		if err != nil {
			t.Fatal(err)
		}
		n, err := s.Lens.Count(t.Context(), remit.Actor{Person: person.User.ID, Channel: remit.ChannelCLI}, lens.CountQuery{Collection: "opportunities"})
		if err != nil && remit.KindOf(err) != remit.KindNotFound {
			t.Fatal(err)
		}
		seen[p.Email] = n
	}
	all := r.Records["opportunities"]
	if n := seen["ingrid.sandoval@larkfield.example"]; n != all {
		t.Errorf("the executive sees %d of %d opportunities", n, all)
	}
	teams := seen["tomasz.adeyemi@larkfield.example"] + seen["priya.lindqvist@larkfield.example"]
	if teams != all {
		t.Errorf("the two managers see %d of %d opportunities", teams, all)
	}
	var reps int64
	for _, p := range r.People {
		if slices.Contains(p.Roles, "sales-rep") {
			reps += seen[p.Email]
		}
	}
	if reps != all {
		t.Errorf("the reps together see %d of %d opportunities", reps, all)
	}
}
