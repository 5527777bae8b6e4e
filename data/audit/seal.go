package audit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/keys"
)

// salt hides the details behind their commitment: without it nobody can try
// likely details against the leaf.
type salt [32]byte

// commit returns SHA-256(salt ‖ details).
func commit(s salt, details []byte) commitment {
	h := sha256.New()
	h.Write(s[:])
	h.Write(details)
	return commitment(h.Sum(nil))
}

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16

	// wrappedSize is the length of a stored key: nonce ‖ AES-256-GCM(key ‖ salt).
	wrappedSize = nonceSize + keySize + len(salt{}) + tagSize
)

var errSealed = errors.New("does not open: altered, or sealed under another master key")

// sealer encrypts what lies outside the tree. Details are encrypted under a
// random key of their entry; that key and the salt are wrapped under a key that
// is derived from the master key and the entry's id, so that a wrapped key
// fits one entry only and no key ever seals many messages. Whoever destroys the
// wrapped key has destroyed the details, here and in every copy made later.
type sealer struct {
	details *keys.MAC // derives the wrapping keys
	random  io.Reader
}

func newSealer(ring *keys.Ring, random io.Reader) *sealer {
	return &sealer{details: keys.NewMAC(ring.Derive(keys.AuditDetails)), random: random}
}

// sealed is the part of an entry that lies outside the tree. The zero value
// belongs to an entry without details.
type sealed struct {
	key     []byte // wrapped; nil: erased
	details []byte // nonce ‖ AES-256-GCM(details); nil: erased
}

// seal encrypts details and returns their commitment.
func (s *sealer) seal(id remit.ID, details []byte) (sealed, commitment, error) {
	var fresh [keySize + len(salt{}) + 2*nonceSize]byte
	if _, err := io.ReadFull(s.random, fresh[:]); err != nil {
		return sealed{}, commitment{}, err
	}
	keyAndSalt, nonces := fresh[:keySize+len(salt{})], fresh[keySize+len(salt{}):]
	return sealed{
		key:     encrypt(s.wrapping(id, "key"), nonces[:nonceSize], keyAndSalt, id),
		details: encrypt([keySize]byte(keyAndSalt), nonces[nonceSize:], details, id),
	}, commit(salt(keyAndSalt[keySize:]), details), nil
}

// open decrypts details and compares them with the commitment.
func (s *sealer) open(id remit.ID, from sealed, want commitment) ([]byte, error) {
	keyAndSalt, err := decrypt(s.wrapping(id, "key"), from.key, id)
	if err != nil || len(from.key) != wrappedSize {
		return nil, errSealed
	}
	details, err := decrypt([keySize]byte(keyAndSalt), from.details, id)
	if err != nil {
		return nil, errSealed
	}
	if got := commit(salt(keyAndSalt[keySize:]), details); subtle.ConstantTimeCompare(got[:], want[:]) == 0 {
		return nil, errors.New("are not those that the entry commits to")
	}
	return details, nil
}

// sealStaged and openStaged guard an entry on its way through the outbox, where
// no tree protects it yet.
func (s *sealer) sealStaged(id remit.ID, staged []byte) ([]byte, error) {
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(s.random, nonce[:]); err != nil {
		return nil, err
	}
	return encrypt(s.wrapping(id, "outbox"), nonce[:], staged, id), nil
}

func (s *sealer) openStaged(id remit.ID, staged []byte) ([]byte, error) {
	return decrypt(s.wrapping(id, "outbox"), staged, id)
}

// wrapping derives the key that guards one thing of one entry.
func (s *sealer) wrapping(id remit.ID, use string) [keySize]byte {
	return s.details.Sum(use, "\x00", string(id))
}

// encrypt returns nonce ‖ AES-256-GCM(plain), bound to the entry.
func encrypt(key [keySize]byte, nonce, plain []byte, id remit.ID) []byte {
	out := make([]byte, 0, nonceSize+len(plain)+tagSize)
	return gcm(key).Seal(append(out, nonce...), nonce, plain, []byte(id))
}

func decrypt(key [keySize]byte, box []byte, id remit.ID) ([]byte, error) {
	if len(box) < nonceSize {
		return nil, errSealed
	}
	plain, err := gcm(key).Open(nil, box[:nonceSize], box[nonceSize:], []byte(id))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

func gcm(key [keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("audit: " + err.Error()) //nolint:forbidigo // only for a key of a wrong length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("audit: " + err.Error()) //nolint:forbidigo // only for a block cipher of another size
	}
	return aead
}
