package maven_test

import (
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What the files say, worked out here from the CSV text alone, with none of the
// product's code.

type deal struct {
	agent, manager, sector, stage string
	closed                        time.Time // zero: open
	value                         *big.Rat  // nil: none yet
}

type person struct{ email, kind, name string }

func readCSV(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func address(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@maven.test"
}

func readMaven(t *testing.T, dir string) (deals []deal, people []person) {
	t.Helper()
	managers, sectors := map[string]string{}, map[string]string{}
	seen := map[string]bool{}
	for _, row := range readCSV(t, dir, "sales_teams.csv") {
		managers[row["sales_agent"]] = row["manager"]
		people = append(people, person{address(row["sales_agent"]), "agent", row["sales_agent"]})
		if !seen[row["manager"]] {
			seen[row["manager"]] = true
			people = append(people, person{address(row["manager"]), "manager", row["manager"]})
		}
	}
	people = append(people, person{"executive@maven.test", "executive", ""})
	for _, row := range readCSV(t, dir, "accounts.csv") {
		sectors[row["account"]] = row["sector"]
	}
	for _, row := range readCSV(t, dir, "sales_pipeline.csv") {
		d := deal{agent: row["sales_agent"], manager: managers[row["sales_agent"]], sector: sectors[row["account"]], stage: strings.ToLower(row["deal_stage"])}
		if row["close_date"] != "" {
			closed, err := time.Parse("2006-01-02", row["close_date"])
			if err != nil {
				t.Fatal(err)
			}
			d.closed = closed
		}
		if row["close_value"] != "" {
			value, ok := new(big.Rat).SetString(row["close_value"])
			if !ok {
				t.Fatalf("close_value %q", row["close_value"])
			}
			d.value = value
		}
		deals = append(deals, d)
	}
	return deals, people
}

// seen returns the deals that the person may see: an agent their own, a manager
// those of the team, the executive all.
func (p person) seen(deals []deal) []deal {
	var visible []deal
	for _, d := range deals {
		if p.kind == "executive" || (p.kind == "agent" && d.agent == p.name) || (p.kind == "manager" && d.manager == p.name) {
			visible = append(visible, d)
		}
	}
	return visible
}

// groupings are the three ways in which the deals are grouped; "" is null.
var groupings = []struct {
	name, dimension, column string
	key                     func(deal) string
}{
	{"stage", `[{"field":"stage"}]`, "stage", func(d deal) string { return d.stage }},
	{"sector", `[{"field":"account.industry"}]`, "account.industry", func(d deal) string { return d.sector }},
	{"quarter", `[{"field":"close_date","bucket":"quarter"}]`, "close_date", func(d deal) string {
		if d.closed.IsZero() {
			return ""
		}
		first := time.Month((int(d.closed.Month())-1)/3*3 + 1)
		return time.Date(d.closed.Year(), first, 1, 0, 0, 0, 0, time.UTC).Format("2006-01-02")
	}},
}

// figures are what is asked of each group. A nil figure is null.
type figures struct {
	count, closed, won int64
	sum, avg, rate     *big.Rat
}

func work(deals []deal, key func(deal) string) map[string]*figures {
	groups, valued := map[string]*figures{}, map[string]int64{}
	for _, d := range deals {
		g := groups[key(d)]
		if g == nil {
			g = &figures{}
			groups[key(d)] = g
		}
		g.count++
		if d.stage == "won" || d.stage == "lost" {
			g.closed++
		}
		if d.stage == "won" {
			g.won++
		}
		if d.value != nil {
			if g.sum == nil {
				g.sum = new(big.Rat)
			}
			g.sum.Add(g.sum, d.value)
			valued[key(d)]++
		}
	}
	for name, g := range groups {
		if g.sum != nil {
			g.avg = sixPlaces(new(big.Rat).Quo(g.sum, new(big.Rat).SetInt64(valued[name])))
		}
		if g.closed > 0 {
			g.rate = sixPlaces(big.NewRat(g.won, g.closed))
		}
	}
	return groups
}

// sixPlaces rounds half to even at six places.
func sixPlaces(r *big.Rat) *big.Rat {
	million := big.NewInt(1_000_000)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(million))
	whole, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int))
	switch c := new(big.Int).Lsh(rest, 1).Cmp(scaled.Denom()); {
	case c > 0, c == 0 && whole.Bit(0) == 1:
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, million)
}
