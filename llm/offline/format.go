package offline

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/remit-crm/remit"
)

// maxShown bounds what is shown of one value, in runes.
const maxShown = 160

// escape makes a value from a tool safe to show in Markdown: it is one line of
// text, and none of it is markup, a link, an image or a table's border. Bare
// addresses are broken up, because readers turn them into links.
func escape(value string) string {
	var b strings.Builder
	shown := 0
	for _, r := range strings.Join(strings.Fields(value), " ") {
		if shown++; shown > maxShown {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			continue
		case strings.ContainsRune("\\`*_[]<>|~#&@!", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return breakLinks(b.String())
}

// breakLinks keeps readers from making links of bare addresses.
func breakLinks(s string) string {
	s = strings.ReplaceAll(s, "://", `\://`)
	for _, www := range []string{"www.", "WWW.", "Www."} {
		s = strings.ReplaceAll(s, www, www[:3]+`\.`)
	}
	return s
}

// quote shows a value from a tool, or words of the question, inside a sentence.
func quote(value string) string { return "“" + escape(value) + "”" }

// grouped puts thousands separators into a plain decimal number; other text
// stays as it is.
func grouped(number string) string {
	rest, negative := strings.CutPrefix(number, "-")
	whole, fraction, point := strings.Cut(rest, ".")
	if whole == "" || strings.Trim(whole, "0123456789") != "" {
		return number
	}
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if point {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// plural writes a count with its noun: the title of a collection is a plural.
func plural(n, noun string) string {
	if n != "1" {
		return grouped(n) + " " + noun
	}
	switch words := strings.Fields(noun); {
	case noun == "people":
		return "1 person"
	case len(words) > 0 && strings.HasSuffix(noun, "ies"):
		return "1 " + strings.TrimSuffix(noun, "ies") + "y"
	case strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss"):
		return "1 " + strings.TrimSuffix(noun, "s")
	}
	return "1 " + noun
}

// text is the plain form of a JSON scalar, "" for null and anything nested.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return ""
}

// percent shows a share: 0.631579 is 63.2 %.
func percent(value any) string {
	n, ok := value.(json.Number)
	if !ok {
		return noValue
	}
	places := shiftable(n.String())
	rounded, ok := roundHalfEven(places, 1)
	if !ok {
		return noValue
	}
	return grouped(rounded) + " %"
}

// shiftable multiplies a share by a hundred, exactly.
func shiftable(n string) string {
	rest, negative := strings.CutPrefix(n, "-")
	if !plainDecimal(rest) {
		return n + "e2"
	}
	shifted := shiftPoint(rest, 2)
	if negative {
		return "-" + shifted
	}
	return shifted
}

// noValue is shown where there is none.
const noValue = "–"

// format shows a cell by the type and currency of its column.
func format(value any, column columnInfo) string {
	if value == nil {
		return noValue
	}
	if column.Type == yearType {
		return escape(text(value))
	}
	switch remit.FieldType(column.Type) {
	case remit.Currency:
		return money(text(value), column.Currency)
	case remit.Integer, remit.Decimal:
		return number(text(value))
	case remit.Timestamp:
		return instant(text(value))
	case remit.Relation:
		return "`" + strings.Map(idRune, text(value)) + "`"
	case remit.Text, remit.Enum, remit.Boolean, remit.Date:
	}
	if _, isNumber := value.(json.Number); isNumber {
		return number(text(value))
	}
	return escape(text(value))
}

// idRune keeps what an id consists of.
func idRune(r rune) rune {
	if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// money shows an amount in units with the currency's minor digits.
func money(amount, currency string) string {
	rounded, ok := roundHalfEven(amount, remit.MinorDigits(currency))
	if !ok {
		return noValue
	}
	return strings.TrimSpace(grouped(rounded) + " " + escape(currency))
}

// number shows a number with at most two places.
func number(n string) string {
	if !strings.Contains(n, ".") {
		if !plainDecimal(strings.TrimPrefix(n, "-")) {
			return escape(n)
		}
		return grouped(n)
	}
	rounded, ok := roundHalfEven(n, 2)
	if !ok {
		return escape(n)
	}
	return grouped(strings.TrimSuffix(strings.TrimRight(rounded, "0"), "."))
}

func instant(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return escape(s)
	}
	return t.UTC().Format("2006-01-02 15:04") + " UTC"
}

// bucketName shows the first day of a bucket as the bucket's name.
func bucketName(first, bucket string) string {
	if len(first) < len(remit.DateLayout) {
		return escape(first)
	}
	day, err := time.Parse(remit.DateLayout, first[:len(remit.DateLayout)])
	if err != nil {
		return escape(first)
	}
	switch bucket {
	case "week":
		year, week := day.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case "month":
		return day.Format("January 2006")
	case "quarter":
		return fmt.Sprintf("Q%d %d", (int(day.Month())+2)/3, day.Year())
	case "year":
		return day.Format("2006")
	}
	return day.Format(remit.DateLayout)
}
