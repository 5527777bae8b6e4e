package directory

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

type pair struct{ Above, Below remit.ID }

// tree is the reference: who is below whom, by parent alone.
type tree map[remit.ID]remit.ID

func (t tree) below(id, above remit.ID) bool {
	for ; id != ""; id = t[id] {
		if id == above {
			return true
		}
	}
	return false
}

// closure works every pair with its depth out anew.
func (t tree) closure() map[pair]int64 {
	pairs := map[pair]int64{}
	for id := range t {
		depth := int64(0)
		for above := id; above != ""; above = t[above] {
			pairs[pair{above, id}] = depth
			depth++
		}
	}
	return pairs
}

// storedTree reads the parents as the table has them.
func storedTree(t testing.TB, d *Directory, h hierarchy) tree {
	t.Helper()
	stored := tree{}
	query(t, d, "SELECT id, "+h.parent+" FROM "+h.table, func(r sqldb.Row) error {
		stored[remit.ID(r.Text(0))] = remit.ID(r.Text(1))
		return nil
	})
	return stored
}

func storedClosure(t testing.TB, d *Directory, h hierarchy) map[pair]int64 {
	t.Helper()
	pairs := map[pair]int64{}
	query(t, d, "SELECT ancestor_id, descendant_id, depth FROM "+h.closure(), func(r sqldb.Row) error {
		pairs[pair{remit.ID(r.Text(0)), remit.ID(r.Text(1))}] = r.Int(2)
		return nil
	})
	return pairs
}

func query(t testing.TB, d *Directory, statement string, each func(sqldb.Row) error) {
	t.Helper()
	if err := d.db.Query(context.Background(), sqldb.Stmt{SQL: statement}, each); err != nil {
		t.Fatal(err)
	}
}

// forest is one of the two hierarchies with what changes it.
type forest struct {
	hierarchy
	create func(parent remit.ID) (remit.ID, error)
	move   func(id, parent remit.ID) error
}

func (b *bench) forests() []forest {
	ctx := context.Background()
	serial := 0
	return []forest{
		{
			hierarchy: managers(),
			create: func(parent remit.ID) (remit.ID, error) {
				serial++
				return b.a.CreatePerson(ctx, admin, NewPerson{Name: "P", Email: fmt.Sprintf("p%d@example.com", serial), ManagerID: parent})
			},
			move: func(id, parent remit.ID) error {
				return b.b.UpdatePerson(ctx, admin, id, PersonChange{ManagerID: &parent})
			},
		},
		{
			hierarchy: departments(),
			create: func(parent remit.ID) (remit.ID, error) {
				return b.a.CreateDepartment(ctx, admin, "D", parent)
			},
			move: func(id, parent remit.ID) error {
				return b.b.UpdateDepartment(ctx, admin, id, DepartmentChange{ParentID: &parent})
			},
		},
	}
}

// TestClosureEqualsRecomputed makes random trees and moves, and compares the
// closure with one that is worked out from the parents alone. A move is refused
// exactly where it would close a circle.
func TestClosureEqualsRecomputed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		for _, f := range b.forests() {
			t.Run(f.table, func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) { walk(rt, f) })
				if diff := cmp.Diff(storedTree(t, b.a, f.hierarchy).closure(), storedClosure(t, b.a, f.hierarchy)); diff != "" {
					t.Errorf("recomputed and stored closure differ (-want +got):\n%s", diff)
				}
			})
		}
	})
}

// walk makes some nodes and moves them about.
func walk(t *rapid.T, f forest) {
	nodes := []remit.ID{""}
	want := tree{}
	for range rapid.IntRange(2, 8).Draw(t, "nodes") {
		parent := rapid.SampledFrom(nodes).Draw(t, "parent")
		id, err := f.create(parent)
		if err != nil {
			t.Fatal(err)
		}
		want[id] = parent
		nodes = append(nodes, id)
	}
	for range rapid.IntRange(1, 12).Draw(t, "moves") {
		id := rapid.SampledFrom(nodes[1:]).Draw(t, "node")
		parent := rapid.SampledFrom(nodes).Draw(t, "new parent")
		err := f.move(id, parent)
		if circle := want.below(parent, id); circle != (err != nil) {
			t.Fatalf("moving %s below %q: %v, in a tree where that closes a circle: %v", id, parent, err, circle)
		}
		if e := (*remit.Error)(nil); err != nil && (!errors.As(err, &e) || e.Kind != remit.KindInvalid || e.Field != f.field) {
			t.Fatalf("a circle is refused by %v", err)
		}
		if err == nil {
			want[id] = parent
		}
	}
	for id, parent := range want {
		if parent != "" && !want.below(id, parent) {
			t.Fatalf("the reference is wrong about %s", id)
		}
	}
}

// seed prints the seed of a randomised test, and takes it back from REMIT_SEED.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if text := os.Getenv("REMIT_SEED"); text != "" {
		parsed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		n = parsed
	}
	t.Logf("REMIT_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// TestConcurrentMovesMakeNoCycle has two servers move nodes under each other's
// at once: each move alone is harmless, both together would be a circle.
func TestConcurrentMovesMakeNoCycle(t *testing.T) {
	rounds := 8
	if os.Getenv("REMIT_SOAK") != "" {
		rounds = 80
	}
	eachDatabase(t, func(t *testing.T, b *bench) {
		random := seed(t)
		var people []remit.ID
		for i := range 5 {
			people = append(people, b.person(t, fmt.Sprintf("walker%d", i)))
		}
		for range rounds {
			var all sync.WaitGroup
			for i, d := range []*Directory{b.a, b.b, b.a, b.b} {
				id, parent := people[random.IntN(len(people))], people[random.IntN(len(people))]
				if i < 2 { // the two that matter most: each under the other
					id, parent = people[i], people[1-i]
				}
				all.Go(func() {
					err := d.UpdatePerson(context.Background(), admin, id, PersonChange{ManagerID: &parent})
					if err != nil && remit.KindOf(err) != remit.KindInvalid {
						t.Error(err)
					}
				})
			}
			all.Wait()
			stored := storedTree(t, b.a, managers())
			for id := range stored {
				if cyclic(stored, id) {
					t.Fatalf("%s is above itself", id)
				}
			}
			if diff := cmp.Diff(stored.closure(), storedClosure(t, b.a, managers())); diff != "" {
				t.Fatalf("recomputed and stored closure differ (-want +got):\n%s", diff)
			}
			// Apart again, so that the next round's moves are all possible.
			for _, id := range people {
				must(t, b.a.UpdatePerson(context.Background(), admin, id, PersonChange{ManagerID: ptr(remit.ID(""))}))
			}
		}
	})
}

// TestMoveWaitsForAnother holds a move open in the middle while another server
// asks for the one that would close a circle with it.
func TestMoveWaitsForAnother(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada, bea := b.person(t, "ada"), b.person(t, "bea")
		second := make(chan error, 1)
		must(t, b.a.db.Write(ctx, func(tx sqldb.Tx) error {
			if err := managers().lock(ctx, tx); err != nil {
				return err
			}
			go func() { second <- b.b.UpdatePerson(ctx, admin, bea, PersonChange{ManagerID: &ada}) }()
			select {
			case err := <-second:
				t.Errorf("the second move did not wait: %v", err)
			case <-time.After(200 * time.Millisecond):
			}
			return managers().move(ctx, tx, ada, bea)
		}))
		wantKind(t, <-second, remit.KindInvalid)
		if got := storedTree(t, b.a, managers()); got[ada] != bea || got[bea] != "" {
			t.Errorf("managers = %v", got)
		}
	})
}

func cyclic(t tree, start remit.ID) bool {
	id := start
	for range len(t) {
		id = t[id]
		if id == "" {
			return false
		}
	}
	return true
}

func TestHierarchyRefuses(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		nobody := remit.ID("aaaaaaaaaaaaaaaaaaaaaaaaaa")
		for name, parent := range map[string]remit.ID{"themselves": ada, "nobody": nobody, "the operator": OperatorID} {
			err := b.a.UpdatePerson(ctx, admin, ada, PersonChange{ManagerID: &parent})
			if err == nil || remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("managed by %s: %v", name, err)
			}
		}
		_, err := b.a.CreateDepartment(ctx, admin, "Sales", nobody)
		wantKind(t, err, remit.KindInvalid)
		_, err = b.a.CreatePerson(ctx, admin, NewPerson{Name: "X", Email: "x@example.com", DepartmentID: nobody})
		wantKind(t, err, remit.KindInvalid)
	})
}

func TestHierarchyHasAFloor(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	ctx := context.Background()
	parent, top := remit.ID(""), remit.ID("")
	for level := range MaxDepth {
		id, err := b.a.CreateDepartment(ctx, admin, "D", parent)
		if err != nil {
			t.Fatalf("level %d: %v", level+1, err)
		}
		if level == 0 {
			top = id
		}
		parent = id
	}
	_, err := b.a.CreateDepartment(ctx, admin, "D", parent)
	wantKind(t, err, remit.KindInvalid)
	other, err := b.a.CreateDepartment(ctx, admin, "other", "")
	must(t, err)
	wantKind(t, b.a.UpdateDepartment(ctx, admin, top, DepartmentChange{ParentID: &other}), remit.KindInvalid)
}
