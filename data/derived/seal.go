package derived

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"

	"github.com/remit-crm/remit"
)

const (
	keySize   = 32
	nonceSize = 12
)

// box seals the parts of one conversation with AES-256-GCM, each bound to its
// place, so that none can be put where another was.
type box struct {
	aead   cipher.AEAD
	random io.Reader
}

// newKey returns a conversation's key as it is stored: wrapped under a key that
// fits this conversation alone.
func (s *Store) newKey(id remit.ID) ([]byte, error) {
	var key [keySize]byte
	if _, err := io.ReadFull(s.random, key[:]); err != nil {
		return nil, err
	}
	wrapping, err := s.wrapping(id)
	if err != nil {
		return nil, err
	}
	return wrapping.sealBytes(key[:], "key")
}

// box opens a conversation's key.
func (s *Store) box(id remit.ID, wrapped []byte) (*box, error) {
	wrapping, err := s.wrapping(id)
	if err != nil {
		return nil, err
	}
	key, err := wrapping.openBytes(wrapped, "key")
	if err != nil {
		return nil, err
	}
	return newBox(key, s.random)
}

func (s *Store) wrapping(id remit.ID) (*box, error) {
	mac := hmac.New(sha256.New, s.master[:])
	_, _ = io.WriteString(mac, string(id)) // a hash never fails
	return newBox(mac.Sum(nil), s.random)
}

func newBox(key []byte, random io.Reader) (*box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &box{aead: aead, random: random}, err
}

func (b *box) sealBytes(plain []byte, place string) ([]byte, error) {
	nonce := make([]byte, nonceSize, nonceSize+len(plain)+b.aead.Overhead())
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		return nil, err
	}
	return b.aead.Seal(nonce, nonce, plain, []byte(place)), nil
}

var errSealed = errors.New("a part of a conversation does not open: altered, or sealed under another master key")

func (b *box) openBytes(sealed []byte, place string) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, errSealed
	}
	plain, err := b.aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], []byte(place))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// seal seals a value as JSON.
func (b *box) seal(v any, place string) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return b.sealBytes(plain, place)
}

func (b *box) open(sealed []byte, place string, into any) error {
	plain, err := b.openBytes(sealed, place)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, into)
}
