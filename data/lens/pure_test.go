package lens

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones are known on any machine

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

// The rounding of averages against exact rational arithmetic: the result is
// within half of the last place, and a tie goes to the even digit.
func TestQuotientRoundsHalfEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := big.NewInt(rapid.Int64().Draw(t, "numerator"))
		if rapid.Bool().Draw(t, "tie") {
			num = big.NewInt(rapid.Int64Range(-1e12, 1e12).Draw(t, "half")*2 + 1)
		}
		den := rapid.SampledFrom([]int64{1, 2, 3, 7, 64, 2_000_000, 1_000_000_007}).Draw(t, "denominator")
		scale := rapid.SampledFrom([]int{0, 2, 3, 6}).Draw(t, "scale")
		got, ok := new(big.Rat).SetString(quotient(num, den, scale))
		if !ok {
			t.Fatalf("quotient(%s, %d, %d) = %q is no number", num, den, scale, quotient(num, den, scale))
		}
		exact := new(big.Rat).SetFrac(num, new(big.Int).Mul(big.NewInt(den), pow10(scale)))
		diff := new(big.Rat).Sub(got, exact)
		diff.Abs(diff)
		half := big.NewRat(1, 2*remit.DecimalScale)
		if diff.Cmp(half) > 0 {
			t.Fatalf("quotient(%s, %d, %d) = %s, exactly %s", num, den, scale, got, exact.FloatString(12))
		}
		last := new(big.Rat).Mul(got, big.NewRat(remit.DecimalScale, 1))
		if diff.Cmp(half) == 0 && last.Num().Bit(0) == 1 {
			t.Fatalf("quotient(%s, %d, %d) = %s: a tie went to the odd digit", num, den, scale, got)
		}
	})
}

func TestBucketsHoldTheirDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// In most of these clocks are set forward at midnight.
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{
			"America/New_York", "Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Havana", "America/Asuncion", "Pacific/Apia", "UTC",
		}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(-2e9, 4e9).Draw(t, "at"), 0).In(zone)
		unit := rapid.SampledFrom(bucketUnits).Draw(t, "unit")
		start := bucketStart(at, unit)
		next := nextBucket(start, unit)
		if start.After(at) || !next.After(at) {
			t.Fatalf("%s of %s is %s to %s", unit, at, start, next)
		}
		if bucketStart(next.Add(-time.Second), unit) != start {
			t.Fatalf("the last second of the %s at %s belongs elsewhere", unit, start)
		}
		if bucketStart(next, unit) != next || bucketStart(start, unit) != start {
			t.Fatalf("%s is no start of a %s", next, unit)
		}
	})
}

func TestBucketsFollowISOWeeks(t *testing.T) {
	for d := range 4000 {
		day := time.Date(2015, 1, 1+d, 12, 0, 0, 0, time.UTC)
		y1, w1 := day.ISOWeek()
		y2, w2 := bucketStart(day, "week").ISOWeek()
		if y1 != y2 || w1 != w2 || bucketStart(day, "week").Weekday() != time.Monday {
			t.Fatalf("%s lies in ISO week %d-%d, its bucket in %d-%d", day, y1, w1, y2, w2)
		}
	}
}

func TestSealIsBoundAndDeterministic(t *testing.T) {
	s, err := newSealer([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		binding := rapid.SliceOf(rapid.Byte()).Draw(t, "binding")
		text := s.seal(plain, binding)
		if s.seal(plain, binding) != text {
			t.Fatal("sealing twice gives two texts")
		}
		if got, ok := s.open(text, binding); !ok || string(got) != string(plain) {
			t.Fatalf("opened %q, %v; sealed %q", got, ok, plain)
		}
		if _, ok := s.open(text, append(binding, 'x')); ok {
			t.Fatal("opened under another binding")
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "flipped")
		flipped := []byte(text)
		flipped[i] ^= 1
		if got, ok := s.open(string(flipped), binding); ok && string(got) != string(plain) {
			t.Fatal("opened a text that was tampered with")
		}
		if strings.Contains(text, "secret") {
			t.Fatal("plain text shows")
		}
	})
}

func TestPlainNumber(t *testing.T) {
	for in, want := range map[string]string{"1e3": "1000", "1.5E2": "150", "-2.50e-1": "-0.25", "12": "12", "0.10": "0.10"} {
		if got, err := plainNumber(in); err != nil || got != want {
			t.Errorf("plainNumber(%s) = %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"1e999999999", "1e-5000"} {
		if got, err := plainNumber(in); err == nil {
			t.Errorf("plainNumber(%s) = %s, want an error", in, got)
		}
	}
}

// Whatever comes, a filter is read or refused with a place, and never panics.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		`{"$and":[{"stage":{"$in":["won","lost"]}},{"amount":{"$gte":1000}},{"account.industry":{"$eq":"medical"}}]}`,
		`{"stage":"won","stage":"lost"}`, `{"a":{"$not":{"$not":{"$eq":1}}}}`, `{"$or":[]}`, `[]`, `{"a":{"$gt":[[]]}}`, `{"a"`, "\x00", `null`, `{"a":{"$between":[1,2]}} x`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		node, err := parseFilter(json.RawMessage(text), "filter")
		if err == nil {
			if node == nil {
				t.Fatal("neither a filter nor an error")
			}
			return
		}
		var e *remit.Error
		if !errors.As(err, &e) || e.Kind != remit.KindInvalid || !strings.HasPrefix(e.Field, "filter") {
			t.Fatalf("parseFilter(%q): %v is not an Invalid error with a place", text, err)
		}
	})
}

func TestParseFilterRefusesDepth(t *testing.T) {
	for _, deep := range []string{
		strings.Repeat(`{"$and":[`, 50) + `{"stage":"won"}` + strings.Repeat(`]}`, 50),
		strings.Repeat(`{"$not":`, 50) + `{"stage":"won"}` + strings.Repeat(`}`, 50),
		`{"stage":` + strings.Repeat(`{"$not":`, 50) + `{"$eq":"won"}` + strings.Repeat(`}`, 50) + `}`,
	} {
		if _, err := parseFilter(json.RawMessage(deep), "filter"); err == nil || !strings.Contains(err.Error(), "nested") {
			t.Errorf("a filter nested 50 deep: %v", err)
		}
	}
}
