package policy

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestMain prints the seed of the randomised tests, which REMIT_SEED sets, and
// runs ten times as many cases where REMIT_SOAK=1.
func TestMain(m *testing.M) {
	flag.Parse()
	seed := os.Getenv("REMIT_SEED")
	if seed == "" {
		seed = fmt.Sprint(rand.Uint64()>>1 | 1)
	}
	fmt.Println("REMIT_SEED=" + seed)
	setFlag("rapid.seed", seed)
	setFlag("rapid.nofailfile", "true")
	if os.Getenv("REMIT_SOAK") == "1" {
		setFlag("rapid.checks", "10000")
	} else {
		setFlag("rapid.checks", "1000")
	}
	os.Exit(m.Run())
}

// setFlag sets a flag that the command line left alone.
func setFlag(name, value string) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}
