// Package policystore keeps what is allowed: the policy document, the attributes
// that people may have, the settings of the installation, and the model services
// that may be handed something, with what was used of them.
//
// Whatever changes one of them raises the policy's epoch in the same
// transaction. A [Store] keeps the compiled policy until the epoch moves, so
// every server sees every change with its next look at the epoch, which the lens
// takes after each query (DESIGN law 8).
//
// A change that would leave a policy that does not compile is refused whole. The
// package records changes but judges none of them: whether an actor may manage
// the policy is for the caller to ask.
package policystore

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/change"
	"github.com/remit-crm/remit/data/internal/model"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Store is the policy of one database. It is safe for concurrent use.
type Store struct {
	db      *sqldb.DB
	writer  change.Writer
	current atomic.Pointer[policy.Policy]
	loading sync.Mutex // one compiles, the others wait for it

	secret [32]byte  // seals the keys of model services
	random io.Reader // nil: no keys can be stored
}

// New returns the store of db. The clock times what is recorded.
func New(db *sqldb.DB, clock func() time.Time) *Store {
	return &Store{db: db, writer: change.Writer{DB: db, Clock: clock}}
}

// RecordTo has every later change recorded in the log. Call it before the store
// is shared.
func (s *Store) RecordTo(log change.Log) { s.writer.Log = log }

// Epoch returns the epoch that the database has now.
func (s *Store) Epoch(ctx context.Context) (int64, error) { return readEpoch(ctx, s.db) }

// Current returns the policy without a look at the database, unless this store
// has not loaded any yet. Whoever decides by it compares its epoch with the gate
// after the data has been read, and calls [Store.Load] if it has moved.
func (s *Store) Current(ctx context.Context) (*policy.Policy, error) {
	if p := s.current.Load(); p != nil {
		return p, nil
	}
	return s.Load(ctx)
}

// Load returns the policy of the database's epoch. Unless the epoch has moved
// that costs one small query.
func (s *Store) Load(ctx context.Context) (*policy.Policy, error) {
	if p, err := s.ifCurrent(ctx); p != nil || err != nil {
		return p, err
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if p, err := s.ifCurrent(ctx); p != nil || err != nil {
		return p, err
	}
	var p *policy.Policy
	err := s.db.Read(ctx, func(tx sqldb.Tx) (err error) {
		p, err = compileStored(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.current.Store(p)
	return p, nil
}

// ifCurrent returns the cached policy if it is the database's, else nil.
func (s *Store) ifCurrent(ctx context.Context) (*policy.Policy, error) {
	epoch, err := s.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	if p := s.current.Load(); p != nil && p.Epoch == epoch {
		return p, nil
	}
	return nil, nil
}

// compileStored reads and compiles what the tables hold at one moment, with the
// epoch of that moment.
func compileStored(ctx context.Context, q querier) (*policy.Policy, error) {
	epoch, err := readEpoch(ctx, q)
	if err != nil {
		return nil, err
	}
	p, err := compileFrom(ctx, q)
	if err != nil {
		return nil, unusable(err)
	}
	p.Epoch = epoch
	return p, nil
}

// unusable hides what is wrong with a stored policy from callers, who may not
// know it; the log gets it.
func unusable(err error) error {
	if kind := remit.KindOf(err); kind == remit.KindUnavailable || kind == remit.KindCanceled {
		return err
	}
	return &remit.Error{Kind: remit.KindInternal, Message: "the stored policy cannot be used", Cause: err}
}

// querier is the database, or a transaction of it.
type querier = model.Querier

func compileFrom(ctx context.Context, q querier) (*policy.Policy, error) {
	doc, err := readDocument(ctx, q)
	if err != nil {
		return nil, err
	}
	return compileDocument(ctx, q, doc)
}

// compileDocument compiles a document against the stored model and attributes.
func compileDocument(ctx context.Context, q querier, doc *policy.Document) (*policy.Policy, error) {
	m, err := model.Load(ctx, q)
	if err != nil {
		return nil, err
	}
	attributes, err := readAttributes(ctx, q)
	if err != nil {
		return nil, err
	}
	return policy.Compile(doc, m, attributes)
}

func readEpoch(ctx context.Context, q querier) (epoch int64, err error) {
	err = q.Query(ctx, sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		epoch = r.Int(0)
		return nil
	})
	return epoch, err
}

// Change runs fn, which changes something that the policy is compiled from, in a
// transaction that raises the epoch and is recorded. If the stored policy does
// not compile afterwards, nothing is changed. Fn has no effect but through its
// transaction, and no other change to the policy happens until it ends.
func (s *Store) Change(ctx context.Context, by remit.Actor, op audit.Operation, fn func(sqldb.Tx, *audit.Entry) error) error {
	return s.change(ctx, by, op, func(tx sqldb.Tx, e *audit.Entry) (*made, error) {
		if err := fn(tx, e); err != nil {
			return nil, err
		}
		return asMade(compileFrom(ctx, tx))
	})
}

// made is what a change leaves: the policy that holds then, and what the audit
// keeps of the change beside or in place of its entry's own details.
type made struct {
	policy *policy.Policy
	parts  []any
}

func asMade(p *policy.Policy, err error) (*made, error) { return &made{policy: p}, err }

// change runs fn under a new epoch, and keeps the policy that it returns once
// that is committed.
func (s *Store) change(ctx context.Context, by remit.Actor, op audit.Operation, fn func(sqldb.Tx, *audit.Entry) (*made, error)) error {
	entry := audit.Entry{Actor: by, Operation: op, Source: remit.MainSource}
	var after *policy.Policy
	err := s.writer.WriteParts(ctx, entry, func(tx sqldb.Tx, e *audit.Entry) ([]any, error) {
		after = nil
		epoch, err := raiseEpoch(ctx, tx)
		if err != nil {
			return nil, err
		}
		m, err := fn(tx, e)
		if err != nil {
			return nil, err
		}
		m.policy.Epoch = epoch
		after = m.policy
		return m.parts, nil
	})
	if err == nil {
		s.current.Store(after)
	}
	return err
}

// raiseEpoch counts the change, and makes every other change wait until this
// one's transaction ends.
func raiseEpoch(ctx context.Context, tx sqldb.Tx) (int64, error) {
	if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE policy_epoch SET epoch = epoch + 1"}); err != nil {
		return 0, err
	}
	return readEpoch(ctx, tx)
}
