package seal

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keyFile is the JSON of the key file. New keys are added and made active; old
// ones stay to open what they sealed. The index key never changes.
type keyFile struct {
	Active uint16 `json:"active"`
	Keys   []key  `json:"keys"`
	Index  []byte `json:"sm3_hmac"`
}

type key struct {
	ID  uint16 `json:"id"`
	SM4 []byte `json:"sm4"`
}

// Open reads the key file. It refuses one that others can read.
func Open(path string) (*Keyring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("seal: others can read the key file %s (%04o): run chmod 600 on it", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("seal: key file: %w", err)
	}
	var f keyFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("seal: the key file %s is damaged: %w", path, err)
	}
	return newKeyring(f)
}

// OpenOrCreate reads the key file and makes it at the first start. When two
// processes start at once, one file wins and both use it.
func OpenOrCreate(path string) (*Keyring, error) {
	k, err := Open(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("seal: create key file: %w", err)
	}
	return Open(path)
}

// Random makes a keyring that is kept nowhere, for tests and for rehearsing.
func Random() *Keyring {
	k, err := newKeyring(randomFile())
	if err != nil {
		panic(err) // sizes are ours
	}
	return k
}

func randomFile() keyFile {
	return keyFile{Active: 1, Keys: []key{{ID: 1, SM4: randomBytes(keySize)}}, Index: randomBytes(indexSize)}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func create(path string) error {
	text, err := json.MarshalIndent(randomFile(), "", "  ")
	if err != nil {
		return err
	}
	return place(path, append(text, '\n'))
}

// place writes a file aside, whole and synced, and links it into place, which
// fails harmlessly if it exists by now.
func place(path string, text []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	aside, err := os.CreateTemp(dir, ".keys-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(text)
	if err == nil {
		err = aside.Sync()
	}
	if err = errors.Join(err, aside.Close()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
