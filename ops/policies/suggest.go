package policies

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/remit-crm/remit"
)

// Suggestion is a field that is tagged lower than its name lets expect.
type Suggestion struct {
	Source      string            `json:"data_source"`
	Collection  string            `json:"collection"`
	Field       string            `json:"field"`
	Title       string            `json:"title"`
	Sensitivity remit.Sensitivity `json:"sensitivity" doc:"As it is; empty is untagged, which counts as restricted."`
	Personal    bool              `json:"personal"`
	Suggested   Tags              `json:"suggested"`
	Reason      string            `json:"reason"`
}

// Tags is what is suggested for a field.
type Tags struct {
	Sensitivity remit.Sensitivity `json:"sensitivity"`
	Personal    bool              `json:"personal"`
}

// Topic is a kind of data with the words by which it is recognised, English and
// German, in lower case.
type Topic struct {
	Name  string
	Tags  Tags
	Words []string
	// Parts are recognised inside longer words too, as German joins them.
	Parts []string
}

// Topics are the kinds of data that fields are searched for, the most sensitive
// first. docs/field-suggestions.md lists them for people.
var Topics = []Topic{
	{
		"a secret",
		Tags{remit.Restricted, false},
		[]string{"password", "passphrase", "secret", "token", "pin", "apikey", "credential", "credentials"},
		[]string{"passwort", "kennwort", "geheim", "zugangsdaten"},
	},
	{
		"an official or bank number",
		Tags{remit.Restricted, true},
		[]string{"iban", "bic", "ssn", "passport", "bank", "creditcard", "card", "vatid"},
		[]string{"kontonummer", "bankverbindung", "kreditkarte", "ausweis", "sozialversicherung", "steuernummer", "steuerid", "reisepass"},
	},
	{
		"health, belief or origin",
		Tags{remit.Restricted, true},
		[]string{"health", "disability", "religion", "ethnicity", "diagnosis", "union"},
		[]string{"gesundheit", "behinderung", "konfession", "krankheit", "gewerkschaft", "herkunft"},
	},
	{
		"pay",
		Tags{remit.Restricted, true},
		[]string{"salary", "wage", "wages", "compensation", "bonus", "payroll"},
		[]string{"gehalt", "lohn", "vergütung", "verguetung", "prämie", "praemie"},
	},
	{
		"personal",
		Tags{remit.Confidential, true},
		[]string{"email", "mail", "phone", "mobile", "fax", "birthday", "birth", "birthdate", "dob", "gender", "nationality", "address", "street", "firstname", "lastname", "surname"},
		[]string{"telefon", "mobilnummer", "handy", "geburt", "geschlecht", "vorname", "nachname", "anschrift", "strasse", "straße", "privatadresse", "staatsangehörigkeit"},
	},
	{
		"financial",
		Tags{remit.Confidential, false},
		[]string{"revenue", "profit", "margin", "cost", "costs", "discount", "budget", "price", "turnover", "credit", "debt", "invoice"},
		[]string{"umsatz", "gewinn", "marge", "kosten", "rabatt", "preis", "bonität", "bonitaet", "schulden", "rechnungsbetrag"},
	},
}

// Suggestions returns the fields that look more sensitive than they are tagged,
// with the reason. An untagged field counts as restricted, and is suggested so that
// somebody decides.
func (p *Policies) Suggestions(ctx context.Context, actor remit.Actor) ([]Suggestion, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	found := []Suggestion{}
	for _, c := range standing.Policy.Model().Collections {
		for i := range c.Fields {
			if s, ok := suggest(c, &c.Fields[i]); ok {
				found = append(found, s)
			}
		}
	}
	return found, nil
}

func suggest(c *remit.Collection, f *remit.Field) (Suggestion, bool) {
	s := Suggestion{
		Source: c.Source, Collection: c.Name, Field: f.Name, Title: f.Title, Sensitivity: f.Sensitivity, Personal: f.Personal,
	}
	topic, word := topicOf(f)
	switch {
	case topic != nil:
		s.Suggested = topic.Tags
		s.Suggested.Personal = topic.Tags.Personal || f.Personal
		s.Reason = fmt.Sprintf("%q looks like %s", word, topic.Name)
		if topic.Name == "personal" || topic.Name == "financial" {
			s.Reason = fmt.Sprintf("%q looks %s", word, topic.Name)
		}
		if f.Sensitivity != remit.Untagged {
			s.Suggested.Sensitivity = max(topic.Tags.Sensitivity, f.Sensitivity)
		}
		return s, f.Sensitivity < topic.Tags.Sensitivity || (topic.Tags.Personal && !f.Personal)
	case f.Sensitivity == remit.Untagged:
		s.Suggested, s.Reason = Tags{remit.Restricted, f.Personal}, "the field has no tag: until somebody decides, it counts as restricted"
		return s, true
	}
	return s, false
}

// topicOf returns the first topic that the field's format, name or title is about,
// and the word that says so.
func topicOf(f *remit.Field) (topic *Topic, word string) {
	if f.Type == remit.Relation || f.Type == remit.Boolean {
		return nil, "" // who or whether, and not what
	}
	words := append(wordsOf(f.Format), slices.Concat(wordsOf(f.Name), wordsOf(f.Title))...)
	for i := range Topics {
		for _, w := range words {
			if Topics[i].means(w) {
				return &Topics[i], w
			}
		}
	}
	return nil, ""
}

func (t *Topic) means(word string) bool {
	return slices.Contains(t.Words, word) || slices.ContainsFunc(t.Parts, func(part string) bool { return strings.Contains(word, part) })
}

// wordsOf returns the words of a text in lower case, and the text as one word
// without what parts it: "E-Mail" is "e", "mail" and "email".
func wordsOf(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) > 1 {
		words = append(words, strings.Join(words, ""))
	}
	return words
}
