package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/mcpserver"
	"github.com/remit-crm/remit/web"
)

const (
	defaultAddress = "127.0.0.1:8080"
	defaultRate    = 500.0
)

// serveFlags are the settings of a server.
type serveFlags struct {
	address   string
	hosts     []string
	origins   []string
	proxies   []string
	secure    bool
	certFile  string
	keyFile   string
	rate      float64
	logFormat string
	grace     time.Duration
}

func (f *serveFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.address, "addr", defaultAddress, "address to serve on")
	c.Flags().StringSliceVar(&f.hosts, "host", nil, "host name beside localhost under which the server is reached (repeatable)")
	c.Flags().StringSliceVar(&f.origins, "origin", nil, "origin of the web app where a proxy changes the Host header, e.g. https://crm.example.com (repeatable)")
	c.Flags().StringSliceVar(&f.proxies, "trusted-proxy", nil, "network of reverse proxies whose X-Forwarded-For is believed, e.g. 10.0.0.0/8 (repeatable)")
	c.Flags().BoolVar(&f.secure, "secure", false, "the server is reached over TLS, by a proxy in front of it: cookies are sent over TLS only")
	c.Flags().StringVar(&f.certFile, "tls-cert", "", "file with the TLS certificate chain, to serve TLS itself")
	c.Flags().StringVar(&f.keyFile, "tls-key", "", "file with the certificate's private key")
	c.Flags().Float64Var(&f.rate, "rate", defaultRate, "requests a second for one person, with bursts of twice as many; 0 is no bound")
	c.Flags().StringVar(&f.logFormat, "log-format", "text", "text or json")
	c.Flags().DurationVar(&f.grace, "grace", 20*time.Second, "how long running requests may take when the server is told to stop")
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	var config string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the CRM: the web app, the HTTP API and MCP",
		Long: `Serve the CRM: the web app at /, the HTTP API at /api and MCP at /mcp; /healthz,
/readyz and /metrics are for operators.

An SQLite database and, beside it, a master key are made where they are missing.
Keep the master key: without it what it sealed is lost. With PostgreSQL the key must be
given in REMIT_MASTER_KEY or with --key-file.

A file given with --config holds the same settings as YAML, by the names of the
flags; flags win. Its section models names the model services for AI employees; they
can also be given by environment variables such as REMIT_ANTHROPIC_API_KEY,
REMIT_OPENAI_API_KEY and REMIT_OPENAI_BASE_URL. Without any, the built-in offline planner
answers.`,
		Example: `  remit serve
  remit serve --database sqlite:/var/lib/remit/crm.db --addr 127.0.0.1:8080 --host crm.example.com --secure
  remit serve --config /etc/remit.yaml`,
		Args: cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			if err := a.applyConfig(c, config); err != nil {
				return err
			}
			log, err := newLog(a.errors, f.logFormat)
			if err != nil {
				return err
			}
			in, err := a.open(c.Context(), true, log)
			if err != nil {
				return err
			}
			return errors.Join(a.serve(c.Context(), in, f, log), in.store.Close())
		}),
	}
	a.storeFlags(c)
	f.add(c)
	c.Flags().StringVar(&config, "config", "", "YAML file with settings")
	return c
}

func newLog(w io.Writer, format string) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	}
	return nil, usagef("--log-format must be text or json, not %q", format)
}

// serve answers requests until ctx ends.
func (a *app) serve(ctx context.Context, in *installation, f serveFlags, log *slog.Logger) error {
	defer holdHeapFloor()()
	// Runs end first, so that those who follow them hear why and do not hold the end up.
	defer context.AfterFunc(ctx, in.talks.Close)()
	defer in.talks.Close()
	if err := in.talks.Start(ctx); err != nil {
		return err
	}
	api, err := f.api(in, log)
	if err != nil {
		return err
	}
	listener, scheme, err := f.listen(ctx)
	if err != nil {
		return err
	}
	url := scheme + "://" + listener.Addr().String()
	if scheme == "http" && !f.secure && !isLoopback(listener.Addr()) {
		log.WarnContext(ctx, "serving without TLS on an address that others reach: use --tls-cert, or a proxy and --secure", "url", url)
	}
	_, _ = fmt.Fprintf(a.out, "serving on %s\n", url)
	if err := httpapi.Serve(ctx, listener, api, log, f.grace); err != nil {
		return fmt.Errorf("serving on %s: %w", url, err)
	}
	return nil
}

func (f serveFlags) api(in *installation, log *slog.Logger) (*httpapi.API, error) {
	proxies, err := f.prefixes()
	if err != nil {
		return nil, err
	}
	files, err := web.Files()
	if err != nil {
		return nil, err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return httpapi.New(httpapi.Options{
		Records: in.records, Auth: in.store.Directory, Sessions: in.sessions, Views: in.views, Answers: in.answers, Importer: in.importer,
		Policies: in.policies, Conversations: in.talks, People: in.people, Profile: in.profile, Settings: in.settings,
		Services: in.services, Templates: in.overall, MCP: mcpserver.New(in.tools, version, log), Web: files, Ready: in.store.Ready,
		Log: log, Metrics: metrics, IDs: in.ids, Now: time.Now, Version: version,
		Hosts: f.hosts, Origins: f.origins, Proxies: proxies, Secure: f.secure || f.certFile != "",
		Rates: httpapi.Rates{Person: f.rate},
	})
}

func (f serveFlags) prefixes() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range f.proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, addressErr := netip.ParseAddr(text)
			if addressErr != nil {
				return nil, usagef("--trusted-proxy: %q is no network such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		all = append(all, prefix)
	}
	return all, nil
}

func (f serveFlags) listen(ctx context.Context) (l net.Listener, scheme string, err error) {
	if (f.certFile == "") != (f.keyFile == "") {
		return nil, "", usagef("--tls-cert and --tls-key go together")
	}
	if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", f.address); err != nil {
		return nil, "", err
	}
	if l = httpapi.Listener(l); f.certFile == "" {
		return l, "http", nil
	}
	certificate, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("reading the TLS certificate: %w", err), l.Close())
	}
	// HTTP/1.1 only: net/http speaks HTTP/2 where it makes the TLS listener itself.
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}), "https", nil
}

func isLoopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
