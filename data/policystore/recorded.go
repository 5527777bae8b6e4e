package policystore

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// The bounds on what the audit keeps of one change, so that any change fits, and
// of the changes that go into one entry.
const (
	mostText  = 32 << 10 // bytes of what stood there before, of what stands there now, of the sentence
	mostNames = 200      // of roles and of AI employees that are concerned
	mostPart  = audit.MaxDetails / 2
)

// part is the details of one of the entries that record an applied policy: all
// changes are recorded, in as many entries as it takes.
type part struct {
	Part    int               `json:"part"` // from 1 on
	Parts   int               `json:"parts"`
	Changes []json.RawMessage `json:"changes"`
}

// recordChanges returns the details of the entries that record the changes.
func recordChanges(changes []policy.Change) ([]any, error) {
	parts, size := []*part{{Part: 1}}, 0
	for _, c := range changes {
		text, err := json.Marshal(recordChange(c))
		if err != nil {
			return nil, err
		}
		last := parts[len(parts)-1]
		if size += len(text) + 1; size > mostPart && len(last.Changes) > 0 {
			last, size = &part{Part: len(parts) + 1}, len(text)+1
			parts = append(parts, last)
		}
		last.Changes = append(last.Changes, text)
	}
	details := make([]any, len(parts))
	for i, p := range parts {
		p.Parts = len(parts)
		details[i] = p
	}
	return details, nil
}

// recordedChange is a change as the audit keeps it.
type recordedChange struct {
	policy.Change
	MoreRoles     int `json:"more_roles,omitempty"` // concerned and not named
	MoreEmployees int `json:"more_employees,omitempty"`
}

func recordChange(c policy.Change) recordedChange {
	r := recordedChange{Change: c}
	r.Before, r.After, r.Text = cut(c.Before), cut(c.After), cut(c.Text)
	if r.MoreRoles = len(c.Roles) - mostNames; r.MoreRoles > 0 {
		r.Roles = c.Roles[:mostNames]
	}
	if r.MoreEmployees = len(c.Employees) - mostNames; r.MoreEmployees > 0 {
		r.Employees = c.Employees[:mostNames]
	}
	r.MoreRoles, r.MoreEmployees = max(0, r.MoreRoles), max(0, r.MoreEmployees)
	return r
}

// cut shortens a text. Its digest stays, so that it can be told from any other.
func cut(text string) string {
	if len(text) <= mostText {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes, SHA-256 %x)", strings.ToValidUTF8(text[:mostText], ""), len(text), sha256.Sum256([]byte(text)))
}
