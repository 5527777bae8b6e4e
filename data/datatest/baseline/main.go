// Command baseline is what Remit's speed is measured against: a server that a
// good programmer would write by hand for three questions, over the same driver
// and the same audit log, with no policy. Whom a request is for it learns from
// the same tokens, kept in memory. It also fills databases for measuring.
//
//	baseline fill  --database URL --rows N --people N --logins FILE
//	baseline serve --database URL --logins FILE
//
// The master key is in REMIT_MASTER_KEY. Package bench drives it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/bigcompany"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "baseline:", err)
		os.Exit(1) //nolint:gocritic // stop only takes a handler back
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("say fill or serve")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	o := bigcompany.Options{Departments: 50}
	flags.StringVar(&o.URL, "database", "", "database URL")
	flags.IntVar(&o.Rows, "rows", 1_000_000, "opportunities to make")
	flags.IntVar(&o.People, "people", 1000, "people to make")
	flags.IntVar(&o.Roles, "roles", 0, "roles to make that nobody has")
	flags.IntVar(&o.Tokens, "tokens", 200, "reps who get a token")
	logins := flags.String("logins", "", "file of the people's tokens")
	secured := flags.String("secured", "", "URL of the database as a role that row-level security binds")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	var err error
	if o.Master, err = data.ParseMaster(os.Getenv("REMIT_MASTER_KEY")); err != nil {
		return err
	}
	switch args[0] {
	case "fill":
		return fill(ctx, o, *logins)
	case "serve":
		return serve(ctx, o, *logins, *secured)
	}
	return fmt.Errorf("no command %q", args[0])
}

func fill(ctx context.Context, o bigcompany.Options, logins string) error {
	company, err := bigcompany.Fill(ctx, o)
	if err != nil {
		return err
	}
	text, err := json.Marshal(company)
	if err != nil {
		return err
	}
	return os.WriteFile(logins, text, 0o600)
}

func serve(ctx context.Context, o bigcompany.Options, logins, secured string) (err error) {
	text, err := os.ReadFile(logins) // #nosec G304 -- the caller names the file
	if err != nil {
		return err
	}
	var company bigcompany.Company
	if err := json.Unmarshal(text, &company); err != nil {
		return err
	}
	// As the product does: see holdHeapFloor there.
	floor := make([]byte, 16<<20)
	defer runtime.KeepAlive(floor)
	h, err := newHandler(ctx, o, &company, secured)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("serving on http://%s\n", listener.Addr())
	server := &http.Server{Handler: h.mux(), ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
