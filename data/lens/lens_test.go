package lens

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
)

func values(pairs ...any) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		raw, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		m[pairs[i].(string)] = raw
	}
	return m
}

func (w *world) create(actor remit.Actor, collection string, pairs ...any) remit.ID {
	w.tb.Helper()
	page, err := w.lens.Create(context.Background(), actor, Change{Collection: collection, Values: values(pairs...)})
	if err != nil {
		w.tb.Fatalf("creating in %s: %v", collection, err)
	}
	return page.Records[0].ID
}

// deals fills the world: accounts of two industries, deals of both reps.
func (w *world) deals() (accounts []remit.ID) {
	accounts = []remit.ID{
		w.create(w.chief, "accounts", "name", "Alpha", "industry", "medical", "annual_revenue", 5000, "owner_id", w.rep.Person),
		w.create(w.chief, "accounts", "name", "Beta", "industry", "retail", "annual_revenue", 7000, "owner_id", w.other.Person),
	}
	for i, owner := range []remit.Actor{w.rep, w.rep, w.rep, w.other, w.other} {
		w.create(w.chief, "opportunities", "name", fmt.Sprintf("Deal %d", i), "amount", 100.5*float64(i+1),
			"stage", []string{"won", "lost", "won", "won", "proposal"}[i], "owner_id", owner.Person,
			"account_id", accounts[i%2], "close_date", fmt.Sprintf("2025-0%d-15", i+1))
	}
	return accounts
}

func asJSON(t testing.TB, v any, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEachSeesTheirOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		for _, c := range []struct {
			actor remit.Actor
			want  int64
		}{{w.rep, 3}, {w.other, 2}, {w.manager, 3}, {w.chief, 5}} {
			n, err := w.lens.Count(context.Background(), c.actor, CountQuery{Collection: "opportunities"})
			if err != nil || n != c.want {
				t.Errorf("counted %d, %v; want %d", n, err, c.want)
			}
		}
	})
}

func TestAggregateRatioAndBuckets(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		r, err := w.lens.Aggregate(context.Background(), w.rep, AggregateQuery{
			Collection: "opportunities",
			Measures: []Measure{
				{Fn: "count"},
				{Fn: "sum", Field: "amount"},
				{Fn: "avg", Field: "amount"},
				{Fn: "ratio", Filter: json.RawMessage(`{"stage":"won"}`), As: "rate"},
				{Fn: "min", Field: "close_date"},
				{Fn: "count_distinct", Field: "account.industry"},
			},
			Dimensions: []Dimension{{Field: "account.industry"}},
			Filter:     json.RawMessage(`{"stage":{"$in":["won","lost"]}}`),
			Sort:       []string{"-sum_amount"},
		})
		got := asJSON(t, r, err)
		want := `"rows":[{"account.industry":"medical","count":2,"sum_amount":402.00,"avg_amount":201,"rate":1,"min_close_date":"2025-01-15","count_distinct_account_industry":1},` +
			`{"account.industry":"retail","count":1,"sum_amount":201.00,"avg_amount":201,"rate":0,"min_close_date":"2025-02-15","count_distinct_account_industry":1}],"records":3,"more":false}`
		if !strings.HasSuffix(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		r, err = w.lens.Aggregate(context.Background(), w.chief, AggregateQuery{
			Collection: "opportunities", Measures: []Measure{{Fn: "count"}},
			Dimensions: []Dimension{{Field: "close_date", Bucket: "quarter"}},
		})
		got = asJSON(t, r, err)
		want = `"rows":[{"close_date":"2025-01-01","count":3},{"close_date":"2025-04-01","count":2}],"records":5,"more":false}`
		if !strings.HasSuffix(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		r, err = w.lens.Aggregate(context.Background(), w.chief, AggregateQuery{
			Collection: "opportunities", Measures: []Measure{{Fn: "count"}},
			Dimensions: []Dimension{{Field: "created_at", Bucket: "day"}},
		})
		asJSON(t, r, err)
	})
}

// The sum of amounts beyond 64 bits is exact on both databases.
func TestSumIsExact(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const most = "92233720368547758.07" // 2^63-1 minor units
		for range 3 {
			w.create(w.chief, "opportunities", "amount", json.RawMessage(most))
		}
		r, err := w.lens.Aggregate(context.Background(), w.chief, AggregateQuery{
			Collection: "opportunities",
			Measures:   []Measure{{Fn: "sum", Field: "amount"}, {Fn: "avg", Field: "amount"}},
		})
		if got := asJSON(t, r, err); !strings.Contains(got, `"sum_amount":276701161105643274.21,"avg_amount":92233720368547758.07}`) {
			t.Error(got)
		}
	})
}

// A rep sees every account by its public face and their own in full: the revenue
// of a foreign one is hidden, and no filter, sort or sum tells of it.
func TestMaskedCells(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		ctx := context.Background()
		page, err := w.lens.Query(ctx, w.rep, Query{Collection: "accounts", Fields: []string{"name", "annual_revenue"}, Sort: []string{"-annual_revenue"}})
		got := asJSON(t, page, err)
		if !strings.Contains(got, `"name":"Alpha","annual_revenue":5000.00}`) || !strings.Contains(got, `"name":"Beta","annual_revenue":null,"_hidden":["annual_revenue"]}`) {
			t.Error(got)
		}
		for filter, want := range map[string]int64{
			`{"annual_revenue":{"$gte":1}}`: 1, `{"annual_revenue":{"$eq":7000}}`: 0, `{"annual_revenue":{"$ne":7000}}`: 2,
			`{"annual_revenue":{"$empty":true}}`: 1, `{"$not":{"annual_revenue":{"$lt":6000}}}`: 1, `{"annual_revenue":{"$notIn":[7000]}}`: 2,
		} {
			n, err := w.lens.Count(ctx, w.rep, CountQuery{Collection: "accounts", Filter: json.RawMessage(filter)})
			if err != nil || n != want {
				t.Errorf("%s: %d, %v; want %d", filter, n, err, want)
			}
		}
		r, err := w.lens.Aggregate(ctx, w.rep, AggregateQuery{Collection: "accounts", Measures: []Measure{{Fn: "sum", Field: "annual_revenue"}}})
		if got := asJSON(t, r, err); !strings.Contains(got, `"sum_annual_revenue":5000.00`) {
			t.Error(got)
		}
	})
}

func TestPagesByCursor(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		for range 3 { // ties and nulls
			w.create(w.chief, "opportunities", "amount", 100.5, "owner_id", w.rep.Person)
			w.create(w.chief, "opportunities", "owner_id", w.rep.Person)
		}
		for _, sort := range [][]string{nil, {"amount"}, {"-amount"}, {"stage", "-amount"}, {"-account.industry", "close_date"}} {
			two := 2
			q := Query{Collection: "opportunities", Fields: []string{"amount"}, Sort: sort, Limit: &two}
			thousand := MaxLimit
			whole, err := w.lens.Query(context.Background(), w.chief, Query{Collection: "opportunities", Fields: []string{"amount"}, Sort: sort, Limit: &thousand})
			if err != nil {
				t.Fatal(err)
			}
			var paged []Record
			for {
				page, err := w.lens.Query(context.Background(), w.chief, q)
				if err != nil {
					t.Fatal(err)
				}
				paged = append(paged, page.Records...)
				if q.Cursor = page.NextCursor; q.Cursor == "" {
					break
				}
			}
			if a, b := fmt.Sprint(paged), fmt.Sprint(whole.Records); a != b {
				t.Errorf("sorted by %v:\npaged %s\nwhole %s", sort, a, b)
			}
		}
	})
}

func TestUpdateAndVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		accounts := w.deals()
		ctx := context.Background()
		before, err := w.lens.Get(ctx, w.rep, "", "accounts", accounts[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		version := before.Records[0].Version
		after, err := w.lens.Update(ctx, w.rep, Change{Collection: "accounts", ID: accounts[0], Version: version, Values: values("city", "Wien")})
		if err != nil || after.Records[0].Version == version {
			t.Fatalf("%v, or the version stayed", err)
		}
		_, err = w.lens.Update(ctx, w.rep, Change{Collection: "accounts", ID: accounts[0], Version: version, Values: values("city", "Graz")})
		if remit.KindOf(err) != remit.KindConflict {
			t.Errorf("a stale version: %v, want a conflict", err)
		}
		_, err = w.lens.Update(ctx, w.rep, Change{Collection: "accounts", ID: accounts[1], Values: values("city", "Graz")})
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("another's account: %v, want denied", err)
		}
		_, err = w.lens.Update(ctx, w.rep, Change{Collection: "accounts", ID: accounts[0], Values: values("owner_id", w.other.Person)})
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("handing over to another: %v, want denied", err)
		}
		if err := w.lens.Delete(ctx, w.admin, Removal{Collection: "accounts", ID: accounts[0]}); err != nil {
			t.Fatal(err)
		}
		page, err := w.lens.Query(ctx, w.chief, Query{Collection: "opportunities", Fields: []string{"account_id", "account.name"}, Filter: json.RawMessage(`{"name":"Deal 0"}`)})
		if got := asJSON(t, page, err); !strings.Contains(got, `"account_id":null,"account.name":null`) {
			t.Errorf("a link to a deleted account: %s", got)
		}
	})
}

func TestNoRecordNoAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		w.log.broken = true
		ctx := context.Background()
		if _, err := w.lens.Count(ctx, w.chief, CountQuery{Collection: "accounts"}); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("an unrecorded count: %v", err)
		}
		if _, err := w.lens.Create(ctx, w.chief, Change{Collection: "accounts", Values: values("name", "Gamma")}); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("an unrecorded create: %v", err)
		}
		w.log.broken = false
		if n, err := w.lens.Count(ctx, w.chief, CountQuery{Collection: "accounts"}); err != nil || n != 2 {
			t.Errorf("the unrecorded create left %d accounts (%v)", n, err)
		}
	})
}

func TestSearchFindsVisibleCells(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.create(w.chief, "accounts", "name", "ÄRZTEHAUS", "description", "geheime Straße", "owner_id", w.other.Person)
		ctx := context.Background()
		if hits, err := w.lens.Search(ctx, w.rep, SearchQuery{Text: "ärzte"}); err != nil || len(hits) != 1 {
			t.Errorf("by name: %v, %v", hits, err)
		}
		if hits, err := w.lens.Search(ctx, w.rep, SearchQuery{Text: "geheime"}); err != nil || len(hits) != 0 {
			t.Errorf("by a hidden description: %v, %v", hits, err)
		}
		if hits, err := w.lens.Search(ctx, w.other, SearchQuery{Text: "STRASSE"}); err != nil || len(hits) != 0 {
			t.Errorf("simple folding keeps ß: %v, %v", hits, err)
		}
		if hits, err := w.lens.Search(ctx, w.other, SearchQuery{Text: "geheime STRAßE"}); err != nil || len(hits) != 1 {
			t.Errorf("own description: %v, %v", hits, err)
		}
	})
}

func TestMetadataAndExport(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		ctx := context.Background()
		infos, err := w.lens.Collections(ctx, w.rep)
		if err != nil || len(infos) < 8 {
			t.Fatalf("%d collections, %v", len(infos), err)
		}
		var out strings.Builder
		if _, err := w.lens.Export(ctx, w.rep, ExportQuery{Collection: "opportunities"}, &out); remit.KindOf(err) != remit.KindDenied || out.Len() > 0 {
			t.Errorf("a rep's export: %v, %q", err, out.String())
		}
		n, err := w.lens.Export(ctx, w.manager, ExportQuery{Collection: "opportunities", Fields: []string{"name", "amount"}, Sort: []string{"amount"}}, &out)
		if err != nil || n != 3 || strings.Count(out.String(), "\n") != 4 {
			t.Errorf("%d, %v:\n%s", n, err, out.String())
		}
		mcp := w.rep
		mcp.Channel = remit.ChannelMCP
		infos, err = w.lens.Collections(ctx, mcp)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range infos {
			for _, f := range c.Fields {
				if f.Sensitivity.OfField() > remit.Confidential {
					t.Errorf("a personal agent knows %s.%s (%s)", c.Name, f.Name, f.Sensitivity)
				}
			}
		}
		if _, err := w.lens.Create(ctx, mcp, Change{Collection: "accounts", Values: values("name", "Gamma")}); remit.KindOf(err) != remit.KindDenied {
			t.Errorf("an AI's create: %v", err)
		}
	})
}

// An AI employee draws no more records a day than its remit allows, for each
// person; counting them is free.
func TestRowsPerDay(t *testing.T) {
	doc := shippedDocument(t)
	for i := range doc.Employees {
		doc.Employees[i].Remit.RowsPerDay = 4
	}
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url, doc)
			w.deals()
			viz := w.rep
			viz.Employee = "viz"
			ask := func() error {
				_, err := w.lens.Query(context.Background(), viz, Query{Collection: "opportunities"})
				return err
			}
			if err := ask(); err != nil {
				t.Fatalf("3 of 4 records: %v", err)
			}
			if err := ask(); remit.KindOf(err) != remit.KindLimited {
				t.Errorf("6 of 4 records: %v, want limited", err)
			}
			if _, err := w.lens.Count(context.Background(), viz, CountQuery{Collection: "opportunities"}); err != nil {
				t.Errorf("counting: %v", err)
			}
			one := 1
			if _, err := w.lens.Query(context.Background(), viz, Query{Collection: "opportunities", Limit: &one}); err != nil {
				t.Errorf("the fourth record: %v", err)
			}
			if _, err := w.lens.Query(context.Background(), w.rep, Query{Collection: "opportunities"}); err != nil {
				t.Errorf("the person herself: %v", err)
			}
			w.now = w.now.AddDate(0, 0, 1)
			if err := ask(); err != nil {
				t.Errorf("the next day: %v", err)
			}
		})
	}
}

// The longest text that is accepted fits every index of both databases.
func TestTextBounds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		random := rand.New(rand.NewPCG(1, 2))
		letters := make([]byte, maxTextBytes) // PostgreSQL compresses what repeats
		for i := range letters {
			letters[i] = byte('!' + random.IntN(90))
		}
		long := string(letters)
		w.create(w.chief, "accounts", "name", long, "city", long, "description", strings.Repeat("x", maxLongBytes))
		w.create(w.chief, "contacts", "name", long, "email", long)
		for _, field := range []string{"name", "description"} {
			_, err := w.lens.Create(context.Background(), w.chief, Change{Collection: "accounts", Values: values("name", "A", field, strings.Repeat("x", maxLongBytes+1))})
			if remit.KindOf(err) != remit.KindInvalid || !strings.Contains(err.Error(), "values."+field) {
				t.Errorf("a %s that is too long: %v", field, err)
			}
		}
	})
}

// No way of asking gives an AI employee more records a call or a day than its
// remit allows, and the log names the fields that were used, shown or not.
func TestBoundsHoldForEveryQuestion(t *testing.T) {
	doc := shippedDocument(t)
	for i := range doc.Employees {
		doc.Employees[i].Remit.RowsPerCall, doc.Employees[i].Remit.RowsPerDay = 2, 5
	}
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url, doc)
			w.deals()
			viz := w.chief
			viz.Employee = "viz"
			ten := 10
			hits, err := w.lens.Search(context.Background(), viz, SearchQuery{Text: "a", Limit: &ten})
			if remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("a search for one letter: %v, %v", hits, err)
			}
			hits, err = w.lens.Search(context.Background(), viz, SearchQuery{Text: "al", Limit: &ten})
			if err != nil || len(hits) > 2 {
				t.Errorf("%d hits, %v; at most 2 rows a call", len(hits), err)
			}
			byID := AggregateQuery{
				Collection: "opportunities", Measures: []Measure{{Fn: "max", Field: "amount"}}, Dimensions: []Dimension{{Field: "id"}},
				Filter: json.RawMessage(`{"discount":{"$empty":true}}`),
			}
			if r, err := w.lens.Aggregate(context.Background(), viz, byID); err != nil || len(r.Rows) != 2 {
				t.Fatalf("%v, %v", r, err)
			}
			e := w.log.entries[len(w.log.entries)-1]
			if len(e.Records) != 2 || e.Sensitivity != remit.Restricted || fmt.Sprint(e.Fields) != "[id amount discount]" {
				t.Errorf("the log says %v of %v (%s)", e.Records, e.Fields, e.Sensitivity)
			}
			_, err = w.lens.Aggregate(context.Background(), viz, byID)
			if _, again := w.lens.Aggregate(context.Background(), viz, byID); remit.KindOf(err) != remit.KindLimited && remit.KindOf(again) != remit.KindLimited {
				t.Errorf("six groups by id of five records a day: %v, %v", err, again)
			}
		})
	}
}
