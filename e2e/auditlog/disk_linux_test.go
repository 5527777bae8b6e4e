package auditlog

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/e2e/testserver"
)

// alone marks the process that [withOwnMounts] starts.
const alone = "REMIT_TEST_OWN_MOUNTS"

// withOwnMounts runs the test once more, in a process that may mount disks. Nobody
// else sees them, and the kernel takes them away with the process, however it ends.
// It takes no root where the kernel gives user namespaces to everybody.
func withOwnMounts(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(alone) != "" {
		test(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1") // #nosec G204 -- this binary
	cmd.Env = append(os.Environ(), alone+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // it is made private, too
	if uid, gid := os.Geteuid(), os.Getegid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
		const mayMount = 21 // CAP_SYS_ADMIN, within the namespace
		cmd.SysProcAttr.AmbientCaps = []uintptr{mayMount}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM):
		t.Fatalf("what happens on a full disk cannot be tested without mounting a small one: run this as root with CAP_SYS_ADMIN, or allow user namespaces: %v", err)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("the test did not run:\n%s", out)
	}
	t.Logf("%s", out)
}

// smallDisk mounts a disk of its own size, in MiB, that the test can fill.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	// Not below t.TempDir, which nobody but its owner may enter: PostgreSQL runs as
	// somebody else.
	folder, err := os.MkdirTemp("", "remit-disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(folder); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=0755,size="+size+"m"); err != nil {
		t.Fatal("mounting a small disk: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error("unmounting the small disk: ", err)
		}
	})
	return folder
}

// fill takes what is left of a disk, and returns the file that does.
func fill(t *testing.T, folder string) string {
	t.Helper()
	ballast := filepath.Join(folder, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// TestFullDiskRefuses: a server whose disk is full releases nothing that it could
// not record. It says why, and answers again when there is room.
func TestFullDiskRefuses(t *testing.T) { withOwnMounts(t, testFullDiskRefuses) }

func testFullDiskRefuses(t *testing.T) {
	for name, killed := range map[string]bool{"sqlite": false, "sqlite and killed": true} {
		t.Run(name, func(t *testing.T) {
			// Room for all that the load writes until the test ends. It is quick: once
			// there is room it fills 12 MiB, two write-ahead logs of 4 MiB among them, in
			// half a second.
			disk := smallDisk(t, "48")
			fullDisk(t, newHouse(t, "sqlite:"+filepath.Join(disk, "remit.db")), disk, killed)
		})
	}
	t.Run("sqlite filled by its own log", func(t *testing.T) {
		disk := smallDisk(t, "12")
		filledByItself(t, newHouse(t, "sqlite:"+filepath.Join(disk, "remit.db")), disk)
	})
	t.Run("postgres", func(t *testing.T) {
		disk := smallDisk(t, "48")
		tables := filepath.Join(disk, "tables")
		if err := os.Mkdir(tables, 0o755); err != nil {
			t.Fatal(err)
		}
		fullDisk(t, newHouse(t, pgtest.URLIn(t, tables)), disk, false)
	})
}

// fullDisk fills the disk under a server, which is killed while it is full or left
// alone, and makes room again.
func fullDisk(t *testing.T, h *house, disk string, kill bool) {
	server := h.Serve(t)
	l := newLoad(h, "disk", server.URL)
	l.start(clients)
	l.await(t, 50)
	ballast := fill(t, disk)
	refused := awaitRefusals(t, l, 100)
	h.awaitReady(t, server.URL, http.StatusServiceUnavailable)
	if !server.Running() {
		t.Fatalf("the server is gone:\n%s", server.Log())
	}
	if kill {
		server.Kill()
		l.on()
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if kill {
		server = h.Serve(t)
		l.on(server.URL)
	}
	h.awaitReady(t, server.URL, http.StatusOK)
	settleFull(t, h, l, server, refused)
}

// filledByItself lets the load fill the disk. Then neither database nor write-ahead
// log can give room back, for folding a log into its file takes room: the disk must
// grow.
func filledByItself(t *testing.T, h *house, disk string) {
	server := h.Serve(t)
	l := newLoad(h, "disk", server.URL)
	l.start(clients)
	refused := awaitRefusals(t, l, 100)
	h.awaitReady(t, server.URL, http.StatusServiceUnavailable)
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "mode=0755,size=48m"); err != nil {
		t.Fatal("growing the small disk: ", err)
	}
	h.awaitReady(t, server.URL, http.StatusOK)
	settleFull(t, h, l, server, refused)
}

// settleFull ends the load on a server that has room again: what was answered is in
// the log, and what was refused says why.
func settleFull(t *testing.T, h *house, l *load, server *testserver.Server, refused []*request) {
	l.await(t, 50)
	awaitResults(t, l, 50)
	requests := l.end()
	server.Stop(t)
	total := h.verify(t)
	t.Logf("%d refused while the disk was full, e.g. %s", len(refused), refused[0].body)
	for _, r := range refused {
		if r.status != http.StatusServiceUnavailable && !strings.Contains(r.body, "jsonrpc") {
			t.Errorf("%s was answered with %d on a full disk: %s", r.op, r.status, r.body)
		}
		if !strings.Contains(r.body, "disk is full") {
			t.Errorf("%s is refused without the reason: %s", r.op, r.body)
		}
	}
	t.Logf("%v; %d entries verify", h.settle(t, requests, h.entries(t)), total)
}

// awaitReady waits until the server says by the status whether it is ready.
func (h *house) awaitReady(t *testing.T, url string, status int) {
	t.Helper()
	got := 0
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/readyz", http.NoBody)
		h.must(err)
		response, err := http.DefaultClient.Do(r)
		h.must(err)
		h.must(response.Body.Close())
		if got = response.StatusCode; got == status {
			return
		}
	}
	t.Errorf("/readyz says %d, want %d", got, status)
}

// awaitRefusals waits until so many requests have been refused as unavailable.
func awaitRefusals(t *testing.T, l *load, n int) (refused []*request) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if refused = l.unavailable(); len(refused) >= n {
			return refused
		}
		if time.Now().After(deadline) {
			t.Fatalf("only %d requests are refused on a full disk", len(refused))
		}
	}
}

// awaitResults waits until so many more requests have been answered well.
func awaitResults(t *testing.T, l *load, n int) {
	t.Helper()
	began := l.answered() - len(l.unavailable())
	for deadline := time.Now().Add(time.Minute); l.answered()-len(l.unavailable()) < began+n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server does not answer again though there is room")
		}
	}
}
