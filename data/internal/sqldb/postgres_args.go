package sqldb

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/remit-crm/remit"
)

// postgresArgs holds the encoded arguments of one statement; its buffers are used
// again for the next.
//
// Arguments go in PostgreSQL's text form, which the server reads as whatever type
// the statement needs there, and bytes in binary.
type postgresArgs struct {
	values  [][]byte
	formats []int16
	ends    []int // of each value in buffer; -1 for null
	buffer  []byte
}

const (
	textForm   = 0
	binaryForm = 1
)

func (p *postgresArgs) encode(args []any) error {
	p.buffer, p.ends, p.formats, p.values = p.buffer[:0], p.ends[:0], p.formats[:0], p.values[:0]
	for _, arg := range args {
		if err := p.append(arg); err != nil {
			return err
		}
	}
	// Only now, because the buffer moved while it grew.
	start := 0
	for _, end := range p.ends {
		if end < 0 {
			p.values = append(p.values, nil)
			continue
		}
		p.values = append(p.values, p.buffer[start:end:end])
		start = end
	}
	return nil
}

func (p *postgresArgs) append(arg any) error {
	form, null := int16(textForm), false
	switch a := arg.(type) {
	case nil:
		null = true
	case string:
		p.buffer = append(p.buffer, a...)
	case remit.ID:
		p.buffer = append(p.buffer, a...)
	case int64:
		p.buffer = strconv.AppendInt(p.buffer, a, 10)
	case int:
		p.buffer = strconv.AppendInt(p.buffer, int64(a), 10)
	case bool:
		p.buffer = strconv.AppendBool(p.buffer, a)
	case time.Time:
		p.buffer = appendMicros(p.buffer, a.UnixMicro())
	case []byte:
		p.buffer = append(p.buffer, a...)
		form, null = binaryForm, a == nil
	case remit.Value:
		null = p.appendValue(a)
	default:
		if err := p.appendList(arg); err != nil {
			return err
		}
	}
	p.formats = append(p.formats, form)
	if null {
		p.ends = append(p.ends, -1)
	} else {
		p.ends = append(p.ends, len(p.buffer))
	}
	return nil
}

// appendValue reports whether the value is null.
func (p *postgresArgs) appendValue(v remit.Value) (null bool) {
	switch v.Type() {
	case remit.Text, remit.Enum, remit.Relation:
		p.buffer = append(p.buffer, v.Text()...)
	case remit.Integer, remit.Decimal, remit.Currency:
		p.buffer = strconv.AppendInt(p.buffer, v.Int(), 10)
	case remit.Boolean:
		p.buffer = strconv.AppendBool(p.buffer, v.Bool())
	case remit.Date:
		p.buffer = appendDay(p.buffer, v.Int())
	case remit.Timestamp:
		p.buffer = appendMicros(p.buffer, v.Int())
	default:
		return true
	}
	return false
}

// appendList writes an array literal: {1,2} or {"a","b"}.
func (p *postgresArgs) appendList(arg any) error {
	p.buffer = append(p.buffer, '{')
	switch list := arg.(type) {
	case []string:
		for i, s := range list {
			p.buffer = appendElement(appendComma(p.buffer, i), s)
		}
	case []remit.ID:
		for i, id := range list {
			p.buffer = appendElement(appendComma(p.buffer, i), string(id))
		}
	case []int64:
		for i, n := range list {
			p.buffer = strconv.AppendInt(appendComma(p.buffer, i), n, 10)
		}
	default:
		return misuse(fmt.Sprintf("an argument of type %T", arg))
	}
	p.buffer = append(p.buffer, '}')
	return nil
}

// appendElement writes a text of an array in quotes, in which only the quote and
// the backslash are special.
func appendElement(b []byte, s string) []byte {
	b = slices.Grow(b, len(s)+2)
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
