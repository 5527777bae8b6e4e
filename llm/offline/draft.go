package offline

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// The collections that a letter is made of, as the CRM has them.
const (
	contactsName   = "contacts"
	dealsName      = "opportunities"
	activitiesName = "activities"
)

// The bounds of a draft: how many namesakes are shown, and how many activities are
// looked at.
const (
	maxNamesakes    = 5
	draftActivities = 3
)

var (
	draftAsk = regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+)?(?:please\s+)?(?:draft|write|compose|prepare)\s+(?:me\s+)?(?:an?\s+|the\s+)?(?:(?:short|brief|friendly)\s+)*` +
		`(?:follow[- ]?up(?:\s+(?:e-?mail|mail|message|letter|note))?|e-?mail|mail|message|letter)(?:\s+(?:to|for|about|on|with)\s+(.+?))?[\s.!?]*$`)
	draftScreen = regexp.MustCompile(`(?i)^(?:(?:this|the|that|my)\s+)?(?:(?:selected|open|current)\s+)?(?:contact|customer|deal|opportunity|person|them|him|her|it|one|this)$`)
	draftOf     = regexp.MustCompile(`(?i)^(.+?)\s+(?:of|at|from)\s+(.+)$`)
	draftKind   = regexp.MustCompile(`(?i)^(?:the\s+)?(contact|deal|opportunity)\s+(.+)$`)
)

// draftWish reads a wish for a letter, and to whom: "" is whoever is on the screen.
func draftWish(question string) (to string, ok bool) {
	if len(question) > maxQuestion {
		return "", false
	}
	m := draftAsk.FindStringSubmatch(question)
	if m == nil {
		return "", false
	}
	if to = strings.TrimSpace(m[1]); draftScreen.MatchString(to) {
		to = ""
	}
	return to, true
}

// drafter writes a letter from what the tools return.
type drafter struct {
	desk   *desk
	schema *schema
	screen *llm.Screen
	who    person
	in     *time.Location
}

// cells is one record.
type cells = map[string]any

// letter is what a draft is made of. The contact is never nil.
type letter struct {
	contact, deal cells // deal: nil for none
	activities    []cells
}

// lacking says what a draft lacks, to the person.
type lacking string

func (l lacking) Error() string { return string(l) }

func lackingf(format string, args ...any) error { return lacking(fmt.Sprintf(format, args...)) }

// draft answers a wish for a letter, or says what is lacking.
func (d *drafter) draft(to string) (string, error) {
	text, err := d.compose(to)
	var why lacking
	if errors.As(err, &why) {
		return string(why), nil
	}
	return text, err
}

func (d *drafter) compose(to string) (string, error) {
	if d.known(contactsName, "name") == nil {
		return "", lackingf("I cannot draft a letter: you may see no contacts through this AI employee, so there is nobody whom I could write to.")
	}
	l, err := d.addressee(to)
	if err != nil {
		return "", err
	}
	if l.deal == nil {
		if l.deal, err = d.openDeal(l.contact); err != nil {
			return "", err
		}
	}
	if l.activities, err = d.lastActivities(l); err != nil {
		return "", err
	}
	return d.write(l), nil
}

// known returns the collection of the main source, nil unless the actor knows it and
// the field.
func (d *drafter) known(collection, field string) *collection {
	for _, c := range d.schema.collections {
		if c.Name == collection && c.source() == "" && c.field(field) != nil {
			return c
		}
	}
	return nil
}

// fields returns those of the paths that the actor knows.
func (d *drafter) fields(c *collection, paths ...string) []string {
	var known []string
	for _, p := range paths {
		relation, name, hops := strings.Cut(p, ".")
		if !hops {
			if c.field(p) != nil {
				known = append(known, p)
			}
			continue
		}
		if f := c.field(relation + "_id"); f != nil {
			if target := d.schema.target(c, f); target != nil && target.field(name) != nil {
				known = append(known, p)
			}
		}
	}
	return known
}

func (d *drafter) find(c *collection, limit int, sort []string, filter any, paths ...string) ([]cells, error) {
	found, err := d.desk.query(queryCall{Collection: c.Name, Fields: d.fields(c, paths...), Filter: filter, Sort: sort, Limit: limit})
	if err != nil {
		return nil, err
	}
	return found.Records, nil
}

func (d *drafter) contacts(filter any, limit int) ([]cells, error) {
	return d.find(d.known(contactsName, "name"), limit, []string{"name"}, filter, "name", "email", "account.name")
}

func (d *drafter) deals(filter any, limit int) ([]cells, error) {
	c := d.known(dealsName, "name")
	if c == nil {
		return nil, nil
	}
	sort := []string{"name"}
	if c.field("engage_date") != nil {
		sort = []string{"-engage_date"}
	}
	return d.find(c, limit, sort, filter, "name", "stage", "next_step", "contact_id", "product.name", "account.name")
}

func equals(field string, value any) cells { return cells{field: cells{"$eq": value}} }

// addressee finds whom to write to, and the deal where that was pointed at.
func (d *drafter) addressee(to string) (*letter, error) {
	if to == "" {
		return d.onScreen()
	}
	kind := ""
	if m := draftKind.FindStringSubmatch(to); m != nil {
		kind, to = strings.ToLower(m[1]), m[2]
	}
	to = strings.Trim(to, `"'“”‘’ `)
	if kind != "deal" && kind != "opportunity" {
		found, err := d.namesakes(to)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			contact, err := chosen(found, to, "contacts")
			return &letter{contact: contact}, err
		}
	}
	if kind != "contact" {
		found, err := d.deals(cells{"name": cells{"$contains": to}}, maxNamesakes+1)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			deal, err := chosen(found, to, "deals")
			if err != nil {
				return nil, err
			}
			return d.contactOf(deal)
		}
	}
	return nil, lackingf("I found no contact and no deal called %s that you may see, so I did not write to anybody. Name a contact, or open one and ask again.", quote(to))
}

// namesakes returns the contacts of a name, of an address, or of a name "of" an
// account, whichever is found first.
func (d *drafter) namesakes(to string) ([]cells, error) {
	c := d.known(contactsName, "name")
	if strings.Contains(to, "@") && c.field("email") != nil {
		return d.contacts(equals("email", to), maxNamesakes+1)
	}
	found, err := d.contacts(cells{"name": cells{"$contains": to}}, maxNamesakes+1)
	m := draftOf.FindStringSubmatch(to)
	if err != nil || len(found) > 0 || m == nil || len(d.fields(c, "account.name")) == 0 {
		return found, err
	}
	return d.contacts(cells{"$and": []any{cells{"name": cells{"$contains": m[1]}}, cells{"account.name": cells{"$contains": m[2]}}}}, maxNamesakes+1)
}

// chosen returns the only record, or the only one of exactly the name.
func chosen(found []cells, name, noun string) (cells, error) {
	if len(found) == 1 {
		return found[0], nil
	}
	var exact []cells
	var names []string
	for i, r := range found {
		if strings.EqualFold(text(r["name"]), name) {
			exact = append(exact, r)
		}
		if i < maxNamesakes {
			words := quote(text(r["name"]))
			if account := text(r["account.name"]); account != "" {
				words += " of " + escape(account)
			}
			names = append(names, words)
		}
	}
	if len(exact) == 1 {
		return exact[0], nil
	}
	return nil, lackingf("Several %s fit %s: %s. Which one do you mean? Open its record and ask again, or name it whole, a contact also by the account: “… of Acme Corporation”.", noun, quote(name), strings.Join(names, ", "))
}

// onScreen is whoever is on the person's screen.
func (d *drafter) onScreen() (*letter, error) {
	s := d.screen
	if s == nil || s.Collection != contactsName && s.Collection != dealsName {
		return nil, lackingf("I lack a contact to write to: open a contact or an opportunity and ask there, or name one: “Draft a follow-up to Anna Snelling”.")
	}
	if len(s.Records) != 1 {
		return nil, lackingf("I draft one letter at a time: open or select one record and ask again, or name a contact.")
	}
	filter := equals(remit.IDField, s.Records[0])
	if s.Collection == contactsName {
		found, err := d.contacts(filter, 1)
		if err == nil && len(found) == 0 {
			err = lackingf("I lack a contact to write to: the one on your screen is not there any more, or you may not see it.")
		}
		if err != nil {
			return nil, err
		}
		return &letter{contact: found[0]}, nil
	}
	found, err := d.deals(filter, 1)
	if err == nil && len(found) == 0 {
		err = lackingf("I lack a contact to write to: the deal on your screen is not there any more, or you may not see it.")
	}
	if err != nil {
		return nil, err
	}
	return d.contactOf(found[0])
}

// contactOf returns the letter to the contact of a deal.
func (d *drafter) contactOf(deal cells) (*letter, error) {
	lacks := lackingf("I lack a contact to write to: the deal %s names none that you may see. Put a contact on the deal, or name one: “Draft a follow-up to Anna Snelling”.", quote(text(deal["name"])))
	id := text(deal["contact_id"])
	if id == "" {
		return nil, lacks
	}
	found, err := d.contacts(equals(remit.IDField, id), 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, lacks
	}
	return &letter{contact: found[0], deal: deal}, nil
}

// openDeal returns the contact's latest deal that is neither won nor lost, nil for
// none.
func (d *drafter) openDeal(contact cells) (cells, error) {
	c := d.known(dealsName, "contact_id")
	if c == nil {
		return nil, nil
	}
	filter := equals("contact_id", contact[remit.IDField])
	if o := c.outcome(); o != nil {
		filter = cells{"$and": []any{filter, cells{o.field.Name: cells{"$notIn": []string{o.won, o.lost}}}}}
	}
	found, err := d.deals(filter, 1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// lastActivities returns what was last done with the contact or for the deal.
func (d *drafter) lastActivities(l *letter) ([]cells, error) {
	c := d.known(activitiesName, "kind")
	if c == nil || c.time() == nil {
		return nil, nil
	}
	var of []any
	if c.field("contact_id") != nil {
		of = append(of, equals("contact_id", l.contact[remit.IDField]))
	}
	if l.deal != nil && c.field("opportunity_id") != nil {
		of = append(of, equals("opportunity_id", l.deal[remit.IDField]))
	}
	if len(of) == 0 {
		return nil, nil
	}
	filter := cells{"$or": of}
	if f := c.field("status"); f != nil && f.option("done") != "" {
		filter = cells{"$and": []any{filter, equals("status", f.option("done"))}}
	}
	records, err := d.find(c, draftActivities, []string{"-" + c.TimeField}, filter, "subject", "kind", c.TimeField)
	for _, r := range records {
		r[whenColumn] = r[c.TimeField]
	}
	return records, err
}

// whenColumn holds when an activity was, whatever the time field is called.
const whenColumn = "_when"

// day is when an activity was, as a date; "" where that is hidden.
func (d *drafter) day(activity cells) string {
	value := text(activity[whenColumn])
	if t, err := time.Parse(time.RFC3339Nano, value); err == nil {
		return t.In(d.in).Format(remit.DateLayout)
	}
	if _, err := time.Parse(remit.DateLayout, value); err == nil {
		return value
	}
	return ""
}
