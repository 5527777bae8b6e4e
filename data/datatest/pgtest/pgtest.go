// Package pgtest starts a throw-away PostgreSQL server for tests: one for each
// test binary, reachable through a Unix socket in a temporary folder only, gone
// when the binary ends, however it ends.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// URL returns the URL of a fresh, empty database, which is dropped when the test
// ends. It starts the server if this is the first call, and fails the test where
// PostgreSQL is not installed.
func URL(tb testing.TB) string {
	tb.Helper()
	s, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	return s.database(tb)
}

// URLIn is URL for a database whose tables lie in the folder, which is empty and
// on a disk of the test's choosing. The server's write-ahead log does not lie
// there.
func URLIn(tb testing.TB, folder string) string {
	tb.Helper()
	s, err := start()
	if err == nil {
		err = s.own(folder)
	}
	if err != nil {
		tb.Fatal(err)
	}
	space := fmt.Sprintf("space_%d", databases.Add(1))
	if err := s.command(fmt.Sprintf("CREATE TABLESPACE %s LOCATION '%s'", space, folder)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.command("DROP TABLESPACE " + space); err != nil {
			tb.Error(err)
		}
	})
	return s.database(tb, "--tablespace="+space)
}

// database makes a database for a test and returns its URL.
func (s *server) database(tb testing.TB, options ...string) string {
	tb.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := s.create(name, options...); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.run("dropdb", "--force", name); err != nil {
			tb.Error(err)
		}
	})
	return s.url(name)
}

// command runs a statement that concerns the whole server.
func (s *server) command(statement string) error {
	return s.run("psql", "--quiet", "--dbname=postgres", "--command", statement)
}

// Serve starts a server with further settings, such as "shared_buffers=1GB", for
// programs that measure. It returns the URL of an empty database and the id of
// the server's first process. The server is gone when this process ends.
func Serve(settings ...string) (url string, pid int, err error) {
	s, err := startServer(settings...)
	if err != nil {
		return "", 0, err
	}
	const name = "measured"
	if err := s.create(name); err != nil {
		return "", 0, err
	}
	text, err := os.ReadFile(filepath.Join(s.folder, "data", "postmaster.pid"))
	if err != nil {
		return "", 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(line)
	kept = append(kept, s)
	return s.url(name), pid, err
}

// kept holds the servers of [Serve]: without it the collector would close their
// standard inputs, and so end them.
var kept []*server

func (s *server) create(name string, options ...string) error {
	return s.run("createdb", append(options, "--template=template0", "--encoding=UTF8", "--locale=C", name)...)
}

func (s *server) url(name string) string {
	query := url.Values{"host": {s.folder}, "sslmode": {"disable"}}
	return "postgres://" + superuser + "@/" + name + "?" + query.Encode()
}

const superuser = "remit"

// databases counts the databases made, for their names.
var databases atomic.Int64

// start starts the server on the first call.
var start = sync.OnceValues(func() (*server, error) { return startServer() })

// server is a running PostgreSQL.
type server struct {
	bin    string // folder of PostgreSQL's programs
	folder string // of the socket and the data
	as     *syscall.SysProcAttr
	life   io.Closer // the shell's standard input; held, or the collector would close it
}

// The server need not survive a crash: it does not wait for the disk.
var settings = []string{
	"listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=32MB",
	"max_connections=100", "max_wal_size=128MB", "log_min_messages=fatal",
}

func startServer(more ...string) (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Not below the test's own temporary folder: the path of a socket is limited to
	// about 100 bytes.
	folder, err := os.MkdirTemp("/tmp", "remit-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, folder: folder}
	if err := s.dropRoot(); err != nil {
		return nil, err
	}
	if err := s.launch(more); err != nil {
		return nil, err
	}
	return s, s.await()
}

// programs returns the folder of the newest PostgreSQL that is installed.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("pgtest: PostgreSQL is not installed: apt-get install postgresql")
}

func version(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0 // a folder that is no version comes last
	}
	return n
}

// dropRoot hands the server's folder to an unprivileged user, for PostgreSQL
// refuses to run as root.
func (s *server) dropRoot() error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return fmt.Errorf("pgtest: no unprivileged user to run PostgreSQL as: %w", err)
		}
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return err
	}
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return s.own(s.folder)
}

// own hands a folder to the user that the server runs as.
func (s *server) own(folder string) error {
	if s.as == nil {
		return nil
	}
	return os.Chown(folder, int(s.as.Credential.Uid), int(s.as.Credential.Gid))
}

// launch makes the data folder and starts the server below a shell that waits for
// its standard input to end. This process holds the other end and never writes,
// so the shell stops the server when this process is gone, killed or not.
func (s *server) launch(more []string) error {
	data := filepath.Join(s.folder, "data")
	if err := s.run("initdb", "--pgdata="+data, "--username="+superuser, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"); err != nil {
		return err
	}
	const script = `folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null & server=$!
cat >/dev/null
kill -INT $server; wait $server
rm -rf "$folder"`
	args := []string{"-c", script, "pgtest", s.folder, filepath.Join(s.bin, "postgres"), "-D", data, "-k", s.folder}
	for _, setting := range slices.Concat(settings, more) { // the last one counts
		args = append(args, "-c", setting)
	}
	cmd := exec.CommandContext(context.Background(), "/bin/sh", args...) // #nosec G204 -- fixed programs
	// A process group of its own: an interrupt at the terminal goes to the tests,
	// and the shell lives to clean up.
	attr := syscall.SysProcAttr{Setpgid: true}
	if s.as != nil {
		attr.Credential = s.as.Credential
	}
	cmd.SysProcAttr, cmd.Dir = &attr, s.folder
	var err error
	if s.life, err = cmd.StdinPipe(); err != nil {
		return err
	}
	return cmd.Start()
}

// await waits until the server takes connections.
func (s *server) await() error {
	const patience = 60 * time.Second
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = s.run("pg_isready", "--quiet"); err == nil {
			return nil
		}
	}
	log, readErr := os.ReadFile(filepath.Join(s.folder, "log"))
	return errors.Join(fmt.Errorf("pgtest: the server did not start within %v: %s", patience, log), err, readErr)
}

// run runs one of PostgreSQL's programs against the server.
func (s *server) run(program string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.bin, program), args...) // #nosec G204 -- fixed programs
	cmd.SysProcAttr, cmd.Dir = s.as, s.folder
	cmd.Env = append(environment(), "PGHOST="+s.folder, "PGUSER="+superuser, "LC_ALL=C")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pgtest: %s: %w: %s", program, err, bytes.TrimSpace(output.Bytes()))
	}
	return nil
}

// environment returns this process's, without what would lead PostgreSQL's
// programs to another server.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "PG") })
}
