package revocation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/e2e/testserver"
)

// Long exports: so much text that it is far more than what lies between a server
// and a client who reads slowly.
const (
	longDeals = 3000
	longText  = 2000 // bytes of each
)

// addLongDeals makes deals that take long to send.
func (w *world) addLongDeals() {
	w.tb.Helper()
	ctx := context.Background()
	name := strings.Repeat("long ", longText/len("long "))
	w.must(w.a.Lens.Batch(ctx, w.operator, remit.MainSource, "opportunities", func(b *lens.Batch) error {
		for range longDeals {
			if _, err := b.Create(ctx, lens.Change{Values: values(map[string]any{"name": name, "amount": 1, "owner_id": w.subject})}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// pace is how fast a client reads.
type pace struct {
	name  string
	chunk int           // bytes
	pause time.Duration // after each
}

var paces = []pace{
	{"reads slowly", 8 << 10, 10 * time.Millisecond}, // 800 kB/s at most: 8 s for the whole
	{"has stopped reading", 0, time.Hour},
}

// TestRunningExportsEnd: an export that is running when the right to it is revoked
// ends within a second, however slowly its client reads.
func TestRunningExportsEnd(t *testing.T) {
	for name, url := range map[string]string{"postgres": pgtest.URL(t), "sqlite": "sqlite:" + t.TempDir() + "/remit.db"} {
		t.Run(name, func(t *testing.T) {
			w := newQuietWorld(t, url)
			w.addLongDeals()
			server := w.in.Serve(t)
			w.b = server.URL
			for _, k := range kindsCalled(t, []string{"token revoked", "grant removed", "person deactivated", "membership ends"}) {
				for _, p := range paces {
					t.Run(k.name+" while the client "+p.name, func(t *testing.T) {
						w.tb = t
						w.exportRuns(t, server, k, p)
					})
				}
			}
		})
	}
}

// exportRuns begins an export, revokes it under way and looks when it ended.
func (w *world) exportRuns(t *testing.T, server *testserver.Server, k *kind, p pace) {
	w.restore()
	ends := k.begin(w)
	c := w.client(deal{})
	defer c.close()
	c.http.Transport = narrow()
	id := fmt.Sprintf("export-%s-%d", strings.ReplaceAll(k.name, " ", "-"), time.Now().UnixNano())
	r, err := c.request(http.MethodPost, deals+"/export", `{"fields":["name"],"format":"csv"}`)
	w.must(err)
	r.Header.Set("X-Request-Id", id)
	response, err := c.http.Do(r)
	w.must(err)
	defer func() { _ = response.Body.Close() }()
	read := make(chan error, 1)
	go func() { read <- p.read(response.Body) }()
	if ends.IsZero() {
		time.Sleep(300 * time.Millisecond)
		k.revoke(w)
		ends = time.Now()
	}
	ended := endOf(t, server, id, ends.Add(5*time.Second))
	if late := ended.Sub(ends); late > time.Second {
		t.Errorf("the export went on for %v", late)
	} else if late < -100*time.Millisecond {
		t.Fatalf("the export ended %v before the revocation: the test shows nothing", -late)
	} else {
		t.Logf("the export ended after %v", late.Round(time.Millisecond))
	}
	if p.chunk == 0 {
		return
	}
	if err := <-read; !errors.Is(err, io.ErrUnexpectedEOF) && !isReset(err) {
		t.Errorf("half an export was given for a whole one: %v", err)
	}
	if late := time.Since(ends); late > 2*time.Second {
		t.Errorf("the client went on getting the export for %v", late)
	}
}

// narrow is a transport whose connections take little before they are read from.
func narrow() *http.Transport {
	return &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(16 << 10)
	}}
}

func isReset(err error) bool {
	var network *net.OpError
	return errors.As(err, &network)
}

// read reads to the end, or to the error.
func (p pace) read(body io.Reader) error {
	for p.chunk > 0 {
		if _, err := io.CopyN(io.Discard, body, int64(p.chunk)); err != nil {
			return err
		}
		time.Sleep(p.pause)
	}
	return nil
}

// endOf returns when the server was done with a request, by its access log.
func endOf(t *testing.T, server *testserver.Server, id string, deadline time.Time) time.Time {
	t.Helper()
	for {
		for line := range strings.Lines(server.Log()) {
			var entry struct {
				Time         time.Time
				Msg, Request string
			}
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "request" && entry.Request == id {
				return entry.Time
			}
		}
		if time.Now().After(deadline) {
			return time.Now()
		}
		time.Sleep(10 * time.Millisecond)
	}
}
