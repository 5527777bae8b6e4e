package tool

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// outcome says by which options of an enum a record has ended, and how. All its other
// options are those of open records; a record whose option is empty or hidden is
// neither, since nobody who asks can know how it stands.
type outcome struct {
	Field string   `json:"field"`
	Won   []string `json:"won"`
	Lost  []string `json:"lost"`
}

// endings are what collections call the two ways to end. A caller may name others.
var endings = []struct{ won, lost []string }{
	{[]string{"won", "closed won"}, []string{"lost", "closed lost"}},
	{[]string{"accepted", "signed"}, []string{"rejected", "declined", "expired"}},
	{[]string{"converted"}, []string{"unqualified", "disqualified"}},
}

// outcomeOf finds the outcome of a collection, or checks the one that is asked for.
func outcomeOf(c *lens.CollectionInfo, asked *outcome) (outcome, error) {
	if asked != nil {
		return *asked, asked.check(c)
	}
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Type == remit.Enum {
			for _, e := range endings {
				o := outcome{f.Name, optionsOf(f, e.won), optionsOf(f, e.lost)}
				if len(o.Won) > 0 && len(o.Lost) > 0 {
					return o, nil
				}
			}
		}
	}
	return outcome{}, remit.FieldErrorf("outcome", "no field of %s has options that tell how a record ended: give outcome, e.g. %s", c.Name, outcomeExample)
}

const outcomeExample = `{"field": "status", "won": ["done"], "lost": ["canceled"]}`

// optionsOf returns the options of a field that read as one of the phrases.
func optionsOf(f *lens.FieldInfo, phrases []string) []string {
	var found []string
	for _, option := range f.Options {
		words := strings.FieldsFunc(strings.ToLower(option), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		if slices.Contains(phrases, strings.Join(words, " ")) {
			found = append(found, option)
		}
	}
	return found
}

func (o *outcome) check(c *lens.CollectionInfo) error {
	f := fieldOf(c, o.Field)
	switch {
	case f == nil || f.Type != remit.Enum:
		return remit.FieldErrorf("outcome.field", "is no enum of %s that you may see", c.Name)
	case len(o.Won) == 0:
		return remit.FieldErrorf("outcome.won", "is missing: name the options of records that ended well")
	case len(o.Lost) == 0:
		return remit.FieldErrorf("outcome.lost", "is missing: name the options of records that ended otherwise")
	}
	for name, options := range map[string][]string{"outcome.won": o.Won, "outcome.lost": o.Lost} {
		for _, option := range options {
			if !slices.Contains(f.Options, option) {
				err := remit.FieldErrorf(name, "%q is no option of %s", clip(option), f.Name)
				err.Hint = remit.DidYouMean(option, f.Options)
				return err
			}
			if name == "outcome.lost" && slices.Contains(o.Won, option) {
				return remit.FieldErrorf(name, "%q cannot be both won and lost", clip(option))
			}
		}
	}
	return nil
}

func fieldOf(c *lens.CollectionInfo, name string) *lens.FieldInfo {
	if i := slices.IndexFunc(c.Fields, func(f lens.FieldInfo) bool { return f.Name == name }); i >= 0 {
		return &c.Fields[i]
	}
	return nil
}

// filter is one in the dollar form, or a part of it.
type filter map[string]any

func (o *outcome) decided() filter {
	return filter{o.Field: filter{"$in": slices.Concat(o.Won, o.Lost)}}
}

func (o *outcome) open() filter {
	return filter{"$and": []filter{{o.Field: filter{"$notEmpty": true}}, {o.Field: filter{"$notIn": slices.Concat(o.Won, o.Lost)}}}}
}

// and adds a caller's filter, as it came.
func (f filter) and(theirs json.RawMessage) (json.RawMessage, error) {
	if len(theirs) == 0 || string(theirs) == "null" {
		return json.Marshal(f)
	}
	return json.Marshal(map[string]any{"$and": []any{f, theirs}})
}
