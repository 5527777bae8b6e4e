package offline

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number as a person writes it, kept exactly.
type decimal struct {
	text    string // plain notation: "1500000", "0.5", "-3"
	percent bool   // written with a percent sign
	marked  bool   // written with a currency sign, separators, a point or a unit: surely no year
}

// parseDecimal reads "5,000", "$1.5m", "20k", "10%". It reports false for what
// is no number.
func parseDecimal(text string) (decimal, bool) {
	rest := strings.TrimLeft(text, "$€£")
	d := decimal{marked: rest != text}
	rest, d.percent = strings.CutSuffix(rest, "%")
	rest, shift := cutUnit(rest)
	rest, grouped := ungroup(rest)
	if grouped || shift > 0 || strings.Contains(rest, ".") {
		d.marked = true
	}
	if !plainDecimal(rest) {
		return decimal{}, false
	}
	d.text = shiftPoint(rest, shift)
	return d, true
}

// cutUnit takes k, m or bn off and returns the power of ten it stands for.
func cutUnit(s string) (string, int) {
	lower := strings.ToLower(s)
	for _, unit := range []struct {
		suffix string
		shift  int
	}{{"bn", 9}, {"k", 3}, {"m", 6}, {"b", 9}} {
		if strings.HasSuffix(lower, unit.suffix) {
			return s[:len(s)-len(unit.suffix)], unit.shift
		}
	}
	return s, 0
}

// ungroup drops thousands separators, but only where they part threes.
func ungroup(s string) (string, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	parts := strings.Split(whole, ",")
	if len(parts) == 1 {
		return s, false
	}
	for i, p := range parts {
		if len(p) > 3 || (i > 0 && len(p) != 3) {
			return s, false
		}
	}
	joined := strings.Join(parts, "")
	if point {
		joined += "." + fraction
	}
	return joined, true
}

func plainDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || len(s) > 18 || (point && fraction == "") {
		return false
	}
	return strings.Trim(whole+fraction, "0123456789") == ""
}

// shiftPoint multiplies by ten to the n, exactly.
func shiftPoint(s string, n int) string {
	whole, fraction, _ := strings.Cut(s, ".")
	if n >= 0 {
		for len(fraction) < n {
			fraction += "0"
		}
		whole, fraction = whole+fraction[:n], fraction[n:]
	} else {
		for len(whole) <= -n {
			whole = "0" + whole
		}
		whole, fraction = whole[:len(whole)+n], whole[len(whole)+n:]+fraction
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

// roundHalfEven writes a number with so many places, rounded half to even. It
// reports false for what is no number.
func roundHalfEven(text string, places int) (string, bool) {
	if len(text) > 64 || strings.ContainsAny(text, "eE/_xXpP") {
		return "", false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", false
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale))
	quotient, rest := new(big.Int).QuoRem(new(big.Int).Abs(scaled.Num()), scaled.Denom(), new(big.Int))
	twice := rest.Lsh(rest, 1).Cmp(scaled.Denom())
	if twice > 0 || (twice == 0 && quotient.Bit(0) == 1) {
		quotient.Add(quotient, big.NewInt(1))
	}
	digits := quotient.String()
	for len(digits) <= places {
		digits = "0" + digits
	}
	out := digits[:len(digits)-places]
	if places > 0 {
		out += "." + digits[len(digits)-places:]
	}
	if r.Sign() < 0 && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return out, true
}

// less compares two numbers; what is no number is never less.
func less(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) < 0
}

// yearNumber is a year as a number.
func yearNumber(year int) decimal { return decimal{text: strconv.Itoa(year)} }

// quotient divides two counts to six places, half to even; nil for none.
func quotient(part, whole string) any {
	p, okP := new(big.Rat).SetString(part)
	w, okW := new(big.Rat).SetString(whole)
	if !okP || !okW || w.Sign() == 0 {
		return nil
	}
	rounded, ok := roundHalfEven(new(big.Rat).Quo(p, w).FloatString(20), 6)
	if !ok {
		return nil
	}
	return json.Number(rounded)
}
