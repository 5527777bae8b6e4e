package remit

import (
	"crypto/rand"
	"encoding/base32"
	"io"
	"strings"
)

// ID names a record, a person or anything else that is stored. It is 128 random
// bits as 26 characters of lower-case base32 (RFC 4648, section 6, no padding),
// so that ids carry no order and cannot be guessed or counted.
// The zero value names nothing.
type ID string

const idLength = 26

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Valid reports whether id has the form of an [ID]. It says nothing of whether
// anything is stored under it.
func (id ID) Valid() bool {
	if len(id) != idLength {
		return false
	}
	return strings.Trim(string(id), "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// IDSource makes ids. Tests inject a seeded one; [NewIDSource] reads the
// system's randomness.
type IDSource struct{ random io.Reader }

// NewIDSource returns a source over random, or over crypto/rand where random
// is nil. It is safe for concurrent use if random is.
func NewIDSource(random io.Reader) *IDSource {
	if random == nil {
		random = rand.Reader
	}
	return &IDSource{random: random}
}

// New returns a fresh id. It panics only if the randomness fails, which
// crypto/rand never does.
func (s *IDSource) New() ID {
	var raw [16]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		panic("remit: no randomness for an id: " + err.Error()) //nolint:forbidigo // without randomness nothing may go on, and crypto/rand never fails
	}
	return ID(idEncoding.EncodeToString(raw[:]))
}
