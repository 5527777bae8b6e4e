package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit/data/internal/keys"
)

func testRing(t testing.TB, n byte) *keys.Ring {
	t.Helper()
	ring, err := ringOf(n)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func ringOf(n byte) (*keys.Ring, error) { return keys.New(bytes.Repeat([]byte{n}, keys.MasterSize)) }

// storedHashes is a tlog.HashReader over the bytes that edge.add returns.
type storedHashes []byte

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		copy(hashes[i][:], s[index*tlog.HashSize:])
	}
	return hashes, nil
}

// The edge grows the same tree as tlog's own, slower functions, at every size.
func TestEdgeAgreesWithTlog(t *testing.T) {
	var e edge
	var ours, theirs []byte
	for n := range int64(600) {
		leaf := tlog.RecordHash(fmt.Append(nil, n))
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, storedHashes(theirs))
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hashes {
			theirs = append(theirs, h[:]...)
		}
		ours = e.add(leaf, ours)
		if !bytes.Equal(ours, theirs) {
			t.Fatalf("the stored hashes differ after %d leaves", n+1)
		}
		if got, want := int64(len(ours)/tlog.HashSize), tlog.StoredHashCount(n+1); got != want {
			t.Fatalf("%d hashes are stored for %d leaves, want %d", got, n+1, want)
		}
		want, err := tlog.TreeHash(n+1, storedHashes(theirs))
		if err != nil || e.root() != want {
			t.Fatalf("the root differs after %d leaves (%v)", n+1, err)
		}
		loaded, err := loadEdge(e.size, storedHashes(ours))
		if err != nil || loaded.root() != want {
			t.Fatalf("the edge of %d leaves does not come back (%v)", n+1, err)
		}
	}
}

func TestEmptyTree(t *testing.T) {
	if e := (&edge{}); e.root() != tlog.Hash(sha256.Sum256(nil)) {
		t.Error("the empty tree's hash is not SHA-256 of nothing (RFC 6962, section 2.1)")
	}
}

func TestCheckpointIsASignedNote(t *testing.T) {
	s, err := newSigner(testRing(t, 1), "")
	if err != nil {
		t.Fatal(err)
	}
	var e edge
	e.add(tlog.RecordHash([]byte("a")), nil)
	c, err := s.checkpoint(&e)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(c.Note), "\n"); len(lines) != 6 || lines[0] != s.Name() || lines[1] != "1" || lines[3] != "" {
		t.Errorf("not the form of c2sp.org/tlog-checkpoint:\n%s", c.Note)
	}
	opened, err := OpenCheckpoint(c.Note, s.key)
	if err != nil || opened.Size != 1 || opened.Root != e.root() {
		t.Errorf("%+v, %v", opened, err)
	}
	other, err := newSigner(testRing(t, 2), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(c.Note, other.key); err == nil {
		t.Error("another log's key accepts the checkpoint")
	}
}

// The same key under another name, or for another use, signs nothing of ours.
func TestCheckpointOfAnotherOriginIsRefused(t *testing.T) {
	s, err := newSigner(testRing(t, 1), "crm.example/audit")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"other.example/audit\n1\n" + tlog.Hash{}.String() + "\n", "crm.example/audit\n01\n" + tlog.Hash{}.String() + "\n", "hello\n"} {
		signed, err := note.Sign(&note.Note{Text: text}, s.Signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCheckpoint(signed, s.key); err == nil {
			t.Errorf("accepted: %q", text)
		}
	}
	if _, err := newSigner(testRing(t, 1), "two words"); err == nil {
		t.Error("an origin with a space is accepted")
	}
}

func TestStoredCheckpointHasOneForm(t *testing.T) {
	s, err := newSigner(testRing(t, 1), "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.checkpoint(&edge{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openStored(string(c.Note), s.verifier); err != nil {
		t.Fatal(err)
	}
	for i := range len(c.Note) * 8 {
		flipped := bytes.Clone(c.Note)
		flipped[i/8] ^= 1 << (i % 8)
		if _, err := openStored(string(flipped), s.verifier); err == nil {
			t.Errorf("bit %d makes no difference", i)
		}
	}
	witness := "— witness.example " + base64.StdEncoding.EncodeToString(make([]byte, 68)) + "\n"
	if _, err := openStored(string(c.Note)+witness, s.verifier); err == nil {
		t.Error("a line was added and nobody noticed")
	}
	if _, err := OpenCheckpoint(append(bytes.Clone(c.Note), witness...), s.key); err != nil {
		t.Errorf("a witness's signature beside the log's: %v", err)
	}
}

func TestSealOpens(t *testing.T) {
	s := newSealer(testRing(t, 1), rand.Reader)
	details := []byte(`{"filter":{"name":"Acme"}}`)
	box, c, err := s.seal("one", details)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.open("one", box, c); err != nil || !bytes.Equal(got, details) {
		t.Errorf("%q, %v", got, err)
	}
	if bytes.Contains(box.details, []byte("Acme")) || bytes.Contains(box.key, details[:8]) {
		t.Error("the details lie open")
	}
	if _, err := s.open("two", box, c); err == nil {
		t.Error("one entry's details open as another's")
	}
	if _, err := newSealer(testRing(t, 2), rand.Reader).open("one", box, c); err == nil {
		t.Error("another master key opens the details")
	}
	if _, err := s.open("one", box, commitment{}); err == nil {
		t.Error("details are accepted that the entry does not commit to")
	}
	for i := range (len(box.key) + len(box.details)) * 8 {
		flipped := sealed{key: bytes.Clone(box.key), details: bytes.Clone(box.details)}
		if at := i / 8; at < len(box.key) {
			flipped.key[at] ^= 1 << (i % 8)
		} else {
			flipped.details[at-len(box.key)] ^= 1 << (i % 8)
		}
		if _, err := s.open("one", flipped, c); err == nil {
			t.Errorf("bit %d makes no difference", i)
		}
	}
	again, _, err := s.seal("one", details)
	if err != nil || bytes.Equal(again.key, box.key) || bytes.Equal(again.details, box.details) {
		t.Error("the same details are sealed the same twice")
	}
}

func TestOpenTakesAnything(t *testing.T) {
	s := newSealer(testRing(t, 1), rand.Reader)
	for n := range 120 {
		for _, box := range []sealed{{key: make([]byte, n)}, {key: make([]byte, n), details: make([]byte, n)}} {
			if _, err := s.open("one", box, commitment{}); err == nil {
				t.Errorf("zeros of length %d open", n)
			}
		}
	}
}
