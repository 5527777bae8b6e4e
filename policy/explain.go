package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// Explanation says, for people and for screens, what a permit allows and why. It
// tells of collections and fields that the subject may not know of: it is for
// those who manage the policy, and for the audit.
type Explanation struct {
	Collection string     `json:"collection"`
	Action     Action     `json:"action"`
	Allowed    bool       `json:"allowed"`
	Refusal    string     `json:"refusal,omitempty"`
	Rows       []RowSet   `json:"rows,omitempty"`
	Withheld   []Withheld `json:"withheld,omitempty"`

	RowLimit   int       `json:"row_limit,omitempty"`
	RowsTotal  int       `json:"rows_total,omitempty"`
	RowsPerDay int       `json:"rows_per_day,omitempty"`
	LastDays   int       `json:"last_days,omitempty"`
	NotAfter   time.Time `json:"not_after,omitzero"`

	Reasons []Reason `json:"reasons"`
}

// RowSet is a set of rows and what is granted on them.
type RowSet struct {
	Role   string   `json:"role"`
	Scope  string   `json:"scope"`                 // name and expression
	After  string   `json:"scope_after,omitempty"` // of the row after, if another
	Fields []string `json:"fields,omitempty"`
}

// Withheld is a field that no row set grants, and the layers that took it; none
// if no role gives it.
type Withheld struct {
	Field   string   `json:"field"`
	Reasons []Reason `json:"reasons,omitempty"`
}

// Explain returns what the permit allows and why.
func (p *Permit) Explain() *Explanation {
	e := &Explanation{
		Collection: p.name, Action: p.Action, Allowed: p.Allowed(), Refusal: p.Refusal,
		RowLimit: p.Rows, RowsTotal: p.RowsTotal, RowsPerDay: p.RowsPerDay, LastDays: p.LastDays, NotAfter: p.NotAfter,
		Reasons: slices.Clone(p.Reasons),
	}
	if !e.Allowed && e.Refusal == "" {
		e.Refusal = "nothing is granted"
	}
	for i := range p.Branches {
		b := &p.Branches[i]
		rows := RowSet{Role: b.Role, Scope: b.label, Fields: namesOf(p.asked, b.Fields)}
		if b.afterLabel != b.label {
			rows.After = b.afterLabel
		}
		e.Rows = append(e.Rows, rows)
	}
	if p.asked != nil && p.Action != Delete {
		for i := range p.asked.Fields {
			if !p.Knows(i) {
				e.Withheld = append(e.Withheld, Withheld{Field: p.asked.Fields[i].Name, Reasons: p.takers(&p.asked.Fields[i])})
			}
		}
	}
	return e
}

// takers returns the reasons that took the field away.
func (p *Permit) takers(f *remit.Field) []Reason {
	if f.ReadOnly && (p.Action == Create || p.Action == Update) {
		return []Reason{{Layer: "model", Name: p.name, Effect: effectRefuses, Fields: []string{f.Name}, Message: "the system keeps it: nobody writes it"}}
	}
	var takers []Reason
	for _, r := range p.Reasons {
		if r.Effect != effectGives && slices.Contains(r.Fields, f.Name) {
			takers = append(takers, r)
		}
	}
	return takers
}

// Field says in one sentence where the field is granted, or what withholds it.
func (e *Explanation) Field(name string) string {
	var where []string
	for _, rows := range e.Rows {
		if slices.Contains(rows.Fields, name) {
			where = append(where, fmt.Sprintf("on %s by %s", rows.Scope, rows.Role))
		}
	}
	if where != nil {
		return fmt.Sprintf("%s.%s: %s %s", e.Collection, name, e.Action, strings.Join(where, "; "))
	}
	for _, w := range e.Withheld {
		if w.Field == name {
			return fmt.Sprintf("%s.%s: withheld, %s", e.Collection, name, w.because(e.Refusal))
		}
	}
	return fmt.Sprintf("%s.%s: there is no such field", e.Collection, name)
}

func (w *Withheld) because(refusal string) string {
	if len(w.Reasons) == 0 {
		if refusal != "" {
			return refusal
		}
		return "no role that counts grants it"
	}
	var why []string
	for _, r := range w.Reasons {
		why = append(why, r.Message)
	}
	return strings.Join(why, "; ")
}

// String renders the explanation as text of several lines.
func (e *Explanation) String() string {
	var b strings.Builder
	if !e.Allowed {
		fmt.Fprintf(&b, "%s %s: refused, %s\n", e.Action, e.Collection, e.Refusal)
	} else {
		fmt.Fprintf(&b, "%s %s: allowed\n", e.Action, e.Collection)
	}
	for _, rows := range e.Rows {
		fmt.Fprintf(&b, "  %s\n    by role %s\n", rows.Scope, rows.Role)
		if rows.After != "" {
			fmt.Fprintf(&b, "    afterwards within %s\n", rows.After)
		}
		if len(rows.Fields) > 0 {
			fmt.Fprintf(&b, "    fields: %s\n", strings.Join(rows.Fields, ", "))
		}
	}
	e.writeBounds(&b)
	e.writeWithheld(&b)
	b.WriteString("why:\n")
	for _, r := range e.Reasons {
		fmt.Fprintf(&b, "  %s\n", r)
	}
	return b.String()
}

func (e *Explanation) writeBounds(b *strings.Builder) {
	if e.RowLimit > 0 {
		fmt.Fprintf(b, "at most %d rows a call\n", e.RowLimit)
	}
	if e.RowsTotal > 0 {
		fmt.Fprintf(b, "at most %d rows a query, on all its pages together\n", e.RowsTotal)
	}
	if e.RowsPerDay > 0 {
		fmt.Fprintf(b, "at most %d rows a day\n", e.RowsPerDay)
	}
	if e.LastDays > 0 {
		fmt.Fprintf(b, "only the last %d days\n", e.LastDays)
	}
	if !e.NotAfter.IsZero() {
		fmt.Fprintf(b, "until %s\n", e.NotAfter.UTC().Format(time.RFC3339))
	}
}

func (e *Explanation) writeWithheld(b *strings.Builder) {
	if !e.Allowed || len(e.Withheld) == 0 {
		return
	}
	b.WriteString("withheld:\n")
	for i := range e.Withheld {
		fmt.Fprintf(b, "  %s: %s\n", e.Withheld[i].Field, e.Withheld[i].because(""))
	}
}

// String renders the reason as one line: the layer, what it did and, where it
// took or refused fields, which.
func (r Reason) String() string {
	text := r.Layer + " " + r.Effect + ": " + r.Message
	if r.Effect != effectGives && len(r.Fields) > 0 {
		text += " (without " + strings.Join(r.Fields, ", ") + ")"
	}
	return text
}
