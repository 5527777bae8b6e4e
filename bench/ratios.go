package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit/data/datatest/bigcompany"
	"github.com/remit-crm/remit/data/datatest/pgtest"
)

// bodies of the product's three questions.
const (
	pageBody  = `{"fields":["name","stage","amount","close_date","owner_id"],"sort":["-amount"],"limit":20}`
	stageBody = `{"measures":[{"fn":"count"},{"fn":"avg","field":"amount"}],"dimensions":[{"field":"stage"}]}`
	mcpBody   = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_records","arguments":` +
		`{"collection":"opportunities","fields":["name","stage","amount","close_date","owner_id"],"sort":["-amount"],"limit":20}}}`
)

// contest is one question on several servers, the product first.
type contest struct {
	name     string
	requests int
	entrants []entrant
}

type entrant struct {
	name   string
	server *server
	question
}

// result is what an entrant took in each round.
type result struct {
	cpu      []float64 // µs a request, PostgreSQL's share included
	perSec   []float64
	p50, p99 []float64 // ms
}

func (c *config) ratios(ctx context.Context, r *report) error {
	for _, database := range c.databases {
		if err := c.ratiosOn(ctx, database, r); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return nil
}

func (c *config) ratiosOn(ctx context.Context, database string, r *report) (err error) {
	in, err := c.install(ctx, database, bigcompany.Options{Rows: c.rows, People: 1000, Tokens: 200})
	if err != nil {
		return err
	}
	product, err := start(ctx, c.folder, c.product, "serve", "--database", in.url, "--addr", "127.0.0.1:0", "--rate", "0", "--log-format", "json")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, product.stop()) }()
	args := []string{"serve", "--database", in.url, "--logins", in.logins}
	if in.postgres != 0 {
		args = append(args, "--secured", in.secured)
	}
	baseline, err := start(ctx, c.folder, c.baseline, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, baseline.stop()) }()
	var results [][]result
	contests := slices.DeleteFunc(c.contests(in, product, baseline), func(contest contest) bool {
		return c.questions != "" && !slices.Contains(strings.Split(c.questions, ","), contest.name)
	})
	for _, contest := range contests {
		outcome, err := c.compete(ctx, contest, in.postgres)
		if err != nil {
			return fmt.Errorf("%s: %w", contest.name, err)
		}
		results = append(results, outcome)
	}
	memory, err := anonymous(product.cmd.Process.Pid)
	if err != nil {
		return err
	}
	r.ratios(database, c, contests, results, memory)
	return nil
}

func (c *config) contests(in *installation, product, baseline *server) []contest {
	reps, managers := tokens(in.company.Reps), tokens(in.company.Managers)
	query, aggregate := "/api/collections/opportunities/query", "/api/collections/opportunities/aggregate"
	few := max(20, c.requests/100)
	contests := []contest{
		{"Q1", c.requests, []entrant{
			{"Remit", product, question{path: query, body: pageBody, tokens: reps}},
			{"by hand", baseline, question{path: "/q1", body: pageBody, tokens: reps}},
			{"by hand, no audit", baseline, question{path: "/q1/unaudited", body: pageBody, tokens: reps}},
		}},
		{"Q2", c.requests, []entrant{
			{"Remit", product, question{path: query, body: pageBody, tokens: managers}},
			{"by hand", baseline, question{path: "/q2", body: pageBody, tokens: managers}},
		}},
		{"Q3", few, []entrant{
			{"Remit", product, question{path: aggregate, body: stageBody, tokens: managers}},
			{"by hand", baseline, question{path: "/q3", body: stageBody, tokens: managers}},
		}},
		{"MCP Q1", c.requests / 2, []entrant{
			{"Remit", product, question{path: "/mcp", body: mcpBody, tokens: reps, accept: "application/json, text/event-stream"}},
			{"bare SDK", baseline, question{path: "/mcp", body: mcpBody, tokens: reps, accept: "application/json, text/event-stream"}},
		}},
	}
	if in.postgres != 0 {
		// Of one's own records the goals say nothing.
		for i, path := range map[int]string{1: "/q2/secured", 2: "/q3/secured"} {
			e := entrant{"row-level security", baseline, contests[i].entrants[1].question}
			e.path = path
			contests[i].entrants = append(contests[i].entrants, e)
		}
	}
	return contests
}

func tokens(logins []bigcompany.Login) []string {
	all := make([]string, len(logins))
	for i, l := range logins {
		all[i] = l.Token
	}
	return all
}

// compete loads the entrants in turn, each round in another order. A round that
// is thrown away warms caches and connections.
func (c *config) compete(ctx context.Context, contest contest, postgres int) ([]result, error) {
	results := make([]result, len(contest.entrants))
	for round := -1; round < c.rounds; round++ {
		for i := range contest.entrants {
			n := (i + max(0, round)) % len(contest.entrants)
			e := contest.entrants[n]
			requests := contest.requests
			if contest.name == "Q3" && strings.HasPrefix(e.name, "row-level") {
				requests = min(requests, 32) // a tenth of a second and more each
			}
			if round < 0 {
				requests = max(c.connections, requests/4)
			}
			m, err := measured(ctx, e, requests, c.connections, postgres)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", e.name, err)
			}
			fmt.Fprintf(os.Stderr, "%s %s: %.0f µs CPU, %.0f req/s, p99 %v\n", contest.name, e.name,
				float64(m.cpu.Microseconds())/float64(m.requests), float64(m.requests)/m.took.Seconds(), m.p99.Round(100*time.Microsecond))
			if round >= 0 {
				results[n].add(m)
			}
		}
	}
	return results, nil
}

// measurement is one round of one entrant.
type measurement struct {
	timing
	cpu time.Duration
}

func measured(ctx context.Context, e entrant, requests, connections, postgres int) (measurement, error) {
	before, err := bothSpent(e.server, postgres)
	if err != nil {
		return measurement{}, err
	}
	t, err := load(ctx, e.server.address, e.question, requests, connections)
	if err != nil {
		return measurement{}, err
	}
	after, err := bothSpent(e.server, postgres)
	return measurement{t, after - before}, err
}

func bothSpent(s *server, postgres int) (time.Duration, error) {
	p, err := inspect(s.cmd.Process.Pid)
	if err != nil || postgres == 0 {
		return p.cpu, err
	}
	database, err := spent(postgres)
	return p.cpu + database, err
}

func (r *result) add(m measurement) {
	n := float64(m.requests)
	r.cpu = append(r.cpu, float64(m.cpu.Microseconds())/n)
	r.perSec = append(r.perSec, n/m.took.Seconds())
	r.p50 = append(r.p50, float64(m.p50.Microseconds())/1000)
	r.p99 = append(r.p99, float64(m.p99.Microseconds())/1000)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// installation is a filled database.
type installation struct {
	url, secured string
	logins       string // file of the people's tokens
	company      bigcompany.Company
	postgres     int // its first process; 0 on SQLite
}

// install fills a database, unless the folder has it.
func (c *config) install(ctx context.Context, database string, o bigcompany.Options) (*installation, error) {
	name := fmt.Sprintf("%s-%d-%d-%d", database, o.Rows, o.People, o.Roles)
	in := &installation{url: "sqlite:" + filepath.Join(c.folder, name+".db"), logins: filepath.Join(c.folder, name+".json")}
	filled := false
	if database == "postgres" {
		// Unlike the tests' server this one waits for the disk, since the audit's commits
		// are part of what is measured.
		var err error
		in.url, in.postgres, err = pgtest.Serve("fsync=on", "full_page_writes=on", "shared_buffers=2GB", "max_wal_size=4GB", "effective_cache_size=4GB")
		if err != nil {
			return nil, err
		}
	} else if _, err := os.Stat(in.logins); err == nil {
		filled = true
	}
	if !filled {
		started := time.Now()
		for _, rest := range []string{".db", ".db-wal", ".db-shm", "-audit.db", "-audit.db-wal", "-audit.db-shm"} {
			_ = os.Remove(filepath.Join(c.folder, name+rest)) // of a run that was broken off
		}
		args := []string{"fill", "--database", in.url, "--logins", in.logins}
		for name, n := range map[string]int{"rows": o.Rows, "people": o.People, "roles": o.Roles, "tokens": o.Tokens} {
			args = append(args, "--"+name, strconv.Itoa(n))
		}
		if err := finish(ctx, c.baseline, args...); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "filled %s in %v\n", name, time.Since(started).Round(time.Second))
	}
	text, err := os.ReadFile(in.logins)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &in.company); err != nil {
		return nil, err
	}
	if in.postgres != 0 {
		return in, in.secure(ctx)
	}
	return in, nil
}

// secure adds what row-level security needs: a role that it binds, and the
// policy that says the same as the product's. Superusers pass it by, so the other
// entrants do not meet it.
func (in *installation) secure(ctx context.Context) error {
	const statements = `CREATE ROLE secured LOGIN;
GRANT SELECT ON opportunities, people_closure TO secured;
ALTER TABLE opportunities ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON opportunities FOR SELECT TO secured
USING (owner_id IN (SELECT descendant_id FROM people_closure WHERE ancestor_id = current_setting('app.person')))`
	u, err := url.Parse(in.url)
	if err != nil {
		return err
	}
	err = finish(ctx, "psql", "--quiet", "--no-psqlrc", "--host", u.Query().Get("host"), "--username", u.User.Username(),
		"--dbname", strings.TrimPrefix(u.Path, "/"), "--command", statements)
	u.User = url.User("secured")
	in.secured = u.String()
	return err
}
