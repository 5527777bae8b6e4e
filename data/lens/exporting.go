package lens

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
)

// Cutter is a writer that can be cut off: a Write that waits for the reader, and
// every later one, fails at once.
type Cutter interface{ Cut() }

// exporting is an export under way.
type exporting struct {
	lens    *Lens
	actor   remit.Actor
	query   ExportQuery
	out     exporter
	cut     func()
	columns []Column  // of the first page
	after   *position // of the last record that was written; nil: none was
	written int64
}

// exportPage is a page that has been read, checked and recorded.
type exportPage struct {
	*Page
	held   *session   // under which it was read
	passed []position // of each record
	more   bool
}

// page reads and writes the next page, or the beginning of it if what it was read
// under moves before it is written: the rest is then read anew.
func (x *exporting) page(ctx context.Context) (more bool, err error) {
	p, err := x.read(ctx)
	if err != nil {
		return false, err
	}
	if x.columns == nil {
		x.columns = p.Columns
	}
	if !slices.Equal(x.columns, p.Columns) {
		return false, remit.Errorf(remit.KindConflict, "what you may see changed while the export ran: export again")
	}
	w := x.watch(ctx, p.held)
	n, err := x.out.write(p.Page, w.moved.Load)
	w.end()
	x.written += int64(n)
	if n > 0 {
		x.after = &p.passed[n-1]
	}
	if err != nil && w.moved.Load() {
		// The reason counts, and is recorded, though a server may have given up the
		// request with its connection.
		if _, reason := x.read(context.WithoutCancel(ctx)); reason != nil {
			return false, reason
		}
	}
	return p.more || n < len(p.Records), err
}

func (x *exporting) read(ctx context.Context) (*exportPage, error) {
	q := &x.query
	e := &audit.Entry{Operation: audit.OpExport, Source: q.Source, Collection: q.Collection, Details: map[string]any{
		"fields": q.Fields, "filter": q.Filter, "sort": q.Sort, "format": q.Format, "first_page": x.after == nil,
	}}
	var p *exportPage
	err := x.lens.govern(ctx, x.actor, e, func(s *session) error {
		list, err := s.exported(x.query)
		if err != nil {
			return err
		}
		list.after = x.after
		p = &exportPage{Page: &Page{Collection: list.root.coll.Name, Columns: describeAll(list.columns)}, held: s}
		list.passed = &p.passed
		_, p.more, err = list.fetch(ctx, p.Page)
		list.note(e, p.Page)
		return err
	})
	return p, err
}

// The watch over a page that is being written. A stream ends within a second of
// its revocation (DESIGN law 8), and what cannot be checked does not go on for
// long.
const (
	watchPause    = 250 * time.Millisecond
	watchFailures = 2 // in a row
)

// watch asks the gate time and again whether what a page was read under still
// holds.
type watch struct {
	moved atomic.Bool // it does not: write no more of the page
	stop  context.CancelFunc
	over  chan struct{}
}

func (w *watch) end() {
	w.stop()
	<-w.over
}

// watch begins to watch over a page that was read under s.
func (x *exporting) watch(ctx context.Context, s *session) *watch {
	ctx, stop := context.WithCancel(ctx)
	w := &watch{stop: stop, over: make(chan struct{})}
	go func() {
		defer close(w.over)
		if x.revoked(ctx, s, &w.moved) {
			w.moved.Store(true)
			x.cut()
		}
	}()
	return w
}

// revoked returns true when the export may not go on, and false when ctx ends
// before.
func (x *exporting) revoked(ctx context.Context, s *session, moved *atomic.Bool) bool {
	ticker := time.NewTicker(watchPause)
	defer ticker.Stop()
	for failures := 0; failures <= watchFailures; {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		holds, err := s.stillHolds(ctx)
		if err == nil && !holds {
			moved.Store(true)
			err = x.permitted(ctx) // what is left of the page is read anew; may it be?
		}
		switch {
		case ctx.Err() != nil:
			return false
		case err == nil:
			failures = 0
		case lost(err):
			failures++
		default:
			return true
		}
	}
	return true
}

// permitted says whether the export is allowed by what holds now. It reads no
// record.
func (x *exporting) permitted(ctx context.Context) error {
	_, err := x.lens.attempt(ctx, x.actor, func(s *session) error {
		_, err := s.exported(x.query)
		return err
	})
	return err
}
