package testserver

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// Soak reports whether counted demands run in full: REMIT_SOAK is set.
func Soak() bool { return os.Getenv("REMIT_SOAK") != "" }

// Random returns a source of randomness for the test, whose seed is printed with
// a failure and taken back from REMIT_SEED.
func Random(tb testing.TB) *rand.Rand {
	tb.Helper()
	seed := uint64(time.Now().UnixNano()) // #nosec G115 -- any number will do
	if text := os.Getenv("REMIT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			tb.Fatalf("REMIT_SEED: %v", err)
		}
	}
	tb.Logf("REMIT_SEED=%d", seed)
	name := fnv.New64a() // so that tests with one seed do not all do the same
	_, _ = name.Write([]byte(tb.Name()))
	return rand.New(rand.NewPCG(seed, name.Sum64())) // #nosec G404 -- for tests
}
