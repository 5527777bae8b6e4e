package scopetest

import (
	"math"
	"time"

	"github.com/remit-crm/remit"
)

// values are the values that cells, attributes and literals are drawn from: few,
// so that they meet, and awkward where databases have been seen to differ.
var values = map[remit.FieldType][]remit.Value{
	remit.Text: texts(
		"", "a", "A", "ab", "Ab", "a ", " a", "\ta", "á", "a\u0301", "ä", "å", "Å", "\u212b", "ß", "ss", "SS", "z", "Z",
		"a%", "%", "a_b", "axb", "_", `a\`, `\`, `\%`, "'", `"a"`, "a'b", "😀", "a😀b", "\U0001f1e9\U0001f1ea", "\ufb01", "fi",
		"İ", "i", "I", "ı", "\u2028", "<a&b>", "1", "01", "null", "won",
	),
	remit.Enum:     texts(stages...),
	remit.Integer:  numbers(remit.IntegerValue),
	remit.Decimal:  numbers(remit.DecimalValue),
	remit.Currency: numbers(func(n int64) remit.Value { return remit.MoneyValue(n, "USD") }),
	remit.Boolean:  {remit.BooleanValue(false), remit.BooleanValue(true)},
	remit.Date: days(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(999, 12, 31, 0, 0, 0, 0, time.UTC)),
	remit.Timestamp: instants(time.Date(2024, 2, 29, 23, 59, 59, 999_999_000, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 3, 1, 0, 0, 0, 1000, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 2000, time.UTC),
		time.Date(2024, 3, 1, 0, 0, 0, 10_000, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 100_000_000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)),
}

func texts(list ...string) []remit.Value {
	made := make([]remit.Value, 0, len(list))
	for _, s := range list {
		made = append(made, remit.TextValue(s))
	}
	return made
}

// numbers holds what float64 confuses, and the ends of int64.
func numbers(of func(int64) remit.Value) []remit.Value {
	const exact = 1 << 53
	var made []remit.Value
	for _, n := range []int64{0, 1, -1, 7, 10, 100, 150, exact - 1, exact, exact + 1, -exact - 1, -exact, math.MaxInt64, math.MaxInt64 - 1, -math.MaxInt64} {
		made = append(made, of(n))
	}
	return made
}

func days(list ...time.Time) []remit.Value {
	made := make([]remit.Value, 0, len(list))
	for _, t := range list {
		made = append(made, remit.DateValue(t.Unix()/86400))
	}
	return made
}

func instants(list ...time.Time) []remit.Value {
	made := make([]remit.Value, 0, len(list))
	for _, t := range list {
		made = append(made, remit.TimeValue(t))
	}
	return made
}
