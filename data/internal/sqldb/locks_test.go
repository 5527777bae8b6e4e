package sqldb_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

// A process loses every lock that it has on a file when it closes any descriptor
// of it (POSIX, fcntl), and SQLite's with them: another process would then take
// itself for the last one, and delete the log that this one still writes to. So
// opening a database again must not open and close its file.
func TestOpeningAgainKeepsLocks(t *testing.T) {
	path := t.TempDir() + "/locks.db"
	first := open(t, "sqlite:"+path, sqldb.Options{})
	exec(t, first, sqldb.Stmt{SQL: "CREATE TABLE things (n INTEGER)"})
	if !locked(t, path) {
		t.Fatal("an open database is not locked: this test shows nothing")
	}
	open(t, "sqlite:"+path, sqldb.Options{})
	if !locked(t, path) {
		t.Error("opening the database again lost the locks of who had it open")
	}
}

// locked reports whether any process has a POSIX lock on the file.
func locked(t *testing.T, path string) bool {
	t.Helper()
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Skipf("NOT CHECKED: locks are listed on Linux only: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	inode := strconv.FormatUint(info.Sys().(*syscall.Stat_t).Ino, 10)
	for line := range strings.Lines(string(locks)) {
		if strings.Contains(line, "POSIX") && strings.Contains(line, ":"+inode+" ") {
			return true
		}
	}
	return false
}
