package lens

import (
	"strconv"

	"github.com/remit-crm/remit"
)

// AppendJSON appends the page in the form that HTTP, MCP and the command line
// share: one object a record, masked cells null and named in _hidden.
func (p *Page) AppendJSON(b []byte) []byte {
	b = append(b, `{"collection":`...)
	b = remit.AppendJSONString(b, p.Collection)
	b = append(b, `,"columns":`...)
	b = appendColumns(b, p.Columns)
	b = append(b, `,"records":[`...)
	names := memberNames(p.Columns)
	for i := range p.Records {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.Records[i].appendJSON(b, names)
	}
	b = append(b, ']')
	if p.NextCursor != "" {
		b = append(b, `,"next_cursor":`...)
		b = remit.AppendJSONString(b, p.NextCursor)
	}
	if p.Total != nil {
		b = append(b, `,"total":`...)
		b = strconv.AppendInt(b, *p.Total, 10)
	}
	return append(b, '}')
}

// MarshalJSON implements [encoding/json.Marshaler].
func (p *Page) MarshalJSON() ([]byte, error) { return p.AppendJSON(nil), nil }

// AppendRecordJSON appends the page's record i alone, as a single-record answer
// shows it.
func (p *Page) AppendRecordJSON(b []byte, i int) []byte {
	return p.Records[i].appendJSON(b, memberNames(p.Columns))
}

// memberNames writes the names of the columns as members of an object that begins
// with the id, once for all records: each with its comma and colon. The id itself
// has none.
func memberNames(columns []Column) []string {
	names := make([]string, len(columns))
	text := make([]byte, 0, 128)
	for i, c := range columns {
		if c.Name != remit.IDField {
			text = append(remit.AppendJSONString(append(text[:0], ','), c.Name), ':')
			names[i] = string(text)
		}
	}
	return names
}

func (r *Record) appendJSON(b []byte, names []string) []byte {
	b = append(b, `{"id":`...)
	b = remit.AppendJSONString(b, string(r.ID))
	for i, name := range names {
		if name == "" {
			continue
		}
		b = append(b, name...)
		b = r.Values[i].AppendJSON(b)
	}
	if len(r.Hidden) > 0 {
		b = append(b, `,"_hidden":[`...)
		for i, name := range r.Hidden {
			if i > 0 {
				b = append(b, ',')
			}
			b = remit.AppendJSONString(b, name)
		}
		b = append(b, ']')
	}
	if r.Version != "" {
		b = append(b, `,"_version":`...)
		b = remit.AppendJSONString(b, r.Version)
	}
	return append(b, '}')
}

func appendColumns(b []byte, columns []Column) []byte {
	b = append(b, '[')
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = remit.AppendJSONString(b, c.Name)
		b = append(b, `,"type":`...)
		b = remit.AppendJSONString(b, string(c.Type))
		if c.Title != "" {
			b = append(b, `,"title":`...)
			b = remit.AppendJSONString(b, c.Title)
		}
		if c.Currency != "" {
			b = append(b, `,"currency":`...)
			b = remit.AppendJSONString(b, c.Currency)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// AppendJSON appends the table: one object a group, by column names.
func (r *AggregateResult) AppendJSON(b []byte) []byte {
	b = append(b, `{"collection":`...)
	b = remit.AppendJSONString(b, r.Collection)
	b = append(b, `,"columns":`...)
	b = appendColumns(b, r.Columns)
	b = append(b, `,"rows":`...)
	b = appendRows(b, r.Columns, r.Rows)
	b = append(b, `,"records":`...)
	b = strconv.AppendInt(b, r.Records, 10)
	b = append(b, `,"more":`...)
	b = strconv.AppendBool(b, r.More)
	return append(b, '}')
}

// appendRows appends one object a row, by the names of the columns.
func appendRows(b []byte, columns []Column, rows [][]remit.Value) []byte {
	b = append(b, '[')
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for j, c := range columns {
			if j > 0 {
				b = append(b, ',')
			}
			b = remit.AppendJSONString(b, c.Name)
			b = append(b, ':')
			b = row[j].AppendJSON(b)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// MarshalJSON implements [encoding/json.Marshaler].
func (r *AggregateResult) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }
