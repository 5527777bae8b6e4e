package audit

import (
	"context"
	"runtime"
	"sync"

	"github.com/remit-crm/remit"
)

// The bounds on what waits for the commit that runs. Whoever would exceed them
// waits for room: the log slows its callers down instead of filling memory.
const (
	maxQueued      = 2048
	maxQueuedBytes = 64 << 20

	plenty = 64 // entries for which a commit's own cost hardly counts any more
)

// group is what will be committed together: everything that was queued while
// the commit before it ran, and by whoever was ready to. No timer delays anybody; under load groups grow by
// themselves.
type group struct {
	entries []*prepared
	bytes   int
	trial   bool          // somebody wants to know whether the log can be written
	taken   chan struct{} // closed when the group stops growing
	done    chan struct{} // closed when err is set: the group is durable, or lost
	err     error
}

func newGroup() *group {
	return &group{taken: make(chan struct{}), done: make(chan struct{})}
}

// wait returns when the group is durable, with its error, or when the caller
// gives up, which takes nothing out of the group.
func (g *group) wait(ctx context.Context) error {
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return canceled(ctx)
	}
}

func canceled(ctx context.Context) error {
	return &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled before it was recorded in the audit log", Cause: ctx.Err()}
}

// queue hands groups of entries to one committer.
type queue struct {
	mu     sync.Mutex
	next   *group
	closed bool
	wake   chan struct{} // holds one token while next is to be committed, or after close
}

func newQueue() *queue { return &queue{next: newGroup(), wake: make(chan struct{}, 1)} }

// put adds entries to the next group, all to the same one.
func (q *queue) put(ctx context.Context, entries ...*prepared) (*group, error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	size := 0
	for _, p := range entries {
		size += p.size()
	}
	for {
		q.mu.Lock()
		g := q.next
		if q.closed {
			q.mu.Unlock()
			return nil, unavailable(errClosed)
		}
		if len(g.entries) == 0 || (len(g.entries)+len(entries) <= maxQueued && g.bytes+size <= maxQueuedBytes) {
			g.entries = append(g.entries, entries...)
			g.bytes += size
			q.mu.Unlock()
			q.rouse()
			return g, nil
		}
		q.mu.Unlock()
		select {
		case <-g.taken:
		case <-ctx.Done():
			return nil, canceled(ctx)
		}
	}
}

// try returns the next group, whose commit tells whether the log can be written,
// also if it has no entries.
func (q *queue) try(ctx context.Context) (*group, error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, unavailable(errClosed)
	}
	q.next.trial = true
	q.rouse()
	return q.next, nil
}

func (q *queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the next group, once it has entries or is a trial, or nil after close when
// everything has been taken.
func (q *queue) take() *group {
	for range q.wake {
		q.letGrow()
		q.mu.Lock()
		g, closed := q.next, q.closed
		filled := len(g.entries) > 0 || g.trial // not so where its entries went with a token before
		if filled {
			q.next = newGroup()
		}
		q.mu.Unlock()
		if closed {
			q.rouse() // for the call after this one
		}
		if filled {
			close(g.taken)
			return g
		}
		if closed {
			return nil
		}
	}
	return nil
}

// letGrow gives way to whoever is about to queue an entry, as long as that brings
// any: a commit of several costs little more than one of one, and under load the
// processors are what everybody waits for. Where nobody else runs, giving way takes
// no time.
func (q *queue) letGrow() {
	for before := -1; ; {
		q.mu.Lock()
		now := len(q.next.entries)
		q.mu.Unlock()
		if now <= before || now >= plenty {
			return
		}
		before = now
		runtime.Gosched()
	}
}

// close refuses further entries. What was queued is still committed.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.rouse()
}
