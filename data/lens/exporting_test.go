package lens

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// slowReader takes an export and does something when the first of it has come.
type slowReader struct {
	strings.Builder
	once  sync.Once
	first func()

	stuck  chan struct{} // not nil: the reader takes no more until it is cut off
	unplug sync.Once
}

func (r *slowReader) Write(b []byte) (int, error) {
	r.once.Do(r.first)
	if r.stuck != nil {
		select {
		case <-r.stuck:
			return 0, errors.New("cut off")
		case <-time.After(10 * time.Second):
		}
	}
	return r.Builder.Write(b)
}

func (r *slowReader) Cut() {
	if r.stuck != nil {
		r.unplug.Do(func() { close(r.stuck) })
	}
}

// last returns the newest entry.
func (r *recorded) last() *audit.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.entries[len(r.entries)-1]
}

// enough lets the watch notice.
func enough() { time.Sleep(3 * watchPause) }

// longExport is an export of some pieces: so many deals of about 1 kB each.
const longExport = 60

func (w *world) longDeals() {
	for i := range longExport {
		w.create(w.rep, "opportunities", "name", fmt.Sprintf("%04d %s", i, strings.Repeat("x", 1000)))
	}
}

// revoke takes the manager's role.
func (w *world) revoke() {
	w.change(w.manager, "DELETE FROM person_roles WHERE person_id = ?", w.manager.Person)
}

// grant gives somebody one role more.
func (w *world) grant(to remit.Actor, role string) {
	w.change(to, "INSERT INTO person_roles (person_id, role) VALUES (?, ?)", to.Person, role)
}

// change changes something of a person as the directory does, but for roles that
// only this world's policy knows.
func (w *world) change(of remit.Actor, statement string, args ...any) {
	ctx := context.Background()
	must(w.tb, w.db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: statement, Args: args}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE people SET generation = generation + 1 WHERE id = ?", Args: []any{of.Person}})
		return err
	}))
}

var byName = ExportQuery{Collection: "opportunities", Fields: []string{"name"}, Sort: []string{"name"}}

// What a slow reader has not got of a page when the right to it ends, they do not
// get.
func TestExportEndsWithinAPage(t *testing.T) {
	for _, format := range []string{"csv", "json"} {
		onBoth(t, func(t *testing.T, w *world) {
			w.longDeals()
			q := byName
			q.Format = format
			r := &slowReader{first: func() {
				w.revoke()
				enough()
			}}
			n, err := w.lens.Export(context.Background(), w.manager, q, r)
			if kind := remit.KindOf(err); err == nil || (kind != remit.KindNotFound && kind != remit.KindDenied) {
				t.Errorf("%s: %v", format, err)
			}
			if n > longExport/2 || r.Len() > longExport*1000/2 {
				t.Errorf("%s: %d records in %d bytes were written, most after the right to them was gone", format, n, r.Len())
			}
			if e := w.log.last(); e.Operation != audit.OpExport || e.Decision != audit.Refused {
				t.Errorf("%s: the end is recorded as %s, %s", format, e.Operation, e.Decision)
			}
		})
	}
}

// A reader that takes nothing at all does not keep the export open.
func TestExportOfAStuckReaderIsCutOff(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.longDeals()
		var revoked time.Time
		r := &slowReader{stuck: make(chan struct{}), first: func() {
			w.revoke()
			revoked = time.Now()
		}}
		_, err := w.lens.Export(context.Background(), w.manager, byName, r)
		if took := time.Since(revoked); err == nil || took > time.Second {
			t.Errorf("ended after %v: %v", took, err)
		}
		if e := w.log.last(); e.Decision != audit.Refused {
			t.Errorf("the end is recorded as %s, %s", e.Operation, e.Decision)
		}
	})
}

// A change that takes nothing away costs no record and doubles none.
func TestExportGoesOnAfterAChange(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.longDeals()
		r := &slowReader{first: func() {
			w.grant(w.manager, "sales-rep")
			enough()
		}}
		n, err := w.lens.Export(context.Background(), w.manager, byName, r)
		if err != nil || n != longExport {
			t.Fatalf("%d records, %v", n, err)
		}
		lines := strings.Split(strings.TrimSpace(r.String()), "\n")[1:]
		for i, line := range lines {
			if _, name, _ := strings.Cut(line, ","); len(lines) != longExport || name[:4] != fmt.Sprintf("%04d", i) {
				t.Fatalf("line %d of %d is %q", i, len(lines), line[:40])
			}
		}
	})
}

// A file has the columns of its header to the end.
func TestExportOfOtherColumnsEnds(t *testing.T) {
	doc := shippedDocument(t)
	for name, fields := range map[string][]string{"narrow": {"name"}, "wide": {"name", "stage"}} {
		doc.Roles = append(doc.Roles, policy.Role{Name: name, Grants: []policy.Grant{{
			Collection: "opportunities", Actions: []policy.Action{policy.View, policy.Export}, Fields: fields, Scope: policy.ScopeAll,
		}}})
	}
	w := newWorld(t, "sqlite:"+t.TempDir()+"/remit.db", doc)
	w.longDeals()
	reader := w.person("Nora Narrow", "narrow", "")
	r := &slowReader{first: func() {
		w.grant(reader, "wide")
		enough()
	}}
	if _, err := w.lens.Export(context.Background(), reader, ExportQuery{Collection: "opportunities"}, r); remit.KindOf(err) != remit.KindConflict {
		t.Errorf("with a column more in the middle: %v", err)
	}
}
