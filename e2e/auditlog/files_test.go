package auditlog

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-crm/remit/e2e/testserver"
)

// files is what lies in the folder of a database on SQLite, by name.
type files map[string][]byte

func readFiles(t *testing.T, folder string) files {
	t.Helper()
	all := files{}
	names, err := filepath.Glob(filepath.Join(folder, "remit*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no database in %s: %v", folder, err)
	}
	for _, name := range names {
		if all[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// putBack replaces what lies in the folder by the files.
func (f files) putBack(t *testing.T, folder string) {
	t.Helper()
	for name := range readFiles(t, folder) {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range f {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// with returns the files with one of them replaced.
func (f files) with(name string, content []byte) files {
	changed := maps.Clone(f)
	changed[name] = content
	return changed
}

const (
	logFile     = "remit-audit.db"
	journalFile = "remit-audit.db-wal"
)

// works serves and has the server answer for a while. It ends the server in order,
// or kills it.
func (h *house) works(t *testing.T, prefix string, end func(*testserver.Server)) {
	t.Helper()
	server := h.Serve(t)
	l := newLoad(h, prefix, server.URL)
	l.start(clients)
	l.await(t, 60)
	l.end()
	end(server)
}

// TestFilesPutBackAreFound: a checkpoint that was kept elsewhere shows that the
// files of the log are not those that there were. Without it nothing can be said,
// and verify says so.
func TestFilesPutBackAreFound(t *testing.T) {
	folder := t.TempDir()
	h := newHouse(t, "sqlite:"+folder+"/remit.db")
	stop := func(s *testserver.Server) { s.Stop(t) }
	h.works(t, "old", stop)
	old := readFiles(t, folder)
	h.works(t, "new", stop)
	kept := h.keepCheckpoint(t)
	current := readFiles(t, folder)
	entries := h.verify(t, "--checkpoint", kept)

	t.Run("as they were", func(t *testing.T) {
		h.works(t, "newer", stop)
		if more := h.verify(t, "--checkpoint", kept); more <= entries {
			t.Errorf("%d entries, and %d before", more, entries)
		}
	})
	t.Run("an older copy", func(t *testing.T) {
		old.putBack(t, folder)
		h.refutes(t, kept, "was cut off or an older copy put back")
		if out := h.Run(t, "audit", "verify"); !strings.Contains(out, "cannot be excluded") {
			t.Errorf("without a checkpoint verify claims too much: %s", out)
		}
	})
	t.Run("an older copy that has grown since", func(t *testing.T) {
		old.putBack(t, folder)
		for n := int64(0); n <= entries; n = h.verify(t) {
			h.works(t, "other", stop)
		}
		h.refutes(t, kept, "are not those of the given checkpoint")
	})
	t.Run("the log alone is an older copy", func(t *testing.T) {
		current.with(logFile, old[logFile]).putBack(t, folder)
		h.refutes(t, kept, "was cut off or an older copy put back")
	})
	t.Run("half of the file", func(t *testing.T) {
		current.with(logFile, current[logFile][:len(current[logFile])/2]).putBack(t, folder)
		h.refutes(t, kept, "")
	})
	t.Run("no log at all", func(t *testing.T) {
		without := maps.Clone(current)
		delete(without, logFile)
		without.putBack(t, folder)
		h.refutes(t, kept, "was cut off or an older copy put back")
	})
}

// TestCutJournalIsFound: what a killed server has written and not yet moved into
// the log's file lies in its journal. A journal that is cut off is a log that is
// cut off.
func TestCutJournalIsFound(t *testing.T) {
	folder := t.TempDir()
	h := newHouse(t, "sqlite:"+folder+"/remit.db")
	var kept string
	h.works(t, "killed", func(s *testserver.Server) {
		kept = h.keepCheckpoint(t)
		s.Kill()
	})
	left := readFiles(t, folder)
	if len(left[journalFile]) == 0 {
		t.Fatal("the killed server left no journal: the test shows nothing")
	}
	h.verify(t, "--checkpoint", kept)
	for _, part := range []int{0, 1, 2, 3} {
		left.with(journalFile, left[journalFile][:len(left[journalFile])*part/4]).putBack(t, folder)
		h.refutes(t, kept, "was cut off or an older copy put back")
	}
}

// keepCheckpoint keeps the log's checkpoint in a file elsewhere.
func (h *house) keepCheckpoint(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "checkpoint")
	if err := os.WriteFile(file, []byte(h.Run(t, "audit", "checkpoint")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// refutes expects verify to find the log wanting, in the words.
func (h *house) refutes(t *testing.T, checkpoint, words string) {
	t.Helper()
	out, err := h.Try(t.Context(), "audit", "verify", "--checkpoint", checkpoint)
	switch {
	case err == nil:
		t.Errorf("the log verifies: %s", out)
	case !strings.Contains(err.Error(), words):
		t.Errorf("%v", err)
	}
}
