package disclosure

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Atoms are the sets of records that no answer tells apart, with how many records
// each has.
type Atoms []int64

// Answer says how one answer cut the records up: for each atom the number of the
// row in which it was counted, or -1.
type Answer []int

// Reveals returns the sets of fewer records than least, of which the answers
// together determine the sum: each as a text that names its atoms, the same for the
// same set.
//
// A row of an answer is an equation: the sum of its atoms is known. What is known of
// small atoms alone are the combinations of rows in which every large atom cancels
// out. Elimination with the large atoms first leaves a basis of exactly these.
// Every single atom that is determined is among the basis; larger sets are looked
// for in the basis and in the sums and differences of each two of it.
func Reveals(atoms Atoms, answers []Answer, least int64) map[string]bool {
	order := bySize(atoms)
	e := &elimination{width: len(order)}
	for _, a := range answers {
		for _, row := range rows(a, order) {
			e.add(row)
		}
	}
	small := slices.IndexFunc(order, func(i int) bool { return atoms[i] < least })
	found := map[string]bool{}
	if small < 0 {
		return found
	}
	basis := e.basisFrom(small)
	for i, row := range basis {
		note(found, atoms, order, row, least)
		for _, other := range basis[i+1:] {
			note(found, atoms, order, combine(row, other, 1), least)
			note(found, atoms, order, combine(row, other, prime-1), least)
		}
	}
	return found
}

// bySize returns the numbers of the atoms that have records, larger ones first.
func bySize(atoms Atoms) []int {
	var order []int
	for i, n := range atoms {
		if n > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(atoms[b], atoms[a]) })
	return order
}

// rows writes an answer as equations over the atoms in their order.
func rows(a Answer, order []int) [][]uint64 {
	var out [][]uint64
	at := map[int]int{} // by the answer's row
	for column, atom := range order {
		cell := a[atom]
		if cell < 0 {
			continue
		}
		i, known := at[cell]
		if !known {
			i = len(out)
			at[cell] = i
			out = append(out, make([]uint64, len(order)))
		}
		out[i][column] = 1
	}
	return out
}

// note keeps the set of atoms on which a combination is not zero, if it is small.
func note(found map[string]bool, atoms Atoms, order []int, row []uint64, least int64) {
	var records int64
	var names []int
	for column, v := range row {
		if v == 0 {
			continue
		}
		if records += atoms[order[column]]; records >= least {
			return
		}
		names = append(names, order[column])
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	var key strings.Builder
	for _, n := range names {
		key.WriteString(strconv.Itoa(n) + " ")
	}
	found[key.String()] = true
}

// elimination keeps equations in reduced row echelon form over the integers modulo
// a large prime, in which no rounding hides that something cancels out.
type elimination struct {
	width  int
	basis  [][]uint64 // by pivot, each reduced by the others
	pivots []int
}

// add takes an equation in, unless it follows from the others.
func (e *elimination) add(row []uint64) {
	for i, p := range e.pivots {
		subtract(row, e.basis[i], row[p])
	}
	pivot := slices.IndexFunc(row, func(v uint64) bool { return v != 0 })
	if pivot < 0 {
		return
	}
	scale(row, inverse(row[pivot]))
	for i := range e.basis {
		subtract(e.basis[i], row, e.basis[i][pivot])
	}
	at, _ := slices.BinarySearch(e.pivots, pivot)
	e.pivots = slices.Insert(e.pivots, at, pivot)
	e.basis = slices.Insert(e.basis, at, row)
}

// basisFrom returns the equations that are about columns from first on alone.
func (e *elimination) basisFrom(first int) [][]uint64 {
	at, _ := slices.BinarySearch(e.pivots, first)
	return e.basis[at:]
}

// prime is 2^61-1, a Mersenne prime.
const prime = 1<<61 - 1

func multiply(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return modulo(modulo(low&prime + (low>>61 | high<<3))) // 2^61 is 1, 2^64 is 8
}

// inverse returns a^(prime-2), Fermat's inverse.
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = multiply(out, a)
		}
		a = multiply(a, a)
	}
	return out
}

func scale(row []uint64, by uint64) {
	for i, v := range row {
		if v != 0 {
			row[i] = multiply(v, by)
		}
	}
}

// subtract takes a multiple of other from row.
func subtract(row, other []uint64, times uint64) {
	if times == 0 {
		return
	}
	negative := prime - times
	for i, v := range other {
		if v != 0 {
			row[i] = modulo(row[i] + multiply(v, negative))
		}
	}
}

// combine returns row + times · other.
func combine(row, other []uint64, times uint64) []uint64 {
	out := make([]uint64, len(row))
	for i := range row {
		out[i] = modulo(row[i] + multiply(other[i], times))
	}
	return out
}

func modulo(v uint64) uint64 {
	if v >= prime {
		v -= prime
	}
	return v
}
