package keys

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// MAC makes HMAC-SHA256s under one key. Keying an HMAC anew costs more than most
// of the short texts that are authenticated here; a MAC keeps keyed ones. It is
// safe for concurrent use and must not be copied.
type MAC struct{ pool sync.Pool }

// NewMAC returns the MAC of a key.
func NewMAC(key [32]byte) *MAC {
	m := new(MAC)
	m.pool.New = func() any { return &keyed{Hash: hmac.New(sha256.New, key[:])} }
	return m
}

// keyed brings room for its sum, which would be allocated otherwise.
type keyed struct {
	hash.Hash
	sum  [sha256.Size]byte
	text []byte
}

// Sum returns the HMAC-SHA256 of the parts, one after the other. Where a text
// could be cut into parts in several ways, the caller separates them.
func (m *MAC) Sum(parts ...string) [sha256.Size]byte {
	k := m.pool.Get().(*keyed)
	defer m.pool.Put(k)
	k.Reset()
	k.text = k.text[:0]
	for _, p := range parts {
		k.text = append(k.text, p...)
	}
	_, _ = k.Write(k.text) // a hash never fails
	clear(k.text)
	k.Sum(k.sum[:0])
	sum := k.sum
	clear(k.sum[:])
	return sum
}
