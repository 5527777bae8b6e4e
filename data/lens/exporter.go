package lens

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/remit-crm/remit"
)

// exporter writes pages in one format.
type exporter interface {
	// write writes the page's records until halted says so, and returns how many
	// have reached the writer. It asks before each piece that may have to wait for
	// the reader.
	write(p *Page, halted func() bool) (int, error)
	finish() error
}

func newExporter(format string, w io.Writer) (exporter, error) {
	switch format {
	case "csv", "":
		return &csvExporter{w: csv.NewWriter(w)}, nil
	case "json":
		return &jsonExporter{w: w}, nil
	}
	return nil, remit.FieldErrorf("format", "unknown format %q; use csv or json", clip(format))
}

// csvExporter writes RFC 4180 with a header. A text that a spreadsheet would run
// as a formula gets an apostrophe before it.
type csvExporter struct {
	w      *csv.Writer // which gathers 4 KiB
	headed bool
}

func (x *csvExporter) write(p *Page, halted func() bool) (int, error) {
	if !x.headed {
		x.headed = true
		header := []string{remit.IDField}
		for _, c := range p.Columns {
			header = append(header, c.Name)
		}
		if err := x.w.Write(header); err != nil {
			return 0, fmt.Errorf("writing the export: %w", err)
		}
	}
	line := make([]string, 0, len(p.Columns)+1)
	for n, r := range p.Records {
		if halted() {
			return n, x.finish()
		}
		line = append(line[:0], string(r.ID))
		for _, v := range r.Values {
			line = append(line, harmless(v))
		}
		if err := x.w.Write(line); err != nil {
			return n, fmt.Errorf("writing the export: %w", err)
		}
	}
	return len(p.Records), x.finish()
}

func (x *csvExporter) finish() error {
	x.w.Flush()
	if err := x.w.Error(); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

func harmless(v remit.Value) string {
	text := v.String()
	if v.Type() == remit.Text && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// jsonExporter writes one array of records.
type jsonExporter struct {
	w     io.Writer
	begun bool
	wrote bool // a record
}

// jsonPiece is how many bytes are gathered before they are written.
const jsonPiece = 16 << 10

func (x *jsonExporter) write(p *Page, halted func() bool) (n int, err error) {
	var b []byte
	if !x.begun {
		x.begun = true
		b = append(b, '[')
	}
	for ; n < len(p.Records) && !halted(); n++ {
		if x.wrote {
			b = append(b, ",\n"...)
		}
		x.wrote = true
		if b = p.AppendRecordJSON(b, n); len(b) < jsonPiece {
			continue
		}
		if err := x.flush(b); err != nil {
			return n, err
		}
		b = b[:0]
	}
	return n, x.flush(b)
}

func (x *jsonExporter) flush(b []byte) error {
	if _, err := x.w.Write(b); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

func (x *jsonExporter) finish() error {
	if _, err := io.WriteString(x.w, "]\n"); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}
