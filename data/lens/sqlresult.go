package lens

import (
	"math/big"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/sqlguard"
)

// readSQL returns the cell at position i of an answer.
func readSQL(row sqldb.Row, i int, of sqlguard.Type) remit.Value {
	if row.Null(i) {
		return remit.Null
	}
	switch of.Kind {
	case sqlguard.Number:
		return numberOf(row.Int(i), of)
	case sqlguard.Boolean:
		return remit.BooleanValue(row.Bool(i))
	case sqlguard.Date:
		return remit.DateValue(row.Date(i))
	case sqlguard.Timestamp:
		return remit.TimeMicros(row.Micros(i))
	case sqlguard.Unknown, sqlguard.Text:
	}
	return remit.TextValue(row.Text(i))
}

// numberOf returns a stored number as one of its type. A computed one keeps no zeros
// at its end.
func numberOf(whole int64, of sqlguard.Type) remit.Value {
	switch {
	case of.Currency != "" && of.Scale == remit.MinorDigits(of.Currency):
		return remit.MoneyValue(whole, of.Currency)
	case of.Currency == "" && of.Scale == 0:
		return remit.IntegerValue(whole)
	}
	return remit.NumberValue(trimFraction(scaled(big.NewInt(whole), of.Scale)))
}

// AppendJSON appends the table: one object a row, by column names.
func (r *SQLResult) AppendJSON(b []byte) []byte {
	b = append(b, `{"collections":[`...)
	for i, name := range r.Collections {
		if i > 0 {
			b = append(b, ',')
		}
		b = remit.AppendJSONString(b, name)
	}
	b = append(b, `],"columns":`...)
	b = appendColumns(b, r.Columns)
	b = append(b, `,"rows":`...)
	b = appendRows(b, r.Columns, r.Rows)
	b = append(b, `,"more":`...)
	b = strconv.AppendBool(b, r.More)
	return append(b, '}')
}

// MarshalJSON implements [encoding/json.Marshaler].
func (r *SQLResult) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }
