package offline

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// schema is what the actor may know of the data model. Nothing outside it is
// ever named in a call.
type schema struct {
	collections []*collection // in the order of list_collections
}

type collection struct {
	Source     string   `json:"data_source"`
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	TimeField  string   `json:"time_field"`
	TitleField string   `json:"title_field"`
	Fields     []*field `json:"fields"`
}

type field struct {
	Name     string          `json:"name"`
	Type     remit.FieldType `json:"type"`
	Title    string          `json:"title"`
	Options  []string        `json:"options"`
	Target   string          `json:"target"`
	Currency string          `json:"currency"`
	Format   string          `json:"format"`
}

// newSchema drops what has no name, so that the rest of the package need not
// ask.
func newSchema(collections []*collection) *schema {
	s := &schema{}
	for _, c := range collections {
		if c == nil || c.Name == "" {
			continue
		}
		c.Fields = slices.DeleteFunc(c.Fields, func(f *field) bool { return f == nil || f.Name == "" })
		s.collections = append(s.collections, c)
	}
	return s
}

// source is the data_source argument: none for the main one.
func (c *collection) source() string {
	if c.Source == remit.MainSource {
		return ""
	}
	return c.Source
}

func (c *collection) title() string { return titleOr(c.Title, c.Name) }

// noun is the collection's name in a sentence: "opportunities".
func (c *collection) noun() string { return strings.ToLower(c.title()) }

func (f *field) title() string { return titleOr(f.Title, strings.TrimSuffix(f.Name, "_id")) }

func titleOr(title, name string) string {
	if title != "" {
		return title
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (c *collection) field(name string) *field {
	if i := slices.IndexFunc(c.Fields, func(f *field) bool { return f.Name == name }); i >= 0 {
		return c.Fields[i]
	}
	return nil
}

func (f *field) numeric() bool {
	return f.Type == remit.Integer || f.Type == remit.Decimal || f.Type == remit.Currency
}

// yearType marks a column of years, which take no separators.
const yearType = "year"

// shownType is the field's type, or yearType.
func (f *field) shownType() string {
	words := nameWords(f.Name)
	if f.Type == remit.Integer && len(words) > 0 && (words[0] == "year" || words[len(words)-1] == "year") {
		return yearType
	}
	return string(f.Type)
}

func (f *field) temporal() bool { return f.Type == remit.Date || f.Type == remit.Timestamp }

// target returns the collection that a relation leads to, nil where the actor
// may not see it.
func (s *schema) target(c *collection, f *field) *collection {
	if f.Type != remit.Relation {
		return nil
	}
	for _, t := range s.collections {
		if t.Name == f.Target && t.source() == c.source() {
			return t
		}
	}
	return nil
}

// money is the field that an amount means where none is named: the first field
// of money.
func (c *collection) money() *field {
	if i := slices.IndexFunc(c.Fields, func(f *field) bool { return f.Type == remit.Currency }); i >= 0 {
		return c.Fields[i]
	}
	return nil
}

// time is the field that a period means where none is named.
func (c *collection) time() *field {
	if f := c.field(c.TimeField); f != nil && f.temporal() {
		return f
	}
	return nil
}

// outcomeOf names the options of an enum that say how a deal ended.
type outcomeField struct {
	field     *field
	won, lost string
}

// outcome finds the enum whose options include a won and a lost one, nil if the
// collection has none that the actor may see.
func (c *collection) outcome() *outcomeField {
	for _, f := range c.Fields {
		o := outcomeField{field: f, won: f.option("won", "closed won"), lost: f.option("lost", "closed lost")}
		if o.won != "" && o.lost != "" {
			return &o
		}
	}
	return nil
}

// converted finds the enum with an option for a converted lead.
func (c *collection) converted() (*field, string) {
	for _, f := range c.Fields {
		if option := f.option("converted"); option != "" {
			return f, option
		}
	}
	return nil, ""
}

// option returns the option that reads as one of the phrases, "" if none does.
func (f *field) option(phrases ...string) string {
	if f.Type != remit.Enum {
		return ""
	}
	for _, option := range f.Options {
		if slices.Contains(phrases, strings.Join(nameWords(option), " ")) {
			return option
		}
	}
	return ""
}

// path is a field of a collection or, over relations, of another.
type path struct {
	name  string      // as calls have it: "account.industry"
	title string      // as sentences have it: "account industry"
	via   string      // the relation that it is over: "account_id"; "" if none
	owner *collection // the collection that holds the field
	field *field
}

func (p path) zero() bool { return p.field == nil }

// own returns the path of a field of the collection itself.
func (c *collection) own(f *field) path {
	return path{name: f.Name, title: strings.ToLower(f.title()), owner: c, field: f}
}

// over returns the path of a field of the target of the relation at p.
func (p path) over(target *collection, f *field) path {
	hop := path{
		name:  strings.TrimSuffix(p.name, "_id") + "." + f.Name,
		title: p.title + " " + strings.ToLower(f.title()),
		via:   p.name,
		owner: target,
		field: f,
	}
	if f.Name == target.TitleField {
		hop.title = p.title
	}
	return hop
}

// maxHops is how many relations a path may cross.
const maxHops = 2

// hops returns the paths of the collection's relations that lead somewhere the
// actor may see.
func (s *schema) hops(c *collection) []path {
	var hops []path
	for _, f := range c.Fields {
		if s.target(c, f) != nil {
			hops = append(hops, c.own(f))
		}
	}
	return hops
}

// label returns the path that names the record a relation leads to: the
// target's title, or the bare relation where the title is not to be seen.
func (s *schema) label(p path) path {
	target := s.target(p.owner, p.field)
	if target == nil || strings.Count(p.name, ".") >= maxHops {
		return p
	}
	if f := target.field(target.TitleField); f != nil {
		return p.over(target, f)
	}
	return p
}

// towards returns the relation of c that leads to the target collection. An
// owner is preferred, then the first: a deal's rep is its owner.
func (s *schema) towards(c, target *collection) (path, bool) {
	var found []path
	for _, hop := range s.hops(c) {
		if s.target(c, hop.field) == target {
			found = append(found, hop)
		}
	}
	for _, hop := range found {
		if hop.field.Name == "owner_id" {
			return hop, true
		}
	}
	if len(found) == 0 {
		return path{}, false
	}
	return found[0], true
}
