package predict

import (
	"context"
	"fmt"
)

// The fewest records that anything is said from. Below, chance alone can look like a
// pattern in one of a dozen fields.
const (
	MinRecords = 60 // decided
	MinEach    = 20 // of wins, and of losses
)

// Reason says why no prediction is made.
type Reason string

// The reasons.
const (
	TooFew       Reason = "too_few_records"
	OneSided     Reason = "too_few_of_one_outcome"
	NothingToUse Reason = "no_usable_fields"
	NoBetter     Reason = "no_better_than_the_base_rate"
)

// Basis is how many decided records there are to learn from.
type Basis struct{ Records, Won int }

// Rate is the base rate: the share of wins. It is 0 where there are no records.
func (b Basis) Rate() float64 {
	if b.Records == 0 {
		return 0
	}
	return float64(b.Won) / float64(b.Records)
}

// Decline is the error of [Fit] where nothing can honestly be said.
type Decline struct {
	Reason Reason
	Basis
	Check   *Check // for NoBetter
	LeftOut []LeftOut
}

// Error says why, and what would be needed.
func (d *Decline) Error() string {
	switch d.Reason {
	case TooFew:
		return fmt.Sprintf("%d decided records are too few to learn from: at least %d are needed", d.Records, MinRecords)
	case OneSided:
		return fmt.Sprintf("of %d decided records %d ended well and %d did not: at least %d of each are needed", d.Records, d.Won, d.Records-d.Won, MinEach)
	case NothingToUse:
		return "no field that may be seen tells one decided record from another"
	case NoBetter:
		return "on records that it had not seen, the model was not clearly better than saying the base rate for all of them"
	}
	return "no prediction is made"
}

// Model foretells outcomes of records like those that it was fitted on.
type Model struct {
	Basis
	Fields  []Field // those that take part, and that cells are given by
	Used    []int   // the position of each in the fields that Fit was given
	LeftOut []LeftOut
	Check   *Check

	fitted  *fitted
	decided []Record // with the cells of Fields alone
}

// Fit learns from decided records what to expect of open ones. Each record has its
// cells by the fields. The error is a [*Decline] where nothing can honestly be said,
// else that of ctx or a fit that failed.
func Fit(ctx context.Context, fields []Field, decided, open []Record) (*Model, error) {
	decided, open = tidy(fields, decided), tidy(fields, open)
	basis := Basis{Records: len(decided), Won: wins(decided)}
	switch {
	case basis.Records < MinRecords:
		return nil, &Decline{Reason: TooFew, Basis: basis}
	case min(basis.Won, basis.Records-basis.Won) < MinEach:
		return nil, &Decline{Reason: OneSided, Basis: basis}
	}
	used, out := screen(fields, decided, open)
	if len(used) == 0 {
		return nil, &Decline{Reason: NothingToUse, Basis: basis, LeftOut: out}
	}
	m := &Model{Basis: basis, Used: used, LeftOut: out}
	for _, i := range used {
		m.Fields = append(m.Fields, fields[i])
	}
	for _, r := range decided {
		m.decided = append(m.decided, m.narrow(r))
	}
	if err := m.learn(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

// learn fits the model, unless the check shows that there is nothing to learn.
func (m *Model) learn(ctx context.Context) (err error) {
	if m.Check, err = check(ctx, m.Fields, m.decided); err != nil {
		return err
	}
	if !m.Check.better() {
		return &Decline{Reason: NoBetter, Basis: m.Basis, Check: m.Check, LeftOut: m.LeftOut}
	}
	m.fitted, err = fit(ctx, m.Fields, m.decided)
	return err
}

// narrow leaves of a record the cells that take part.
func (m *Model) narrow(r Record) Record {
	cells := make([]Cell, len(m.Used))
	for j, i := range m.Used {
		cells[j] = clean(m.Fields[j], r.Cells[i])
	}
	r.Cells = cells
	return r
}
