// Command remit is the binary of Remit: it serves the CRM and is its operators'
// command line. See "remit help".
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], systemWorld())
	stop()
	os.Exit(code)
}

// world is what the commands touch of the system around them.
type world struct {
	in       io.Reader
	out      io.Writer
	errors   io.Writer
	env      func(string) string
	terminal bool   // out is a terminal: tables are aligned for eyes
	operator string // who sits at the command line
}

func systemWorld() world {
	return world{
		in: os.Stdin, out: os.Stdout, errors: os.Stderr, env: os.Getenv,
		terminal: isTerminal(os.Stdout), operator: operatorName(),
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
