package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
)

// Perturb rounds and moves figures. Its zero value leaves them exact.
type Perturb struct {
	SumsTo   *big.Rat // sums become multiples of it; nil: exact
	CountsTo int64    // counts become multiples of it; 0: exact
	Percent  int      // sums move by up to so many percent of themselves
	Key      []byte   // decides by how much; kept from whoever reads the figures
}

// Sum returns the sum of a field over so many records as it is shown. The same sum
// over as many records always moves alike, whoever asks and by whichever question.
func (p Perturb) Sum(field string, records int64, sum *big.Rat) *big.Rat {
	if p.Percent > 0 {
		mac := hmac.New(sha256.New, p.Key)
		_, _ = fmt.Fprintf(mac, "%q %d %s", field, records, sum) // a hash never fails
		drawn := int64(binary.BigEndian.Uint32(mac.Sum(nil)))
		// From -1 to 1, in steps of 2^-31.
		part := big.NewRat(drawn-1<<31, 1<<31)
		part.Mul(part, big.NewRat(int64(p.Percent), 100))
		sum = new(big.Rat).Add(sum, part.Mul(part, new(big.Rat).Abs(sum)))
	}
	if p.SumsTo != nil {
		steps := HalfEven(new(big.Rat).Quo(sum, p.SumsTo), 0)
		sum = new(big.Rat).Mul(steps, p.SumsTo)
	}
	return sum
}

// Count returns a number of records as it is shown.
func (p Perturb) Count(n int64) int64 {
	if p.CountsTo <= 1 {
		return n
	}
	return HalfEven(big.NewRat(n, p.CountsTo), 0).Num().Int64() * p.CountsTo
}

// HalfEven rounds to so many decimal places, halves to the even neighbour.
func HalfEven(r *big.Rat, places int) *big.Rat {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(unit))
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom()) // Euclidean: rounds down
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(floor, unit)
}
