package sqldb_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// A table with a column of each kind.
const (
	sqliteKinds = `CREATE TABLE kinds (id INTEGER PRIMARY KEY, word TEXT, n INTEGER, flag INTEGER CHECK (flag IN (0, 1)),
		day TEXT, moment TEXT, raw BLOB) STRICT`
	postgresKinds = `CREATE TABLE kinds (id bigint PRIMARY KEY, word text COLLATE "C", n bigint, flag boolean,
		day date, moment timestamptz, raw bytea)`
)

// cells is one row of the table; what is nil is null.
type cells struct {
	Word   *string
	N      *int64
	Flag   *bool
	Day    *int64
	Moment *time.Time
	Raw    []byte
}

var (
	firstDay    = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay     = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

func days(t time.Time) int64 { return t.Unix() / 86400 }

func extremes() map[string]cells {
	return map[string]cells{
		"nulls":  {},
		"zeros":  {Word: new(""), N: new(int64(0)), Flag: new(false), Day: new(int64(0)), Moment: new(time.Unix(0, 0).UTC()), Raw: []byte{}},
		"least":  {Word: new(" "), N: new(int64(math.MinInt64)), Flag: new(true), Day: new(days(firstDay)), Moment: new(firstDay), Raw: []byte{0}},
		"most":   {Word: new("\U0010fffd"), N: new(int64(math.MaxInt64)), Day: new(days(lastDay)), Moment: new(lastInstant), Raw: []byte("\xff\x00\xff")},
		"before": {Day: new(int64(-1)), Moment: new(time.UnixMicro(-1).UTC())},
		"emoji":  {Word: new("👩‍👩‍👧 ünï\u0301 'q\"\\ % _ ? $1 \t\r\n")},
		"large":  {Word: new(strings.Repeat("1 MB ✓", 125_000)), Raw: []byte(strings.Repeat("\x00\xfe", 500_000))},
	}
}

func TestExtremesRoundTrip(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		exec(t, db, schema(db, sqliteKinds, postgresKinds))
		for name, want := range extremes() {
			if diff := cmp.Diff(want, roundTrip(t, db, want.args()...)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
			if diff := cmp.Diff(want, roundTrip(t, db, want.values()...)); diff != "" && want.Raw == nil {
				t.Errorf("%s as values:\n%s", name, diff)
			}
		}
	})
}

func TestAnyValueRoundTrips(t *testing.T) {
	instants := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(firstDay.UnixMicro(), lastInstant.UnixMicro()).Draw(t, "µs")).UTC()
	})
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		exec(t, db, schema(db, sqliteKinds, postgresKinds))
		rapid.Check(t, func(r *rapid.T) {
			want := cells{
				Word:   rapid.Ptr(rapid.String().Filter(storable), true).Draw(r, "word"),
				N:      rapid.Ptr(rapid.Int64(), true).Draw(r, "n"),
				Flag:   rapid.Ptr(rapid.Bool(), true).Draw(r, "flag"),
				Day:    rapid.Ptr(rapid.Int64Range(days(firstDay), days(lastDay)), true).Draw(r, "day"),
				Moment: rapid.Ptr(instants, true).Draw(r, "moment"),
			}
			if diff := cmp.Diff(want, roundTrip(t, db, want.args()...)); diff != "" {
				r.Error(diff)
			}
			if diff := cmp.Diff(want, roundTrip(t, db, want.values()...)); diff != "" {
				r.Error(diff)
			}
		})
	})
}

func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// args returns the cells as plain Go values.
func (c cells) args() []any {
	day := any(nil)
	if c.Day != nil {
		day = time.Unix(*c.Day*86400, 0).UTC().Format(remit.DateLayout)
	}
	return []any{orNil(c.Word), orNil(c.N), orNil(c.Flag), day, orNil(c.Moment), c.Raw}
}

func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// values returns the cells as remit.Value, which has no bytes.
func (c cells) values() []any {
	v := []any{remit.Null, remit.Null, remit.Null, remit.Null, remit.Null, c.Raw}
	if c.Word != nil {
		v[0] = remit.TextValue(*c.Word)
	}
	if c.N != nil {
		v[1] = remit.IntegerValue(*c.N)
	}
	if c.Flag != nil {
		v[2] = remit.BooleanValue(*c.Flag)
	}
	if c.Day != nil {
		v[3] = remit.DateValue(*c.Day)
	}
	if c.Moment != nil {
		v[4] = remit.TimeValue(*c.Moment)
	}
	return v
}

// roundTrip stores a row and reads it back by every method of Row.
func roundTrip(tb testing.TB, db *sqldb.DB, args ...any) (got cells) {
	tb.Helper()
	exec(tb, db, stmt("DELETE FROM kinds"), stmt("INSERT INTO kinds VALUES (1, ?, ?, ?, ?, ?, ?)", args...))
	err := db.Query(tb.Context(), stmt("SELECT word, n, flag, day, moment, raw FROM kinds"), func(r sqldb.Row) error {
		got = readCells(tb, r)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

func readCells(tb testing.TB, r sqldb.Row) (got cells) {
	tb.Helper()
	if !r.Null(0) {
		got.Word = new(r.Text(0))
	}
	if appended := string(r.AppendText(0, []byte("x"))); appended != "x"+r.Text(0) {
		tb.Errorf("AppendText = %q, Text = %q", appended, r.Text(0))
	}
	if !r.Null(1) {
		got.N = new(r.Int(1))
	}
	if !r.Null(2) {
		got.Flag = new(r.Bool(2))
	}
	if !r.Null(3) {
		got.Day = new(r.Date(3))
	}
	if !r.Null(4) {
		got.Moment = new(r.Time(4))
		if micros := r.Micros(4); micros != got.Moment.UnixMicro() {
			tb.Errorf("Micros = %d, Time = %v", micros, got.Moment)
		}
	}
	got.Raw = r.Bytes(5)
	for i := range 6 {
		if r.Null(i) && (r.Text(0) != "" && i == 0 || i == 1 && r.Int(1) != 0 || i == 2 && r.Bool(2) || i == 3 && r.Date(3) != 0 ||
			i == 4 && (!r.Time(4).IsZero() || r.Micros(4) != 0)) {
			tb.Errorf("the null in column %d does not read as the zero value", i)
		}
	}
	return got
}

func TestInstantsAreCutToMicroseconds(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		exec(t, db, schema(db, sqliteKinds, postgresKinds))
		zone := time.FixedZone("east", 5*3600+1800)
		moment := time.Date(2026, 2, 28, 23, 59, 59, 999_999_999, zone)
		got := roundTrip(t, db, nil, nil, nil, nil, moment, nil)
		if want := moment.Truncate(time.Microsecond).UTC(); !got.Moment.Equal(want) {
			t.Errorf("got %v, want %v", got.Moment, want)
		}
	})
}

// Text is stored as remit.DateLayout and remit.TimeLayout on SQLite, so that it
// sorts by time.
func TestTimesAreFixedWidth(t *testing.T) {
	db := open(t, sqliteURL(t), sqldb.Options{})
	rapid.Check(t, func(r *rapid.T) {
		moment := time.UnixMicro(rapid.Int64Range(firstDay.UnixMicro(), lastInstant.UnixMicro()).Draw(r, "µs")).UTC()
		day := remit.DateValue(rapid.Int64Range(days(firstDay), days(lastDay)).Draw(r, "day"))
		err := db.Query(t.Context(), stmt("SELECT ?, ?", moment, day), func(row sqldb.Row) error {
			if got, want := row.Text(0), moment.Format(remit.TimeLayout); got != want {
				r.Errorf("%s is stored as %s", want, got)
			}
			if got, want := row.Text(1), day.String(); got != want {
				r.Errorf("%s is stored as %s", want, got)
			}
			return nil
		})
		if err != nil {
			r.Error(err)
		}
	})
}

func TestSumsAreExact(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		exec(t, db, stmt("CREATE TABLE numbers (n BIGINT)"))
		rapid.Check(t, func(r *rapid.T) {
			a := rapid.Int64Range(math.MinInt64/2, math.MaxInt64/2).Draw(r, "a")
			b := rapid.Int64Range(math.MinInt64/2, math.MaxInt64/2).Draw(r, "b")
			exec(t, db, stmt("DELETE FROM numbers"), stmt("INSERT INTO numbers VALUES (?), (?)", a, b))
			if got := number(t, db, stmt("SELECT sum(n) FROM numbers")); got != a+b {
				r.Errorf("%d + %d = %d", a, b, got)
			}
		})
		exec(t, db, stmt("DELETE FROM numbers"), stmt("INSERT INTO numbers VALUES (?), (?)", int64(math.MaxInt64), 1))
		err := db.Query(t.Context(), stmt("SELECT sum(n) FROM numbers"), func(r sqldb.Row) error {
			_ = r.Int(0)
			return nil
		})
		if err == nil {
			t.Error("a sum that does not fit was given as a number")
		}
	})
}

func TestWrongTypesFailTheQuery(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		if db.Dialect().String() == "sqlite" {
			t.Skip("SQLite converts")
		}
		for name, read := range map[string]func(sqldb.Row){
			"text as integer": func(r sqldb.Row) { r.Int(0) },
			"text as instant": func(r sqldb.Row) { r.Time(0) },
			"text as date":    func(r sqldb.Row) { r.Date(0) },
			"integer as text": func(r sqldb.Row) { _ = r.Text(1) },
			"half as integer": func(r sqldb.Row) { r.Int(2) },
		} {
			err := db.Query(t.Context(), stmt("SELECT 'a', 1, 0.5"), func(r sqldb.Row) error {
				read(r)
				return nil
			})
			if err == nil {
				t.Errorf("%s went through", name)
			}
		}
	})
}

func TestMissingColumnsPanic(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		defer func() {
			if recover() == nil {
				t.Error("a column that does not exist was read")
			}
			if n := number(t, db, stmt("SELECT 1")); n != 1 {
				t.Error("the connection is unusable afterwards")
			}
		}()
		_ = db.Query(t.Context(), stmt("SELECT 1"), func(r sqldb.Row) error {
			_ = r.Int(1)
			return nil
		})
	})
}
