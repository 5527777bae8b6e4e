package main

import (
	"encoding/json"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// table is rows of text under headings.
type table struct {
	heads []string
	right []bool // columns of numbers stand at the right
	rows  [][]string
}

// write prints the table: aligned for a terminal, else separated by tabs for the
// next program. Control characters are replaced, since a cell that an outsider
// wrote must not drive the terminal.
func (t *table) write(w io.Writer, terminal bool) error {
	var b strings.Builder
	widths := t.widths()
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			t.writeCell(&b, i, clean(cell), widths, terminal)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) writeCell(b *strings.Builder, i int, cell string, widths []int, terminal bool) {
	if !terminal {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(cell)
		return
	}
	if i > 0 {
		b.WriteString("  ")
	}
	padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
	switch last := i == len(widths)-1; {
	case t.isRight(i):
		b.WriteString(padding + cell)
	case last:
		b.WriteString(cell)
	default:
		b.WriteString(cell + padding)
	}
}

func (t *table) isRight(i int) bool { return i < len(t.right) && t.right[i] }

func (t *table) widths() []int {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(clean(cell)))
		}
	}
	return widths
}

// clean replaces what would break a line or drive a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}

// hiddenCell stands where a cell is hidden.
const hiddenCell = "(hidden)"

// pageTable lays out a page of records.
func pageTable(p *lens.Page) *table {
	t := &table{heads: []string{"ID"}, right: []bool{false}}
	for _, c := range p.Columns {
		if c.Name != remit.IDField {
			t.addColumn(c)
		}
	}
	for _, record := range p.Records {
		row := []string{string(record.ID)}
		hidden := make(map[string]bool)
		for _, name := range record.Hidden {
			hidden[name] = true
		}
		for i, c := range p.Columns {
			switch {
			case c.Name == remit.IDField:
			case hidden[c.Name]:
				row = append(row, hiddenCell)
			default:
				row = append(row, record.Values[i].String())
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// valueTable lays out an aggregate, or the answer to a statement.
func valueTable(columns []lens.Column, rows [][]remit.Value) *table {
	t := &table{}
	for _, c := range columns {
		t.addColumn(c)
	}
	for _, values := range rows {
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = v.String()
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func (t *table) addColumn(c lens.Column) {
	head := strings.ToUpper(c.Name)
	if c.Currency != "" {
		head += " (" + c.Currency + ")"
	}
	t.heads = append(t.heads, head)
	t.right = append(t.right, c.Type == remit.Integer || c.Type == remit.Decimal || c.Type == remit.Currency)
}

// writeJSON prints v as one line of JSON.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
