// Package testserver runs the product as its users do, for the tests below e2e:
// the binary, built once for each test binary, as servers and as a command line
// over one database.
//
// A test package calls [Main] from its TestMain, so that what was built goes
// away at the end.
package testserver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Main runs the tests and removes the binary.
func Main(m *testing.M) int {
	code := m.Run()
	if folder := built.folder; folder != "" {
		_ = os.RemoveAll(folder) // it lies in the system's temporary folder
	}
	return code
}

// built is the binary of this test binary.
var built struct {
	once   sync.Once
	folder string
	err    error
}

// binary returns the path of the product, which the first call builds.
func binary() (string, error) {
	built.once.Do(func() { built.folder, built.err = build() })
	return filepath.Join(built.folder, "remit"), built.err
}

func build() (folder string, err error) {
	if folder, err = os.MkdirTemp("", "remit-e2e-"); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(context.Background(), "go", "build", "-ldflags=-s -w", "-o", folder, "github.com/remit-crm/remit/cmd/remit")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("building remit: %w\n%s", err, output), os.RemoveAll(folder))
	}
	return folder, nil
}

// Installation is one database with the master key to it.
type Installation struct {
	Database    string   // its URL
	Master      []byte   // the master key
	Environment []string // of every process, beside this one's: NAME=value
	folder      string   // working directory of every process
}

// New returns the installation over the database at url, which the first process
// makes what it needs in. Nothing is started yet.
func New(tb testing.TB, url string) *Installation {
	tb.Helper()
	return &Installation{Database: url, Master: bytes.Repeat([]byte{7}, 32), folder: tb.TempDir()}
}

// NewSQLite returns an installation in a folder of its own.
func NewSQLite(tb testing.TB) *Installation {
	tb.Helper()
	return New(tb, "sqlite:"+filepath.Join(tb.TempDir(), "remit.db"))
}

// Command returns a process of the product that has not been started.
func (in *Installation) Command(ctx context.Context, args ...string) *exec.Cmd {
	path, err := binary()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Err = errors.Join(err, cmd.Err) // what starts it gets to know
	cmd.Dir = in.folder
	cmd.Env = append(os.Environ(), "REMIT_DATABASE="+in.Database, fmt.Sprintf("REMIT_MASTER_KEY=%x", in.Master))
	cmd.Env = append(cmd.Env, in.Environment...)
	return cmd
}

// Try runs a command line to its end. The error has what it wrote to its
// standard error.
func (in *Installation) Try(ctx context.Context, args ...string) (stdout string, err error) {
	cmd := in.Command(ctx, args...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("remit %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return out.String(), nil
}

// Run is Try for what must succeed.
func (in *Installation) Run(tb testing.TB, args ...string) string {
	tb.Helper()
	out, err := in.Try(tb.Context(), args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// Server is a process of "remit serve".
type Server struct {
	URL   string // http://127.0.0.1:PORT
	cmd   *exec.Cmd
	log   *syncBuffer
	ended chan struct{} // closed when the process is gone and reaped
}

// startPatience is how long a server may take before it answers, on a machine
// that has much to do.
const startPatience = 60 * time.Second

// Serve starts a server on a free port of the loopback, with the flags, and
// returns when it answers. It is killed when the test ends, if it still runs.
func (in *Installation) Serve(tb testing.TB, flags ...string) *Server {
	tb.Helper()
	s, err := in.Start(flags...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Kill)
	return s
}

// Start is Serve without a test: the caller ends the server.
func (in *Installation) Start(flags ...string) (*Server, error) {
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--rate", "0", "--log-format", "json"}, flags...)
	s := &Server{cmd: in.Command(context.Background(), args...), log: &syncBuffer{}, ended: make(chan struct{})}
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(startPatience, func() { _ = s.cmd.Process.Kill() })
	line, readErr := bufio.NewReader(out).ReadString('\n')
	timer.Stop()
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = s.cmd.Wait() // how it ended is in ProcessState
		close(s.ended)
	}()
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if readErr != nil || !ok {
		s.Kill()
		return nil, fmt.Errorf("the server did not start: %q, %w\n%s", line, readErr, s.Log())
	}
	s.URL = url
	return s, nil
}

// Kill ends the server as a power cut does (SIGKILL) and returns when it is
// gone. Killing a server that is gone does nothing.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
}

// Stop ends the server in order and fails the test if it does not end well.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(startPatience):
		s.Kill()
		tb.Fatalf("the server did not stop:\n%s", s.Log())
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		tb.Errorf("the server exited with %d:\n%s", code, s.Log())
	}
}

// Running reports whether the process is there.
func (s *Server) Running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// Log returns what the server has logged.
func (s *Server) Log() string { return s.log.String() }

// syncBuffer is a buffer that a process fills while a test reads it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
