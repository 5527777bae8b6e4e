package offline

import (
	"strconv"
	"strings"
)

// quarter reads "Q2 2017", "Q2/2017", "second quarter of 2017".
func (c calendar) quarter(tokens []token) (period, int) {
	number, n := quarterAt(tokens, 0)
	if n == 0 {
		return period{}, 0
	}
	year, m := yearAfter(tokens, n)
	p := span1("quarter", date(c.yearOr(year), number*3-2, 1))
	p.assumedYear = year == 0
	return p, n + m
}

// quarterOf reads the quarter that follows a year: "2017 Q2".
func (c calendar) quarterOf(tokens []token, i, year int) (period, int) {
	if markAt(tokens, i, "/") {
		i++
	}
	number, n := quarterAt(tokens, i)
	if n == 0 {
		return period{}, 0
	}
	return span1("quarter", date(year, number*3-2, 1)), i + n
}

func (c calendar) yearOr(year int) int {
	if year == 0 {
		return c.today.Year()
	}
	return year
}

// quarterAt reads "Q2" or "second quarter" at i.
func quarterAt(tokens []token, i int) (number, n int) {
	word := wordAt(tokens, i)
	if len(word) == 2 && word[0] == 'q' && word[1] >= '1' && word[1] <= '4' {
		return int(word[1] - '0'), 1
	}
	if number := ordinal(word); number >= 1 && number <= 4 && wordAt(tokens, i+1) == "quarter" {
		return number, 2
	}
	return 0, 0
}

func ordinal(word string) int {
	for i, w := range []string{"first", "second", "third", "fourth"} {
		if w == word {
			return i + 1
		}
	}
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if digits, ok := strings.CutSuffix(word, suffix); ok {
			if n, err := strconv.Atoi(digits); err == nil && n <= 31 {
				return n
			}
		}
	}
	return 0
}

// yearAfter reads the year after a month or quarter, with "of", "in", a comma or
// a slash between, and returns it with the tokens taken; 0, 0 for none.
func yearAfter(tokens []token, i int) (year, n int) {
	start := i
	if w := wordAt(tokens, i); w == "of" || w == "in" || markAt(tokens, i, "/") || markAt(tokens, i, ",") {
		i++
	}
	if year := yearAt(tokens, i); year > 0 {
		return year, i + 1 - start
	}
	return 0, 0
}

func markAt(tokens []token, i int, mark string) bool {
	return i >= 0 && i < len(tokens) && tokens[i].kind == markToken && tokens[i].text == mark
}

// half reads "H1 2017", "first half of 2017".
func (c calendar) half(tokens []token) (period, int) {
	number, n := 0, 0
	switch word := wordAt(tokens, 0); {
	case word == "h1" || word == "h2":
		number, n = int(word[1]-'0'), 1
	case ordinal(word) > 0 && ordinal(word) <= 2 && wordAt(tokens, 1) == "half":
		number, n = ordinal(word), 2
	default:
		return period{}, 0
	}
	year, m := yearAfter(tokens, n)
	from := date(c.yearOr(year), number*6-5, 1)
	return period{from: from, until: from.AddDate(0, 6, 0), assumedYear: year == 0}, n + m
}

var monthNames = []string{
	"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december",
}

// monthNumber reads a month's name or its first three letters, 0 for none.
func monthNumber(word string) int {
	if word == "sept" {
		return 9
	}
	for i, name := range monthNames {
		if word == name || (len(word) == 3 && word == name[:3]) {
			return i + 1
		}
	}
	return 0
}

// month reads "March 2017" or "March". The verbs "may" and "march" are months
// only with a year, or where a period is called for.
func (c calendar) month(tokens []token, called bool) (period, int) {
	number := monthNumber(wordAt(tokens, 0))
	if number == 0 {
		return period{}, 0
	}
	year, n := yearAfter(tokens, 1)
	if doubtful := number == 5 || number == 3; year == 0 && doubtful && !called {
		return period{}, 0
	}
	p := span1("month", date(c.yearOr(year), number, 1))
	p.assumedYear = year == 0
	return p, 1 + n
}

// dayOfMonth reads "3 March 2017", "March 3, 2017", "3rd of March".
func (c calendar) dayOfMonth(tokens []token) (period, int) {
	day, i := 0, 0
	month := monthNumber(wordAt(tokens, 0))
	if month > 0 {
		day, i = dayNumber(tokens, 1), 2
	} else {
		day, i = dayNumber(tokens, 0), 1
		if wordAt(tokens, i) == "of" {
			i++
		}
		month = monthNumber(wordAt(tokens, i))
		i++
	}
	if day == 0 || month == 0 {
		return period{}, 0
	}
	year, n := yearAfter(tokens, i)
	from := date(c.yearOr(year), month, day)
	if int(from.Month()) != month { // 31 April
		return period{}, 0
	}
	p := days(from, 1)
	p.assumedYear = year == 0
	return p, i + n
}

func dayNumber(tokens []token, i int) int {
	if n := ordinal(wordAt(tokens, i)); n > 0 && n <= 31 {
		return n
	}
	if n := smallNumber(tokens, i); n > 0 && n <= 31 && tokens[i].kind == numberToken {
		return n
	}
	return 0
}
