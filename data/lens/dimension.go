package lens

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// bucketUnits lists the units of time that a dimension may be cut into.
var bucketUnits = []string{"day", "week", "month", "quarter", "year"}

// maxBuckets bounds the buckets between the first and the last date.
const maxBuckets = 2000

// dimension is a resolved Dimension.
type dimension struct {
	column *column
	name   string
	place  string
	unit   string      // "" for none
	starts []time.Time // the buckets' first instants, rising; the last one ends the last bucket
	zone   *time.Location
	mark   condition // in place of the cell: whether this holds; nil for most

	outside bool // a row lay outside the buckets: it came after they were laid
}

func (sel *selection) dimensions(asked []Dimension) ([]*dimension, error) {
	if len(asked) > maxMeasures {
		return nil, remit.FieldErrorf("dimensions", "%d dimensions are given; at most %d are used", len(asked), maxMeasures)
	}
	dims := make([]*dimension, 0, len(asked))
	for i, d := range asked {
		place := "dimensions[" + strconv.Itoa(i) + "]"
		c, err := sel.column(d.Field, place+".field")
		if err != nil {
			return nil, err
		}
		resolved := &dimension{column: c, name: d.As, place: place, unit: d.Bucket, zone: time.UTC}
		if resolved.name == "" {
			resolved.name = d.Field
		}
		if err := resolved.checkUnit(); err != nil {
			return nil, err
		}
		if c.field != nil && c.field.Type == remit.Timestamp {
			resolved.zone = sel.session.snapshot.location
		}
		dims = append(dims, resolved)
	}
	return dims, nil
}

func (d *dimension) checkUnit() error {
	if d.unit == "" {
		return nil
	}
	if !slices.Contains(bucketUnits, d.unit) {
		e := remit.FieldErrorf(d.place+".bucket", "unknown bucket %q; use %s", clip(d.unit), strings.Join(bucketUnits, ", "))
		e.Hint = remit.DidYouMean(d.unit, bucketUnits)
		return e
	}
	if d.column.field == nil || (d.column.field.Type != remit.Date && d.column.field.Type != remit.Timestamp) {
		return remit.FieldErrorf(d.place+".bucket", "%s is neither a date nor a timestamp: leave bucket out", d.column.path)
	}
	return nil
}

// findBuckets asks for the first and last date that the dimension meets, and lays
// the buckets' bounds over them. A row that appears meanwhile beyond them is
// noticed by read, and the buckets are laid anew.
func (g *grouping) findBuckets(ctx context.Context, d *dimension) error {
	if d.unit == "" {
		return nil
	}
	b := newBuilder(g.session.lens.db.Dialect())
	b.put("SELECT MIN(")
	d.column.writeCell(b)
	b.put("), MAX(")
	d.column.writeCell(b)
	b.put(")")
	g.writeFrom(b)
	b.put(" AND ")
	g.where.write(b)
	var first, last remit.Value
	err := g.session.read(ctx, b.stmt(), func(row sqldb.Row) error {
		first, last = d.column.read(row, 0), d.column.read(row, 1)
		return nil
	})
	if err != nil || first.IsNull() {
		return err
	}
	d.outside = false
	d.starts, err = d.bounds(first.Time(), last.Time())
	return err
}

// bounds returns the starts of the buckets from the one that holds first to the
// one after the one that holds last.
func (d *dimension) bounds(first, last time.Time) ([]time.Time, error) {
	var starts []time.Time
	for at := bucketStart(first.In(d.zone), d.unit); ; at = nextBucket(at, d.unit) {
		starts = append(starts, at)
		if at.After(last) {
			return starts, nil
		}
		if len(starts) > maxBuckets {
			return nil, remit.FieldErrorf(d.place+".bucket", "there are more than %d %ss between the first and the last date: use a longer bucket or filter by date", maxBuckets, d.unit)
		}
	}
}

// bucketStart returns the first instant of the bucket that holds t, in t's zone.
// Weeks start on Monday (ISO 8601).
func bucketStart(t time.Time, unit string) time.Time {
	y, m, day := t.Date()
	switch unit {
	case "week":
		day -= (int(t.Weekday()) + 6) % 7
	case "month":
		day = 1
	case "quarter":
		m, day = (m-1)/3*3+1, 1
	case "year":
		m, day = 1, 1
	}
	return dayStart(y, m, day, t.Location())
}

// nextBucket returns the start of the bucket after the one that starts at t.
func nextBucket(t time.Time, unit string) time.Time {
	y, m, day := t.Date()
	switch unit {
	case "day":
		day++
	case "week":
		day += 7
	case "month":
		m++
	case "quarter":
		m += 3
	case "year":
		y++
	}
	return dayStart(y, m, day, t.Location())
}

// write appends the dimension's expression: the cell, or the number of its
// bucket, found by a balanced tree of comparisons with the bounds.
func (d *dimension) write(b *builder) {
	switch {
	case d.mark != nil:
		b.put("CAST(CASE WHEN ")
		d.mark.write(b)
		b.put(" THEN 1 ELSE 0 END AS bigint)")
	case d.unit == "":
		d.column.writeCell(b)
	case len(d.starts) == 0:
		b.put("CAST(NULL AS bigint)")
	default:
		b.put("CASE WHEN ")
		d.column.writeCell(b)
		b.put(" IS NULL THEN NULL WHEN ")
		d.column.writeCell(b)
		b.put(" < ").arg(d.bound(0)).put(" OR ")
		d.column.writeCell(b)
		b.put(" >= ").arg(d.bound(len(d.starts) - 1)).put(" THEN -1 ELSE ")
		d.writeBuckets(b, 0, len(d.starts)-1)
		b.put(" END")
	}
}

// writeBuckets appends which of the buckets low to high-1 holds the cell; bucket
// i starts at starts[i].
func (d *dimension) writeBuckets(b *builder, low, high int) {
	if high-low == 1 {
		b.put(strconv.Itoa(low))
		return
	}
	middle := (low + high) / 2
	b.put("CASE WHEN ")
	d.column.writeCell(b)
	b.put(" < ").arg(d.bound(middle)).put(" THEN ")
	d.writeBuckets(b, low, middle)
	b.put(" ELSE ")
	d.writeBuckets(b, middle, high)
	b.put(" END")
}

func (d *dimension) bound(i int) remit.Value {
	if d.column.field.Type == remit.Date {
		return remit.DateValue(civilDays(d.starts[i]))
	}
	return remit.TimeValue(d.starts[i])
}

func (d *dimension) read(row sqldb.Row, i int) remit.Value {
	if d.mark != nil {
		return remit.BooleanValue(row.Int(i) == 1)
	}
	if d.unit == "" {
		return d.column.read(row, i)
	}
	if row.Null(i) {
		return remit.Null
	}
	n := row.Int(i)
	if n < 0 {
		d.outside = true
		return remit.Null
	}
	return remit.DateValue(civilDays(d.starts[n]))
}

func (d *dimension) describe() Column {
	c := d.column.describe()
	c.Name = d.name
	if d.unit != "" {
		c.Type = remit.Date
	}
	return c
}
