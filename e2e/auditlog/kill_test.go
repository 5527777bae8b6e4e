package auditlog

import (
	"testing"
	"time"

	"github.com/remit-crm/remit/e2e/testserver"
)

// clients is how many clients of the load there are.
const clients = 6

// TestKilledServersLoseNothing: a server is killed at random moments under load,
// without warning, and started again. Every answer that a client got is in the
// log, and every write is there and recorded, or neither.
func TestKilledServersLoseNothing(t *testing.T) {
	kills := 10 // on each database
	if testserver.Soak() {
		kills = 100
	}
	onBoth(t, func(t *testing.T, h *house) {
		random := testserver.Random(t)
		server := h.Serve(t)
		l := newLoad(h, "kill", server.URL)
		l.start(clients)
		for range kills {
			l.await(t, 20) // it answers again
			time.Sleep(time.Duration(random.Int64N(int64(120 * time.Millisecond))))
			server.Kill()
			l.on()
			server = h.Serve(t)
			l.on(server.URL)
		}
		l.await(t, 20)
		requests := l.end()
		server.Kill()
		total := h.verify(t)
		t.Logf("%d kills: %v; %d entries verify", kills, h.settle(t, requests, h.entries(t)), total)
	})
}
