package sqldb

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// postgresRow reads PostgreSQL's binary form. A column of another type than the
// one asked for is a mistake of ours: the first is kept and fails the query.
type postgresRow struct {
	fields []pgconn.FieldDescription
	values [][]byte
	err    error
}

func (r *postgresRow) mismatch(i int, asked string) {
	if r.err == nil {
		r.err = misuse(fmt.Sprintf("column %s (type %d) was read as %s", r.fields[i].Name, r.fields[i].DataTypeOID, asked))
	}
}

func (r *postgresRow) Null(i int) bool { return r.values[i] == nil }

// text returns the bytes of a text column in place.
func (r *postgresRow) text(i int) []byte {
	value := r.values[i]
	if value == nil {
		return nil
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.UnknownOID:
		return value
	case pgtype.JSONBOID:
		return value[1:] // a version number comes first
	}
	r.mismatch(i, "text")
	return nil
}

func (r *postgresRow) Text(i int) string { return string(r.text(i)) }

func (r *postgresRow) AppendText(i int, dst []byte) []byte { return append(dst, r.text(i)...) }

func (r *postgresRow) Bytes(i int) []byte {
	if r.values[i] == nil {
		return nil
	}
	if r.fields[i].DataTypeOID == pgtype.ByteaOID {
		return append([]byte{}, r.values[i]...)
	}
	return slices.Clone(r.text(i))
}

func (r *postgresRow) Int(i int) int64 {
	value := r.values[i]
	if value == nil {
		return 0
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.Int8OID:
		return int64(binary.BigEndian.Uint64(value)) // #nosec G115 -- two's complement on both sides
	case pgtype.Int4OID:
		return int64(int32(binary.BigEndian.Uint32(value))) // #nosec G115 -- likewise
	case pgtype.Int2OID:
		return int64(int16(binary.BigEndian.Uint16(value))) // #nosec G115 -- likewise
	case pgtype.BoolOID:
		return int64(value[0])
	case pgtype.NumericOID:
		if n, ok := wholeNumeric(value); ok {
			return n
		}
	}
	r.mismatch(i, "an integer")
	return 0
}

func (r *postgresRow) Bool(i int) bool { return r.Int(i) != 0 }

func (r *postgresRow) Time(i int) time.Time {
	if r.values[i] == nil {
		return time.Time{}
	}
	return time.UnixMicro(r.Micros(i)).UTC()
}

// PostgreSQL counts days and microseconds from 2000-01-01.
const (
	dayOf2000    = 10_957
	microsOf2000 = dayOf2000 * microsOfDay
)

func (r *postgresRow) Micros(i int) int64 {
	value := r.values[i]
	if value == nil {
		return 0
	}
	if oid := r.fields[i].DataTypeOID; oid != pgtype.TimestamptzOID && oid != pgtype.TimestampOID {
		r.mismatch(i, "an instant")
		return 0
	}
	return int64(binary.BigEndian.Uint64(value)) + microsOf2000 // #nosec G115 -- two's complement on both sides
}

func (r *postgresRow) Date(i int) int64 {
	value := r.values[i]
	if value == nil {
		return 0
	}
	if r.fields[i].DataTypeOID != pgtype.DateOID {
		r.mismatch(i, "a date")
		return 0
	}
	return int64(int32(binary.BigEndian.Uint32(value))) + dayOf2000 // #nosec G115 -- two's complement on both sides
}

// wholeNumeric reads a numeric, the type of sums of bigint, if it is a whole
// number that fits. Its form: the number of base-10000 digits, the weight of the
// first, sign, display scale, digits.
func wholeNumeric(b []byte) (int64, bool) {
	const positive, negative = 0x0000, 0x4000
	if len(b) < 8 {
		return 0, false
	}
	count, weight := int(binary.BigEndian.Uint16(b)), int(int16(binary.BigEndian.Uint16(b[2:]))) // #nosec G115 -- two's complement
	sign := binary.BigEndian.Uint16(b[4:])
	if len(b) < 8+2*count || (sign != positive && sign != negative) || weight > 4 {
		return 0, false
	}
	n := uint64(0)
	for i := range max(count, weight+1) {
		digit := uint64(0)
		if i < count {
			digit = uint64(binary.BigEndian.Uint16(b[8+2*i:]))
		}
		if i > weight {
			if digit != 0 {
				return 0, false // a fraction
			}
			continue
		}
		if n > (math.MaxUint64-digit)/10_000 {
			return 0, false
		}
		n = n*10_000 + digit
	}
	switch {
	case sign == negative && n <= 1<<63:
		return -int64(n), true // #nosec G115 -- 1<<63 becomes the smallest int64
	case sign == positive && n < 1<<63:
		return int64(n), true // #nosec G115 -- bounded
	}
	return 0, false
}
