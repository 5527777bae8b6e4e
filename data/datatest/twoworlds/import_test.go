package twoworlds

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// importing looks into a file, or imports it and takes that back. Its cells name
// records by what they are called, hidden ones among them.
func (q *curious) importing() *call {
	c := &call{op: "import", coll: q.writable(policy.Create), stream: q.chance(30)}
	of := q.s.model.Collection("", c.coll)
	if of == nil {
		of = q.s.model.Collections[0]
	}
	c.args = map[string]any{"file": q.file(of)}
	if q.chance(15) {
		c.query = true // a preview
		return c
	}
	options := map[string]any{"dry_run": true}
	if key := pick(q.dice, "", "name", "external_ref", "email", "number"); key != "" && (of.Field(key) != nil || q.bold(10)) {
		options["key"] = key
	}
	if q.chance(20) {
		options["create_missing"] = true
	}
	c.args["options"] = options
	return c
}

// file makes a CSV file of a few lines.
func (q *curious) file(of *remit.Collection) string {
	columns := q.columns(of)
	var text strings.Builder
	w := csv.NewWriter(&text)
	names := make([]string, len(columns))
	for i, f := range columns {
		names[i] = f.Name
	}
	lines := [][]string{names}
	for range 1 + q.IntN(3) {
		line := make([]string, len(columns))
		for i, f := range columns {
			line[i] = q.written(of, f)
		}
		lines = append(lines, line)
	}
	if err := w.WriteAll(lines); err != nil {
		panic(err) // a builder takes everything
	}
	return text.String()
}

// columns returns the fields that the asker may set, mostly, and what every record
// must have.
func (q *curious) columns(of *remit.Collection) []*remit.Field {
	var list []*remit.Field
	granted := q.granted(of, policy.Create)
	for i := range of.Fields {
		f := &of.Fields[i]
		switch {
		case f.ReadOnly && !q.bold(2):
		case f.Required, granted.has(i) && q.chance(40), q.bold(2):
			list = append(list, f)
		}
	}
	if list == nil {
		list = append(list, &of.Fields[0])
	}
	return list
}

// written is a cell as it stands in a file: often what stands in a record, seen or
// not, so that keys meet.
func (q *curious) written(of *remit.Collection, f *remit.Field) string {
	switch rows := q.s.a.tables[of.Name].rows; {
	case f.Type == remit.Relation:
		return q.called(f.Target)
	case f.Type == remit.Text && len(rows) > 0 && q.chance(60):
		return pick(q.dice, rows...).values[of.FieldIndex(f.Name)].Text()
	case q.chance(10):
		return ""
	}
	return pick(q.dice, vocabulary(f)...)
}

// called is the name, or at times the id, of any record.
func (q *curious) called(collection string) string {
	t := q.s.a.tables[collection]
	if len(t.rows) == 0 || q.bold(10) {
		return "Nobody & Co"
	}
	r := pick(q.dice, t.rows...)
	for _, field := range []string{"name", "subject", "number"} {
		if i := t.coll.FieldIndex(field); i >= 0 && !q.chance(40) {
			return r.values[i].Text()
		}
	}
	return string(r.id)
}

func (c *call) importRequest() *request {
	target := "/api/collections/" + url.PathEscape(c.coll) + "/import"
	if c.query {
		target += "/preview"
	} else if options := c.args["options"]; options != nil {
		target += "?options=" + url.QueryEscape(string(encode(options)))
	}
	file, _ := c.args["file"].(string)
	r := &request{method: http.MethodPost, target: target, body: file, header: map[string]string{"Content-Type": "text/csv", "Accept": "application/json"}}
	if c.stream {
		r.header["Accept"] = "text/event-stream"
	}
	return r
}
