package directory

import (
	"crypto/sha256"
	"strings"

	"github.com/remit-crm/remit"
)

// The beginnings of secrets. They tell people and scanners for leaked keys what
// they are looking at.
const (
	TokenPrefix   = "rmt_" // an API token
	SessionPrefix = "rms_" // a session, the value of its cookie
)

// idLength is the length of a remit.ID; a secret holds two, 256 random bits.
const idLength = 26

// shownLength is how much of a secret is kept to recognise it by: the prefix and
// 30 bits, which leaves 226.
const shownLength = len(TokenPrefix) + 6

// newSecret returns a secret of 256 random bits.
func (d *Directory) newSecret(prefix string) string {
	return prefix + string(d.ids.New()) + string(d.ids.New())
}

// wellFormed reports whether the text can be a secret with the prefix, so that
// nothing else costs a query.
func wellFormed(secret, prefix string) bool {
	body, found := strings.CutPrefix(secret, prefix)
	return found && len(body) == 2*idLength &&
		remit.ID(body[:idLength]).Valid() && remit.ID(body[idLength:]).Valid()
}

// digest is what is stored of a secret, or of a bucket of attempts: HMAC-SHA256
// under a key that is not in the database. The purpose keeps the two apart.
func (d *Directory) digest(purpose, text string) [sha256.Size]byte {
	return d.digests.Sum(purpose, "\x00", text)
}

func (d *Directory) secretDigest(secret string) [sha256.Size]byte {
	return d.digest("secret", secret)
}
