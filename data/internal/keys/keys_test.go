package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/remit-crm/remit"
)

func TestDeriveIsStable(t *testing.T) {
	ring, err := New(bytes.Repeat([]byte{7}, MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	// What is sealed under a key is lost if the derivation ever changes. Computed
	// with Python's hmac: extract with the salt, then one block of expand.
	got := ring.Derive(Cursor)
	const want = "ef5517f1730f0b9fc8fbf97858b7d997a952d8a3b77e3361c37579d33561e27f"
	if hex.EncodeToString(got[:]) != want {
		t.Errorf("Derive(%q) = %x, want %s", Cursor, got, want)
	}
}

func TestLabelsGiveDifferentKeys(t *testing.T) {
	ring, err := New(make([]byte, MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[32]byte]string{}
	for _, label := range []string{AuditSign, AuditDetails, Cursor, Version, Secret, Token, SQL, ""} {
		key := ring.Derive(label)
		if other, taken := seen[key]; taken {
			t.Errorf("labels %q and %q share a key", label, other)
		}
		seen[key] = label
	}
}

func TestNewRefusesOtherSizes(t *testing.T) {
	for _, size := range []int{0, 16, 31, 33, 64} {
		if _, err := New(make([]byte, size)); err == nil {
			t.Errorf("a master key of %d bytes was accepted", size)
		}
	}
}

func TestZeroRingDerivesNothing(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the zero ring handed out a key")
		}
	}()
	new(Ring).Derive(Cursor)
}

func TestParseMaster(t *testing.T) {
	key := bytes.Repeat([]byte{0xfb, 0xef}, MasterSize/2) // "+" and "/" in base64
	for name, text := range map[string]string{
		"hex":         hex.EncodeToString(key),
		"base64":      base64.StdEncoding.EncodeToString(key),
		"unpadded":    base64.RawStdEncoding.EncodeToString(key),
		"url":         base64.URLEncoding.EncodeToString(key),
		"with spaces": " " + hex.EncodeToString(key) + "\n",
	} {
		if got, err := ParseMaster(text); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "hunter2", hex.EncodeToString(key[1:]), base64.StdEncoding.EncodeToString(key[1:])} {
		_, err := ParseMaster(text)
		if err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%q: %v", text, err)
		}
		if text != "" && err != nil && bytes.Contains([]byte(err.Error()), []byte(text)) {
			t.Errorf("the error quotes the key: %v", err)
		}
	}
}

func TestMasterFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := ReadMaster(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("reading no file: %v", err)
	}
	const starters = 16
	keys := make([][]byte, starters)
	var all sync.WaitGroup
	for i := range starters {
		all.Go(func() {
			key, err := ReadOrMakeMaster(path, nil)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	all.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Fatal("two starters got different keys")
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files left: %v, %v", entries, err)
	}
}

func TestMasterFileOthersCanRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := ReadOrMakeMaster(path, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil { // #nosec G302 -- the point of the test
		t.Fatal(err)
	}
	if _, err := ReadMaster(path); remit.KindOf(err) != remit.KindInvalid {
		t.Errorf("a key that others can read: %v", err)
	}
}

func TestMasterNeedsRandomness(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := ReadOrMakeMaster(path, bytes.NewReader(nil)); err == nil {
		t.Error("a key was made of nothing")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
}
