package sqldb

import (
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The arithmetic is that of whole numbers without bounds, and null beyond 64 bits.
func TestArithmeticIsExact(t *testing.T) {
	edges := []int64{0, 1, -1, 2, 3, 10, 1 << 32, -1 << 32, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1}
	number := rapid.OneOf(rapid.Int64(), rapid.SampledFrom(edges))
	rapid.Check(t, func(t *rapid.T) {
		a, b, shift := number.Draw(t, "a"), number.Draw(t, "b"), rapid.Int64Range(-12, 12).Draw(t, "shift")
		x, y := big.NewInt(a), big.NewInt(b)
		same := func(name string, got int64, ok bool, want *big.Int) {
			if want == nil || !want.IsInt64() {
				if ok {
					t.Fatalf("%s(%d, %d) = %d, want null", name, a, b, got)
				}
				return
			}
			if !ok || got != want.Int64() {
				t.Fatalf("%s(%d, %d) = %d %v, want %v", name, a, b, got, ok, want)
			}
		}
		n, ok := add([]int64{a, b})
		same("add", n, ok, new(big.Int).Add(x, y))
		n, ok = subtract([]int64{a, b})
		same("sub", n, ok, new(big.Int).Sub(x, y))
		n, ok = multiply([]int64{a, b})
		same("mul", n, ok, new(big.Int).Mul(x, y))
		n, ok = halves([]int64{a, b})
		same("halves", n, ok, new(big.Int).Add(new(big.Int).Lsh(x, 32), y))
		n, ok = quotient([]int64{a, b, shift})
		same("div", n, ok, exactQuotient(x, y, shift))
	})
}

// exactQuotient rounds by way of fractions.
func exactQuotient(x, y *big.Int, shift int64) *big.Int {
	if y.Sign() == 0 {
		return nil
	}
	r := new(big.Rat).SetFrac(x, y)
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), new(big.Int).Abs(big.NewInt(shift)), nil))
	if shift < 0 {
		power.Inv(power)
	}
	r.Mul(r, power)
	floor := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: rounds down
	rest := new(big.Rat).Sub(r, new(big.Rat).SetInt(floor))
	switch c := rest.Cmp(big.NewRat(1, 2)); {
	case c > 0, c == 0 && floor.Bit(0) == 1:
		return floor.Add(floor, big.NewInt(1))
	}
	return floor
}

// LIKE is a regular expression in which % is any text and _ any character.
func TestLike(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "%", "_", "ß", `\%`, `\_`, `\\`, `\a`, "ab", "aa"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ß", "%", "_", `\`}), 0, 8).Draw(t, "text"), "")
		parts := rapid.SliceOfN(part, 0, 6).Draw(t, "pattern")
		expression := "(?s)^"
		for _, p := range parts {
			switch p {
			case "%":
				expression += ".*"
			case "_":
				expression += "."
			default:
				expression += regexp.QuoteMeta(strings.TrimPrefix(p, `\`))
			}
		}
		pattern := strings.Join(parts, "")
		if got, want := like(text, pattern), regexp.MustCompile(expression+"$").MatchString(text); got != want {
			t.Fatalf("%q LIKE %q: %v, want %v (%s)", text, pattern, got, want, expression)
		}
	})
}
