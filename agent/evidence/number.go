// Package evidence compares what a model says with what it has read: figures
// that occur in nothing that was read ([Evidence.Unsupported]), and addresses
// that it made up, which could carry data away ([Outlet]). It is pure.
package evidence

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUnsupported bounds how many figures a note names.
const maxUnsupported = 20

// Evidence is what was read in a run: the numbers that an answer may state and
// the addresses that it may link. The zero value holds nothing.
type Evidence struct {
	numbers   []float64
	sorted    bool
	addresses addresses
}

// Add takes a number. The sign is left out: a fall of 5 is a change of -5.
func (e *Evidence) Add(v float64) {
	e.numbers, e.sorted = append(e.numbers, math.Abs(v)), false
}

// AddText takes every number and address of a text, in each way that it can be
// read.
func (e *Evidence) AddText(text string) {
	for _, f := range figures(text) {
		for _, r := range f.readings {
			e.Add(r.value)
		}
	}
	e.addresses.add(text)
}

// AddAnswer takes what an earlier answer says, but for the figures that nothing
// supported then.
func (e *Evidence) AddAnswer(text string, unsupported []string) {
	for _, f := range figures(text) {
		if slices.Contains(unsupported, f.text) {
			continue
		}
		for _, r := range f.readings {
			e.Add(r.value)
		}
	}
	e.addresses.add(text)
}

// AddJSON takes the numbers and texts of a tool's result.
func (e *Evidence) AddJSON(result json.RawMessage) {
	dec := json.NewDecoder(bytes.NewReader(result))
	dec.UseNumber()
	for {
		t, err := dec.Token()
		if err != nil {
			return // the end, or no JSON: then there is nothing to rest on
		}
		switch t := t.(type) {
		case json.Number:
			if v, err := t.Float64(); err == nil {
				e.Add(v)
			}
		case string:
			e.AddText(t)
		}
	}
}

// Unsupported returns the figures of an answer that occur in nothing that was
// read, each once and as it is written. Figures are compared as people do:
// separators, percent, "1.2 million" and rounding to the digits shown are no
// difference. Numbers written as words are not looked at.
func (e *Evidence) Unsupported(answer string) []string {
	var missing []string
	for _, f := range figures(answer) {
		if !e.supports(f) && !slices.Contains(missing, f.text) {
			missing = append(missing, f.text)
		}
		if len(missing) == maxUnsupported {
			break
		}
	}
	return missing
}

func (e *Evidence) supports(f figure) bool {
	if !e.sorted {
		slices.Sort(e.numbers)
		e.sorted = true
	}
	return slices.ContainsFunc(f.readings, func(r reading) bool {
		if e.near(r) {
			return true
		}
		return f.percent && e.near(reading{r.value / 100, r.unit / 100}) // 0.25 is 25 %
	})
}

// near reports whether a number that was read rounds to the reading.
func (e *Evidence) near(r reading) bool {
	half := r.unit/2 + (r.value+1)*1e-12 // and what binary fractions lose
	i, _ := slices.BinarySearch(e.numbers, r.value-half)
	return i < len(e.numbers) && e.numbers[i] <= r.value+half
}

// figure is a number as a text writes it.
type figure struct {
	text     string
	percent  bool
	readings []reading // more than one where "1,234" may mean either
}

// reading is one value of a figure; unit is that of its last digit shown.
type reading struct{ value, unit float64 }

// figures returns the numbers of a text: not those inside names, ids and
// addresses ("Q3", "a7bc2", "https://x/42"), ordinals ("1st", "#1") and the
// numbers of a list's items.
func figures(text string) []figure {
	var out []figure
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isDigit(c):
			f, end, ok := number(text, i)
			if ok {
				out = append(out, f)
			}
			i = end
		case unicode.IsLetter(c) || c == '_':
			i = word(text, i)
		case c == '#':
			i = skipDigits(text, i+1)
		default:
			i += size
		}
	}
	return out
}

// word returns where a word that begins at i ends. A word takes the digits in it
// along ("Q3", "v1.2"), except after a currency ("USD1,200"), after the T of a
// timestamp, and in scripts that do not part words. An address is one word.
func word(text string, i int) int {
	j := i
	var last rune
	for j < len(text) {
		c, size := utf8.DecodeRuneInString(text[j:])
		inside := unicode.IsLetter(c) || isDigit(c) || c == '_' || (c == '.' && isDigit(last) && digitAt(text, j+1))
		if !inside || (isDigit(c) && (last >= utf8.RuneSelf || unit(text, i, j))) {
			break
		}
		last = c
		j += size
	}
	if strings.HasPrefix(text[j:], "://") {
		j += strings.IndexFunc(text[j:]+" ", endsAddress)
	}
	return j
}

// unit reports whether the letters from i to j stand before a number of their
// own.
func unit(text string, i, j int) bool {
	if text[i:j] == "T" {
		return i > 0 && isDigit(rune(text[i-1]))
	}
	return j-i == 3 && upper(text[i:j])
}

func upper(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c < 'A' || c > 'Z' }) < 0
}

func skipDigits(text string, i int) int {
	for i < len(text) && isDigit(rune(text[i])) {
		i++
	}
	return i
}

// number reads the number at i. It returns where reading goes on, and false for
// what is no figure.
func number(text string, i int) (figure, int, bool) {
	digits, end := span(text, i)
	factor, percent, after := suffix(text, end)
	if after < 0 { // letters follow: an id, an ordinal, "10x"
		return figure{}, word(text, end), false
	}
	f := figure{text: strings.ReplaceAll(text[i:after], "*", ""), percent: percent}
	for _, r := range readings(digits) {
		f.readings = append(f.readings, reading{r.value * factor, r.unit * factor})
	}
	return f, after, !listItem(text, i, end)
}

// span returns the digits and separators of the number at i and where they end.
// A separator counts only between digits. The spaces that are used between
// thousands are dropped.
func span(text string, i int) (digits string, end int) {
	var b strings.Builder
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isDigit(c):
			b.WriteRune(c)
		case (c == ',' || c == '.') && digitAt(text, i+size):
			b.WriteRune(c)
		case isThousandsSpace(c) && threeDigitsAt(text, i+size):
		default:
			return b.String(), i
		}
		i += size
	}
	return b.String(), i
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func digitAt(text string, i int) bool { return i < len(text) && isDigit(rune(text[i])) }

func threeDigitsAt(text string, i int) bool {
	return digitAt(text, i) && digitAt(text, i+1) && digitAt(text, i+2) && !digitAt(text, i+3)
}

// isThousandsSpace reports whether c may stand between thousands: the narrow and
// unbreakable spaces, and the Swiss apostrophes.
func isThousandsSpace(c rune) bool {
	switch c {
	case '\u00a0', '\u202f', '\u2009', '\'', '\u2019':
		return true
	}
	return false
}

// readings returns what a number of digits, points and commas can mean. The last
// separator, if it is the only one of its kind, may begin the decimals; all
// others part thousands.
func readings(s string) []reading {
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return one(s, "")
	}
	plain := strings.NewReplacer(".", "", ",", "")
	whole, decimals := plain.Replace(s[:last]), s[last+1:]
	asDecimals := one(whole, decimals)
	if strings.Count(s, s[last:last+1]) > 1 {
		return one(plain.Replace(s), "") // 1,234,567
	}
	if len(decimals) == 3 && last <= 3 && !strings.ContainsAny(s[:last], ".,") {
		return append(asDecimals, one(plain.Replace(s), "")...) // 1,234 or 1.234
	}
	return asDecimals
}

// one reads whole digits and decimals as a value. Zeros at the end of a large
// whole number may come of rounding, if two other digits stand before them.
func one(whole, decimals string) []reading {
	value, err := strconv.ParseFloat(whole+"."+decimals+"0", 64)
	if err != nil || math.IsInf(value, 0) {
		return nil
	}
	unit := math.Pow10(-len(decimals))
	if decimals == "" {
		zeros := len(whole) - len(strings.TrimRight(whole, "0"))
		if significant := len(strings.TrimLeft(whole, "0")) - zeros; zeros >= 2 && significant >= 2 {
			unit = math.Pow10(zeros)
		}
	}
	return []reading{{value, unit}}
}

// factors are the words and letters after a number that multiply it. Letters
// must follow at once.
var factors = []struct {
	name   string
	factor float64
	word   bool
}{
	{"thousand", 1e3, true},
	{"million", 1e6, true},
	{"mn", 1e6, true},
	{"billion", 1e9, true},
	{"bn", 1e9, true},
	{"k", 1e3, false},
	{"K", 1e3, false},
	{"m", 1e6, false},
	{"M", 1e6, false},
	{"B", 1e9, false},
}

// suffix reads what multiplies the number that ends at i, and where that ends:
// -1 if other letters follow at once.
func suffix(text string, i int) (factor float64, percent bool, end int) {
	rest := text[i:]
	spaced := strings.TrimLeft(rest, " \u00a0\u202f*")
	gap := len(rest) - len(spaced)
	if strings.HasPrefix(spaced, "%") {
		return 1, true, i + gap + 1
	}
	if startsWord(spaced, "percent") {
		return 1, true, i + gap + len("percent")
	}
	for _, f := range factors {
		if startsWord(spaced, f.name) && (gap == 0 || f.word) {
			return f.factor, false, i + gap + len(f.name)
		}
	}
	if strings.HasPrefix(rest, "T") && digitAt(rest, 1) { // a timestamp
		return 1, false, i
	}
	if c, _ := utf8.DecodeRuneInString(rest); c < utf8.RuneSelf && (unicode.IsLetter(c) || c == '_') {
		return 1, false, -1
	}
	return 1, false, i
}

// startsWord reports whether text begins with the whole word.
func startsWord(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	if !ok {
		return false
	}
	c, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || (!unicode.IsLetter(c) && !isDigit(c) && c != '_')
}

// listItem reports whether the digits from i to end number the item of a list.
func listItem(text string, i, end int) bool {
	before := text[strings.LastIndexByte(text[:i], '\n')+1 : i]
	if strings.Trim(before, " \t>#*-") != "" || end-i > 3 {
		return false
	}
	return strings.HasPrefix(text[end:], ". ") || strings.HasPrefix(text[end:], ") ")
}
