package importing

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// The bounds on a file.
const (
	maxLines   = 1_000_000
	maxColumns = 500
)

// table is a CSV file in memory.
type table struct {
	separator rune
	header    []string
	rows      [][]string
	lines     []int // by row: its line in the file
}

// readTable reads RFC 4180 with a header, separated by commas, semicolons or tabs,
// whichever the header has most of. A byte order mark is skipped.
func readTable(file io.Reader) (*table, error) {
	in := bufio.NewReaderSize(file, 1<<16)
	skipMark(in)
	head, _ := in.Peek(1 << 15)
	r := csv.NewReader(in)
	r.Comma = separator(head)
	r.ReuseRecord = false
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, remit.Errorf(remit.KindInvalid, "the file is empty: its first line must name the columns")
	}
	if err != nil {
		return nil, malformed(err)
	}
	t := &table{separator: r.Comma, header: header}
	if err := t.checkHeader(); err != nil {
		return nil, err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, malformed(err)
		}
		if len(t.rows) == maxLines {
			return nil, remit.Errorf(remit.KindLimited, "the file has more than %d lines: split it", maxLines)
		}
		line, _ := r.FieldPos(0)
		if err := t.checkRow(row, line); err != nil {
			return nil, err
		}
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
}

func skipMark(in *bufio.Reader) {
	if mark, _ := in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3)
	}
}

func separator(head []byte) rune {
	line, _, _ := strings.Cut(string(head), "\n")
	best, most := ',', strings.Count(line, ",")
	for _, c := range ";\t" {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// malformed says where the file is no CSV.
func malformed(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		e := remit.Errorf(remit.KindInvalid, "%s", p.Err.Error())
		e.Field = place(p.Line, "")
		return e
	}
	return remit.Errorf(remit.KindInvalid, "the file cannot be read: %w", err)
}

func (t *table) checkHeader() error {
	if len(t.header) > maxColumns {
		return remit.Errorf(remit.KindInvalid, "the file has %d columns; at most %d are read", len(t.header), maxColumns)
	}
	for i, name := range t.header {
		if !utf8.ValidString(name) || strings.ContainsFunc(name, invisible) {
			return remit.FieldErrorf(place(1, strconv.Itoa(i+1)), "its name holds an invisible or broken character: save the file as UTF-8 and write the name anew")
		}
		t.header[i] = strings.TrimSpace(name)
		if t.header[i] == "" {
			return remit.FieldErrorf(place(1, ""), "column %d has no name", i+1)
		}
		if slices.Contains(t.header[:i], t.header[i]) {
			return remit.FieldErrorf(place(1, name), "two columns have this name")
		}
	}
	return nil
}

// invisible reports whether a character lets one name pass for another: controls,
// marks of no width, marks that turn the direction round.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

func (t *table) checkRow(row []string, line int) error {
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			return remit.FieldErrorf(place(line, t.header[i]), "is not valid UTF-8: save the file as UTF-8")
		}
		row[i] = strings.TrimSpace(cell)
	}
	return nil
}

func (t *table) column(name string) int { return slices.Index(t.header, name) }

// replace reads values as others.
func (t *table) replace(list []Replacement) error {
	for _, r := range list {
		i := t.column(r.Column)
		if i < 0 {
			return t.noColumn("replace", r.Column)
		}
		for _, row := range t.rows {
			if row[i] == r.From {
				row[i] = r.To
			}
		}
	}
	return nil
}

func (t *table) noColumn(option, name string) error {
	e := remit.FieldErrorf(option, "the file has no column %q; it has %s", name, strings.Join(t.header, ", "))
	e.Hint = remit.DidYouMean(name, t.header)
	return e
}

// place names a line and a column of the file.
func place(line int, column string) string {
	text := "line " + remit.IntegerValue(int64(line)).String()
	if column != "" {
		text += ", column " + column
	}
	return text
}

// infer returns the narrowest type that fits every value of the column, and how
// many are empty.
func (t *table) infer(column int) (fits remit.FieldType, empty int) {
	candidates := []remit.FieldType{remit.Boolean, remit.Integer, remit.Decimal, remit.Date, remit.Timestamp}
	seen := false
	for _, row := range t.rows {
		if row[column] == "" {
			empty++
			continue
		}
		seen = true
		candidates = slices.DeleteFunc(candidates, func(kind remit.FieldType) bool {
			_, err := (&remit.Field{Type: kind}).ParseValue(row[column])
			return err != nil
		})
	}
	if !seen || len(candidates) == 0 {
		return remit.Text, empty
	}
	return candidates[0], empty
}
