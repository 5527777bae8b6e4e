package disclosure

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestHalfEven(t *testing.T) {
	for text, want := range map[string]string{
		"2.5": "2", "3.5": "4", "-2.5": "-2", "-3.5": "-4", "2.51": "3", "-2.51": "-3", "0.4": "0", "7": "7",
	} {
		r, _ := new(big.Rat).SetString(text)
		if got := HalfEven(r, 0).RatString(); got != want {
			t.Errorf("%s rounds to %s, want %s", text, got, want)
		}
	}
	if got := HalfEven(big.NewRat(2, 3), 6).FloatString(6); got != "0.666667" {
		t.Errorf("2/3 = %s", got)
	}
}

// Asked a thousand times, a figure moves a thousand times alike; it stays within its
// bound; another key, or one record more, moves it otherwise.
func TestMovedFigures(t *testing.T) {
	p := Perturb{Percent: 10, Key: []byte("one")}
	rapid.Check(t, func(t *rapid.T) {
		sum := big.NewRat(rapid.Int64Range(-1e12, 1e12).Draw(t, "sum"), 100)
		n := rapid.Int64Range(5, 1e6).Draw(t, "records")
		moved := p.Sum("amount", n, sum)
		if p.Sum("amount", n, sum).Cmp(moved) != 0 {
			t.Fatal("the same figure moved otherwise")
		}
		bound := new(big.Rat).Quo(new(big.Rat).Abs(sum), big.NewRat(10, 1))
		if off := new(big.Rat).Sub(moved, sum); off.Abs(off).Cmp(bound) > 0 {
			t.Fatalf("%s moved to %s", sum, moved)
		}
	})
	sum := big.NewRat(123456, 1)
	if p.Sum("amount", 7, sum).Cmp((Perturb{Percent: 10, Key: []byte("two")}).Sum("amount", 7, sum)) == 0 ||
		p.Sum("amount", 7, sum).Cmp(p.Sum("amount", 8, sum)) == 0 {
		t.Error("the move can be told without the key")
	}
}

func TestRounded(t *testing.T) {
	p := Perturb{SumsTo: big.NewRat(1000, 1), CountsTo: 10}
	if got := p.Sum("amount", 7, big.NewRat(123456, 1)).RatString(); got != "123000" {
		t.Errorf("the sum is %s", got)
	}
	if got := p.Count(25); got != 20 {
		t.Errorf("the count is %d", got)
	}
	if (Perturb{}).Count(25) != 25 || (Perturb{}).Sum("amount", 7, big.NewRat(1, 3)).Cmp(big.NewRat(1, 3)) != 0 {
		t.Error("exact figures are not exact")
	}
}
