package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// question is a request that is put to a server, by one person after the other.
type question struct {
	path, body string
	accept     string
	tokens     []string
}

// timing is what a round of load met.
type timing struct {
	requests int
	took     time.Duration
	p50, p99 time.Duration
}

// maxRound bounds a round, however slow a server is.
const maxRound = 60 * time.Second

// load puts the question so many times over so many connections, one request at
// a time on each. It speaks HTTP/1.1 by hand, since the machine's cores are
// shared with what is measured. Every answer must be a 200.
func load(ctx context.Context, address string, q question, requests, connections int) (timing, error) {
	payloads := make([][]byte, len(q.tokens))
	for i, token := range q.tokens {
		payloads[i] = q.request(address, token)
	}
	ctx, cancel := context.WithTimeout(ctx, maxRound)
	defer cancel()
	var next atomic.Int64
	taken := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var running sync.WaitGroup
	started := time.Now()
	for i := range connections {
		running.Go(func() {
			taken[i], errs[i] = ask(ctx, address, func() []byte {
				n := int(next.Add(1)) - 1
				if n >= requests || ctx.Err() != nil {
					return nil
				}
				return payloads[n%len(payloads)]
			})
		})
	}
	running.Wait()
	t := timing{took: time.Since(started)}
	all := slices.Concat(taken...)
	if err := errors.Join(errs...); err != nil {
		return t, err
	}
	if len(all) == 0 {
		return t, errors.New("no request was answered")
	}
	slices.Sort(all)
	t.requests, t.p50, t.p99 = len(all), all[len(all)/2], all[len(all)*99/100]
	return t, nil
}

func (q question) request(address, token string) []byte {
	accept := q.accept
	if accept == "" {
		accept = "application/json"
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		q.path, address, token, accept, len(q.body), q.body)
}

// ask sends what next gives, until it gives nothing, over one connection.
func ask(ctx context.Context, address string, next func() []byte) (taken []time.Duration, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(2 * maxRound)); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(conn, 64<<10)
	for payload := next(); payload != nil; payload = next() {
		started := time.Now()
		if _, err := conn.Write(payload); err != nil {
			return nil, err
		}
		if err := readAnswer(r); err != nil {
			return nil, err
		}
		taken = append(taken, time.Since(started))
	}
	return taken, nil
}

// readAnswer reads a 200 and throws its body away.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("a request was refused: %s", status)
	}
	length, err := readHeader(r)
	if err != nil {
		return err
	}
	if length < 0 {
		return skipChunks(r)
	}
	_, err = r.Discard(length)
	return err
}

// readHeader returns the Content-Length, -1 if there is none.
func readHeader(r *bufio.Reader) (length int, err error) {
	length = -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		}
	}
}

// skipChunks reads a chunked body (RFC 9112, section 7.1) without trailers.
func skipChunks(r *bufio.Reader) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return err
		}
		if _, err := r.Discard(int(size) + len("\r\n")); err != nil || size == 0 { // #nosec G115 -- 31 bits
			return err
		}
	}
}
