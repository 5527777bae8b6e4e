package lens

import (
	"math/big"
	"strings"

	"github.com/remit-crm/remit"
)

// plainNumber rewrites a JSON number (RFC 8259, section 6), exponent and all, in
// plain decimal notation.
func plainNumber(text string) (string, error) {
	if !strings.ContainsAny(text, "eE") {
		return text, nil
	}
	if len(text) > 40 {
		return "", remit.Errorf(remit.KindInvalid, "the number %s is too long", clip(text))
	}
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return "", remit.Errorf(remit.KindInvalid, "the number %s is out of range", text)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", remit.Errorf(remit.KindInvalid, "%s is not a number", text)
	}
	plain := r.FloatString(120)
	return strings.TrimRight(strings.TrimRight(plain, "0"), "."), nil
}

// quotientPlaces is the precision of averages and ratios.
const quotientPlaces = 6

// quotient returns numerator / (denominator · 10^scale), rounded half to even at
// six places, in plain decimal notation without trailing zeros. The denominator
// is not zero.
func quotient(numerator *big.Int, denominator int64, scale int) string {
	num := new(big.Int).Mul(numerator, pow10(quotientPlaces))
	den := new(big.Int).Mul(big.NewInt(denominator), pow10(scale))
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	twice := new(big.Int).Abs(r)
	twice.Lsh(twice, 1)
	if c := twice.CmpAbs(den); c > 0 || (c == 0 && q.Bit(0) == 1) {
		q.Add(q, big.NewInt(int64(num.Sign()*den.Sign())))
	}
	return trimFraction(scaled(q, quotientPlaces))
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// scaled writes n / 10^places in plain decimal notation.
func scaled(n *big.Int, places int) string {
	digits := new(big.Int).Abs(n).String()
	if places > 0 {
		if missing := places + 1 - len(digits); missing > 0 {
			digits = strings.Repeat("0", missing) + digits
		}
		digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

func trimFraction(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
