package disclosure

import (
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestThreeAnswers: no two of the answers differ by few records, all three determine the
// one in March.
func TestThreeAnswers(t *testing.T) {
	//             Jan Feb Mar Apr May
	sizes := Atoms{20, 20, 1, 20, 20}
	first := Answer{0, 0, 0, -1, -1}
	last := Answer{-1, -1, 0, 0, 0}
	all := Answer{0, 0, 0, 0, 0}
	for _, two := range [][]Answer{{first, last}, {first, all}, {last, all}} {
		if found := Reveals(sizes, two, 5); len(found) > 0 {
			t.Errorf("two answers reveal %v", found)
		}
	}
	if found := Reveals(sizes, []Answer{first, last, all}, 5); !found["2 "] {
		t.Errorf("three answers reveal %v", found)
	}
}

func TestSetsThatAreLargeTogether(t *testing.T) {
	sizes := Atoms{3, 3, 9}
	if found := Reveals(sizes, []Answer{{0, 0, 1}}, 5); len(found) > 0 {
		t.Errorf("six records are enough: %v", found)
	}
	if found := Reveals(sizes, []Answer{{0, 0, -1}, {-1, 0, 0}}, 5); len(found) > 0 {
		t.Errorf("nothing is determined: %v", found)
	}
	if found := Reveals(sizes, []Answer{{0, 0, 1}, {0, -1, 0}, {-1, -1, 0}}, 5); !found["0 "] || !found["1 "] {
		t.Errorf("both are determined: %v", found)
	}
	if found := Reveals(Atoms{2, 2, 9}, []Answer{{0, 0, 0}, {-1, -1, 0}}, 5); !found["0 1 "] {
		t.Errorf("four records are determined together: %v", found)
	}
}

// TestRevealsAgainstExactSolving compares with elimination over the fractions: a single set is
// determined if adding its equation adds nothing to the rank.
func TestRevealsAgainstExactSolving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "atoms")
		sizes := make(Atoms, n)
		for i := range sizes {
			sizes[i] = rapid.Int64Range(1, 9).Draw(t, "size")
		}
		var answers []Answer
		var exact [][]*big.Rat
		for range rapid.IntRange(1, 6).Draw(t, "answers") {
			a := make(Answer, n)
			for i := range a {
				a[i] = rapid.IntRange(-1, 2).Draw(t, "cell")
			}
			answers = append(answers, a)
			for cell := range 3 {
				exact = append(exact, fractions(a, cell))
			}
		}
		found := Reveals(sizes, answers, 5)
		for i, size := range sizes {
			alone := make(Answer, n)
			for j := range alone {
				alone[j] = -1
			}
			alone[i] = 0
			determined := rank(exact) == rank(append(exact[:len(exact):len(exact)], fractions(alone, 0)))
			if want := determined && size < 5; found[strconv.Itoa(i)+" "] != want {
				t.Fatalf("set %d of %d records: revealed %t, want %t", i, size, !want, want)
			}
		}
	})
}

func fractions(a Answer, cell int) []*big.Rat {
	row := make([]*big.Rat, len(a))
	for i, c := range a {
		row[i] = new(big.Rat)
		if c == cell {
			row[i].SetInt64(1)
		}
	}
	return row
}

// rank eliminates over the fractions.
func rank(rows [][]*big.Rat) int {
	m := make([][]*big.Rat, len(rows))
	for i, row := range rows {
		for _, v := range row {
			m[i] = append(m[i], new(big.Rat).Set(v))
		}
	}
	r := 0
	for c := 0; r < len(m) && c < len(m[0]); c++ {
		pivot := r
		for pivot < len(m) && m[pivot][c].Sign() == 0 {
			pivot++
		}
		if pivot == len(m) {
			continue
		}
		m[r], m[pivot] = m[pivot], m[r]
		for i := r + 1; i < len(m); i++ {
			times := new(big.Rat).Quo(m[i][c], m[r][c])
			for j := range m[i] {
				m[i][j].Sub(m[i][j], new(big.Rat).Mul(times, m[r][j]))
			}
		}
		r++
	}
	return r
}

func TestArithmetic(t *testing.T) {
	p := new(big.Int).SetUint64(prime)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64Range(0, prime-1).Draw(t, "a"), rapid.Uint64Range(0, prime-1).Draw(t, "b")
		want := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
		if got := multiply(a, b); got != want.Mod(want, p).Uint64() {
			t.Fatalf("%d × %d = %d, want %v", a, b, got, want)
		}
		if a != 0 && multiply(a, inverse(a)) != 1 {
			t.Fatalf("%d has another inverse", a)
		}
	})
}
