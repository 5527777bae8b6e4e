package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a child process that serves HTTP.
type server struct {
	address string
	cmd     *exec.Cmd
}

// start starts a program that prints "serving on http://ADDRESS".
func start(ctx context.Context, folder, program string, args ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, program, args...) // #nosec G204 -- our own binaries
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Env = append(os.Environ(), "REMIT_MASTER_KEY="+masterKey)
	log, err := os.OpenFile(filepath.Join(folder, filepath.Base(program)+".log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || !found {
		text, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("%s did not start: %s%s", program, line, text), cmd.Process.Kill(), cmd.Wait())
	}
	return &server{address: address, cmd: cmd}, nil
}

// masterKey seals nothing but what is made to be measured.
const masterKey = "0000000000000000000000000000000000000000000000000000000000000007"

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		return nil
	}
	return err
}

// process is what /proc tells of one.
type process struct {
	parent int
	cpu    time.Duration // user and system
}

func inspect(pid int) (process, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	// The second field, the name, is in brackets and may hold spaces.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return process{}, fmt.Errorf("/proc/%d/stat is short", pid)
	}
	var numbers [3]int
	for i, field := range []string{fields[1], fields[11], fields[12]} {
		if numbers[i], err = strconv.Atoi(field); err != nil {
			return process{}, err
		}
	}
	return process{parent: numbers[0], cpu: time.Duration(numbers[1]+numbers[2]) * (time.Second / clockTick)}, nil
}

// clockTick is how many ticks /proc counts in a second: 100 on every Linux that Go
// runs on.
const clockTick = 100

// anonymous returns the memory of a process, in bytes, that is its own and no
// file's.
func anonymous(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("no RssAnon in /proc: Linux 4.5 or later is needed")
}

// spent returns the CPU time of a process and of its children that are alive,
// which for PostgreSQL's first process are all the others.
func spent(pid int) (time.Duration, error) {
	p, err := inspect(pid)
	if err != nil {
		return 0, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	total := p.cpu
	for _, entry := range entries {
		n, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue // no process
		}
		child, err := inspect(n)
		if err != nil {
			continue // it has ended
		}
		if child.parent == pid {
			total += child.cpu
		}
	}
	return total, nil
}
