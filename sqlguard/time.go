package sqlguard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tree "github.com/pganalyze/pg_query_go/v6"

	"github.com/remit-crm/remit"
)

// What depends on the moment is computed here: the statement's own times are
// constants.

func (t *translator) today() *constant {
	return &constant{of: Type{Kind: Date}, text: t.schema.Now.In(t.schema.Location).Format(remit.DateLayout), zone: t.schema.Location}
}

func (t *translator) instant() *constant {
	return &constant{of: Type{Kind: Timestamp}, text: t.schema.Now.UTC().Format(remit.TimeLayout), zone: t.schema.Location}
}

// moment translates CURRENT_DATE and the like. Those that tell of the session are
// refused.
func (t *translator) moment(f *tree.SQLValueFunction) (expr, error) {
	switch f.Op { //nolint:exhaustive // any other is refused
	case tree.SQLValueFunctionOp_SVFOP_CURRENT_DATE:
		return t.today(), nil
	case tree.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP, tree.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:
		return t.instant(), nil
	}
	return nil, invalid("only CURRENT_DATE and CURRENT_TIMESTAMP are possible here")
}

func now(t *translator, _ string, args []expr) (expr, error) {
	if len(args) != 0 {
		return nil, invalid("now() takes nothing")
	}
	return t.instant(), nil
}

// asDate reads a text as a day.
func (c *constant) asDate() (expr, error) {
	day, err := time.Parse(remit.DateLayout, strings.TrimSpace(c.text))
	if err != nil || day.Year() < 1 {
		return nil, invalid("%q is no date: write it as 2026-12-31", clip(c.text))
	}
	return &constant{of: Type{Kind: Date}, text: day.Format(remit.DateLayout), zone: c.zone}, nil
}

// instants are the ways to write an instant; without an offset, it is one of the
// company's time zone.
var instants = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999Z07:00", "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999", "2006-01-02 15:04", remit.DateLayout}

// asTimestamp reads a text or a day as an instant: a day is its first one.
func (c *constant) asTimestamp() (expr, error) {
	of := Type{Kind: Timestamp}
	if c.null {
		return &constant{of: of, null: true}, nil
	}
	for _, layout := range instants {
		at, err := time.ParseInLocation(layout, strings.TrimSpace(c.text), c.zone)
		if err == nil && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999 {
			return &constant{of: of, text: at.UTC().Format(remit.TimeLayout), zone: c.zone}, nil
		}
	}
	return nil, invalid("%q is no instant: write it as 2026-12-31 18:30", clip(c.text))
}

// interval is a literal such as '3 months'.
type interval struct{ months, days int }

// span is an interval as an operand. It has no type that a column could have.
type span struct{ interval }

func (span) typ() Type { return Type{} }

const maxSpan = 40_000

func readInterval(text string) (expr, error) {
	bad := invalid("%q is no interval that can be read here: write it as '30 days', '6 months' or '1 year'", clip(text))
	fields := strings.Fields(text)
	if len(fields) == 0 || len(fields)%2 != 0 {
		return nil, bad
	}
	var s span
	for i := 0; i < len(fields); i += 2 {
		n, err := strconv.Atoi(fields[i])
		if err != nil || n > maxSpan || n < -maxSpan {
			return nil, bad
		}
		switch strings.TrimSuffix(strings.ToLower(fields[i+1]), "s") {
		case "day":
			s.days += n
		case "week":
			s.days += 7 * n
		case "month", "mon":
			s.months += n
		case "year":
			s.months += 12 * n
		default:
			return nil, bad
		}
	}
	return s, nil
}

// isDay reports whether an operand makes arithmetic one of days.
func isDay(e expr) bool {
	if _, ok := e.(span); ok {
		return true
	}
	return e.typ().Kind == Date || e.typ().Kind == Timestamp
}

// dayArithmetic translates day ± days, day - day and moment ± interval.
func dayArithmetic(op string, a, b expr) (expr, error) {
	if _, swapped := a.(span); op == "+" && (swapped || a.typ().Kind == Number) {
		a, b = b, a
	}
	sign := 1
	if op == "-" {
		sign = -1
	} else if op != "+" {
		return nil, invalid("the operator %s is not possible with dates", clip(op))
	}
	if s, ok := b.(span); ok {
		return shift(a, sign*s.months, sign*s.days)
	}
	if a.typ().Kind != Date {
		return nil, invalid("days can be counted between dates: cast an instant with ::date")
	}
	if b.typ().Kind == Number {
		n, err := count(b, 0, "a number of days")
		if err != nil {
			return nil, err
		}
		return shift(a, 0, sign*int(n.whole))
	}
	b, err := coerce(b, Type{Kind: Date})
	if err != nil || sign > 0 {
		return nil, invalid("two dates can be subtracted, and a number of days added to one")
	}
	return &call{op: "days", args: []expr{a, b}, of: Type{Kind: Number}}, nil
}

// shift moves a moment of the statement, or by days a date of a row.
func shift(e expr, months, days int) (expr, error) {
	c, ok := e.(*constant)
	if !ok {
		if e.typ().Kind != Date || months != 0 || days > maxSpan || days < -maxSpan {
			return nil, invalid("an interval can be added to a moment of the statement, such as current_date, and days to a date")
		}
		return &call{op: "shift", args: []expr{e, number(int64(days), 0)}, of: e.typ()}, nil
	}
	if c.null {
		return c, nil
	}
	layout, zone := remit.DateLayout, time.UTC
	if c.of.Kind == Timestamp {
		layout, zone = remit.TimeLayout, c.zone
	}
	at, err := time.Parse(layout, c.text)
	if err != nil {
		return nil, invalid("an interval can be added to a moment alone")
	}
	moved := addMonths(at.In(zone), months).AddDate(0, 0, days).UTC()
	if moved.Year() < 1 || moved.Year() > 9999 {
		return nil, invalid("a moment is outside the years 1 to 9999")
	}
	shifted := *c
	shifted.text = moved.Format(layout)
	return &shifted, nil
}

// addMonths keeps to the last day of a month that is shorter.
func addMonths(at time.Time, months int) time.Time {
	first := time.Date(at.Year(), at.Month()+time.Month(months), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1)
}

// The units of date_trunc and extract.
var (
	units = []string{"day", "week", "month", "quarter", "year"}
	parts = []string{"year", "quarter", "month", "day", "week", "isodow", "isoyear"}
)

// unit reads the unit that a function of time begins with, and the day after it.
func (t *translator) unit(name string, args []expr, allowed []string) (string, expr, error) {
	if len(args) != 2 {
		return "", nil, invalid("%s takes a unit and a date", name)
	}
	c, ok := args[0].(*constant)
	if !ok || c.null || !slices.Contains(allowed, strings.ToLower(c.text)) {
		return "", nil, invalid("%s takes one of %s", name, strings.Join(allowed, ", "))
	}
	day, err := t.day(args[1])
	return strings.ToLower(c.text), day, err
}

// day makes a moment the day on which it lies in the company's time zone.
func (t *translator) day(e expr) (expr, error) {
	of := Type{Kind: Date}
	if e.typ().Kind != Timestamp {
		return coerce(e, of)
	}
	c, ok := e.(*constant)
	if !ok {
		return &call{op: "day", args: []expr{e}, of: of}, nil
	}
	if c.null {
		return &constant{of: of, null: true}, nil
	}
	at, err := time.Parse(remit.TimeLayout, c.text)
	if err != nil {
		return nil, invalid("an instant cannot be read")
	}
	return &constant{of: of, text: at.In(t.schema.Location).Format(remit.DateLayout), zone: c.zone}, nil
}

// truncated translates date_trunc: the first day of the period.
func truncated(t *translator, name string, args []expr) (expr, error) {
	unit, day, err := t.unit(name, args, units)
	if err != nil || unit == "day" {
		return day, err
	}
	return &call{op: "trunc " + unit, args: []expr{day}, of: Type{Kind: Date}}, nil
}

// part translates extract and date_part.
func part(t *translator, name string, args []expr) (expr, error) {
	unit, day, err := t.unit(name, args, parts)
	if err != nil {
		return nil, err
	}
	return &call{op: "part " + unit, args: []expr{day}, of: Type{Kind: Number}}, nil
}
