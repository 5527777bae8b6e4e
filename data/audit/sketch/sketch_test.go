package sketch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

func add(s *Sketch, from, to int) {
	for i := from; i < to; i++ {
		s.Add("main", "accounts", remit.ID(fmt.Sprint(i)))
	}
}

func TestCountIsNearTheTruth(t *testing.T) {
	if n := new(Sketch).Count(); n != 0 {
		t.Errorf("an empty sketch counts %d", n)
	}
	s, have := new(Sketch), 0
	for _, n := range []int{1, 2, 10, 100, 101, 500, 1000, 2000, 5000, 10_000, 50_000, 300_000} {
		add(s, have, n)
		have = n
		// Four standard errors; below the registers' number the estimator is far better.
		if off := math.Abs(float64(s.Count())-float64(n)) / float64(n); off > 4*1.04/math.Sqrt(registers) {
			t.Errorf("%d records are counted as %d: %.1f %% off", n, s.Count(), 100*off)
		}
	}
}

// The mean over many sets shows a bias that one set's noise hides.
func TestCountIsUnbiased(t *testing.T) {
	for _, n := range []int{100, 1000, 4000, 8000} {
		var sum float64
		const sets = 60
		for set := range sets {
			s := new(Sketch)
			for i := range n {
				s.Add("main", fmt.Sprint(set), remit.ID(fmt.Sprint(i)))
			}
			sum += float64(s.Count())
		}
		if bias := sum/sets/float64(n) - 1; math.Abs(bias) > 4*1.04/math.Sqrt(registers)/math.Sqrt(sets) {
			t.Errorf("at %d the bias is %.2f %%", n, 100*bias)
		}
	}
}

func TestMergeIsUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 500).Draw(t, "n")
		i := rapid.IntRange(0, n).Draw(t, "i")
		j := rapid.IntRange(0, i).Draw(t, "j")
		whole, left, right := new(Sketch), new(Sketch), new(Sketch)
		add(whole, 0, n)
		add(left, 0, i)
		add(right, j, n)
		left.Merge(right)
		left.Merge(right)
		if !bytes.Equal(whole.Bytes(), left.Bytes()) {
			t.Fatalf("[0,%d) and [%d,%d) merge to another sketch than [0,%d)", i, j, n, n)
		}
	})
}

func TestElementsAreApartBySourceAndCollection(t *testing.T) {
	s := new(Sketch)
	s.Add("main", "accounts", "1")
	s.Add("main", "contacts", "1")
	s.Add("erp", "accounts", "1")
	if n := s.Count(); n != 3 {
		t.Errorf("three records of one id in three collections count as %d", n)
	}
}

// The form is permanent: sketches that were logged must be readable for ever.
// The expected value was computed by a second implementation, in Python.
func TestFormIsPermanent(t *testing.T) {
	s := new(Sketch)
	add(s, 0, 1000)
	sum := sha256.Sum256(s.Bytes())
	const want = "f01f7a00bab7ce822c99ca5353c8468d326857f152e939f598f3b78585213ad3"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the bytes of a known sketch have changed: %s", got)
	}
}

func TestHighestRank(t *testing.T) {
	s := new(Sketch)
	s.add(0)
	s.add(math.MaxUint64)
	if s.rank[0] != maxRank || s.rank[registers-1] != 1 {
		t.Errorf("ranks %d and %d, want %d and 1", s.rank[0], s.rank[registers-1], maxRank)
	}
	if _, err := Parse(s.Bytes()); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	s := new(Sketch)
	add(s, 0, 10)
	f.Add(s.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, packed []byte) {
		s, err := Parse(packed)
		if err == nil && !bytes.Equal(s.Bytes(), packed) {
			t.Error("parsed bytes do not come back")
		}
	})
}
