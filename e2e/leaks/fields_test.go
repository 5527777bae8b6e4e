package leaks

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

type m = map[string]any

// comparisons are filters on a field of money or numbers, one for each way of
// putting a question to it.
func comparisons(field string, value any) []m {
	return []m{
		{field: value},
		{field: m{"$eq": value}},
		{field: m{"$ne": value}},
		{field: m{"$gt": 0}},
		{field: m{"$gte": value}},
		{field: m{"$lt": 1 << 40}},
		{field: m{"$lte": value}},
		{field: m{"$in": []any{value}}},
		{field: m{"$notIn": []any{value}}},
		{field: m{"$between": []any{0, 1 << 40}}},
		{field: m{"$empty": true}},
		{field: m{"$notEmpty": true}},
		{field: m{"$not": m{"$gt": 0}}},
		{"$not": m{field: m{"$gt": 0}}},
		{"$or": []any{m{field: m{"$gt": 0}}, m{field: m{"$lt": 0}}}},
	}
}

// like has the two names, of which the person knows neither, asked about in the
// same way, and wants the same answer but for the name.
func like(t *testing.T, hidden, absent string, ask func(name string) answer) {
	t.Helper()
	about := func(name string) string { return strings.ReplaceAll(ask(name).text, name, "NAME") }
	if got := ask(hidden); got.kind == "" {
		t.Errorf("a question about %s is answered: %s", hidden, got.text)
	}
	if a, b := about(hidden), about(absent); a != b {
		t.Errorf("what is hidden answers otherwise than what is not there:\n%s\n%s", a, b)
	}
}

// twenty#22873: a count with a filter on a field that one may not read tells the
// field's value, bit by bit.
func TestLeakFilterOnHiddenFieldIsNoOracle(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for i := range comparisons("", 0) {
			for _, tool := range []string{"count_records", "query_records"} {
				like(t, "discount", "zzzzzzzz", func(name string) answer {
					return f.call(t, w, w.rita, tool, m{"collection": "opportunities", "filter": comparisons(name, 0.01)[i]})
				})
			}
			for _, where := range []string{"filter", "measures"} {
				like(t, "discount", "zzzzzzzz", func(name string) answer {
					args := m{"collection": "opportunities", "measures": []m{{"fn": "count"}}, "filter": m{}}
					if where == "filter" {
						args["filter"] = comparisons(name, 0.01)[i]
					} else {
						args["measures"] = []m{{"fn": "count", "filter": comparisons(name, 0.01)[i]}}
					}
					return f.call(t, w, w.rita, "aggregate_records", args)
				})
			}
		}
		like(t, "discount", "zzzzzzzz", func(name string) answer {
			return f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", "filter": m{"$not": m{"$or": []m{{name: 1}}}}})
		})
	})
}

// The same of a field that is masked on some records: no comparison tells what is
// under the mask. twenty#22873.
func TestLeakFilterOnMaskedCellIsNoOracle(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var before []string
		for _, f := range faces {
			before = append(before, maskedAnswers(t, w, f)...)
		}
		w.set("accounts", w.beta, "annual_revenue", 1)
		var after []string
		for _, f := range faces {
			after = append(after, maskedAnswers(t, w, f)...)
		}
		if !slices.Equal(before, after) {
			t.Errorf("answers move with what is hidden:\n%s\n%s", before, after)
		}
		a := api.call(t, w, w.rita, "count_records", m{"collection": "accounts", "filter": m{"annual_revenue": m{"$gte": 1}}})
		if got := fmt.Sprint(a.value(t, "count")); got != "1" {
			t.Errorf("%s accounts of a known revenue, want one's own: 1", got)
		}
	})
}

// maskedAnswers asks everything about revenues, on accounts and over a hop.
func maskedAnswers(t *testing.T, w *world, f face) []string {
	t.Helper()
	var texts []string
	for _, value := range []any{1, 5000, 7000} {
		for i := range comparisons("", 0) {
			a := f.call(t, w, w.rita, "count_records", m{"collection": "accounts", "filter": comparisons("annual_revenue", value)[i]})
			w.need(a, "")
			texts = append(texts, a.text)
		}
	}
	for i := range comparisons("", 0) {
		a := f.call(t, w, w.rita, "query_records", m{"collection": "opportunities", "filter": comparisons("account.annual_revenue", 7000)[i]})
		w.need(a, "")
		texts = append(texts, a.text)
	}
	return texts
}

// frappe#40515, twenty#23369, twenty#25911: sorting or grouping by a field that
// one may not read puts the records in its order, or labels a chart with it.
func TestLeakSortAndGroupByHiddenField(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, sign := range []string{"", "-"} {
			like(t, "discount", "zzzzzzzz", func(name string) answer {
				return f.call(t, w, w.rita, "query_records", m{"collection": "opportunities", "sort": []string{sign + name}})
			})
		}
		like(t, "discount", "zzzzzzzz", func(name string) answer {
			return f.call(t, w, w.rita, "aggregate_records", m{"collection": "opportunities", "measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": name}}})
		})
		// Masked: hidden values come last in both directions, and are one group.
		for _, sort := range []string{"annual_revenue", "-annual_revenue"} {
			a := f.call(t, w, w.rita, "query_records", m{"collection": "accounts", "fields": []string{"name"}, "sort": []string{sort}})
			w.need(a, "")
			if got := fmt.Sprint(a.column(t, "records", "name")); got != "[Alpha Beta]" {
				t.Errorf("by %s: %s", sort, got)
			}
		}
		a := f.call(t, w, w.rita, "aggregate_records", m{
			"collection": "accounts", "measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": "annual_revenue"}},
		})
		w.need(a, "")
		if got := fmt.Sprint(a.column(t, "rows", "annual_revenue")); got != "[5000.00 <nil>]" {
			t.Errorf("the groups are %s", got)
		}
	})
}

// directus#23894: a search finds a record by a field that one may not read.
func TestLeakSearchInHiddenField(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for text, want := range map[string]int{
			"hushhush":           0, // the reason, which reps do not know
			"betas secret":       0, // masked: another's account
			"Phantom":            0, // a hidden account
			"Undisclosed":        0, // a hidden collection
			"carl@example":       0,
			"alphas secret plan": 1, // one's own
			"Ottos":              0, // another's deals
		} {
			hits := 0
			for _, collection := range []string{"accounts", "opportunities", "people"} {
				a := f.call(t, w, w.rita, "search_records", m{"collections": []string{collection}, "text": text})
				w.need(a, "")
				hits += len(a.column(t, "hits", "id"))
			}
			if hits != want {
				t.Errorf("%q is found %d times, want %d", text, hits, want)
			}
		}
		like(t, "contacts", "zzzzzzzz", func(name string) answer {
			return f.call(t, w, w.rita, "search_records", m{"collections": []string{name}, "text": "Undisclosed"})
		})
	})
}

// CVE-2024-34708: another name for a field takes its redaction away.
func TestLeakAliasDefeatsRedaction(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		like(t, "discount", "zzzzzzzz", func(name string) answer {
			return f.call(t, w, w.rita, "aggregate_records", m{
				"collection": "opportunities", "measures": []m{{"fn": "max", "field": name, "as": "amount"}},
				"dimensions": []m{{"field": "name", "as": "stage"}},
			})
		})
		a := f.call(t, w, w.rita, "aggregate_records", m{
			"collection": "accounts", "measures": []m{{"fn": "max", "field": "annual_revenue", "as": "industry"}},
			"dimensions": []m{{"field": "name", "as": "id"}, {"field": "annual_revenue", "as": "city"}},
		})
		w.need(a, "")
		if got := fmt.Sprint(a.column(t, "rows", "id"), a.column(t, "rows", "city"), a.column(t, "rows", "industry")); got != "[Alpha Beta] [5000.00 <nil>] [5000.00 <nil>]" {
			t.Errorf("under other names: %s", got)
		}
	})
}

// data-api-builder#3553: the cursor of a page carries the value of the field that
// the page is sorted by, also where that is hidden.
func TestLeakCursorCarriesHiddenSortValue(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		pages := func(f face) (texts, cursors []string) {
			cursor := ""
			for range 5 {
				a := f.call(t, w, w.rita, "query_records", m{
					"collection": "accounts", "fields": []string{"name"}, "sort": []string{"-annual_revenue", "description"}, "limit": 1, "cursor": cursor,
				})
				w.need(a, "")
				texts = append(texts, a.text)
				next, _ := a.value(t, "next_cursor").(string)
				if cursor = next; cursor == "" {
					return texts, cursors
				}
				cursors = append(cursors, cursor)
			}
			t.Fatal("the cursor leads nowhere")
			return nil, nil
		}
		for _, f := range faces {
			w.set("accounts", w.beta, "annual_revenue", 123456789, "description", "betas secret plan")
			before, cursors := pages(f)
			w.set("accounts", w.beta, "annual_revenue", 2, "description", "another")
			after, _ := pages(f)
			if !slices.Equal(before, after) {
				t.Errorf("%s: pages move with what is hidden:\n%s\n%s", f.name, before, after)
			}
			for _, c := range cursors {
				raw, err := base64.RawURLEncoding.DecodeString(c)
				w.must(err)
				if strings.Contains(string(raw), "5000") || strings.Contains(string(raw), "alpha") {
					t.Errorf("%s: a cursor can be read: %q", f.name, raw)
				}
				a := f.call(t, w, w.otto, "query_records", m{"collection": "accounts", "sort": []string{"-annual_revenue", "description"}, "cursor": c})
				if a.kind != "invalid" {
					t.Errorf("%s: another's cursor is taken: %s", f.name, a.text)
				}
			}
		}
	})
}

// WaveHouse#474: functions that pick a value (argMax, first, min) skip the check of
// the column that they are given.
func TestLeakPickingFunctionsSkipTheColumnCheck(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, fn := range []string{"min", "max", "sum", "avg", "count_distinct"} {
			like(t, "discount", "zzzzzzzz", func(name string) answer {
				return f.call(t, w, w.rita, "aggregate_records", m{"collection": "opportunities", "measures": []m{{"fn": fn, "field": name}}})
			})
		}
		for fn, want := range map[string]string{"min": "5000.00", "max": "5000.00", "count_distinct": "1"} {
			a := f.call(t, w, w.rita, "aggregate_records", m{"collection": "accounts", "measures": []m{{"fn": fn, "field": "annual_revenue", "as": "x"}}})
			w.need(a, "")
			if got := fmt.Sprint(a.value(t, "rows", 0, "x")); got != want {
				t.Errorf("%s over masked cells is %s, want %s", fn, got, want)
			}
		}
		for _, fn := range []string{"argMax", "first", "any_value", "group_concat", "median"} {
			a := f.call(t, w, w.rita, "aggregate_records", m{"collection": "accounts", "measures": []m{{"fn": fn, "field": "annual_revenue"}}})
			if a.kind != "invalid" {
				t.Errorf("%s is answered: %s", fn, a.text)
			}
		}
	})
}

// A forecast adds up amounts that its reader may not see.
func TestLeakMaskedAmountsAreSummed(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		a := f.call(t, w, w.rita, "aggregate_records", m{"collection": "accounts", "measures": []m{
			{"fn": "sum", "field": "annual_revenue", "as": "sum"},
			{"fn": "avg", "field": "annual_revenue", "as": "avg"},
			{"fn": "ratio", "filter": m{"annual_revenue": m{"$gt": 0}}, "as": "ratio"},
		}})
		w.need(a, "")
		if got := fmt.Sprint(a.value(t, "rows", 0, "sum"), " ", a.value(t, "rows", 0, "avg"), " ", a.value(t, "rows", 0, "ratio")); got != "5000.00 5000 0.5" {
			t.Errorf("sum, average and ratio are %s", got)
		}
		// Over a hop: two deals of a rep's own, one of them with another's account.
		a = f.call(t, w, w.rita, "aggregate_records", m{"collection": "opportunities", "measures": []m{{"fn": "sum", "field": "account.annual_revenue", "as": "sum"}}})
		w.need(a, "")
		if got := fmt.Sprint(a.value(t, "rows", 0, "sum")); got != "5000.00" {
			t.Errorf("over the hop the sum is %s", got)
		}
	})
}

// cube#10803: one grant that is limited to some rows unmasks its fields on all the
// rows of the person's other roles.
func TestLeakOneRowLimitedGrantUnmasksEveryRow(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		a := f.call(t, w, w.dora, "query_records", m{"collection": "opportunities", "fields": []string{"name", "amount", "discount"}, "sort": []string{"name"}})
		w.need(a, "")
		got := fmt.Sprint(a.column(t, "records", "name"), a.column(t, "records", "amount"), a.column(t, "records", "discount"))
		want := "[Doras won Ottos lost Ritas lost] [1600.00 <nil> <nil>] [<nil> 0.03 0.02]"
		if got != want {
			t.Errorf("\n%s, want\n%s", got, want)
		}
		for filter, want := range map[string]string{`discount`: "2", `amount`: "1"} {
			a := f.call(t, w, w.dora, "count_records", m{"collection": "opportunities", "filter": m{filter: m{"$gt": 0}}})
			w.need(a, "")
			if got := fmt.Sprint(a.value(t, "count")); got != want {
				t.Errorf("%s is known of %s deals, want %s", filter, got, want)
			}
		}
	})
}

// nocobase#7915, MJ#4347: a chart shows groups of records outside its reader's
// scope.
func TestLeakChartIgnoresTheScope(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		a := f.call(t, w, w.rita, "aggregate_records", m{
			"collection": "opportunities", "measures": []m{{"fn": "count"}, {"fn": "sum", "field": "amount"}},
			"dimensions": []m{{"field": "owner_id"}, {"field": "account.name"}}, "sort": []string{"sum_amount"},
		})
		w.need(a, "")
		got := fmt.Sprint(a.column(t, "rows", "owner_id"), a.column(t, "rows", "account.name"), a.column(t, "rows", "sum_amount"), a.value(t, "records"))
		if want := fmt.Sprintf("[%s %s %s] [Beta Alpha <nil>] [50.00 100.00 200.00]3", w.rita.id, w.rita.id, w.rita.id); got != want {
			t.Errorf("the chart shows %s, want %s", got, want)
		}
		// Three groups and no more, also where there could be more.
		a = f.call(t, w, w.rita, "aggregate_records", m{"collection": "opportunities", "measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": "name"}}, "limit": 3})
		w.need(a, "")
		if more := a.value(t, "more"); more != false {
			t.Errorf("it says that there are more groups: %s", a.text)
		}
	})
}

// The scope is merged into the caller's filter key by key, so that a filter on the
// same key takes the scope's place.
func TestLeakFilterOverridesTheScope(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		otto := string(w.otto.id)
		for _, filter := range []m{
			{"owner_id": otto},
			{"owner_id": m{"$eq": otto}},
			{"owner_id": m{"$ne": string(w.rita.id)}},
			{"owner_id": m{"$in": []string{otto, string(w.dora.id)}}},
			{"owner_id": m{"$not": m{"$eq": string(w.rita.id)}}},
			{"$and": []m{{"owner_id": otto}}},
			{"$not": m{"owner_id": string(w.rita.id)}},
		} {
			a := f.call(t, w, w.rita, "query_records", m{"collection": "opportunities", "filter": filter, "total": true})
			w.need(a, "")
			if n := len(a.column(t, "records", "id")); n != 0 || fmt.Sprint(a.value(t, "total")) != "0" {
				t.Errorf("%v gives %s", filter, a.text)
			}
		}
		all := m{"$or": []m{{"owner_id": otto}, {"owner_id": string(w.rita.id)}, {"name": m{"$notEmpty": true}}}}
		a := f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", "filter": all})
		w.need(a, "")
		if got := fmt.Sprint(a.value(t, "count")); got != "3" {
			t.Errorf("an $or that is always true counts %s deals, want 3", got)
		}
	})
}

// A measure over a hidden field quietly disappears, so that the reader takes what is
// left for the whole answer.
func TestLeakHiddenMeasureDisappears(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, part := range []m{
			{"measures": []m{{"fn": "sum", "field": "amount"}, {"fn": "sum", "field": "discount"}}},
			{"measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": "stage"}, {"field": "discount"}}},
			{"measures": []m{{"fn": "count"}, {"fn": "count", "as": "n", "filter": m{"discount": m{"$gt": 0}}}}},
		} {
			part["collection"] = "opportunities"
			if a := f.call(t, w, w.rita, "aggregate_records", part); a.kind != "invalid" {
				t.Errorf("%v is answered: %s", part, a.text)
			}
		}
		a := f.call(t, w, w.rita, "query_records", m{"collection": "opportunities", "fields": []string{"name", "discount"}})
		if a.kind != "invalid" {
			t.Errorf("a hidden column is left out: %s", a.text)
		}
	})
}

// The cache's key is made before the identity is known, so that one person's answer
// serves another; odoo#80133: what was computed for a privileged reader stays.
func TestLeakCacheServesAnotherIdentity(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		counts := func(p *person) string {
			a := f.call(t, w, p, "count_records", m{"collection": "opportunities"})
			w.need(a, "")
			return fmt.Sprint(a.value(t, "count"))
		}
		want := map[*person]string{w.chief: "6", w.rita: "3", w.otto: "2", w.dora: "3"}
		for range 2 {
			for _, p := range []*person{w.chief, w.rita, w.dora, w.otto, w.rita} {
				if got := counts(p); got != want[p] {
					t.Errorf("%s deals, want %s", got, want[p])
				}
			}
		}
		// Of one person, the AI employee's narrower answer and the person's own.
		ask := func(token string) answer {
			return httpAnswer(t, w, token, "describe_collection", m{"collection": "accounts"})
		}
		for range 2 {
			if a := ask(w.chief.narrow); strings.Contains(a.text, "annual_revenue") {
				t.Errorf("a narrow AI employee is told of %s", a.text)
			}
			if a := ask(w.chief.token); !strings.Contains(a.text, "annual_revenue") {
				t.Errorf("the chief is told of %s", a.text)
			}
		}
	})
}

// nocobase#4813: the name of the function, or another name in the request, becomes
// SQL.
func TestLeakNamesInject(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, evil := range []string{
			`count(*)) FROM contacts --`, `"; DROP TABLE accounts; --`, `amount" FROM opportunities WHERE 1=1 --`,
			`discount::text`, `t.discount`, `h1.discount`, `t."discount"`, `(SELECT discount)`, `amount, discount`, `version`, `deleted_at`,
		} {
			for _, args := range []m{
				{"measures": []m{{"fn": evil, "field": "amount"}}},
				{"measures": []m{{"fn": "sum", "field": evil}}},
				{"measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": evil}}},
				{"measures": []m{{"fn": "count"}}, "dimensions": []m{{"field": "close_date", "bucket": evil}}},
				{"measures": []m{{"fn": "count"}}, "sort": []string{evil}},
				{"measures": []m{{"fn": "count"}}, "filter": m{evil: 1}},
			} {
				args["collection"] = "opportunities"
				if a := f.call(t, w, w.rita, "aggregate_records", args); a.kind != "invalid" {
					t.Errorf("%v is %q: %s", args, a.kind, a.text)
				}
			}
			a := f.call(t, w, w.rita, "aggregate_records", m{"collection": "opportunities", "measures": []m{{"fn": "count", "as": evil}}})
			w.need(a, "")
			if got := fmt.Sprint(a.value(t, "rows", 0, evil)); got != "3" {
				t.Errorf("a column called %q holds %s", evil, got)
			}
		}
		if got := w.look("accounts", w.alpha); !strings.Contains(got, "Alpha") {
			t.Error(got)
		}
	})
}
