package lens

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Lineage says what a result came from, so that a copy of it can be re-checked for
// each reader (DESIGN law 12, [Lens.Recheck]). It holds ids and names, no values.
// The zero value came from nothing.
type Lineage struct {
	Origins []Origin `json:"origins,omitempty"`
}

// Origin is one collection that a result came from, reached in one way.
type Origin struct {
	Source     string                       `json:"data_source"`
	Collection string                       `json:"collection"`
	Fields     map[string]remit.Sensitivity `json:"fields,omitempty"`  // that were used, shown or not, with their sensitivity
	Selects    []string                     `json:"selects,omitempty"` // of them, those that decided which records the result leaves out
	Records    []remit.ID                   `json:"records,omitempty"` // that it rests on; none where there are more than MaxOrigins
	Hidden     []HiddenCells                `json:"hidden,omitempty"`  // cells that were hidden from the asker, and so are not in the result
	Many       bool                         `json:"many,omitempty"`    // it rests on more records than are named
	View       string                       `json:"view,omitempty"`    // fingerprint of the asker's view of the collection
	Told       string                       `json:"told,omitempty"`    // the same as far as the model service may be told; none where that is the same
	Company    bool                         `json:"company,omitempty"` // it rests on every record, by the grant of a tool: see ReadCompany
}

// HiddenCells names the fields of a record that the asker did not see.
type HiddenCells struct {
	Record remit.ID `json:"record"`
	Fields []string `json:"fields"`
}

// MaxOrigins is how many records an origin names. Beyond that, its view stands for
// them.
const MaxOrigins = 500

// Collections returns the names of the collections, each once, sorted.
func (l *Lineage) Collections() []string {
	var names []string
	for _, o := range l.Origins {
		names = append(names, o.Collection)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// add takes an origin in.
func (l *Lineage) add(o Origin) { l.Origins = append(l.Origins, o) }

// traceTo has what the session reads told to l; nil: to nobody.
func (s *session) traceTo(l *Lineage) {
	if l != nil {
		*l = Lineage{}
	}
	s.lineage = l
}

// traceInfo notes what a description of the data model names.
func (s *session) traceInfo(info *CollectionInfo) {
	if s.lineage == nil {
		return
	}
	o := Origin{Source: info.Source, Collection: info.Name, Fields: make(map[string]remit.Sensitivity, len(info.Fields))}
	for i := range info.Fields {
		o.Fields[info.Fields[i].Name] = info.Fields[i].Sensitivity.OfField()
	}
	s.lineage.add(o)
}

// view returns the fingerprint of what the person sees of a collection, as far as
// the fields matter: the rules with everything that is bound to them. Two views
// with one fingerprint hold the same rows and cells of the same data. Egress is
// left out: it limits who may be told, not what may be seen.
func (s *session) view(ctx context.Context, source, collection string, fields map[string]remit.Sensitivity) (string, error) {
	return s.withoutEgress().told(ctx, source, collection, fields)
}

func (s *session) withoutEgress() *session {
	plain := *s
	plain.subject.HasEgress = false
	return &plain
}

// look notes the fingerprints of the asker's view.
func (s *session) look(ctx context.Context, o *Origin) (err error) {
	if o.View, err = s.view(ctx, o.Source, o.Collection, o.Fields); err != nil || !s.subject.HasEgress {
		return err
	}
	if o.Told, err = s.told(ctx, o.Source, o.Collection, o.Fields); o.Told == o.View {
		o.Told = ""
	}
	return err
}

// told is view with the egress limit of the model service, if one is to be told.
func (s *session) told(ctx context.Context, source, collection string, fields map[string]remit.Sensitivity) (string, error) {
	permit := s.permitFor(source, collection, policy.View)
	if !permit.Allowed() {
		return "", nil
	}
	rel, err := s.relation(permit, "t")
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, s.lens.lineageKey[:])
	write := func(format string, args ...any) { _, _ = fmt.Fprintf(sum, format+"\n", args...) } // a hash never fails
	write("%q %q %d", source, collection, permit.LastDays)
	for _, b := range rel.branches {
		write("%v %q %v", b.all, b.text, granted(rel.coll, b, fields))
		for _, a := range b.args {
			write("%T %v", a, a)
		}
	}
	if slices.ContainsFunc(rel.branches, func(b branch) bool { return b.lookUp }) {
		if err := s.writeBelow(ctx, sum); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

func granted(c *remit.Collection, b branch, fields map[string]remit.Sensitivity) string {
	var names []string
	for i := range c.Fields {
		if _, used := fields[c.Fields[i].Name]; used && b.fields[i] {
			names = append(names, c.Fields[i].Name)
		}
	}
	return strings.Join(names, ",")
}

// writeBelow writes who and what is below the person: rules that look it up mean
// something else when it changes.
func (s *session) writeBelow(ctx context.Context, sum hash.Hash) error {
	return s.read(ctx, sqldb.Stmt{
		SQL: `SELECT descendant_id FROM people_closure WHERE ancestor_id = ?
UNION ALL SELECT descendant_id FROM departments_closure WHERE ancestor_id = ? ORDER BY 1`,
		Args: []any{string(s.user.ID), string(s.user.DepartmentID)},
	}, func(row sqldb.Row) error {
		_, err := io.WriteString(sum, row.Text(0)+"\n")
		return err
	})
}

// schemaView returns the fingerprint of all that the person knows of the data
// model, egress apart.
func (s *session) schemaView() string { return s.withoutEgress().schemaTold() }

// schemaTold is schemaView with the egress limit.
func (s *session) schemaTold() string {
	sum := hmac.New(sha256.New, s.lens.lineageKey[:])
	for _, c := range s.snapshot.Model().Collections {
		permit := s.permitFor(c.Source, c.Name, policy.View)
		if !permit.Allowed() {
			continue
		}
		_, _ = fmt.Fprintf(sum, "%q %q\n", c.Source, c.Name) // a hash never fails
		for i := range c.Fields {
			if permit.Knows(i) {
				_, _ = fmt.Fprintf(sum, " %q\n", c.Fields[i].Name)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
