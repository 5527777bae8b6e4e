package keys

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/remit-crm/remit"
)

// ParseMaster reads a master key as people write it into an environment variable
// or a file: 64 hexadecimal digits, or 32 bytes in base64 (RFC 4648, either
// alphabet, with or without padding). Space around it does not count. The error
// never quotes the text.
func ParseMaster(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if key, err := hex.DecodeString(text); err == nil && len(key) == MasterSize {
		return key, nil
	}
	unpadded := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	if key, err := base64.RawStdEncoding.DecodeString(unpadded); err == nil && len(key) == MasterSize {
		return key, nil
	}
	return nil, remit.Errorf(remit.KindInvalid, "the master key must be 32 bytes, as 64 hexadecimal digits or 44 characters of base64 (openssl rand -base64 32)")
}

// ReadMaster reads the master key in the file at path, which nobody but its
// owner may read. A file that is missing is an error that wraps
// [fs.ErrNotExist].
func ReadMaster(path string) ([]byte, error) {
	f, err := os.Open(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	defer func() { _ = f.Close() }()
	// The open file is asked, not the path: it could be exchanged in between.
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	if !ownerOnly(info.Mode()) {
		return nil, remit.Errorf(remit.KindInvalid, "the master key in %s can be read by others: chmod 600 it", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	return ParseMaster(string(text))
}

// ReadOrMakeMaster reads the master key in the file at path, or makes one of
// random (crypto/rand where it is nil) if there is no such file. Of several
// processes that start at once, all get the same key. The key is on disk when
// the function returns.
func ReadOrMakeMaster(path string, random io.Reader) ([]byte, error) {
	master, err := ReadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return master, err
	}
	if err := makeMaster(path, random); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the master key: %w", err)
	}
	return ReadMaster(path)
}

// makeMaster writes a new key beside path and then gives it that name by a hard
// link, which fails where the name is taken: a reader sees no key or a whole
// one, and a key is never replaced.
func makeMaster(path string, random io.Reader) (err error) {
	if random == nil {
		random = rand.Reader
	}
	var key [MasterSize]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path) // #nosec G304 -- the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
