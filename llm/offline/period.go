package offline

import (
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// period is a range of days: from is the first, until the day after the last.
// A zero bound is open.
type period struct {
	from, until time.Time
	unit        string // "quarter" where it is exactly one calendar quarter, and so on
	bareYear    bool   // written as years alone, which may also be a plain number
	assumedYear bool   // the year was not written; the current one was taken
}

// say writes the period in words, both ends included, in units as coarse as
// they are true: "in Q2 2017", "from March 2017 to May 2017".
func (p period) say() string {
	switch {
	case p.from.IsZero() && p.until.IsZero():
		return "any time"
	case p.from.IsZero():
		return "before " + startName(p.until)
	case p.until.IsZero():
		return startName(p.from) + " or later"
	}
	for _, unit := range []string{"year", "quarter", "month"} {
		if p.from.Equal(startOf(p.from, unit)) && p.until.Equal(addUnits(p.from, unit, 1)) {
			return "in " + bucketName(p.from.Format(remit.DateLayout), unit)
		}
	}
	last := p.until.AddDate(0, 0, -1)
	switch {
	case last.Equal(p.from):
		return "on " + p.from.Format(remit.DateLayout)
	case p.from.Day() == 1 && p.until.Day() == 1:
		return "from " + p.from.Format(monthLayout) + " to " + last.Format(monthLayout)
	}
	return "from " + p.from.Format(remit.DateLayout) + " to " + last.Format(remit.DateLayout)
}

const monthLayout = "January 2006"

// startName names a day that begins a year or a month by it.
func startName(day time.Time) string {
	switch {
	case day.YearDay() == 1:
		return day.Format("2006")
	case day.Day() == 1:
		return day.Format(monthLayout)
	}
	return day.Format(remit.DateLayout)
}

// calendar knows what day it is.
type calendar struct {
	today    time.Time // midnight UTC of the company's day
	location *time.Location
}

// scan reads a period at the start of the tokens and returns how many it took,
// 0 for none.
func (c calendar) scan(tokens []token) (period, int) {
	first := wordAt(tokens, 0)
	switch first {
	case "since", "after", "from", "starting", "beginning":
		return c.scanOpen(tokens, first)
	case "before", "until", "till":
		return c.scanClosing(tokens, first)
	case "between":
		return c.scanPair(tokens, 1)
	case "in", "during", "for", "on", "within", "of", "over", "at":
		return c.scanIn(tokens)
	}
	return c.unitAt(tokens, false)
}

// scanIn reads "in March", "during 2017", "over the last 30 days", "in the last
// quarter".
func (c calendar) scanIn(tokens []token) (period, int) {
	start := 1
	if wordAt(tokens, start) == "the" {
		start++
	}
	p, n := c.unitAt(tokens[min(start, len(tokens)):], true)
	if n == 0 || (tokens[0].word == "over" && p.bareYear) {
		return period{}, 0
	}
	return p, start + n
}

func (c calendar) scanOpen(tokens []token, first string) (period, int) {
	start := 1
	for w := wordAt(tokens, start); w == "from" || w == "in" || w == "on" || w == "the" || w == "with"; w = wordAt(tokens, start) {
		start++
	}
	if first == "from" {
		if p, n := c.scanPair(tokens, start); n > 0 {
			return p, n
		}
	}
	p, n := c.unitAt(tokens[min(start, len(tokens)):], true)
	if n == 0 {
		return period{}, 0
	}
	open := period{from: p.from, bareYear: p.bareYear, assumedYear: p.assumedYear}
	switch first {
	case "after":
		open.from = p.until
	case "from":
		if next := wordAt(tokens, start+n); next == "on" || next == "onwards" || next == "onward" {
			return open, start + n + 1
		}
		return p, start + n
	}
	return open, start + n
}

func (c calendar) scanClosing(tokens []token, first string) (period, int) {
	start := 1
	if w := wordAt(tokens, start); w == "the" || w == "end" {
		start++
	}
	p, n := c.unitAt(tokens[min(start, len(tokens)):], true)
	if n == 0 {
		return period{}, 0
	}
	closing := period{until: p.from, bareYear: p.bareYear, assumedYear: p.assumedYear}
	if first != "before" {
		closing.until = p.until
	}
	return closing, start + n
}

// scanPair reads "A and B" or "A to B" from tokens[start:].
func (c calendar) scanPair(tokens []token, start int) (period, int) {
	a, n := c.unitAt(tokens[min(start, len(tokens)):], true)
	if n == 0 {
		return period{}, 0
	}
	mid := start + n
	switch wordAt(tokens, mid) {
	case "and", "to", "until", "till", "through":
	default:
		return period{}, 0
	}
	b, m := c.unitAt(tokens[min(mid+1, len(tokens)):], true)
	if m == 0 {
		return period{}, 0
	}
	if a.assumedYear && !b.assumedYear {
		a = a.inYear(b.from.Year())
	}
	if !a.from.Before(b.until) {
		return period{}, 0
	}
	return period{from: a.from, until: b.until, bareYear: a.bareYear && b.bareYear, assumedYear: b.assumedYear}, mid + 1 + m
}

// inYear moves a period whose year was assumed.
func (p period) inYear(year int) period {
	by := year - p.from.Year()
	p.from, p.until, p.assumedYear = p.from.AddDate(by, 0, 0), p.until.AddDate(by, 0, 0), false
	return p
}

// unitAt reads one stretch of calendar: a day, month, quarter, half, year, or
// one relative to today. After a word that calls for a period, "may" and
// "march" are months.
func (c calendar) unitAt(tokens []token, called bool) (period, int) {
	if len(tokens) == 0 {
		return period{}, 0
	}
	if tokens[0].kind == dayToken {
		return days(tokens[0].day, 1), 1
	}
	for _, read := range []func([]token) (period, int){c.relative, c.quarter, c.half, c.dayOfMonth} {
		if p, n := read(tokens); n > 0 {
			return p, n
		}
	}
	if p, n := c.month(tokens, called); n > 0 {
		return p, n
	}
	if wordAt(tokens, 0) == "year" && yearAt(tokens, 1) > 0 {
		return span1("year", date(yearAt(tokens, 1), 1, 1)), 2
	}
	if year := yearAt(tokens, 0); year > 0 {
		if p, n := c.quarterOf(tokens, 1, year); n > 0 {
			return p, n
		}
		p := span1("year", date(year, 1, 1))
		p.bareYear = true
		return p, 1
	}
	return period{}, 0
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func days(from time.Time, n int) period {
	p := period{from: from, until: from.AddDate(0, 0, n)}
	if n == 1 {
		p.unit = "day"
	}
	return p
}

// span1 is the one unit that starts at from.
func span1(unit string, from time.Time) period {
	return period{from: from, until: addUnits(from, unit, 1), unit: unit}
}

func addUnits(t time.Time, unit string, n int) time.Time {
	switch unit {
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "month":
		return t.AddDate(0, n, 0)
	case "quarter":
		return t.AddDate(0, 3*n, 0)
	case "year":
		return t.AddDate(n, 0, 0)
	}
	return t.AddDate(0, 0, n)
}

// startOf returns the first day of the unit that t lies in. Weeks are ISO 8601:
// they begin on Monday.
func startOf(t time.Time, unit string) time.Time {
	switch unit {
	case "week":
		return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case "month":
		return date(t.Year(), int(t.Month()), 1)
	case "quarter":
		return date(t.Year(), (int(t.Month())-1)/3*3+1, 1)
	case "year":
		return date(t.Year(), 1, 1)
	}
	return t
}

// relative reads "today", "last quarter", "the last 30 days", "year to date".
func (c calendar) relative(tokens []token) (period, int) {
	first, second := wordAt(tokens, 0), wordAt(tokens, 1)
	switch first {
	case "the":
		if p, n := c.relative(tokens[1:]); n > 0 {
			return p, n + 1
		}
		return period{}, 0
	case "today":
		return days(c.today, 1), 1
	case "yesterday":
		return days(c.today.AddDate(0, 0, -1), 1), 1
	case "tomorrow":
		return days(c.today.AddDate(0, 0, 1), 1), 1
	case "ytd", "qtd", "mtd":
		unit := map[string]string{"ytd": "year", "qtd": "quarter", "mtd": "month"}[first]
		return c.toDate(unit), 1
	}
	if unit := unitWord(first); unit != "" && second == "to" && wordAt(tokens, 2) == "date" {
		return c.toDate(unit), 3
	}
	step, ok := map[string]int{"this": 0, "current": 0, "last": -1, "previous": -1, "past": -1, "prior": -1, "next": 1, "coming": 1, "following": 1}[first]
	if !ok {
		return period{}, 0
	}
	if unit := unitWord(second); unit != "" && !strings.HasSuffix(second, "s") {
		return span1(unit, addUnits(startOf(c.today, unit), unit, step)), 2
	}
	return c.severalUnits(tokens, step)
}

// severalUnits reads "last 30 days": the whole of them with today as the last,
// and "next 2 weeks", with today as the first.
func (c calendar) severalUnits(tokens []token, step int) (period, int) {
	count := smallNumber(tokens, 1)
	unit := unitWord(wordAt(tokens, 2))
	if count <= 0 || unit == "" || step == 0 {
		return period{}, 0
	}
	tomorrow := c.today.AddDate(0, 0, 1)
	if step > 0 {
		return period{from: c.today, until: addUnits(c.today, unit, count)}, 3
	}
	return period{from: addUnits(tomorrow, unit, -count), until: tomorrow}, 3
}

func (c calendar) toDate(unit string) period {
	return period{from: startOf(c.today, unit), until: c.today.AddDate(0, 0, 1)}
}

func unitWord(word string) string {
	switch stem(word) {
	case "day", "week", "month", "quarter", "year":
		return stem(word)
	}
	return ""
}

// smallNumber reads a count as digits or a word, 0 for none or one out of range.
func smallNumber(tokens []token, i int) int {
	if i >= len(tokens) {
		return 0
	}
	if tokens[i].kind == numberToken {
		n, err := strconv.Atoi(tokens[i].number.text)
		if err != nil || n > 1000 || tokens[i].number.percent {
			return 0
		}
		return n
	}
	words := []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	for n, w := range words {
		if n > 0 && w == tokens[i].word {
			return n
		}
	}
	return map[string]int{"twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}[tokens[i].word]
}

func wordAt(tokens []token, i int) string {
	if i < 0 || i >= len(tokens) || tokens[i].kind == quotedToken {
		return ""
	}
	return tokens[i].word
}

// yearAt returns the year written at i, 0 for none.
func yearAt(tokens []token, i int) int {
	if i < 0 || i >= len(tokens) || tokens[i].kind != numberToken || tokens[i].number.marked || tokens[i].number.percent {
		return 0
	}
	year, err := strconv.Atoi(tokens[i].text)
	if err != nil || year < 1900 || year > 2199 {
		return 0
	}
	return year
}

// midnight is the instant at which a day of the company begins.
func (c calendar) midnight(day time.Time) time.Time {
	location := c.location
	if location == nil {
		location = time.UTC
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, location)
}
