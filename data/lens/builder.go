package lens

import (
	"slices"
	"strconv"
	"sync"

	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// builder writes one statement from left to right, so that the arguments stand
// in the order of their question marks. Only constant text and names from the
// data model go into the text; every value is an argument.
type builder struct {
	dialect sqlgen.Dialect
	text    []byte
	args    []any
}

func newBuilder(d sqlgen.Dialect) *builder {
	return &builder{dialect: d, text: make([]byte, 0, 1024), args: make([]any, 0, 16)}
}

// put appends constant text.
func (b *builder) put(parts ...string) *builder {
	for _, p := range parts {
		b.text = append(b.text, p...)
	}
	return b
}

// arg appends a question mark for the value.
func (b *builder) arg(v any) *builder {
	b.text = append(b.text, '?')
	b.args = append(b.args, v)
	return b
}

// fragment appends a piece made elsewhere with its arguments.
func (b *builder) fragment(text string, args []any) *builder {
	b.text = append(b.text, text...)
	b.args = append(b.args, args...)
	return b
}

// limit appends a LIMIT of n records and some more, to see whether there are any.
// PostgreSQL plans a limit that it does not know for a tenth of the table, finds
// that plan dear and so plans again on every use, which costs more than the page.
// Therefore it is told the limits that are common.
func (b *builder) limit(n, more int) {
	b.put(" LIMIT ")
	if b.dialect == sqlgen.Postgres && slices.Contains(commonLimits, n) {
		b.put(strconv.Itoa(n + more))
		return
	}
	b.arg(int64(n + more))
}

// commonLimits are few, since each makes a statement of its own.
var commonLimits = []int{1, 10, 20, 25, 30, 50, 100, 200, 500, 1000}

func (b *builder) stmt() sqldb.Stmt {
	return sqldb.Stmt{SQL: string(b.text), Args: b.args}
}

// quote returns the name as an SQL identifier. Names come from the data model,
// which allows no quotation mark in them.
func quote(name string) string { return `"` + name + `"` }

// texts keeps the texts of statements. A text depends on the shape of a request
// and never on its values, so there are few, and the same one is needed again and
// again: it is looked up by the bytes in which it was written, without making a
// string of them.
type texts struct {
	buffers sync.Pool
	mu      sync.RWMutex
	known   map[string]string
}

// The bounds on the texts that are kept, at most some megabytes.
const (
	mostTexts   = 2048
	longestText = 8 << 10
)

// builder returns a builder that writes into a buffer used before; finish it with
// [texts.stmt].
func (t *texts) builder(d sqlgen.Dialect) *builder {
	buffer, ok := t.buffers.Get().(*[]byte)
	if !ok {
		return newBuilder(d)
	}
	return &builder{dialect: d, text: (*buffer)[:0], args: make([]any, 0, 8)}
}

// stmt ends the builder.
func (t *texts) stmt(b *builder) sqldb.Stmt {
	s := sqldb.Stmt{SQL: t.intern(b.text), Args: b.args}
	if len(b.text) <= longestText {
		buffer := b.text
		t.buffers.Put(&buffer)
	}
	b.text = nil
	return s
}

func (t *texts) intern(text []byte) string {
	t.mu.RLock()
	known, ok := t.known[string(text)]
	t.mu.RUnlock()
	switch {
	case ok:
		return known
	case len(text) > longestText:
		return string(text)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= mostTexts {
		t.known = make(map[string]string)
	}
	known = string(text)
	t.known[known] = known
	return known
}
