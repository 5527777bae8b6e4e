package remit

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseValue reads text, as a person or a CSV file writes it, as a value of the
// field: money in units, dates as 2006-01-02, timestamps as RFC 3339. It accepts
// no other spelling: whoever imports dirty data maps it first. The empty string
// is null. The error is [KindInvalid], without a place.
func (f *Field) ParseValue(text string) (Value, error) {
	if text == "" {
		return Null, nil
	}
	switch f.Type {
	case Text:
		return parseText(text)
	case Enum:
		return f.parseOption(text)
	case Relation:
		if !ID(text).Valid() {
			return Null, Errorf(KindInvalid, "%q is not a record id (26 characters a-z, 2-7)", clip(text))
		}
		return TextValue(text), nil
	case Integer:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return Null, Errorf(KindInvalid, "%q is not a whole number of at most 63 bits", clip(text))
		}
		return IntegerValue(n), nil
	case Decimal:
		n, err := ParseScaled(text, 6)
		return orNull(DecimalValue(n), err)
	case Currency:
		n, err := ParseScaled(text, MinorDigits(f.Currency))
		return orNull(MoneyValue(n, f.Currency), err)
	case Boolean:
		switch text {
		case "true":
			return BooleanValue(true), nil
		case "false":
			return BooleanValue(false), nil
		}
		return Null, Errorf(KindInvalid, "%q is neither true nor false", clip(text))
	case Date:
		return parseDate(text)
	case Timestamp:
		return parseTimestamp(text)
	}
	return Null, Errorf(KindInternal, "field %s has the unknown type %q", f.Name, f.Type)
}

func parseText(text string) (Value, error) {
	if !utf8.ValidString(text) {
		return Null, Errorf(KindInvalid, "text is not valid UTF-8")
	}
	if strings.ContainsRune(text, 0) {
		return Null, Errorf(KindInvalid, "text holds a NUL character")
	}
	return TextValue(text), nil
}

func (f *Field) parseOption(text string) (Value, error) {
	if !slices.Contains(f.Options, text) {
		e := Errorf(KindInvalid, "%q is not an option of %s: use one of %s", clip(text), f.Name, strings.Join(f.Options, ", "))
		e.Hint = DidYouMean(text, f.Options)
		return Null, e
	}
	return TextValue(text), nil
}

func parseDate(text string) (Value, error) {
	t, err := time.Parse(DateLayout, text)
	if err != nil || t.Year() < 1 {
		return Null, Errorf(KindInvalid, "%q is not an existing day of the form 2026-01-31", clip(text))
	}
	return DateValue(t.Unix() / 86400), nil
}

func parseTimestamp(text string) (Value, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return Null, Errorf(KindInvalid, "%q is not an instant of the form 2026-01-31T09:30:00Z (RFC 3339)", clip(text))
	}
	return TimeValue(t), nil
}

func orNull(v Value, err error) (Value, error) {
	if err != nil {
		return Null, err
	}
	return v, nil
}
