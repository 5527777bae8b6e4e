package derived

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/change"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
)

// Store keeps conversations. It is safe for concurrent use.
type Store struct {
	db     *sqldb.DB
	writer change.Writer
	ids    *remit.IDSource
	clock  func() time.Time
	random io.Reader
	master [32]byte
}

// New returns the store of db. Changes are recorded in the log.
func New(db *sqldb.DB, log change.Log, ring *keys.Ring, random io.Reader, clock func() time.Time) *Store {
	return &Store{
		db: db, writer: change.Writer{DB: db, Log: log, Clock: clock}, ids: remit.NewIDSource(random),
		clock: clock, random: random, master: ring.Derive(keys.Conversation),
	}
}

// The operations on conversations in the audit log.
const (
	OpCreate audit.Operation = "conversation.create"
	OpAsk    audit.Operation = "conversation.ask"
	OpRename audit.Operation = "conversation.rename"
	OpDelete audit.Operation = "conversation.delete"
	OpShare  audit.Operation = "conversation.share"
	OpRate   audit.Operation = "conversation.rate"
	OpStop   audit.Operation = "conversation.stop"
)

// The bounds on what is kept.
const (
	MaxConversations = 2000 // of one person
	MaxTurns         = 200  // of one conversation, earlier attempts included
	MaxShares        = 100  // people that one conversation is shared with
	MaxTitle         = 200  // bytes
	MaxComment       = 2000 // bytes of a rating's comment
)

// Conversation is a talk of one person with one AI employee.
type Conversation struct {
	ID       remit.ID
	Owner    remit.ID
	Employee string
	Task     string
	Title    string // "" before the first question
	Created  time.Time
	Changed  time.Time

	box *box
}

// Turn is a question with what became of it.
type Turn struct {
	ID       remit.ID
	Position int
	RetryOf  remit.ID // the first attempt at the same question; "" for that itself
	Running  bool
	Ended    string // why it ended; "" while it runs
	Started  time.Time
	EndedAt  time.Time // zero while it runs
	Said
	Calls   []Call
	Rating  string // "up", "down" or ""
	Comment string
}

// Interrupted is the end of a run that lost its server.
const Interrupted = "interrupted"

// Said is the part of a turn that is sealed.
type Said struct {
	Question    string          `json:"question"`
	Context     json.RawMessage `json:"context,omitempty"` // what was on the person's screen
	History     []remit.ID      `json:"history,omitempty"` // the turns that the model was given: their labels are this one's too
	Answer      string          `json:"answer,omitempty"`
	Message     string          `json:"message,omitempty"`
	Charts      json.RawMessage `json:"charts,omitempty"`
	FollowUps   []string        `json:"follow_ups,omitempty"`
	Unsupported []string        `json:"unsupported,omitempty"`
	Service     string          `json:"service,omitempty"`
	Model       string          `json:"model,omitempty"`
	Offline     bool            `json:"offline,omitempty"`
	Usage       json.RawMessage `json:"usage,omitempty"`
}

// Call is a tool call of a turn with its result.
type Call struct {
	Position int             `json:"-"` // from 0
	Tool     string          `json:"tool"`
	Body     json.RawMessage `json:"body"`
	Lineage  *lens.Lineage   `json:"-"` // nil: nobody knows where it came from
}

// Event is something that happened during a run. A call's result is not repeated
// in it.
type Event struct {
	Position int    // from 1: the id of the server-sent event
	Name     string // as package agent names it
	Calls    int    // how many calls had ended, this one included
	Body     json.RawMessage
}

func errNone() error {
	return remit.Errorf(remit.KindNotFound, "there is no such conversation")
}

func micros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// querier is the database, or a transaction of it.
type querier interface {
	Query(ctx context.Context, s sqldb.Stmt, each func(sqldb.Row) error) error
}

// one runs a statement of one row.
func one(ctx context.Context, q querier, text string, args []any, read func(sqldb.Row) error,
) (found bool, err error) {
	err = q.Query(ctx, sqldb.Stmt{SQL: text, Args: args}, func(row sqldb.Row) error {
		found = true
		return read(row)
	})
	return found, err
}
