package audit

import (
	"fmt"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit/sketch"
)

// Entry is one thing that was done, or refused, for an actor. Everything but
// Details becomes part of the log for ever, so it holds ids and names, never
// values of customer data; Details may hold such values and can be erased.
type Entry struct {
	ID          remit.ID  // made by the log where empty
	Time        time.Time // when it was done, cut to microseconds; the log's clock where zero
	Actor       remit.Actor
	Operation   Operation
	Source      string            // data source; "" where none is concerned
	Collection  string            // "" where none or several are concerned
	Fields      []string          // names or paths of the fields that were released, changed or asked for
	Sensitivity remit.Sensitivity // the highest of Fields; Untagged where there are none
	Rows        int64             // records released, changed or aggregated over
	Records     []remit.ID        // which; more than MaxRecords of them are kept as a sketch only
	Sketch      *sketch.Sketch    // in place of Records, for results that are streamed
	Decision    Decision
	Reason      string        // code of why it was refused or failed, e.g. "no_grant"; "" otherwise
	Epoch       int64         // the policy epoch under which it was decided
	Duration    time.Duration // from the request to the decision, cut to microseconds
	Details     any           // filter, statement, question …: anything that encodes as JSON; nil for none
}

// The bounds on entries.
const (
	MaxRecords = 100     // ids in an entry; beyond it a sketch
	MaxFields  = 1000    // field names in an entry
	MaxText    = 256     // bytes of a name; longer ones are cut
	MaxDetails = 1 << 20 // bytes of the details' JSON
)

// Operation names what was done. Packages that do other things define their own
// names: dotted, lower case, e.g. "policy.apply".
type Operation string

// The operations of the lens, and the log's own.
const (
	OpQuery     Operation = "query"
	OpGet       Operation = "get"
	OpCount     Operation = "count"
	OpAggregate Operation = "aggregate"
	OpSearch    Operation = "search"
	OpSQL       Operation = "sql"
	OpExport    Operation = "export"
	OpDescribe  Operation = "describe"
	OpCreate    Operation = "create"
	OpUpdate    Operation = "update"
	OpDelete    Operation = "delete"
	OpErase     Operation = "audit.erase"  // details of the entries in Records were destroyed
	OpOutbox    Operation = "audit.outbox" // an entry of a write was altered before it reached the log
)

// Decision is how an entry's operation ended. Its numbers are part of the log's
// permanent format. The zero value is no decision, and is not logged.
type Decision uint8

// The decisions.
const (
	Allowed Decision = iota + 1 // done
	Refused                     // the policy said no
	Failed                      // allowed, but not done: a fault, a limit, a conflict
)

var decisionNames = [...]string{"", "allowed", "refused", "failed"}

// String returns the decision's name.
func (d Decision) String() string {
	if int(d) >= len(decisionNames) {
		return fmt.Sprintf("decision(%d)", uint8(d))
	}
	return decisionNames[d]
}

// ParseDecision returns the decision called name.
func ParseDecision(name string) (Decision, error) {
	for i, known := range decisionNames {
		if i > 0 && name == known {
			return Decision(i), nil
		}
	}
	return 0, remit.Errorf(remit.KindInvalid, "unknown decision %q: use allowed, refused or failed", name)
}
