package keys

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"testing"
)

// A MAC that is used again gives what a fresh one gives, also from several
// goroutines at once.
func TestMACEqualsHMAC(t *testing.T) {
	key := [32]byte{1, 2, 3}
	m := NewMAC(key)
	want := func(text string) [32]byte {
		h := hmac.New(sha256.New, key[:])
		h.Write([]byte(text))
		return [32]byte(h.Sum(nil))
	}
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 100 {
				for _, parts := range [][]string{{""}, {"a"}, {"a", "\x00", "bc"}, {"a longer text than before"}, nil} {
					text := ""
					for _, p := range parts {
						text += p
					}
					if m.Sum(parts...) != want(text) {
						t.Errorf("the MAC of %q is not its HMAC-SHA256", parts)
					}
				}
			}
		})
	}
	running.Wait()
}
