package tool

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/predict"
)

type predictInput struct {
	target
	ID      remit.ID        `json:"id"`
	Filter  json.RawMessage `json:"filter"`
	Outcome *outcome        `json:"outcome"`
	Limit   *int            `json:"limit"`
}

// The numbers of records whose chances are told.
const (
	defaultScored = 10
	maxScored     = 50
)

// prediction is what predict_outcome answers.
type prediction struct {
	foundation
	Matching int64         `json:"matching"`        // open records that match, of which the likeliest are given
	Ended    string        `json:"ended,omitempty"` // of the one record: it is decided already
	Columns  []lens.Column `json:"columns"`
	Rows     []scoredRow   `json:"rows"`
}

// scoredRow is a record with its chance.
type scoredRow struct {
	row
	columns []lens.Column
	chance  int64 // in millionths
	pulls   []pull
}

// chanceColumn is the column of chances.
const chanceColumn = "chance"

// MarshalJSON implements [encoding/json.Marshaler]: the record's members are its
// columns, as elsewhere.
func (r scoredRow) MarshalJSON() ([]byte, error) {
	b := append([]byte(nil), `{"id":`...)
	b = remit.AppendJSONString(b, string(r.ID))
	for _, c := range r.columns {
		b = append(b, ',')
		b = remit.AppendJSONString(b, c.Name)
		b = append(b, ':')
		if c.Name == chanceColumn {
			b = remit.DecimalValue(r.chance).AppendJSON(b)
			continue
		}
		v, _ := r.value(c.Name)
		b = v.AppendJSON(b)
	}
	var hidden []string
	for _, c := range r.columns {
		if _, state := r.value(c.Name); state == predict.Hidden {
			hidden = append(hidden, c.Name)
		}
	}
	if len(hidden) > 0 {
		named, err := json.Marshal(hidden)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"_hidden":`...), named...)
	}
	because, err := json.Marshal(r.pulls)
	b = append(append(b, `,"because":`...), because...)
	return append(b, '}'), err
}

// predict foretells one record, or the likeliest of those that match.
func (s seer) predict(ctx context.Context, actor remit.Actor, in predictInput) (*Result, error) {
	limit := defaultScored
	if in.Limit != nil {
		limit = *in.Limit
	}
	switch {
	case limit < 1 || limit > maxScored:
		return nil, remit.FieldErrorf("limit", "%d is out of range: use 1 to %d", limit, maxScored)
	case in.ID != "" && len(in.Filter) > 0:
		return nil, remit.FieldErrorf("filter", "give an id or a filter, not both")
	}
	return s.bounded(ctx, func(ctx context.Context) (*Result, error) {
		from := traced(actor)
		l, err := s.learn(ctx, actor, in.target, in.Outcome, from)
		if err != nil {
			return nil, err
		}
		answer := &prediction{foundation: l.foundation(), Columns: l.columns(), Rows: []scoredRow{}}
		if in.ID != "" {
			err = s.scoreOne(ctx, actor, l, answer, in.ID, from)
		} else {
			err = s.scoreMany(ctx, actor, l, answer, in.Filter, limit, from)
		}
		if err != nil {
			return nil, err
		}
		return result(answer, Result{Text: answer.text(), Rows: len(answer.Rows), Untrusted: true, Lineage: from})
	})
}

// columns are those of the records that are shown.
func (l *lesson) columns() []lens.Column {
	columns := []lens.Column{}
	for _, name := range l.shown() {
		columns = append(columns, columnOf(fieldOf(l.info, name)))
	}
	return append(columns, lens.Column{Name: chanceColumn, Type: remit.Decimal, Title: "Chance"})
}

func (p *prediction) text() string {
	switch {
	case p.Ended != "":
		return "the record is decided: " + p.Ended
	case p.Declined != nil:
		return "no prediction: " + p.Declined.Message
	}
	return fmt.Sprintf("chances of %s of %s, learned from %d", plural(len(p.Rows), "open record"), p.Collection, p.Learned.Records)
}

// scoreOne foretells one record, as the lens shows it now. One that is not there, or
// not to be seen, is not found, whatever was learned.
func (s seer) scoreOne(ctx context.Context, actor remit.Actor, l *lesson, answer *prediction, id remit.ID, from *lens.Lineage) error {
	part := traced(actor)
	page, err := s.data.Record(ctx, actor, lens.RecordQuery{Source: l.info.Source, Collection: l.info.Name, ID: id, Fields: l.fields(), Lineage: part})
	if err != nil {
		return err
	}
	gather(from, part)
	r := rows(page)[0]
	stage, _ := r.value(l.outcome.Field)
	switch option := stage.Text(); {
	case slices.Contains(l.outcome.Won, option) || slices.Contains(l.outcome.Lost, option):
		answer.Ended, answer.Declined = option, nil
	case option == "":
		answer.Declined = &declined{"state_unknown", "how the record stands is not to be seen"}
	default:
		answer.Matching = 1
		if l.model != nil {
			answer.Rows = append(answer.Rows, l.score(r, answer.Columns))
		}
	}
	return nil
}

func (l *lesson) score(r row, columns []lens.Column) scoredRow {
	score := l.model.Score(l.record(r))
	return scoredRow{row: r, columns: columns, chance: predict.Millionths(score.Chance), pulls: l.pulls(r, score)}
}

// scoreMany foretells the open records that match, and shows the likeliest.
func (s seer) scoreMany(ctx context.Context, actor remit.Actor, l *lesson, answer *prediction, theirs json.RawMessage, limit int, from *lens.Lineage) error {
	found, err := s.matching(ctx, actor, l, theirs, nil, from)
	if err != nil {
		return err
	}
	if answer.Matching = found.total; l.model == nil {
		return nil
	}
	l.rank(answer, found.rows)
	answer.Rows = answer.Rows[:min(limit, len(answer.Rows))]
	return s.release(ctx, actor, l, answer, from)
}

// matching reads the open records that match a caller's filter, with further fields
// if need be. Where neither is asked for, they are what was read already.
func (s seer) matching(ctx context.Context, actor remit.Actor, l *lesson, theirs json.RawMessage, further []string, from *lens.Lineage) (sample, error) {
	q := l.query(l.outcome.open(), "")
	read := len(q.Fields)
	for _, name := range further {
		if !slices.Contains(q.Fields, name) {
			q.Fields = append(q.Fields, name)
		}
	}
	if len(theirs) == 0 || string(theirs) == "null" {
		if len(q.Fields) == read {
			return l.open, nil
		}
		return s.sample(ctx, actor, q, maxOpen, from)
	}
	var err error
	if q.Filter, err = l.outcome.open().and(theirs); err != nil {
		return sample{}, remit.FieldErrorf("filter", "is not well-formed JSON")
	}
	return s.sample(ctx, actor, q, maxOpen, from)
}

// release reads the records that are shown once more, as what is handed out: they
// count as drawn, and are shown and scored as they are now.
func (s seer) release(ctx context.Context, actor remit.Actor, l *lesson, answer *prediction, from *lens.Lineage) error {
	if len(answer.Rows) == 0 {
		return nil
	}
	ids := make([]remit.ID, len(answer.Rows))
	for i, r := range answer.Rows {
		ids[i] = r.ID
	}
	f := filter{"$and": []any{l.outcome.open(), filter{remit.IDField: filter{"$in": ids}}}}
	asked, err := json.Marshal(f)
	if err != nil {
		return err
	}
	limit, part := len(ids), traced(actor)
	page, err := s.data.Query(ctx, actor, lens.Query{
		Source: l.info.Source, Collection: l.info.Name, Fields: l.fields(), Filter: asked, Limit: &limit, Lineage: part,
	})
	if err != nil {
		return err
	}
	gather(from, part)
	l.rank(answer, rows(page))
	return nil
}

// rank scores records and puts the likeliest first.
func (l *lesson) rank(answer *prediction, found []row) {
	answer.Rows = make([]scoredRow, len(found))
	for i, r := range found {
		answer.Rows[i] = l.score(r, answer.Columns)
	}
	slices.SortFunc(answer.Rows, func(a, b scoredRow) int {
		return cmp.Or(cmp.Compare(b.chance, a.chance), cmp.Compare(a.ID, b.ID))
	})
}
