package lens

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
)

// MaxBulk bounds the records of one bulk change.
const MaxBulk = 1000

// BulkChange asks for the same change of many records of one collection.
type BulkChange struct {
	Source     string
	Collection string
	IDs        []remit.ID
	Versions   map[remit.ID]string        // as in Change, of some or all
	Values     map[string]json.RawMessage // as in Change; none where Delete is set
	Delete     bool
}

// BulkResult tells what a bulk change did.
type BulkResult struct {
	Changed   int `json:"changed"`   // also: deleted
	Unchanged int `json:"unchanged"` // held the values already
}

// BulkError is why a bulk change was refused as a whole, record by record.
type BulkError struct {
	Problems []RecordProblem
	whole    *remit.Error
}

// RecordProblem is what stands against a change of one record.
type RecordProblem struct {
	ID  remit.ID
	Err error // a *remit.Error
}

// Error implements error.
func (e *BulkError) Error() string { return e.whole.Error() }

// Unwrap returns the error of the whole, of the kind of the first problem.
func (e *BulkError) Unwrap() error { return e.whole }

// Bulk changes or deletes all of the records or none, each checked as by Update or
// Delete. It is for people: an AI employee is refused. If records have problems, the
// error is a [BulkError] that names each of them.
func (l *Lens) Bulk(ctx context.Context, actor remit.Actor, c BulkChange) (*BulkResult, error) {
	op := audit.OpUpdate
	if c.Delete {
		op = audit.OpDelete
	}
	e := &audit.Entry{Operation: op, Source: c.Source, Collection: c.Collection, Details: map[string]any{"bulk": len(c.IDs), "values": c.Values}}
	var result *BulkResult
	err := l.governWrite(ctx, actor, e, func(s *session) (err error) {
		if actor.AI() {
			return remit.Errorf(remit.KindDenied, "an AI employee may not change records in bulk: ask the person to do it")
		}
		if err := c.check(); err != nil {
			return err
		}
		result, err = s.bulk(ctx, c, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (c *BulkChange) check() error {
	switch {
	case len(c.IDs) == 0:
		return remit.FieldErrorf("ids", "name the records to change")
	case len(c.IDs) > MaxBulk:
		return remit.FieldErrorf("ids", "%d records are named; at most %d are changed at once", len(c.IDs), MaxBulk)
	case c.Delete && len(c.Values) > 0:
		return remit.FieldErrorf("delete", "delete the records or set values, not both")
	case !c.Delete && len(c.Values) == 0:
		return remit.FieldErrorf("values", "say what to set, or delete")
	}
	seen := make(map[remit.ID]bool, len(c.IDs))
	for i, id := range c.IDs {
		if seen[id] {
			return remit.FieldErrorf("ids["+strconv.Itoa(i)+"]", "the record is named twice")
		}
		seen[id] = true
	}
	for id := range c.Versions {
		if !seen[id] {
			return remit.FieldErrorf("versions", "has a version of a record that is not among the ids")
		}
	}
	return nil
}

// bulk carries the change out. Records are taken in the order of their ids, so that
// two bulk changes never wait for each other; what is wrong is told in the order in
// which they were named.
func (s *session) bulk(ctx context.Context, c BulkChange, e *audit.Entry) (*BulkResult, error) {
	s.known = map[linkKey]bool{}
	result, failed := &BulkResult{}, map[remit.ID]error{}
	for _, id := range slices.Sorted(slices.Values(c.IDs)) {
		var one audit.Entry
		err := s.bulkOne(ctx, c, id, &one)
		switch {
		case lost(err):
			return nil, err
		case err != nil:
			failed[id] = err
		case one.Rows == 0:
			result.Unchanged++
		default:
			result.Changed++
			e.Records = append(e.Records, id)
			e.Sensitivity = max(e.Sensitivity, one.Sensitivity)
		}
	}
	if len(failed) > 0 {
		return nil, bulkError(c.IDs, failed)
	}
	e.Rows = int64(result.Changed)
	e.Fields = slices.Sorted(maps.Keys(c.Values))
	return result, nil
}

func (s *session) bulkOne(ctx context.Context, c BulkChange, id remit.ID, e *audit.Entry) error {
	if c.Delete {
		return s.remove(ctx, Removal{Source: c.Source, Collection: c.Collection, ID: id, Version: c.Versions[id]}, e)
	}
	_, err := s.alter(ctx, Change{Source: c.Source, Collection: c.Collection, ID: id, Version: c.Versions[id], Values: c.Values}, e)
	return err
}

func bulkError(ids []remit.ID, failed map[remit.ID]error) error {
	e := &BulkError{}
	for _, id := range ids {
		if err := failed[id]; err != nil {
			e.Problems = append(e.Problems, RecordProblem{id, err})
		}
	}
	e.whole = remit.Errorf(remit.KindOf(e.Problems[0].Err), "nothing was changed: %d of %d records cannot be", len(failed), len(ids))
	var first *remit.Error
	if errors.As(e.Problems[0].Err, &first) && len(failed) == len(ids) {
		e.whole.Message += ": " + first.Message
		e.whole.Field, e.whole.Hint = first.Field, first.Hint
	}
	return e
}
