package remit

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Value is one cell: null, or a value of one [FieldType]. It is small and
// copied freely. The zero value is null.
type Value struct {
	kind  valueKind
	digit uint8  // minor digits of money, for display
	num   int64  // integer, millionths, minor units, 0/1, days or microseconds since 1970-01-01 UTC
	text  string // text, the currency of money, or a computed number
}

type valueKind uint8

const (
	nullValue valueKind = iota
	textValue
	integerValue
	decimalValue
	booleanValue
	moneyValue
	dateValue
	timeValue
	numberValue
)

// DecimalScale is the number of millionths in one: decimals have six places.
const DecimalScale = 1_000_000

// Null is the value of a cell that is empty or hidden.
var Null = Value{}

// TextValue returns a text, enum or id value.
func TextValue(s string) Value { return Value{kind: textValue, text: s} }

// IntegerValue returns an integer value.
func IntegerValue(n int64) Value { return Value{kind: integerValue, num: n} }

// DecimalValue returns a decimal of so many millionths.
func DecimalValue(millionths int64) Value { return Value{kind: decimalValue, num: millionths} }

// BooleanValue returns a boolean value.
func BooleanValue(b bool) Value {
	v := Value{kind: booleanValue}
	if b {
		v.num = 1
	}
	return v
}

// MoneyValue returns an amount of minor units of the currency.
func MoneyValue(minor int64, currency string) Value {
	return Value{kind: moneyValue, num: minor, text: currency, digit: uint8(MinorDigits(currency))}
}

// NumberValue returns a computed number of any size and precision, given in
// plain decimal notation: a sum, an average, a ratio. It is never stored.
func NumberValue(decimal string) Value { return Value{kind: numberValue, text: decimal} }

// DateValue returns the calendar day so many days after 1970-01-01.
func DateValue(days int64) Value { return Value{kind: dateValue, num: days} }

// TimeValue returns an instant, cut to microseconds.
func TimeValue(t time.Time) Value { return Value{kind: timeValue, num: t.UnixMicro()} }

// TimeMicros returns the instant so many microseconds after 1970-01-01 UTC.
func TimeMicros(micros int64) Value { return Value{kind: timeValue, num: micros} }

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.kind == nullValue }

// IsNumber reports whether the value is a computed number (see [NumberValue]),
// whose digits only String gives.
func (v Value) IsNumber() bool { return v.kind == numberValue }

// Text returns the text of a text, enum or relation value, "" for others.
func (v Value) Text() string {
	if v.kind != textValue {
		return ""
	}
	return v.text
}

// Int returns the number behind the value: the integer, millionths, minor
// units, 0 or 1, days or microseconds since 1970-01-01 UTC. It is 0 for text
// and null.
func (v Value) Int() int64 { return v.num }

// Bool reports whether the value is the boolean true.
func (v Value) Bool() bool { return v.kind == booleanValue && v.num == 1 }

// Time returns the instant of a timestamp or the start (UTC) of a date.
func (v Value) Time() time.Time {
	if v.kind == dateValue {
		return time.Unix(v.num*86400, 0).UTC()
	}
	return time.UnixMicro(v.num).UTC()
}

// Type returns the field type that the value belongs to, "" for null. Text,
// enum and relation values all answer [Text].
func (v Value) Type() FieldType {
	switch v.kind {
	case textValue:
		return Text
	case integerValue:
		return Integer
	case decimalValue, numberValue:
		return Decimal
	case booleanValue:
		return Boolean
	case moneyValue:
		return Currency
	case dateValue:
		return Date
	case timeValue:
		return Timestamp
	case nullValue:
	}
	return ""
}

// The forms in which dates and times are shown and stored as text.
const (
	DateLayout = "2006-01-02"
	TimeLayout = "2006-01-02T15:04:05.000000Z"
)

// String returns the value as people and CSV files see it: money in units with
// its minor digits, null as "".
func (v Value) String() string {
	if v.kind == textValue {
		return v.text
	}
	return string(v.appendPlain(nil))
}

func (v Value) appendPlain(b []byte) []byte {
	switch v.kind {
	case textValue, numberValue:
		return append(b, v.text...)
	case integerValue:
		return strconv.AppendInt(b, v.num, 10)
	case decimalValue:
		return trimZeros(appendScaled(b, v.num, 6))
	case booleanValue:
		return strconv.AppendBool(b, v.num == 1)
	case moneyValue:
		return appendScaled(b, v.num, int(v.digit))
	case dateValue:
		return v.Time().AppendFormat(b, DateLayout)
	case timeValue:
		return v.Time().AppendFormat(b, TimeLayout)
	case nullValue:
	}
	return b
}

// AppendJSON appends the value as JSON: numbers and money as exact decimal
// numbers, dates and times as strings, null as null.
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case nullValue:
		return append(b, "null"...)
	case textValue:
		return AppendJSONString(b, v.text)
	case dateValue, timeValue:
		b = append(b, '"')
		b = v.appendPlain(b)
		return append(b, '"')
	case integerValue, decimalValue, booleanValue, moneyValue, numberValue:
	}
	return v.appendPlain(b)
}

// MarshalJSON implements [encoding/json.Marshaler].
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// appendScaled appends n / 10^digits in plain decimal notation.
func appendScaled(b []byte, n int64, digits int) []byte {
	magnitude := uint64(n)
	if n < 0 {
		b = append(b, '-')
		magnitude = -magnitude
	}
	if digits == 0 {
		return strconv.AppendUint(b, magnitude, 10)
	}
	unit := uint64(1)
	for range digits {
		unit *= 10
	}
	b = strconv.AppendUint(b, magnitude/unit, 10)
	b = append(b, '.')
	fraction := magnitude % unit
	for unit /= 10; unit > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit%10))
	}
	return b
}

// trimZeros drops the zeros after the last digit of a fraction, and the point
// if nothing is left behind it.
func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if len(b) > 0 && b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s as a JSON string (RFC 8259, section 7). It also
// escapes what HTML and JavaScript would read as markup or a line end, and
// replaces invalid UTF-8.
func AppendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			b = appendEscaped(b, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || r == '\u2028' || r == '\u2029' {
			b = append(b, s[start:i]...)
			if r == utf8.RuneError {
				b = append(b, `\ufffd`...)
			} else {
				b = append(b, `\u202`...)
				b = append(b, hexDigits[r&0xf])
			}
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
