package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit/data/internal/keys"
)

// Checkpoint is a statement of a log about all that it held at one time: how
// many entries, and the hash of the tree over them. Kept where the log's
// administrators cannot reach, it later proves that nothing before it was
// altered or taken away.
type Checkpoint struct {
	Origin string    // the log's name, which is also its key's
	Size   int64     // entries
	Root   tlog.Hash // RFC 6962, section 2.1
	Note   []byte    // the signed note that says so, as published
}

// text returns what is signed: a checkpoint's body by c2sp.org/tlog-checkpoint.
func (c *Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// OpenCheckpoint checks the signature of a checkpoint and returns what it says.
// The key is in the form of [Log.VerifierKey]. Signatures of others (witnesses)
// may stand beside the log's and are not looked at.
func OpenCheckpoint(signed []byte, key string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not a verifier key of a log: %w", err)
	}
	return openCheckpoint(signed, verifier)
}

func openCheckpoint(signed []byte, verifier note.Verifier) (Checkpoint, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return Checkpoint{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || lines[1] != strconv.FormatInt(size, 10) {
		return Checkpoint{}, errors.New("checkpoint without a size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return Checkpoint{}, errors.New("checkpoint without a root hash")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root, Note: signed}, nil
}

// openStored is openCheckpoint for the log's own table, where the note has one
// form only: no other lines, one signature, no slack in its base64.
func openStored(signed string, verifier note.Verifier) (Checkpoint, error) {
	c, err := openCheckpoint([]byte(signed), verifier)
	if err != nil {
		return Checkpoint{}, err
	}
	signature, isOurs := strings.CutPrefix(signed, c.text()+"\n— "+verifier.Name()+" ")
	signature, isWhole := strings.CutSuffix(signature, "\n")
	if _, err := base64.StdEncoding.Strict().DecodeString(signature); err != nil || !isOurs || !isWhole {
		return Checkpoint{}, errors.New("checkpoint in another form than it was written")
	}
	return c, nil
}

// signer signs checkpoints. Its key derives from the master key, so a log is
// bound to its master key and needs no other secret.
type signer struct {
	note.Signer
	verifier note.Verifier
	key      string // the verifier's, as it is published
}

// newSigner makes the signer of the ring. Without an origin the log is named
// after its key, which keeps two logs apart by themselves.
func newSigner(ring *keys.Ring, origin string) (*signer, error) {
	seed := ring.Derive(keys.AuditSign)
	private := ed25519.NewKeyFromSeed(seed[:])
	public := private.Public().(ed25519.PublicKey)
	if origin == "" {
		sum := sha256.Sum256(public)
		origin = "remit/audit/" + hex.EncodeToString(sum[:8])
	}
	published, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	verifier, err := note.NewVerifier(published)
	if err != nil {
		return nil, fmt.Errorf("audit: the log's origin %q: %w", origin, err)
	}
	const ed25519Algorithm = 1
	secret := base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed[:]...))
	noteSigner, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, verifier.KeyHash(), secret))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return &signer{Signer: noteSigner, verifier: verifier, key: published}, nil
}

// checkpoint signs the tree at its edge.
func (s *signer) checkpoint(e *edge) (Checkpoint, error) {
	c := Checkpoint{Origin: s.Name(), Size: e.size, Root: e.root()}
	signed, err := note.Sign(&note.Note{Text: c.text()}, s.Signer)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: %w", err)
	}
	c.Note = signed
	return c, nil
}
