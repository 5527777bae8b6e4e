package offline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// markWords are how people ask that those of a list be marked whose company is an
// account already.
var markWords = regexp.MustCompile(`(?i)[,\s]*\b(?:and\s+)?(?:mark|marking|flag|flagging)\s+(?:(?:existing|known)\s+(?:accounts|customers)|those\s+(?:whose\s+company\s+is\s+(?:an?\s+)?(?:account|customer)|that\s+are\s+(?:accounts|customers))\s+already)\s*[.!?]*\s*$`)

// markWishes takes the words that ask for marks out of the questions, and reports
// whether the last one asks.
func markWishes(questions []string) (rest []string, asked bool) {
	for _, q := range questions {
		bare := markWords.ReplaceAllString(q, "")
		asked = bare != q
		rest = append(rest, bare)
	}
	return rest, asked
}

// maxMarks bounds the companies that are looked up for one list, in one call.
const maxMarks = 20

const companyField, accountsName, nameField = "company", "accounts", "name"

// marking looks up which records of a list name a company that is an account.
type marking struct {
	accounts *collection
	found    map[string]bool // folded names of accounts; nil until looked up
	more     bool            // there were more companies than are looked up
}

// marking returns nil where marks are not asked for, or cannot be made of such a
// list.
func (c *conversation) marking(q *query) *marking {
	f := q.of.field(companyField)
	if !c.marks || f == nil || f.Type != remit.Text {
		return nil
	}
	for _, known := range c.index.schema.collections {
		if known.Name == accountsName && known.source() == q.of.source() && known.field(nameField) != nil {
			c.marked = true
			return &marking{accounts: known}
		}
	}
	return nil
}

// lookUp finds the accounts of the companies on the list: whatever contains a
// company's name, of which those count that are it but for case.
func (m *marking) lookUp(d *desk, result *queryResult) error {
	var names []any
	seen := map[string]bool{}
	for _, r := range result.Records {
		company := strings.TrimSpace(text(r[companyField]))
		if company == "" || seen[strings.ToLower(company)] {
			continue
		}
		if len(names) == maxMarks {
			m.more = true
			break
		}
		seen[strings.ToLower(company)] = true
		names = append(names, cells{nameField: cells{"$contains": company}})
	}
	m.found = map[string]bool{}
	if len(names) == 0 {
		return nil
	}
	accounts, err := d.query(queryCall{Source: m.accounts.source(), Collection: m.accounts.Name, Fields: []string{nameField}, Filter: cells{"$or": names}, Sort: []string{nameField}, Limit: 2 * maxMarks})
	if err != nil {
		return err
	}
	m.more = m.more || accounts.NextCursor != ""
	for _, a := range accounts.Records {
		m.found[strings.ToLower(strings.TrimSpace(text(a[nameField])))] = true
	}
	return nil
}

// cell is the mark of one record.
func (m *marking) cell(record cells) string {
	if m.found[strings.ToLower(strings.TrimSpace(text(record[companyField])))] {
		return "yes"
	}
	return ""
}

// words say what the marks mean.
func (m *marking) words() string {
	said := "*Account already*: there is an account of the company's name that you may see."
	if m.more {
		said += fmt.Sprintf(" There are too many companies or accounts to look at all of them: at most %d companies are looked up, so a lead without a mark may have an account.", maxMarks)
	}
	return said
}

// unmarked is the remark where marks were asked for and could not be made.
func (c *conversation) unmarked() string {
	if !c.marks || c.marked {
		return ""
	}
	return "I marked no accounts: I can do so only in a list of records that name a company, where you may see accounts."
}

// withCompany adds the company to the fields that are asked for.
func withCompany(fields []string) []string {
	if slices.Contains(fields, companyField) {
		return fields
	}
	return append(fields, companyField)
}
