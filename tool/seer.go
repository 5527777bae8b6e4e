package tool

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/predict"
)

// The bounds of one prediction.
const (
	maxDecided = 4000             // decided records that are learned from: the latest
	maxOpen    = 2000             // open records that are scored
	maxPages   = 40               // reads of each, where few rows a call are allowed
	maxSeeing  = 20 * time.Second // all of it
	maxFits    = 2                // at once, in this process
)

// seer makes predictions. Everything it learns from is read through the lens for the
// actor, and nothing is kept: the next one asks anew.
type seer struct {
	data   Data
	fits   chan struct{} // holds one for each fit under way
	within time.Duration // all of a prediction
}

func newSeer(data Data) seer {
	return seer{data: data, fits: make(chan struct{}, maxFits), within: maxSeeing}
}

// lesson is what was learned of a collection, and the open records that it is of use
// for.
type lesson struct {
	info    *lens.CollectionInfo
	outcome outcome
	traits  []trait
	decided sample
	open    sample
	model   *predict.Model
	decline *predict.Decline // set where there is no model
}

// sample is the records that were read of all that match.
type sample struct {
	rows  []row
	total int64
}

// bounded runs a prediction within its time.
func (s seer) bounded(ctx context.Context, do func(context.Context) (*Result, error)) (*Result, error) {
	timed, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	result, err := do(timed)
	switch {
	case err == nil:
		return result, nil
	case ctx.Err() != nil:
		return nil, &remit.Error{Kind: remit.KindCanceled, Message: "stopped", Cause: err}
	case timed.Err() != nil:
		return nil, &remit.Error{Kind: remit.KindLimited, Message: "the prediction took too long: try again later", Cause: err}
	}
	return nil, err
}

// learn reads decided and open records and fits a model to them. That there is none
// is no error.
func (s seer) learn(ctx context.Context, actor remit.Actor, at target, asked *outcome, from *lens.Lineage) (*lesson, error) {
	l := &lesson{}
	var err error
	// What is described is not noted in the lineage: each field that is then used is.
	if l.info, err = s.data.TracedDescribe(ctx, actor, at.Source, at.Collection, nil); err != nil {
		return nil, err
	}
	if l.outcome, err = outcomeOf(l.info, asked); err != nil {
		return nil, err
	}
	if l.traits, err = s.traits(ctx, actor, l.info, l.outcome); err != nil {
		return nil, err
	}
	if l.decided, err = s.sample(ctx, actor, l.query(l.outcome.decided(), "-"), maxDecided, from); err != nil {
		return nil, err
	}
	if l.open, err = s.sample(ctx, actor, l.query(l.outcome.open(), ""), maxOpen, from); err != nil {
		return nil, err
	}
	return l, s.fit(ctx, l)
}

// query asks for what is learned from, in the order of the records' time: the latest
// first with "-". Only figures of what it reads are released.
func (l *lesson) query(f filter, direction string) lens.Query {
	q := lens.Query{Source: l.info.Source, Collection: l.info.Name, Fields: l.fields(), Figures: true}
	q.Filter, _ = json.Marshal(f) // of texts: it never fails
	if f := fieldOf(l.info, l.info.TimeField); f != nil {
		q.Sort = []string{direction + f.Name}
	}
	return q
}

// fields are what is read of each record: the outcome, the traits, and what names,
// times and values it.
func (l *lesson) fields() []string {
	all := append([]string{l.outcome.Field}, paths(l.traits)...)
	for _, name := range append(l.shown(), l.info.TimeField) {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// shown are the fields by which a record is shown: its title, what it is worth, when.
func (l *lesson) shown() []string {
	var names []string
	for _, f := range []*lens.FieldInfo{fieldOf(l.info, l.info.TitleField), l.money(), fieldOf(l.info, l.info.TimeField)} {
		if f != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// money is the field that says what a record is worth: the first of money, nil if
// the actor knows none.
func (l *lesson) money() *lens.FieldInfo {
	if i := slices.IndexFunc(l.info.Fields, func(f lens.FieldInfo) bool { return f.Type == remit.Currency }); i >= 0 {
		return &l.info.Fields[i]
	}
	return nil
}

// sample reads the records that match, page by page, at most so many.
func (s seer) sample(ctx context.Context, actor remit.Actor, q lens.Query, most int, from *lens.Lineage) (sample, error) {
	var got sample
	q.Total = true
	for range maxPages {
		limit := min(lens.MaxLimit, most-len(got.rows))
		q.Limit = &limit
		q.Lineage = traced(actor)
		page, err := s.data.Query(ctx, actor, q)
		if err != nil {
			return sample{}, err
		}
		gather(from, q.Lineage)
		if page.Total != nil {
			got.total = *page.Total
		}
		got.rows = append(got.rows, rows(page)...)
		if q.Cursor, q.Total = page.NextCursor, false; q.Cursor == "" || len(got.rows) >= most {
			break
		}
	}
	got.total = max(got.total, int64(len(got.rows)))
	return got, nil
}

// gather adds what a part of a result came from, unless it is known already.
func gather(into, part *lens.Lineage) {
	if into == nil || part == nil {
		return
	}
	for _, o := range part.Origins {
		if !slices.ContainsFunc(into.Origins, func(known lens.Origin) bool { return reflect.DeepEqual(known, o) }) {
			into.Origins = append(into.Origins, o)
		}
	}
}

// fit learns from what was read. Fits take a processor for a while, so few run at
// once.
func (s seer) fit(ctx context.Context, l *lesson) error {
	select {
	case s.fits <- struct{}{}:
		defer func() { <-s.fits }()
	case <-ctx.Done():
		return ctx.Err()
	}
	fields := make([]predict.Field, len(l.traits))
	for i, t := range l.traits {
		fields[i] = t.Field
	}
	var err error
	l.model, err = predict.Fit(ctx, fields, l.records(l.decided), l.records(l.open))
	if errors.As(err, &l.decline) {
		return nil
	}
	return err
}

func (l *lesson) records(s sample) []predict.Record {
	all := make([]predict.Record, len(s.rows))
	for i, r := range s.rows {
		all[i] = l.record(r)
	}
	return all
}

func (l *lesson) record(r row) predict.Record {
	stage, _ := r.value(l.outcome.Field)
	rec := predict.Record{ID: string(r.ID), Cells: make([]predict.Cell, len(l.traits)), Won: slices.Contains(l.outcome.Won, stage.Text())}
	for i := range l.traits {
		rec.Cells[i] = l.traits[i].cell(r)
	}
	return rec
}
