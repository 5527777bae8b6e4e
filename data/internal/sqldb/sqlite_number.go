package sqldb

import (
	"math/big"
	"math/bits"
	"strconv"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/remit-crm/remit"
)

// The functions that statements of others may use. None of them fails: what has no
// answer is null. A condition may be evaluated on rows that are filtered out
// afterwards, and an error would tell of them.
//
// Numbers are whole ones with a scale that the statement knows (package sqlguard).

// guardedFunctions are all that may be called from outside our own views.
var guardedFunctions = map[string]bool{
	"count": true, "sum": true, "min": true, "max": true, "lower": true, "upper": true, "length": true, "trim": true,
	"substr": true, "instr": true, "coalesce": true, "julianday": true, "date": true,
	"remit_fold": true, "remit_like": true, "remit_add": true, "remit_sub": true, "remit_mul": true, "remit_div": true, "remit_abs": true, "nullif": true,
	"remit_mod": true, "remit_halves": true, "remit_day": true, "remit_trunc": true, "remit_part": true,
}

// argCall writes a call of the function that knows the arguments of the views.
func argCall(i int) string { return "remit_arg(" + strconv.Itoa(i) + ")" }

type scalar = func(sqlite.Context, []sqlite.Value) (sqlite.Value, error)

// registerGuarded adds the functions to the connection of one statement.
func registerGuarded(conn *sqlite.Conn, c *sqliteConn, g *Guarded) error {
	if err := registerFold(conn); err != nil {
		return err
	}
	if err := registerArgs(conn, c, g.Views); err != nil {
		return err
	}
	functions := []struct {
		name string
		args int
		call scalar
	}{
		{"remit_add", 2, integers(add)},
		{"remit_sub", 2, integers(subtract)},
		{"remit_mul", 2, integers(multiply)},
		{"remit_mod", 2, integers(modulo)},
		{"remit_abs", 1, integers(absolute)},
		{"remit_halves", 2, integers(halves)},
		{"remit_div", 3, integers(quotient)},
		{"remit_like", 2, likeFunction},
		{"remit_day", 1, dayFunction(g.Zone)},
		{"remit_trunc", 2, ofDay(truncateDay)},
		{"remit_part", 2, ofDay(partOfDay)},
	}
	for _, f := range functions {
		err := conn.CreateFunction(f.name, &sqlite.FunctionImpl{NArgs: f.args, Deterministic: true, Scalar: f.call})
		if err != nil {
			return err
		}
	}
	return nil
}

// registerArgs adds the function that gives the views their arguments.
func registerArgs(conn *sqlite.Conn, c *sqliteConn, views []View) error {
	var values []sqlite.Value
	for _, v := range views {
		for _, arg := range v.Stmt.Args {
			value, err := c.value(arg)
			if err != nil {
				return err
			}
			values = append(values, value)
		}
	}
	return conn.CreateFunction("remit_arg", &sqlite.FunctionImpl{
		NArgs: 1, Deterministic: true, AllowIndirect: true,
		Scalar: func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
			i := args[0].Int64()
			if i < 0 || i >= int64(len(values)) {
				return sqlite.Value{}, nil
			}
			return values[i], nil
		},
	})
}

// integers makes a function of integers that is null where an argument is.
func integers(compute func([]int64) (int64, bool)) scalar {
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
		var room [3]int64
		numbers := room[:len(args)]
		for i, a := range args {
			if a.Type() != sqlite.TypeInteger {
				return sqlite.Value{}, nil
			}
			numbers[i] = a.Int64()
		}
		n, ok := compute(numbers)
		if !ok {
			return sqlite.Value{}, nil
		}
		return sqlite.IntegerValue(n), nil
	}
}

func add(n []int64) (int64, bool) {
	sum := n[0] + n[1]
	return sum, (n[0] < 0) != (n[1] < 0) || (sum < 0) == (n[0] < 0)
}

func subtract(n []int64) (int64, bool) {
	difference := n[0] - n[1]
	return difference, (n[0] < 0) == (n[1] < 0) || (difference < 0) == (n[0] < 0)
}

func multiply(n []int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(n[0]), magnitude(n[1]))
	if high != 0 {
		return 0, false
	}
	return signed(low, (n[0] < 0) != (n[1] < 0))
}

// magnitude returns |n|.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n) // #nosec G115 -- two's complement
	}
	return uint64(n) // #nosec G115 -- not negative
}

// signed returns ±n, unless that is outside 64 bits.
func signed(n uint64, negative bool) (int64, bool) {
	switch {
	case negative && n <= 1<<63:
		return -int64(n), true // #nosec G115 -- 1<<63 becomes the smallest int64
	case !negative && n < 1<<63:
		return int64(n), true // #nosec G115 -- bounded
	}
	return 0, false
}

func absolute(n []int64) (int64, bool) { return signed(magnitude(n[0]), false) }

func modulo(n []int64) (int64, bool) {
	if n[1] == 0 {
		return 0, false
	}
	if n[1] == -1 {
		return 0, true
	}
	return n[0] % n[1], true
}

// halves puts together a sum whose upper and lower 32 bits were summed apart.
func halves(n []int64) (int64, bool) {
	high, ok := multiply([]int64{n[0], 1 << 32})
	if !ok {
		exact := new(big.Int).Lsh(big.NewInt(n[0]), 32)
		exact.Add(exact, big.NewInt(n[1]))
		return exact.Int64(), exact.IsInt64()
	}
	return add([]int64{high, n[1]})
}

// quotient is n[0] ÷ n[1] × 10^n[2], rounded half-even.
func quotient(n []int64) (int64, bool) {
	const mostPlaces = 40
	if n[1] == 0 || n[2] > mostPlaces || n[2] < -mostPlaces {
		return 0, false
	}
	above, below := big.NewInt(n[0]), big.NewInt(n[1])
	power := new(big.Int).Exp(big.NewInt(10), new(big.Int).Abs(big.NewInt(n[2])), nil)
	if n[2] >= 0 {
		above.Mul(above, power)
	} else {
		below.Mul(below, power)
	}
	result := halfEven(above, below)
	return result.Int64(), result.IsInt64()
}

// halfEven divides and rounds to the nearest whole number, to the even one of two.
func halfEven(above, below *big.Int) *big.Int {
	result, rest := new(big.Int).QuoRem(above, below, new(big.Int))
	twice := rest.Abs(rest.Lsh(rest, 1)).CmpAbs(below)
	if twice > 0 || (twice == 0 && result.Bit(0) == 1) {
		away := int64(above.Sign() * below.Sign())
		result.Add(result, big.NewInt(away))
	}
	return result
}

// dayFunction tells on which day of the zone an instant lies.
func dayFunction(zone *time.Location) scalar {
	if zone == nil {
		zone = time.UTC
	}
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
		at, err := time.Parse(remit.TimeLayout, args[0].Text())
		if err != nil {
			return sqlite.Value{}, nil //nolint:nilerr // null, or no instant
		}
		return sqlite.TextValue(at.In(zone).Format(remit.DateLayout)), nil
	}
}

// ofDay makes a function of a unit and a day.
func ofDay(compute func(unit string, day time.Time) sqlite.Value) scalar {
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
		day, err := time.Parse(remit.DateLayout, args[1].Text())
		if err != nil {
			return sqlite.Value{}, nil //nolint:nilerr // null, or no day
		}
		return compute(args[0].Text(), day), nil
	}
}

// truncateDay returns the first day of the week or quarter of a day.
func truncateDay(unit string, day time.Time) sqlite.Value {
	if unit == "week" {
		day = day.AddDate(0, 0, 1-isoWeekday(day))
	} else {
		day = time.Date(day.Year(), (day.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return sqlite.TextValue(day.Format(remit.DateLayout))
}

// isoWeekday counts from Monday, which is 1.
func isoWeekday(day time.Time) int { return (int(day.Weekday())+6)%7 + 1 }

func partOfDay(unit string, day time.Time) sqlite.Value {
	year, week := day.ISOWeek()
	n := map[string]int{
		"quarter": (int(day.Month()) + 2) / 3, "week": week, "isoyear": year, "isodow": isoWeekday(day),
	}[unit]
	return sqlite.IntegerValue(int64(n))
}
