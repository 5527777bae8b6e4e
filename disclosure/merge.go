package disclosure

import (
	"cmp"
	"math/big"
	"slices"
)

// Part is the smallest piece of an answer: the records of one group that agree in
// which of the filters they meet.
type Part struct {
	Group   string // the group's key
	Marks   string // '1' or '0' for each filter
	Records int64
	Columns []Column // one for each field that is summed
}

// Column is what is known of one field over the records of a part.
type Column struct {
	Count            int64    // records that have a value
	Sum, Least, Most *big.Rat // nil where Count is 0
}

// Block is what is shown as one row: one group, or several that were put together.
type Block struct {
	Groups []string // sorted
	Parts  []Part   // one for each marks, by marks
}

// Records returns how many records the block has.
func (b *Block) Records() (n int64) {
	for i := range b.Parts {
		n += b.Parts[i].Records
	}
	return n
}

// share is how much of a sum its greatest contributor may make up at most: 10/21.
// Then whoever knows the second greatest contributor, which is no greater, still
// misses the greatest by 10% of it or more (the p% rule with p = 10, told from the
// greatest alone).
var share = big.NewRat(10, 21)

// Merge cuts the records into blocks of which every part has no record, or at least
// so many and no dominant one. Groups that are too small are put together, with the
// smallest of the others where they are not enough by themselves; never is one
// group hidden alone, which the total would give away. It reports false where even
// everything together is not enough: then nothing may be shown.
func Merge(parts []Part, least int64) ([]Block, bool) {
	var shown []Block
	var pool Block
	for _, b := range byGroup(parts) {
		if b.safe(least) {
			shown = append(shown, b)
		} else {
			pool = join(pool, b)
		}
	}
	if len(pool.Groups) == 0 {
		return shown, true
	}
	slices.SortStableFunc(shown, func(a, b Block) int { return cmp.Compare(a.Records(), b.Records()) })
	for !pool.safe(least) { // as one group alone never is: it would not be here
		if len(shown) == 0 {
			return nil, false
		}
		pool, shown = join(pool, shown[0]), shown[1:]
	}
	slices.SortFunc(shown, func(a, b Block) int { return cmp.Compare(a.Groups[0], b.Groups[0]) })
	return append(shown, pool), true
}

// byGroup makes a block of each group, by key.
func byGroup(parts []Part) []Block {
	groups := map[string]*Block{}
	for _, p := range parts {
		b := groups[p.Group]
		if b == nil {
			b = &Block{}
			groups[p.Group] = b
		}
		*b = join(*b, Block{Groups: []string{p.Group}, Parts: []Part{p}})
	}
	blocks := make([]Block, 0, len(groups))
	for _, b := range groups {
		blocks = append(blocks, *b)
	}
	slices.SortFunc(blocks, func(a, b Block) int { return cmp.Compare(a.Groups[0], b.Groups[0]) })
	return blocks
}

// safe reports whether each part of the block may be told apart from the others.
func (b *Block) safe(least int64) bool {
	for i := range b.Parts {
		p := &b.Parts[i]
		if p.Records > 0 && p.Records < least {
			return false
		}
		for j := range p.Columns {
			if !p.Columns[j].safe(least) {
				return false
			}
		}
	}
	return true
}

func (c *Column) safe(least int64) bool {
	if c.Count == 0 {
		return true
	}
	if c.Count < least {
		return false
	}
	greatest := new(big.Rat).Abs(c.Most)
	if lowest := new(big.Rat).Abs(c.Least); lowest.Cmp(greatest) > 0 {
		greatest = lowest
	}
	if greatest.Sign() == 0 {
		return true
	}
	bound := new(big.Rat).Mul(new(big.Rat).Abs(c.Sum), share)
	return greatest.Cmp(bound) <= 0
}

// join puts two blocks together; neither is changed.
func join(a, b Block) Block {
	out := Block{Groups: slices.Concat(a.Groups, b.Groups), Parts: slices.Clone(a.Parts)}
	slices.Sort(out.Groups)
	out.Groups = slices.Compact(out.Groups)
	for _, p := range b.Parts {
		i, found := slices.BinarySearchFunc(out.Parts, p.Marks, func(p Part, marks string) int { return cmp.Compare(p.Marks, marks) })
		if found {
			out.Parts[i] = add(out.Parts[i], p)
			continue
		}
		p.Group = ""
		out.Parts = slices.Insert(out.Parts, i, p)
	}
	return out
}

func add(a, b Part) Part {
	sum := Part{Marks: a.Marks, Records: a.Records + b.Records, Columns: make([]Column, len(a.Columns))}
	for i := range a.Columns {
		sum.Columns[i] = a.Columns[i].Add(b.Columns[i])
	}
	return sum
}

// Add returns what is known of the field over both sets of records.
func (c Column) Add(d Column) Column {
	switch {
	case c.Count == 0:
		return d
	case d.Count == 0:
		return c
	}
	out := Column{Count: c.Count + d.Count, Sum: new(big.Rat).Add(c.Sum, d.Sum), Least: c.Least, Most: c.Most}
	if d.Least.Cmp(c.Least) < 0 {
		out.Least = d.Least
	}
	if d.Most.Cmp(c.Most) > 0 {
		out.Most = d.Most
	}
	return out
}

// Unmarked returns the parts as if no filter told their records apart.
func Unmarked(parts []Part) []Part {
	var out []Part
	for _, b := range byGroup(parts) {
		whole := Part{Group: b.Groups[0], Columns: make([]Column, len(b.Parts[0].Columns))}
		for _, p := range b.Parts {
			whole.Records += p.Records
			for i, c := range p.Columns {
				whole.Columns[i] = whole.Columns[i].Add(c)
			}
		}
		out = append(out, whole)
	}
	return out
}
