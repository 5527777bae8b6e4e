package offline

import (
	"fmt"
	"strings"
)

// countText answers "how many".
func (c *conversation) countText(q *query, n string) string {
	if n == "0" {
		return c.nothing(q)
	}
	return paragraphs(
		fmt.Sprintf("**%s** that you may see.", escape(plural(n, q.of.noun()))),
		understood(q),
		remarks(q.notes),
	)
}

// figureText answers with one figure.
func (c *conversation) figureText(q *query, result *aggregateResult) string {
	records := numberIn(result.Rows, asRecords).String()
	if records == "0" {
		return c.nothing(q)
	}
	row := result.Rows[0]
	return paragraphs(
		c.headline(q, row, result),
		c.basis(q, row, records),
		understood(q),
		remarks(q.notes),
	)
}

// headline is the figure itself.
func (c *conversation) headline(q *query, row map[string]any, result *aggregateResult) string {
	label := capitalized(escape(q.m.label))
	if q.m.fn == share {
		return fmt.Sprintf("%s: **%s**.", label, percent(row[asFigure]))
	}
	if row[asFigure] == nil {
		return fmt.Sprintf("%s: there is none, because none of these %s has one that you may see.",
			label, escape(q.of.noun()))
	}
	return fmt.Sprintf("%s: **%s**.", label, c.shown(q.m, row, result))
}

// shown formats the figure of a row.
func (c *conversation) shown(m measure, row map[string]any, result *aggregateResult) string {
	switch m.fn {
	case count:
		return grouped(text(row[asRecords]))
	case share:
		return percent(row[asFigure])
	case sum, average, minimum, maximum, distinct:
	}
	column := result.column(asFigure)
	if column.Type == "" {
		column.Type = string(m.path.field.Type)
	}
	if m.fn == average && column.Type != "money" {
		column.Type = "decimal"
	}
	if extreme := m.fn == minimum || m.fn == maximum; extreme && m.path.field.shownType() == yearType {
		column.Type = yearType
	}
	if m.path.field.Type == "money" && m.fn != distinct {
		column.Type = "money"
		if column.Currency == "" {
			column.Currency = m.path.field.Currency
		}
	}
	return format(row[asFigure], column)
}

// basis says how many records the figure rests on.
func (c *conversation) basis(q *query, row map[string]any, records string) string {
	noun := plural(records, q.of.noun())
	if q.m.fn == share {
		return fmt.Sprintf("It rests on the %s that you may see and that match; %s of them %s.",
			escape(noun), grouped(text(row[asHits])), "count as "+q.m.hitWords())
	}
	filledIn := text(row[asFilled])
	if filledIn == records || filledIn == "" {
		return fmt.Sprintf("It rests on the %s that you may see and that match.", escape(noun))
	}
	return fmt.Sprintf("It rests on %s of the %s that you may see and that match; the others have no %s, or it is hidden from you.",
		grouped(filledIn), escape(noun), escape(q.m.path.title))
}

// hitWords names the numerator of a share.
func (m measure) hitWords() string {
	spoken := make([]string, len(m.hit))
	for i, c := range m.hit {
		if one, ok := c.(oneOf); ok && len(one.values) == 1 && !one.not {
			spoken[i] = quote(one.values[0])
			continue
		}
		spoken[i] = c.say()
		if is, ok := c.(related); ok {
			spoken[i] = "having " + is.say()
		}
	}
	return join(spoken, "and")
}

// nothing answers where no record is left. Hidden and absent are the same.
func (c *conversation) nothing(q *query) string {
	return paragraphs(
		fmt.Sprintf("You may see no such records: no %s.", sayAll(q.of, q.conditions())),
		understood(q),
		remarks(q.notes),
	)
}

// understood says how the question was read.
func understood(q *query) string {
	var b strings.Builder
	b.WriteString("Understood: ")
	b.WriteString(what(q))
	b.WriteString(sayAll(q.of, q.conditions()))
	for i, d := range q.by {
		if i == 0 {
			b.WriteString("; grouped by ")
		} else {
			b.WriteString(" and ")
		}
		b.WriteString(escape(d.label()))
	}
	if q.having != nil {
		fmt.Fprintf(&b, "; only groups with %s", q.having.words(nil))
	}
	b.WriteString(orderWords(q))
	b.WriteString(".")
	if q.m.means != "" {
		b.WriteString(" " + capitalized(q.m.means) + ".")
	}
	return b.String()
}

// what says what is computed or listed.
func what(q *query) string {
	switch {
	case q.list:
		return "a list of "
	case q.m.fn == count:
		return "the number of "
	}
	return "the " + escape(q.m.label) + " over "
}

func orderWords(q *query) string {
	switch {
	case q.list && q.sorted != nil && q.sorted.descending:
		return "; sorted by " + escape(q.sorted.path.title) + ", descending"
	case q.list && q.sorted != nil:
		return "; sorted by " + escape(q.sorted.path.title)
	case q.rank != nil && q.rank.descending:
		return "; highest first"
	case q.rank != nil:
		return "; lowest first"
	}
	return ""
}

// remarks lists what was taken for granted.
func remarks(notes []string) string {
	lines := make([]string, len(notes))
	for i, n := range notes {
		lines[i] = "- Note: " + n
		if !strings.HasSuffix(n, ".") {
			lines[i] += "."
		}
	}
	return strings.Join(lines, "\n")
}

// paragraphs joins what is not empty.
func paragraphs(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n\n")
}
