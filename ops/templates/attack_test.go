package templates

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
)

// total adds up won deals between two months, of all industries or of one source.
var total = analytics.Template{
	Name: "won-total", Title: "Won", Collection: "opportunities", Description: "Won deals between two months.",
	SQL:        "SELECT COUNT(*) AS deals, SUM(amount) AS revenue FROM opportunities WHERE stage = 'won' AND close_date >= :from AND close_date < :before",
	Parameters: byIndustry.Parameters,
}

// byMonth adds up won deals of a year by month.
var byMonth = analytics.Template{
	Name: "won-by-month", Title: "Won by month", Collection: "opportunities", Description: "Won deals by month.",
	SQL: `SELECT date_trunc('month', close_date) AS month, COUNT(*) AS deals, SUM(amount) AS revenue
FROM opportunities WHERE stage = 'won' AND close_date >= :since GROUP BY month`,
	Parameters: []analytics.Parameter{{Name: "since", Type: analytics.Month}},
}

// equation is what somebody was told of: the sum over these deals.
type equation []bool

// attacker keeps what she was told, and knows of each deal but its amount.
type attacker struct {
	w     *world
	deals []deal
	told  []equation
}

func (a *attacker) where(holds func(d deal) bool) equation {
	e := make(equation, len(a.deals))
	for i, d := range a.deals {
		e[i] = d.stage == "won" && holds(d)
	}
	return e
}

// ask runs a template and notes which deals each row is of. It reports whether she was
// answered.
func (a *attacker) ask(template, from, before string) bool {
	a.w.t.Helper()
	given := []string{"from", from, "before", before}
	if template == byMonth.Name {
		given, before = []string{"since", from}, "9999"
	}
	f, err := a.w.ask("Mia", template, given...)
	if err != nil {
		a.w.want(err, remit.KindLimited)
		return false
	}
	within := func(d deal) bool { return d.closed >= from && d.closed < before }
	var alone []string
	for _, row := range f.Rows {
		label := strings.Trim(string(row["industry"])+string(row["month"]), `"`)
		if _, merged := row["_merged"]; !merged {
			alone = append(alone, label)
			a.told = append(a.told, a.where(func(d deal) bool { return within(d) && inGroup(template, d, label) }))
		}
	}
	if len(alone) < len(f.Rows) {
		a.told = append(a.told, a.where(func(d deal) bool {
			return within(d) && !slices.ContainsFunc(alone, func(label string) bool { return inGroup(template, d, label) })
		}))
	}
	return true
}

func inGroup(template string, d deal, label string) bool {
	switch template {
	case byIndustry.Name:
		return d.industry == label
	case byMonth.Name:
		return d.closed[:7] == label[:7]
	}
	return true
}

// naive is what she would know if everything were told that she asks for.
func (a *attacker) naive(template, from, before string) []equation {
	within := func(d deal) bool { return d.closed >= from && d.closed < before }
	if template == total.Name {
		return []equation{a.where(within)}
	}
	var out []equation
	for _, label := range a.labels(template) {
		out = append(out, a.where(func(d deal) bool { return within(d) && inGroup(template, d, label) }))
	}
	return out
}

func (a *attacker) labels(template string) (labels []string) {
	for _, d := range a.deals {
		label := d.industry
		if template == byMonth.Name {
			label = d.closed[:7]
		}
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// learns reports whether the equations determine the amount of the deal: whether its
// own is a combination of them.
func learns(equations []equation, deal int) bool {
	alone := make(equation, len(equations[0]))
	alone[deal] = true
	return rank(equations) == rank(append(slices.Clone(equations), alone))
}

// rank eliminates modulo a prime.
func rank(equations []equation) int {
	const p = 1<<31 - 1
	var rows [][]uint64
	for _, e := range equations {
		row := make([]uint64, len(e))
		for i, in := range e {
			if in {
				row[i] = 1
			}
		}
		rows = append(rows, row)
	}
	r := 0
	for c := 0; r < len(rows) && c < len(rows[0]); c++ {
		i := r + slices.IndexFunc(rows[r:], func(row []uint64) bool { return row[c] != 0 })
		if i < r {
			continue
		}
		rows[r], rows[i] = rows[i], rows[r]
		inverse := power(rows[r][c], p-2, p)
		for _, row := range rows[r+1:] {
			if times := row[c] * inverse % p; times != 0 {
				for j := c; j < len(row); j++ {
					row[j] = (row[j] + (p-times)*rows[r][j]) % p
				}
			}
		}
		r++
	}
	return r
}

func power(base, exponent, p uint64) uint64 {
	out := uint64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			out = out * base % p
		}
		base = base * base % p
	}
	return out
}

func month(n int) string { return fmt.Sprintf("%d-%02d-01", 2024+n/12, n%12+1) }

// TestDifferencing: a thousand tries, the ones that any analyst would think of and then
// any at all, to learn the amount of one deal.
func TestDifferencing(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		tries := 1000
		if w.postgres {
			tries = 300
		}
		a := &attacker{w: w, deals: pipeline()}
		w.add(a.deals...)
		for _, template := range []analytics.Template{byIndustry, total, byMonth} {
			w.publish(template)
		}
		target := slices.IndexFunc(a.deals, func(d deal) bool { return d.industry == "mining" && d.stage == "won" })
		var everything []equation
		answered, seed := 0, rand.Uint64()
		t.Logf("seed %d", seed)
		dice := rand.New(rand.NewPCG(seed, 1))
		for n := range tries {
			q := question(n, dice)
			if a.ask(q.template, month(q.from), month(q.before)) {
				answered++
			}
			everything = append(everything, a.naive(q.template, month(q.from), month(q.before))...)
		}
		if !learns(everything, target) {
			t.Error("the questions would not tell the deal, were they all answered")
		}
		for i, d := range a.deals {
			if d.stage == "won" && learns(a.told, i) {
				t.Errorf("%d answers tell the amount of %+v", answered, d)
			}
		}
		w.t.Logf("%d of %d were answered", answered, tries)
		if answered < 20 || answered == tries {
			t.Errorf("%d of %d were answered", answered, tries)
		}
		// What she asked first she is told again, and somebody else is told it as well.
		if !a.ask(byDesign[0].template, month(byDesign[0].from), month(byDesign[0].before)) {
			t.Error("asked again, she is refused")
		}
		if _, err := w.ask("Max", total.Name, "from", month(0), "before", month(24)); err != nil {
			t.Errorf("her tries count for somebody else: %v", err)
		}
	})
}

// try is one question of the attack.
type try struct {
	template     string
	from, before int // months
}

// byDesign are four questions, no two of which differ by few deals. Mining is too small to
// be shown alone and goes with the smallest industry, which is energy until March 2025 and
// retail from then on. So its one deal is Other until March, less energy before March, less
// energy of March, which is that from March on less that from April on.
var byDesign = []try{
	{byIndustry.Name, 0, 15}, {byIndustry.Name, 0, 14}, {byIndustry.Name, 14, 24}, {byIndustry.Name, 15, 24},
}

// question returns the n-th: by design, then narrowing step by step to March 2025, then any.
func question(n int, dice *rand.Rand) try {
	if n < len(byDesign) {
		return byDesign[n]
	}
	if n < 60 {
		q := try{[]string{total.Name, byIndustry.Name}[n%2], min(n/4, 14), max(24-n/4, 15)}
		if n%4 > 1 {
			q.from, q.before = []int{0, 15}[n%4-2], []int{14, 24}[n%4-2]
		}
		return q
	}
	from := dice.IntN(24)
	return try{[]string{byIndustry.Name, total.Name, byMonth.Name}[dice.IntN(3)], from, from + 1 + dice.IntN(24-from)}
}

// pipeline has deals in each month of two years, in five industries, one of which closed a
// single deal in March 2025.
func pipeline() (deals []deal) {
	many := map[string][2]int{"medical": {5, 5}, "finance": {6, 6}, "energy": {3, 9}, "retail": {9, 4}}
	for n := range 24 {
		for i, industry := range []string{"medical", "retail", "energy", "finance"} {
			later := 0
			if n >= 14 && industry == "retail" || n > 14 {
				later = 1
			}
			for k := range many[industry][later] {
				deals = append(deals, deal{industry, "won", month(n)[:8] + fmt.Sprint(10+k), float64(1000 + 37*n + 11*i + k)})
			}
		}
		if n%3 == 2 {
			for k := range 6 {
				deals = append(deals, deal{"mining", "lost", month(n)[:8] + fmt.Sprint(10+k), 500})
			}
		}
	}
	return append(deals, deal{"mining", "won", "2025-03-15", 1234.56})
}
