package sqldb

import (
	"context"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
)

// fuse interrupts a connection when the caller's context ends or a statement
// runs too long. The driver's own way costs a goroutine for every statement;
// this one costs a goroutine only after it has blown.
type fuse struct {
	conn    *sqlite.Conn
	timeout time.Duration
	current *charge
}

// charge is what one goroutine waits on. It blows once, and whoever lit it late
// blows only this one, never its successor.
type charge struct {
	once  sync.Once
	blown chan struct{}
	timer *time.Timer
	blow  func() // bound once, so that lighting allocates nothing for it
}

func newFuse(conn *sqlite.Conn, timeout time.Duration) *fuse {
	f := &fuse{conn: conn, timeout: timeout}
	f.replace()
	return f
}

func (f *fuse) replace() {
	c := &charge{blown: make(chan struct{})}
	c.blow = func() { c.once.Do(func() { close(c.blown) }) }
	c.timer = time.AfterFunc(f.timeout, c.blow)
	c.timer.Stop()
	f.current = c
	f.conn.SetInterrupt(c.blown)
}

// light lets the connection be interrupted from now until the returned function
// is called.
func (f *fuse) light(ctx context.Context) (extinguish func()) {
	c := f.current
	c.timer.Reset(f.timeout)
	stop := alwaysStopped
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, c.blow)
	}
	return func() {
		// Both are stopped, whatever the other says.
		inTime, wanted := c.timer.Stop(), stop()
		if !inTime || !wanted {
			f.replace()
		}
	}
}

func alwaysStopped() bool { return true }

// dismantle stops listening, before the connection is closed.
func (f *fuse) dismantle() {
	f.current.timer.Stop()
	f.conn.SetInterrupt(nil)
}
