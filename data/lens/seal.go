package lens

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/remit-crm/remit/data/internal/keys"
)

// sealer encrypts and authenticates short texts that leave and come back:
// cursors. It is deterministic, so that equal requests over equal lens views
// give equal bytes (law 6): the nonce is a MAC over binding and plain text, as in
// the SIV construction (RFC 5297), and reveals no more than whether two sealed
// texts are the same.
type sealer struct {
	aead   cipher.AEAD
	nonces *keys.MAC
}

func newSealer(key [32]byte) (*sealer, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making the cursor cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making the cursor cipher: %w", err)
	}
	return &sealer{aead: aead, nonces: keys.NewMAC(sha256.Sum256(append([]byte("remit cursor nonce\x00"), key[:]...)))}, nil
}

// seal returns plain, readable only together with the same binding.
func (s *sealer) seal(plain, binding []byte) string {
	bound := sha256.Sum256(binding)
	mac := s.nonces.Sum(string(bound[:]), string(plain))
	nonce := mac[:s.aead.NonceSize()]
	sealed := make([]byte, len(nonce), len(nonce)+len(plain)+s.aead.Overhead())
	copy(sealed, nonce)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(sealed, nonce, plain, binding))
}

// open returns what was sealed under the binding; ok is false for anything else.
func (s *sealer) open(text string, binding []byte) (plain []byte, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return nil, false
	}
	n := s.aead.NonceSize()
	plain, err = s.aead.Open(nil, raw[:n], raw[n:], binding)
	return plain, err == nil
}
