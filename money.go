package remit

import (
	"math"
	"strings"
)

// MinorDigits returns how many decimal digits the minor unit of an ISO 4217
// currency has: 2 for most, 0 for the yen, 3 for the Kuwaiti dinar.
func MinorDigits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// ParseScaled reads plain decimal notation ("-12.5") as an integer of
// 10^-digits. More places than digits are accepted only if they are zeros:
// nothing is rounded silently. The error is [KindInvalid].
func ParseScaled(text string, digits int) (int64, error) {
	rest, negative := strings.CutPrefix(text, "-")
	whole, fraction, hasPoint := strings.Cut(rest, ".")
	if whole == "" || (hasPoint && fraction == "") || !allDigits(whole) || !allDigits(fraction) {
		return 0, Errorf(KindInvalid, "%q is not a plain decimal number such as 1234.50", clip(text))
	}
	if len(fraction) > digits {
		if strings.Trim(fraction[digits:], "0") != "" {
			return 0, Errorf(KindInvalid, "%q has more than %d decimal places", clip(text), digits)
		}
		fraction = fraction[:digits]
	}
	fraction += strings.Repeat("0", digits-len(fraction))
	var n uint64
	for _, c := range whole + fraction {
		d := uint64(c - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, Errorf(KindInvalid, "%q is too large", clip(text))
		}
		n = n*10 + d
	}
	if negative {
		return -int64(n), nil
	}
	return int64(n), nil
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// clip shortens what an error message quotes.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
