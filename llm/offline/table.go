package offline

import (
	"fmt"
	"strings"
)

// tableText answers with a figure for each group.
func (c *conversation) tableText(q *query, result *aggregateResult) string {
	rows := result.Rows
	if q.having != nil {
		rows = kept(q, rows)
	}
	if len(rows) == 0 {
		return c.nothing(q)
	}
	table := newTable(append(dimensionTitles(q), figureTitles(q)...), len(q.by))
	for _, row := range rows {
		var cells []string
		for _, d := range q.by {
			cells = append(cells, groupName(row[d.path.name], d, result))
		}
		table.add(append(cells, c.figures(q, row, result)...))
	}
	return paragraphs(
		table.String(),
		groupBasis(q, rows, result),
		namesakeWords(q, rows),
		understood(q),
		remarks(q.notes),
	)
}

// namesakeWords names the groups in which several records of one title are
// added up.
func namesakeWords(q *query, rows []map[string]any) string {
	var lines []string
	for i, d := range q.by {
		if d.relation() == "" {
			continue
		}
		for _, row := range rows {
			n := text(row[namesakeColumn(i)])
			if row[d.path.name] != nil && less("1", n) && len(lines) < maxCandidates {
				lines = append(lines, fmt.Sprintf("%s different records are called %s; their figures are added up.", grouped(n), quote(text(row[d.path.name]))))
			}
		}
	}
	return strings.Join(lines, " ")
}

// kept returns the groups whose figure meets the bound.
func kept(q *query, rows []map[string]any) []map[string]any {
	var kept []map[string]any
	for _, row := range rows {
		figure := text(row[figureColumn(q.m)])
		if q.m.fn == share {
			figure = shiftable(figure)
		}
		if figure != "" && q.having.meets(figure) {
			kept = append(kept, row)
		}
	}
	return kept
}

func dimensionTitles(q *query) []string {
	var titles []string
	for _, d := range q.by {
		title := capitalized(escape(d.path.title))
		if d.bucket != "" {
			title += " (" + d.bucket + ")"
		}
		titles = append(titles, title)
	}
	return titles
}

func figureTitles(q *query) []string {
	records := capitalized(escape(q.of.noun()))
	switch q.m.fn {
	case count:
		return []string{records}
	case share:
		return []string{capitalized(escape(q.m.label)), "Of them " + q.m.hitWords(), records}
	case sum, average, minimum, maximum, distinct:
	}
	return []string{capitalized(escape(q.m.label)), records + " with a value", records}
}

func (c *conversation) figures(q *query, row map[string]any, result *aggregateResult) []string {
	figure, records := c.shown(q.m, row, result), grouped(text(row[asRecords]))
	switch q.m.fn {
	case count:
		return []string{records}
	case share:
		return []string{figure, grouped(text(row[asHits])), records}
	case sum, average, minimum, maximum, distinct:
	}
	return []string{figure, grouped(text(row[asFilled])), records}
}

// groupName shows the value that a group has in common.
func groupName(value any, d dimension, result *aggregateResult) string {
	if value == nil {
		return "(empty or hidden)"
	}
	if d.bucket != "" {
		return bucketName(text(value), d.bucket)
	}
	column := result.column(d.path.name)
	if column.Type == "" || d.path.field.shownType() == yearType {
		column.Type = d.path.field.shownType()
	}
	return format(value, column)
}

// groupBasis says over how many records the table goes, and whether it is all.
func groupBasis(q *query, rows []map[string]any, result *aggregateResult) string {
	noun := plural(result.Records.String(), q.of.noun())
	basis := fmt.Sprintf("The figures rest on the %s that you may see and that match.", escape(noun))
	if result.Records == "" {
		basis = ""
	}
	switch {
	case q.having != nil && result.More:
		basis += fmt.Sprintf(" Only the first %d groups were looked at.", havingLimit)
	case q.having != nil:
		basis += fmt.Sprintf(" %d of %d groups are shown.", len(rows), len(result.Rows))
	case result.More:
		basis += fmt.Sprintf(" There are more groups than the %d shown.", len(rows))
	}
	return strings.TrimSpace(basis)
}

// listText answers with records.
func (c *conversation) listText(q *query, columns []path, result *queryResult, marks *marking) string {
	if len(result.Records) == 0 {
		return c.nothing(q)
	}
	titles := make([]string, len(columns))
	for i, p := range columns {
		titles[i] = capitalized(escape(p.title))
	}
	said := ""
	if marks != nil {
		titles, said = append(titles, "Account already"), marks.words()
	}
	table := newTable(titles, len(titles))
	hidden := 0
	for _, record := range result.Records {
		cells := make([]string, len(columns))
		for i, p := range columns {
			if isHidden(record, p.name) {
				hidden++
				cells[i] = "*hidden*"
				continue
			}
			cells[i] = format(record[p.name], columnOf(result.Columns, p))
			if p.field.numeric() {
				table.right[i] = true
			}
		}
		if marks != nil {
			cells = append(cells, marks.cell(record))
		}
		table.add(cells)
	}
	return paragraphs(
		table.String(),
		listBasis(q, result),
		hiddenWords(hidden),
		said,
		understood(q),
		remarks(q.notes),
	)
}

// columnOf is what the result says of a column, completed by the schema.
func columnOf(columns []columnInfo, p path) columnInfo {
	column := columnNamed(columns, p.name)
	if column.Type == "" || p.field.shownType() == yearType {
		column.Type = p.field.shownType()
	}
	if column.Currency == "" {
		column.Currency = p.field.Currency
	}
	return column
}

func listBasis(q *query, result *queryResult) string {
	shown := fmt.Sprint(len(result.Records))
	total := result.Total.String()
	switch {
	case total == "" && result.NextCursor == "":
		return fmt.Sprintf("%s that you may see.", escape(plural(shown, q.of.noun())))
	case total == "":
		return fmt.Sprintf("The first %s that you may see; there are more.", escape(plural(shown, q.of.noun())))
	case total == shown:
		return fmt.Sprintf("All %s that you may see and that match.", escape(plural(shown, q.of.noun())))
	}
	return fmt.Sprintf("%s of the %s that you may see and that match.", shown, escape(plural(total, q.of.noun())))
}

func hiddenWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 cell is hidden from you."
	}
	return fmt.Sprintf("%d cells are hidden from you.", n)
}

// table is a Markdown table. Its cells are escaped by whoever makes them.
type table struct {
	titles []string
	right  []bool // by column: numbers stand to the right
	rows   [][]string
}

// newTable returns a table whose columns from the given one on are numbers.
func newTable(titles []string, numbersFrom int) *table {
	t := &table{titles: titles, right: make([]bool, len(titles))}
	for i := range titles {
		t.right[i] = i >= numbersFrom
	}
	return t
}

func (t *table) add(cells []string) { t.rows = append(t.rows, cells) }

// String writes the table.
func (t *table) String() string {
	var b strings.Builder
	writeRow(&b, t.titles)
	for _, right := range t.right {
		if right {
			b.WriteString("|---:")
		} else {
			b.WriteString("|---")
		}
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		writeRow(&b, row)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeRow(b *strings.Builder, cells []string) {
	for _, cell := range cells {
		b.WriteString("| " + cell + " ")
	}
	b.WriteString("|\n")
}
