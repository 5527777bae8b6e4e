package tool

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// house is a Data with deals: as many decided and open ones as it is told, the
// referred of which are mostly won.
type house struct {
	recorder
	mu            sync.Mutex
	decided, open int
	rowsPerCall   int // 0: as asked
	wait          time.Duration
	asked         []lens.Query
	signal        float64
}

var dealFields = []lens.FieldInfo{
	{Field: remit.Field{Name: "name", Type: remit.Text, Title: "Name"}},
	{Field: remit.Field{Name: "stage", Type: remit.Enum, Title: "Stage", Options: []string{"talking", "won", "lost"}}},
	{Field: remit.Field{Name: "source", Type: remit.Enum, Title: "Source", Options: []string{"referral", "web"}}},
	{Field: remit.Field{Name: "amount", Type: remit.Currency, Title: "Amount", Currency: "USD"}},
	{Field: remit.Field{Name: "contact_name", Type: remit.Text, Title: "Contact", Personal: true}},
	{Field: remit.Field{Name: "owner_id", Type: remit.Relation, Title: "Owner", Target: "people"}},
	{Field: remit.Field{Name: "close_date", Type: remit.Date, Title: "Close date"}},
	{Field: remit.Field{Name: "created_at", Type: remit.Timestamp, Title: "Created", ReadOnly: true}},
}

func (h *house) TracedDescribe(_ context.Context, a remit.Actor, source, name string, _ *lens.Lineage) (*lens.CollectionInfo, error) {
	return &lens.CollectionInfo{Source: source, Name: name, Title: "Deals", TimeField: "close_date", TitleField: "name", Fields: dealFields}, h.note(a, nil)
}

// deal makes record n: the same each time.
func (h *house) deal(n int, open bool, fields []string) lens.Record {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	referral, luck, amount := r.IntN(2) == 0, r.Float64(), int64(100+r.IntN(1e6))
	chance := 0.5 - h.signal
	source := "web"
	if referral {
		source, chance = "referral", 0.5+h.signal
	}
	stage := "lost"
	switch {
	case open:
		stage = "talking"
	case luck < chance:
		stage = "won"
	}
	close := int64(20000 + n%300)
	cells := map[string]remit.Value{
		"name": remit.TextValue(fmt.Sprint("Deal ", n)), "stage": remit.TextValue(stage), "source": remit.TextValue(source),
		"amount": remit.MoneyValue(amount, "USD"), "close_date": remit.DateValue(close), "created_at": remit.TimeMicros((close - int64(20+r.IntN(50))) * 86_400_000_000),
	}
	id := fmt.Sprintf("d%07d", n)
	if open {
		id = fmt.Sprintf("o%07d", n)
	}
	rec := lens.Record{ID: remit.ID(id)}
	for _, f := range fields {
		rec.Values = append(rec.Values, cells[f])
	}
	return rec
}

// ids are those of records that a filter names.
var ids = regexp.MustCompile(`o[0-9]{7}`)

func numberOf(id string) int {
	n, err := strconv.Atoi(id[1:])
	if err != nil {
		panic(err) // the test made it
	}
	return n
}

func (h *house) Query(ctx context.Context, _ remit.Actor, q lens.Query) (*lens.Page, error) {
	h.mu.Lock()
	h.asked = append(h.asked, q)
	h.mu.Unlock()
	select {
	case <-time.After(h.wait):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if h.err != nil {
		return nil, h.err
	}
	open := strings.Contains(string(q.Filter), "$notIn")
	all := h.decided
	if open {
		all = h.open
	}
	from, _ := strconv.Atoi(q.Cursor)
	limit := *q.Limit
	if h.rowsPerCall > 0 {
		limit = min(limit, h.rowsPerCall)
	}
	page := &lens.Page{Collection: q.Collection}
	for _, f := range q.Fields {
		page.Columns = append(page.Columns, lens.Column{Name: f})
	}
	named := ids.FindAllString(string(q.Filter), -1)
	for _, id := range named {
		page.Records = append(page.Records, h.deal(numberOf(id), true, q.Fields))
	}
	for n := from; n < min(all, from+limit) && named == nil; n++ {
		page.Records = append(page.Records, h.deal(n, open, q.Fields))
	}
	if from+limit < all {
		page.NextCursor = strconv.Itoa(from + limit)
	}
	if q.Total {
		total := int64(all)
		page.Total = &total
	}
	if q.Lineage != nil {
		*q.Lineage = lens.Lineage{Origins: []lens.Origin{{Collection: q.Collection, Many: true, View: "v"}}}
	}
	return page, nil
}

func (h *house) Record(_ context.Context, _ remit.Actor, q lens.RecordQuery) (*lens.Page, error) {
	page := &lens.Page{Collection: q.Collection, Records: []lens.Record{h.deal(numberOf(string(q.ID)), q.ID[0] == 'o', q.Fields)}}
	for _, f := range q.Fields {
		page.Columns = append(page.Columns, lens.Column{Name: f})
	}
	return page, nil
}

func (h *house) call(t testing.TB, actor remit.Actor, tool, arguments string) (*Result, error) {
	t.Helper()
	return builtin(t, h).Call(t.Context(), &gate{}, actor, tool, json.RawMessage(arguments))
}

// must calls a tool and reads what it says.
func (h *house) must(t testing.TB, tool, arguments string) (told map[string]any) {
	t.Helper()
	r, err := h.call(t, asker, tool, arguments)
	if err != nil {
		t.Fatalf("%s %s: %v", tool, arguments, err)
	}
	if !r.Untrusted || r.Text == "" {
		t.Errorf("%s is said to hold nothing that was stored: %+v", tool, r)
	}
	dec := json.NewDecoder(strings.NewReader(string(r.JSON)))
	dec.UseNumber()
	if err := dec.Decode(&told); err != nil {
		t.Fatal(err)
	}
	return told
}

func number(t testing.TB, v any) float64 {
	t.Helper()
	n, ok := v.(json.Number)
	if !ok {
		t.Fatalf("%v is no number", v)
	}
	f, err := n.Float64()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// However many records there are, so many are read and no more, the latest first, and
// the answer says how many there were.
func TestPredictionReadsSoManyRecords(t *testing.T) {
	for rowsPerCall, want := range map[int]int{0: maxDecided, 300: maxDecided, 7: 7 * maxPages} {
		h := &house{decided: 50_000, open: 9_000, signal: 0.3, rowsPerCall: rowsPerCall}
		told := h.must(t, "predict_outcome", `{"collection":"deals","limit":5}`)
		learned := told["learned_from"].(map[string]any)
		if number(t, learned["records"]) != float64(want) || number(t, learned["of"]) != 50_000 {
			t.Errorf("%d rows a call: learned from %v of %v", rowsPerCall, learned["records"], learned["of"])
		}
		if n := len(h.asked); n > 2*maxPages+1 {
			t.Errorf("%d rows a call: %d reads", rowsPerCall, n)
		}
		for i, q := range h.asked {
			if shown := i == len(h.asked)-1; q.Figures == shown {
				t.Errorf("read %d of %d is counted as drawn or not, the wrong way", i, len(h.asked))
			}
			if personal := slices.ContainsFunc(q.Fields, func(f string) bool { return f == "contact_name" || strings.HasPrefix(f, "owner") }); personal {
				t.Errorf("people are read: %v", q.Fields)
			}
		}
		if first := h.asked[0]; !slices.Equal(first.Sort, []string{"-close_date"}) || !first.Total {
			t.Errorf("the first read is %+v", first)
		}
		if rows := told["rows"].([]any); len(rows) != 5 {
			t.Errorf("%d rows are given", len(rows))
		}
	}
}

// What is learned is what tells, and it is told of each record.
func TestPredictionSaysWhatWeighs(t *testing.T) {
	h := &house{decided: 400, open: 60, signal: 0.3}
	told := h.must(t, "predict_outcome", `{"collection":"deals"}`)
	weights := told["weights"].([]any)[0].(map[string]any)
	if weights["field"] != "source" || weights["levels"].([]any)[0].(map[string]any)["level"] != "referral" {
		t.Errorf("what weighs most is %v", weights)
	}
	before := 1.0
	for _, row := range told["rows"].([]any) {
		r := row.(map[string]any)
		chance := number(t, r["chance"])
		if chance > before || chance < 0.5 || len(r["because"].([]any)) == 0 {
			t.Errorf("out of order, or without a reason: %v", r)
		}
		before = chance
	}
	if number(t, told["check"].(map[string]any)["improvement"]) < 0.05 || told["declined"] != nil {
		t.Errorf("the check says %v", told["check"])
	}
}

// The rows and the total of a forecast are sums over the same records, and can be added
// up again.
func TestForecastAddsUp(t *testing.T) {
	h := &house{decided: 400, open: 120, signal: 0.3}
	told := h.must(t, "forecast_pipeline", `{"collection":"deals","bucket":"month"}`)
	total := told["total"].(map[string]any)
	sums := map[string]float64{}
	for _, row := range told["rows"].([]any) {
		for name, v := range row.(map[string]any) {
			if name != "close_date" {
				sums[name] += number(t, v)
			}
		}
	}
	for _, name := range []string{"open", "expected_wins", "pipeline"} {
		if d := sums[name] - number(t, total[name]); d > 1e-6 || d < -1e-6 {
			t.Errorf("the rows' %s add up to %v, the total is %v", name, sums[name], total[name])
		}
	}
	if d := sums["expected"] - number(t, total["expected"]); d > 0.05 || d < -0.05 { // each row is rounded to a cent
		t.Errorf("the rows' expected add up to %v, the total is %v", sums["expected"], total["expected"])
	}
	if len(told["rows"].([]any)) < 4 || number(t, total["open"]) != 120 || number(t, total["low"]) >= number(t, total["high"]) {
		t.Errorf("%v", told)
	}
	figures := strings.TrimSuffix(fmt.Sprint(total["expected"]), "0")
	if i := strings.IndexByte(figures, '.'); i < 0 || len(figures)-i > 3 {
		t.Errorf("money is shown as %v", total["expected"])
	}
}

func TestPeriodsBeginWithTheCalendar(t *testing.T) {
	for bucket, days := range map[string]map[string]string{
		"week":    {"2026-11-29": "2026-11-23", "2026-11-30": "2026-11-30", "2027-01-01": "2026-12-28"},
		"month":   {"2026-11-30": "2026-11-01", "2024-02-29": "2024-02-01"},
		"quarter": {"2026-12-31": "2026-10-01", "2026-03-31": "2026-01-01", "2026-04-01": "2026-04-01"},
		"year":    {"2026-12-31": "2026-01-01"},
	} {
		for day, want := range days {
			at, err := time.Parse(remit.DateLayout, day)
			if err != nil {
				t.Fatal(err)
			}
			if got := startOf(at, bucket).Format(remit.DateLayout); got != want {
				t.Errorf("the %s of %s begins on %s, want %s", bucket, day, got, want)
			}
		}
	}
}

func TestPredictionDeclines(t *testing.T) {
	for _, test := range []struct {
		h    *house
		want string
	}{
		{&house{decided: 12, open: 10, signal: 0.3}, "too_few_records"},
		{&house{decided: 400, open: 60}, "no_better_than_the_base_rate"},
	} {
		for _, tool := range []string{"predict_outcome", "forecast_pipeline"} {
			told := test.h.must(t, tool, `{"collection":"deals"}`)
			declined, _ := told["declined"].(map[string]any)
			if declined == nil || declined["reason"] != test.want || len(told["rows"].([]any)) != 0 || told["weights"] != nil {
				t.Errorf("%s over %d: %v", tool, test.h.decided, told)
			}
		}
	}
}

func TestPredictionOfOneRecord(t *testing.T) {
	h := &house{decided: 400, open: 60, signal: 0.3}
	told := h.must(t, "predict_outcome", `{"collection":"deals","id":"o0000003"}`)
	if rows := told["rows"].([]any); len(rows) != 1 || rows[0].(map[string]any)["id"] != "o0000003" {
		t.Errorf("an open record is answered with %v", told["rows"])
	}
	told = h.must(t, "predict_outcome", `{"collection":"deals","id":"d0000003"}`)
	if ended := told["ended"]; ended != "won" && ended != "lost" || len(told["rows"].([]any)) != 0 {
		t.Errorf("a decided record is answered with %v", told)
	}
}

func TestPredictionRefusesWhatItCannotRead(t *testing.T) {
	h := &house{decided: 400, open: 60, signal: 0.3}
	for arguments, place := range map[string]string{
		`{"collection":"deals","limit":51}`:                                                                    "limit",
		`{"collection":"deals","limit":0}`:                                                                     "limit",
		`{"collection":"deals","id":"o1","filter":{"a":1}}`:                                                    "filter",
		`{"collection":"deals","outcome":{"field":"colour","won":["a"],"lost":["b"]}}`:                         "outcome.field",
		`{"collection":"deals","outcome":{"field":"amount","won":["a"],"lost":["b"]}}`:                         "outcome.field",
		`{"collection":"deals","outcome":{"field":"stage","won":["wonn"],"lost":["lost"]}}`:                    "outcome.won",
		`{"collection":"deals","outcome":{"field":"stage","won":[],"lost":["lost"]}}`:                          "outcome.won",
		`{"collection":"deals","outcome":{"field":"stage","won":["won"],"lost":[]}}`:                           "outcome.lost",
		`{"collection":"deals","outcome":{"field":"stage","won":["won"],"lost":["won"]}}`:                      "outcome.lost",
		`{"collection":"deals","outcome":{"field":"stage","won":["won"],"lost":["lost"],"drawn":["talking"]}}`: "",
	} {
		_, err := h.call(t, asker, "predict_outcome", arguments)
		if e := asRemit(err); e == nil || e.Kind != remit.KindInvalid || e.Field != place {
			t.Errorf("%s: %v, want one about %q", arguments, err, place)
		}
	}
	for arguments, place := range map[string]string{
		`{"collection":"deals","bucket":"day"}`:      "bucket",
		`{"collection":"deals","amount":"name"}`:     "amount",
		`{"collection":"deals","date":"created_at"}`: "date",
		`{"collection":"deals","date":"paid_on"}`:    "date",
	} {
		_, err := h.call(t, asker, "forecast_pipeline", arguments)
		if e := asRemit(err); e == nil || e.Kind != remit.KindInvalid || e.Field != place {
			t.Errorf("%s: %v, want one about %q", arguments, err, place)
		}
	}
}

func asRemit(err error) *remit.Error {
	e, _ := err.(*remit.Error) //nolint:errorlint // as the tool returns it
	return e
}

// A prediction that takes too long ends, and so does one that nobody waits for.
func TestPredictionEndsInTime(t *testing.T) {
	h := &house{decided: 400, open: 60, signal: 0.3, wait: time.Hour}
	s := newSeer(h)
	s.within = 20 * time.Millisecond
	if _, err := s.predict(t.Context(), asker, predictInput{}); remit.KindOf(err) != remit.KindLimited {
		t.Errorf("one that takes too long: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.predict(ctx, asker, predictInput{}); remit.KindOf(err) != remit.KindCanceled {
		t.Errorf("one that nobody waits for: %v", err)
	}
	h.wait = 0
	for range maxFits {
		s.fits <- struct{}{}
	}
	if _, err := s.predict(t.Context(), asker, predictInput{}); remit.KindOf(err) != remit.KindLimited {
		t.Errorf("with all places taken: %v", err)
	}
}

// What a prediction came from is told once, where it is kept.
func TestPredictionHasLineage(t *testing.T) {
	h := &house{decided: 1500, open: 60, signal: 0.3}
	kept := asker
	kept.Conversation = "c"
	for _, tool := range []string{"predict_outcome", "forecast_pipeline"} {
		r, err := h.call(t, kept, tool, `{"collection":"deals","filter":{"source":"web"}}`)
		if err != nil {
			t.Fatal(err)
		}
		want := &lens.Lineage{Origins: []lens.Origin{{Collection: "deals", Many: true, View: "v"}}}
		if d := cmp.Diff(want, r.Lineage); d != "" {
			t.Errorf("%s: lineage (-want +got): %s", tool, d)
		}
		if r, err = h.call(t, asker, tool, `{"collection":"deals"}`); err != nil || r.Lineage != nil {
			t.Errorf("%s: lineage where nobody keeps it: %+v (%v)", tool, r.Lineage, err)
		}
	}
}

func TestOutcomeIsFoundByItsOptions(t *testing.T) {
	for _, test := range []struct {
		options   []string
		won, lost []string
	}{
		{[]string{"draft", "Closed-Won", "closed_lost", "open"}, []string{"Closed-Won"}, []string{"closed_lost"}},
		{[]string{"draft", "sent", "accepted", "rejected", "expired"}, []string{"accepted"}, []string{"rejected", "expired"}},
		{[]string{"new", "unqualified", "converted"}, []string{"converted"}, []string{"unqualified"}},
		{[]string{"won", "open"}, nil, nil},
		{[]string{"wonderful", "lost"}, nil, nil},
	} {
		c := &lens.CollectionInfo{Name: "things", Fields: []lens.FieldInfo{{Field: remit.Field{Name: "state", Type: remit.Enum, Options: test.options}}}}
		o, err := outcomeOf(c, nil)
		if (err == nil) != (test.won != nil) || !slices.Equal(o.Won, test.won) || !slices.Equal(o.Lost, test.lost) {
			t.Errorf("%v: %+v (%v)", test.options, o, err)
		}
	}
}
