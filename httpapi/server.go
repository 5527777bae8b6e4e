package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The time-outs of the server. A client that dawdles over its header or body, or
// over reading an answer, gives its connection back. Streams lift those that do
// not fit them (see ask.go, export.go).
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
)

// cutOff as a write deadline breaks a connection off: the Write that runs fails,
// and when the connection is closed, what the client has not taken is dropped.
var cutOff = time.Unix(1, 0)

// Listener returns a listener whose connections can be broken off. Without it the
// system goes on sending what it holds for a slow client, some megabytes, for as
// long as the client likes, also when the right to it has been revoked.
func Listener(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return connection{tcp}, err
	}
	return conn, err
}

type connection struct{ *net.TCPConn }

func (c connection) SetWriteDeadline(t time.Time) error {
	if t.Equal(cutOff) {
		_ = c.SetLinger(0) // without it the client gets what was sent, no more
	}
	return c.TCPConn.SetWriteDeadline(t)
}

// Serve answers requests on the listener until ctx ends. Then it takes no more,
// lets those that are running finish for at most grace, and returns nil; after
// that it cuts them off and returns the context's error.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, grace time.Duration) error {
	running, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return running },
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(running, grace)
		defer cancel()
		err := server.Shutdown(patience)
		if err != nil {
			cut()
			err = errors.Join(err, server.Close())
		}
		stopped <- err
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
