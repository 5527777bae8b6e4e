package templates

import (
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/lens"
	store "github.com/remit-crm/remit/data/templates"
)

// told is an answer as it is kept: what is shown, and how it cut the records up.
type told struct {
	Template analytics.Template `json:"template"`
	Values   map[string]string  `json:"values"`
	Table    json.RawMessage    `json:"table"`
	Lineage  *lens.Lineage      `json:"lineage"`
	Marked   bool               `json:"marked"` // the figures' filters were told apart
	Blocks   map[string]int     `json:"blocks"` // the row of each group, by its key
	Cells    []cell             `json:"cells"`

	question *analytics.Question
	asOf     time.Time // zero: now
}

// cell is the records of one row that agree in which filters they meet.
type cell struct {
	Block   int    `json:"block"`
	Marks   string `json:"marks"`
	Records int64  `json:"records"`
}

// shape notes how an answer cut the records up.
func (t *told) shape(a *analytics.Answer) {
	t.Marked, t.Blocks = a.Marked, map[string]int{}
	for i := range a.Blocks {
		for _, group := range a.Blocks[i].Groups {
			t.Blocks[group] = i
		}
		for _, p := range a.Blocks[i].Parts {
			t.Cells = append(t.Cells, cell{i, p.Marks, p.Records})
		}
	}
}

// marks returns the filters that the answer told apart.
func (t *told) marks() []json.RawMessage {
	if !t.Marked {
		return nil
	}
	return t.question.Marks()
}

// open reads kept figures, and binds their question to the data model again. It
// reports false where the model no longer has what they are about.
func open(f *store.Figures, model *remit.Model) (*told, bool, error) {
	var t told
	if err := json.Unmarshal(f.Body, &t); err != nil {
		return nil, false, err
	}
	t.asOf = f.AsOf
	question, _, err := t.Template.Ask(model, t.Values, f.AsOf)
	if err != nil {
		return &t, false, nil //nolint:nilerr // what is no longer there tells nothing more
	}
	t.question = question
	return &t, true, nil
}
