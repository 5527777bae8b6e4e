// Package keys derives every key that Remit uses from one master key, which is
// never stored in the database. Each use has a label of its own, so that a key
// that gets out opens one door only.
package keys

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
)

// MasterSize is the length of a master key in bytes.
const MasterSize = 32

// The labels in use. A label never changes its meaning: what was signed or
// sealed under it would be lost.
const (
	AuditSign    = "audit-sign"    // seed of the audit log's Ed25519 key
	AuditDetails = "audit-details" // seals the details of audit entries
	Cursor       = "cursor"        // seals pagination cursors
	Version      = "version"       // version tokens of records
	Secret       = "secret"        // seals stored secrets, such as keys of model services
	Lineage      = "lineage"       // fingerprints of what a result came from
	Conversation = "conversation"  // wraps the keys of conversations
	Figures      = "figures"       // seals company-wide figures, and decides how they are moved
	Token        = "token"         // digests of API tokens and sessions
	SQL          = "sql"           // what statements of others run with, on PostgreSQL
)

// Ring derives keys. It is safe for concurrent use. The zero value has no master
// key and derives nothing: make it with [New].
type Ring struct {
	pseudorandom []byte // HKDF's extracted key, RFC 5869 section 2.2
}

// New returns the ring of a master key of [MasterSize] random bytes.
func New(master []byte) (*Ring, error) {
	if len(master) != MasterSize {
		return nil, errors.New("keys: the master key must be 32 bytes")
	}
	pseudorandom, err := hkdf.Extract(sha256.New, master, []byte("remit master key 1"))
	if err != nil {
		return nil, err
	}
	return &Ring{pseudorandom: pseudorandom}, nil
}

// Derive returns the key of a label: HKDF-SHA256 (RFC 5869), 32 bytes. It panics
// on a ring without a master key, which would hand out keys that anybody knows.
func (r *Ring) Derive(label string) [32]byte {
	if len(r.pseudorandom) == 0 {
		panic("keys: a ring without a master key") //nolint:forbidigo // a caller could not do better than stop
	}
	out, err := hkdf.Expand(sha256.New, r.pseudorandom, label, sha256.Size)
	if err != nil {
		panic("keys: " + err.Error()) //nolint:forbidigo // only for outputs beyond 255 blocks
	}
	return [32]byte(out)
}
