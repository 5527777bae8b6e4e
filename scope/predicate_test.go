package scope_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
	"github.com/remit-crm/remit/scope/scopetest"
)

func TestAndOrFold(t *testing.T) {
	w := newWorld(t)
	own, hot := compile(t, w, "record.owner_id == user.id"), compile(t, w, "record.hot")
	elsewhere, err := w.Env.Compile(w.Tables[2].Collection, "record.active")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want *scope.Predicate }{
		"and of none":         {scope.And(), scope.All()},
		"or of none":          {scope.Or(), scope.None()},
		"and with all":        {scope.And(scope.All(), own), own},
		"and with none":       {scope.And(own, scope.None()), scope.None()},
		"or with all":         {scope.Or(own, scope.All()), scope.All()},
		"or with none":        {scope.Or(scope.None(), own), own},
		"nil is none":         {scope.Or(nil, own), own},
		"nil closes":          {scope.And(nil, own), scope.None()},
		"twice the same":      {scope.Or(own, own), own},
		"order":               {scope.Or(own, hot), scope.Or(hot, own)},
		"nested":              {scope.And(own, scope.And(hot, own)), scope.And(hot, own)},
		"as written":          {scope.Or(own, hot), compile(t, w, "record.hot || record.owner_id == user.id")},
		"sides":               {own, compile(t, w, "user.id == record.owner_id")},
		"me and mine":         {scope.Or(own, compile(t, w, "reportsTo(record.owner_id, user)")), compile(t, w, "reportsTo(record.owner_id, user) || user.id == record.owner_id")},
		"negation":            {compile(t, w, "!(record.count < 2)"), compile(t, w, "record.count >= 2")},
		"constants":           {compile(t, w, "1 == 1 || record.hot"), scope.All()},
		"a false conjunct":    {compile(t, w, `record.hot && "a" in ["b"]`), scope.None()},
		"across collections":  {scope.Or(own, elsewhere), scope.None()},
		"across them, and":    {scope.And(own, elsewhere), scope.None()},
		"an empty list":       {compile(t, w, "record.count in []"), scope.None()},
		"not in an empty one": {compile(t, w, "!(record.count in [])"), scope.All()},
	} {
		if c.got.Key() != c.want.Key() {
			t.Errorf("%s: %s, want %s", name, c.got.Key(), c.want.Key())
		}
	}
	if own.Key() == elsewhere.Key() || own.Key() == hot.Key() {
		t.Error("different predicates have one key")
	}
	var zero *scope.Predicate
	if !zero.IsNone() || zero.IsAll() || zero.Key() != scope.None().Key() || !scope.All().IsAll() {
		t.Error("a nil predicate is not none")
	}
}

// Equal keys mean equal answers, and joined scopes answer as their parts do.
func TestJoinedScopesAnswerAsTheirParts(t *testing.T) {
	w := newWorld(t)
	byKey := map[string][]bool{}
	var last *scope.Predicate
	for i := range 400 {
		p, err := w.Env.Compile(w.Deals.Collection, w.Expression(i%3))
		if err != nil {
			continue
		}
		answers := decide(t, w, p)
		if known, seen := byKey[p.Key()]; seen && !equal(known, answers) {
			t.Fatalf("one key, two answers: %s", p.Key())
		}
		byKey[p.Key()] = answers
		if last != nil {
			checkJoined(t, w, last, p)
		}
		last = p
	}
}

func checkJoined(t *testing.T, w *scopetest.World, a, b *scope.Predicate) {
	t.Helper()
	left, right, and, or := decide(t, w, a), decide(t, w, b), decide(t, w, scope.And(a, b)), decide(t, w, scope.Or(a, b))
	for i := range left {
		if and[i] != (left[i] && right[i]) || or[i] != (left[i] || right[i]) {
			t.Fatalf("row %d: %v and %v give %v and %v\n%s\n%s", i, left[i], right[i], and[i], or[i], a.Key(), b.Key())
		}
	}
}

// decide answers for the people who lack nothing.
func decide(t *testing.T, w *scopetest.World, p *scope.Predicate) []bool {
	t.Helper()
	program, err := eval.New(p)
	if err != nil {
		t.Fatal(err)
	}
	var answers []bool
	for _, u := range w.Users[:len(w.Users)-1] {
		for _, row := range w.Deals.Rows {
			ok, err := program.Eval(u, w.Record(w.Deals, row), w)
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, ok)
		}
	}
	return answers
}

func equal(a, b []bool) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func FuzzCompile(f *testing.F) {
	w := newWorld(f)
	for i := range 60 {
		f.Add(w.Expression(i % 5))
	}
	for _, s := range []string{"", "record.", "user.roles.exists(x, x == \"\\xff\")", "`a` == 1", "1u == 1u", "b\"a\" == b\"a\"", "record.note == r'\\'", "a.b.c(d){}", "[[1]] == [1]", "-(-(1)) == 1", "\x00", "record.amount == -.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		p, err := w.Env.Compile(w.Deals.Collection, expression)
		if err != nil {
			if p != nil || remit.KindOf(err) != remit.KindInvalid {
				t.Fatalf("%q: %v, kind %v", expression, err, remit.KindOf(err))
			}
			if strings.Contains(err.Error(), "CEL refuses") {
				t.Fatalf("%q: passed the check and not CEL's: %v", expression, err)
			}
			return
		}
		decide(t, w, p)
	})
}

// One environment and one predicate serve everybody at once.
func TestConcurrentUse(t *testing.T) {
	w := newWorld(t)
	shared := compile(t, w, `user.level > 1 && record.account.name == "a" || record.hot`)
	expressions := []string{"record.hot", "record.owner_id == user.id", `"a" in user.roles && record.score > 1`}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			p, err := w.Env.Compile(w.Tables[i%2+2].Collection, expressions[i%3])
			if err == nil && p.IsNone() {
				t.Error("compiled to nothing")
			}
			program, err := eval.New(scope.And(shared))
			if err != nil {
				t.Error(err)
				return
			}
			for _, row := range w.Deals.Rows {
				if _, err := program.Eval(w.Users[0], w.Record(w.Deals, row), w); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}
