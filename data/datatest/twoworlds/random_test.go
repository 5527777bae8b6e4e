package twoworlds

import (
	"encoding/base32"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/remit-crm/remit"
)

// dice are the randomness of one scenario.
type dice struct{ *rand.Rand }

// newDice returns the dice of a seed and a purpose, so that one purpose's use
// does not shift another's.
func newDice(seed uint64, purpose string) dice {
	var mixed uint64 = 14695981039346656037 // FNV-1a
	for _, c := range []byte(purpose) {
		mixed = (mixed ^ uint64(c)) * 1099511628211
	}
	return dice{rand.New(rand.NewPCG(seed, mixed))}
}

// chance is true so many times in a hundred.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some returns each of the values with the chance, in order, but one at least.
func some[T any](d dice, percent int, list ...T) []T {
	var drawn []T
	for _, v := range list {
		if d.chance(percent) {
			drawn = append(drawn, v)
		}
	}
	if drawn == nil && len(list) > 0 {
		drawn = []T{pick(d, list...)}
	}
	return drawn
}

func (d dice) id() remit.ID {
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:8], d.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], d.Uint64())
	text := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).EncodeToString(raw[:])
	return remit.ID(text)
}

// source is the injected randomness of one installation. It is wound to the same
// place in all of them before each request.
type source struct {
	mu     sync.Mutex
	stream *rand.ChaCha8
}

var _ io.Reader = (*source)(nil)

func newSource() *source { return &source{stream: rand.NewChaCha8([32]byte{})} }

func (s *source) wind(to uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], to)
	s.stream = rand.NewChaCha8(seed)
}

// Read implements [io.Reader].
func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream.Read(b)
}

// The words that texts are made of: few, so that they meet, and such as show
// mistakes in folding, quoting and encoding.
var words = []string{
	"Alpha", "alpha", "Beta GmbH", "Ärzte Süd", "ärzte nord", "straße", "STRASSE", "=SUM(A1)", "O'Brien", `Zed "Q" \ <b>`,
	"漢字", "🙂 deal", "100%", "a_b", "line\nbreak", "gamma delta", "Delta", "zeta ", " eta", "İstanbul",
}

// wordsOf are the words of fields that scopes like to ask about.
var wordsOf = map[string][]string{
	"industry": {"medical", "retail", "software"},
	"country":  {"AT", "DE", "US"},
	"city":     {"Wien", "Linz", "Graz"},
	"family":   {"GTX", "MG"},
	"email":    {"a@x.test", "B@X.test", "c@y.test"},
}

var (
	integers  = []string{"0", "1", "5", "10", "100", "250", "-3", "9007199254740993"}
	amounts   = []string{"0.00", "1.00", "99.99", "1000.00", "1000.01", "25000.50", "-5.00", "1234567.89"}
	decimals  = []string{"0", "0.1", "0.25", "1", "-0.5", "0.000001"}
	days      = []string{"2039-12-31", "2040-01-01", "2040-02-29", "2040-04-30", "2040-05-15", "2040-05-16", "2040-06-30", "2041-01-01"}
	instants  = []string{"2039-12-31T23:59:59.999999Z", "2040-01-01T00:00:00Z", "2040-03-03T12:30:00Z", "2040-05-14T08:00:00Z", "2040-05-16T00:00:00Z", "2040-07-01T09:00:00.000001Z"}
	enormous  = "92233720368547758.07" // the largest amount there is: sums of it overflow
	everybody = []string{"true", "false"}
)

// vocabulary returns what a field's random values are drawn from, as text; nil for
// a link.
func vocabulary(f *remit.Field) []string {
	switch f.Type {
	case remit.Text:
		if own := wordsOf[f.Name]; own != nil {
			return own
		}
		return words
	case remit.Enum:
		return f.Options
	case remit.Integer:
		return integers
	case remit.Currency:
		return amounts
	case remit.Decimal:
		return decimals
	case remit.Boolean:
		return everybody
	case remit.Date:
		return days
	case remit.Timestamp:
		return instants
	case remit.Relation:
	}
	return nil
}

// value returns a random value of a field that is no link. Where it may be, it is
// null every sixth time.
func (d dice) value(f *remit.Field) remit.Value {
	if !f.Required && !f.ReadOnly && d.chance(16) {
		return remit.Null
	}
	text := pick(d, vocabulary(f)...)
	switch {
	case f.Type == remit.Currency && d.chance(2):
		text = enormous
	case f.Type == remit.Text && d.chance(10):
		text = strings.Join([]string{text, pick(d, words...)}, " ")
	}
	v, err := f.ParseValue(text)
	if err != nil {
		panic("twoworlds: " + f.Name + ": " + err.Error()) // the vocabulary is wrong
	}
	return v
}

// shuffle puts the list into a random order.
func shuffle[T any](d dice, list []T) []T {
	list = slices.Clone(list)
	d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
