// The Maven example on the real product: the documented import, then every
// person's figures by the command line and by MCP against what the CSV files say.
package maven_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/remit-crm/remit/data/datatest/pgtest"
)

// product is the binary over one database.
type product struct {
	t      *testing.T
	binary string
	url    string
	env    []string
}

func TestMaven(t *testing.T) {
	dir := os.Getenv("REMIT_MAVEN_DIR")
	if dir == "" {
		dir = "../../../shared/data/maven-crm"
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the Maven files are not here; REMIT_MAVEN_DIR says where: ", err)
	}
	binary := filepath.Join(t.TempDir(), "remit")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../cmd/remit").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	deals, people := readMaven(t, dir)
	if len(deals) != 8800 || len(people) != 42 {
		t.Fatalf("%d deals of %d people", len(deals), len(people))
	}
	for name, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "maven.db"),
		"postgres": pgtest.URL(t),
	} {
		t.Run(name, func(t *testing.T) {
			p := &product{t: t, binary: binary, url: url, env: append(os.Environ(), "REMIT="+binary, "REMIT_MASTER_KEY="+strings.Repeat("5a", 32))}
			if out, err := p.command("./import.sh", url, dir).CombinedOutput(); err != nil {
				t.Fatalf("import.sh: %v\n%s", err, out)
			}
			p.checkCommandLine(deals, people)
			p.checkMCP(deals, people)
			p.checkQuestion(deals, people)
			p.checkAudit()
		})
	}
}

func (p *product) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(p.t.Context(), name, args...)
	c.Env = p.env
	return c
}

func (p *product) run(args ...string) string {
	p.t.Helper()
	var out, errs bytes.Buffer
	c := p.command(p.binary, append(args, "--database", p.url)...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		p.t.Fatalf("remit %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

const (
	measures = `[{"fn":"count"},{"fn":"sum","field":"amount"},{"fn":"avg","field":"amount"}]`
	rate     = `[{"fn":"ratio","filter":{"stage":"won"}}]`
	closed   = `{"stage":{"$in":["won","lost"]}}`
)

// checkCommandLine asks for a tenth of the people, or for all in a soak: each
// question starts a process.
func (p *product) checkCommandLine(deals []deal, people []person) {
	for _, who := range sample(p.t, people) {
		for _, g := range groupings {
			got := rows(p.t, p.run("aggregate", "opportunities", "--as", who.email, "--json", "--measures", measures, "--dimensions", g.dimension))
			rates := rows(p.t, p.run("aggregate", "opportunities", "--as", who.email, "--json", "--measures", rate, "--dimensions", g.dimension, "--filter", closed))
			p.compare(who, g.name, g.column, work(who.seen(deals), g.key), got, rates)
		}
	}
}

// sample is a tenth of the people and one of each kind, or in a soak everybody.
func sample(t *testing.T, people []person) []person {
	if os.Getenv("REMIT_SOAK") == "1" {
		return people
	}
	seed, err := strconv.ParseUint(os.Getenv("REMIT_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("REMIT_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	picked := []person{people[len(people)-1]}
	for _, i := range r.Perm(len(people) - 1) {
		if people[i].kind == "manager" && len(picked) == 1 || people[i].kind == "agent" && len(picked) > 1 && len(picked) < 5 {
			picked = append(picked, people[i])
		}
	}
	return picked
}

type answer struct {
	Rows []map[string]any `json:"rows"`
}

func rows(t *testing.T, text string) []map[string]any {
	t.Helper()
	var a answer
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&a); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return a.Rows
}

// compare holds the product's groups to the ones worked out from the files.
func (p *product) compare(who person, grouping, column string, want map[string]*figures, got, rates []map[string]any) {
	p.t.Helper()
	if len(got) != len(want) {
		p.t.Errorf("%s by %s: %d groups, want %d", who.email, grouping, len(got), len(want))
	}
	asked := map[string]any{}
	for _, row := range rates {
		asked[text(row[column])] = row["ratio"]
	}
	for _, row := range got {
		name := text(row[column])
		w := want[name]
		if w == nil {
			p.t.Errorf("%s by %s: an unexpected group %q", who.email, grouping, name)
			continue
		}
		for what, pair := range map[string][2]any{
			"count": {row["count"], big.NewRat(w.count, 1)}, "sum": {row["sum_amount"], w.sum},
			"average": {row["avg_amount"], w.avg}, "win rate": {asked[name], w.rate},
		} {
			if !same(pair[0], pair[1].(*big.Rat)) {
				p.t.Errorf("%s by %s, %s of %q: %v, want %v", who.email, grouping, what, name, pair[0], pair[1])
			}
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func same(got any, want *big.Rat) bool {
	if got == nil || want == nil {
		return got == nil && want == nil
	}
	number, ok := got.(json.Number)
	if !ok {
		return false
	}
	r, ok := new(big.Rat).SetString(number.String())
	return ok && r.Cmp(want) == 0
}

// checkMCP asks for everybody, with a token each, as a person's own agent does.
func (p *product) checkMCP(deals []deal, people []person) {
	address := p.serve()
	for _, who := range people {
		secret := strings.TrimSpace(p.run("token", "create", "--user", who.email))
		session := connect(p.t, address, secret)
		for _, g := range groupings {
			call := func(arguments string) []map[string]any {
				result, err := session.CallTool(p.t.Context(), &mcp.CallToolParams{Name: "aggregate_records", Arguments: json.RawMessage(arguments)})
				if err != nil {
					p.t.Fatal(err)
				}
				structured, err := json.Marshal(result.StructuredContent)
				if err != nil || result.IsError {
					p.t.Fatalf("%v: %s", err, structured)
				}
				return rows(p.t, string(structured))
			}
			got := call(fmt.Sprintf(`{"collection":"opportunities","measures":%s,"dimensions":%s}`, measures, g.dimension))
			rates := call(fmt.Sprintf(`{"collection":"opportunities","measures":%s,"dimensions":%s,"filter":%s}`, rate, g.dimension, closed))
			p.compare(who, "MCP "+g.name, g.column, work(who.seen(deals), g.key), got, rates)
		}
		if err := session.Close(); err != nil {
			p.t.Error(err)
		}
	}
}

// serve starts a server on a free port and returns its address.
func (p *product) serve() string {
	ctx, stop := context.WithCancel(p.t.Context())
	c := exec.CommandContext(ctx, p.binary, "serve", "--addr", "127.0.0.1:0", "--database", p.url)
	c.Env = p.env
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	out, err := c.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		stop()
		_ = c.Wait() // it was told to stop
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(line[strings.LastIndex(line, "http"):])
}

type bearer struct{ secret string }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.secret)
	return http.DefaultTransport.RoundTrip(r)
}

func connect(t *testing.T, address, secret string) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "maven-test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: address + "/mcp", HTTPClient: &http.Client{Transport: bearer{secret}}, DisableStandaloneSSE: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

var answered = regexp.MustCompile(`\*\*([0-9.]+) %\*\*[\s\S]*rests on the ([0-9,]+) `)

// checkQuestion asks one question for a rep, her manager and the executive.
func (p *product) checkQuestion(deals []deal, people []person) {
	for _, email := range []string{"anna.snelling@maven.test", "dustin.brinkmann@maven.test", "executive@maven.test"} {
		var who person
		for _, candidate := range people {
			if candidate.email == email {
				who = candidate
			}
		}
		want := work(who.seen(deals), func(d deal) string { return d.sector })["medical"]
		out := p.run("ask", "--as", email, "--employee", "viz", "What is our average close rate for medical?")
		m := answered.FindStringSubmatch(out)
		percent, _ := new(big.Rat).Mul(want.rate, big.NewRat(100, 1)).Float64()
		if m == nil || m[1] != strconv.FormatFloat(percent, 'f', 1, 64) || strings.ReplaceAll(m[2], ",", "") != strconv.FormatInt(want.closed, 10) {
			p.t.Errorf("%s was answered\n%s\nwant %.4f %% of %d", email, out, percent, want.closed)
		}
	}
}

func (p *product) checkAudit() {
	if out := p.run("audit", "verify"); !strings.Contains(out, "entries in") {
		p.t.Errorf("audit verify says %q", out)
	}
}
