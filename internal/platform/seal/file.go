package seal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// format is that of the key file. Format 1 held its keys in clear; it is
// brought up to date when it is opened.
const format = 2

// keyFile is the JSON of the key file.
type keyFile struct {
	Format int   `json:"format"`
	Keys   []key `json:"keys"`

	Active uint16 `json:"active,omitempty"`   // of format 1
	Index  []byte `json:"sm3_hmac,omitempty"` // of format 1
}

// Use says what a working key is for.
type Use string

// The uses.
const (
	Data   Use = "data"   // seals values and files
	Index  Use = "index"  // makes blind indexes of persons
	Derive Use = "derive" // makes codes and tokens; never changes, for they were handed out
)

// State says what a working key may still do.
type State string

// The states, in the order of a key's life.
const (
	Staged    State = "staged"    // opens; waits until every machine has it
	Active    State = "active"    // seals and opens
	Old       State = "old"       // opens only
	Destroyed State = "destroyed" // is gone; its id is not given again
)

type key struct {
	ID      uint16    `json:"id"`
	Use     Use       `json:"use,omitempty"`
	State   State     `json:"state,omitempty"`
	Made    time.Time `json:"made,omitzero"`
	Changed time.Time `json:"changed,omitzero"` // of the state
	Wrapped []byte    `json:"wrapped,omitempty"`
	SM4     []byte    `json:"sm4,omitempty"` // of format 1

	clear []byte
}

// label binds a wrapped key to its place in the file.
func (k key) label() string { return "xinqiao/" + string(k.Use) + "/" + strconv.Itoa(int(k.ID)) }

// Open reads the key file. It refuses one that others can read, and brings an
// old one up to date.
func Open(ctx context.Context, path string, master Master) (*Keyring, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if f.Format < format {
		if err := upgrade(ctx, path, master); err != nil {
			return nil, fmt.Errorf("seal: bring the key file up to date: %w", err)
		}
	}
	k := &Keyring{path: path, master: master}
	_, err = k.Reload(ctx)
	return k, err
}

// OpenOrCreate reads the key file and makes it at the first start. When two
// processes start at once, one file wins and both use it.
func OpenOrCreate(ctx context.Context, path string, master Master, now time.Time) (*Keyring, error) {
	k, err := Open(ctx, path, master)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	f := randomFile(now)
	if err = wrap(ctx, &f, master); err == nil {
		err = writeNew(path, f)
	}
	if err != nil {
		return nil, fmt.Errorf("seal: create key file: %w", err)
	}
	return Open(ctx, path, master)
}

// Random makes a keyring that is kept nowhere, for tests and for rehearsing.
func Random() *Keyring {
	r, err := newRing(randomFile(time.Time{}).Keys)
	if err != nil {
		panic(err) // sizes are ours
	}
	k := &Keyring{}
	k.now.Store(r)
	return k
}

func randomFile(now time.Time) keyFile {
	fresh := func(use Use, size int) key {
		return key{ID: 1, Use: use, State: Active, Made: now, Changed: now, clear: randomBytes(size)}
	}
	return keyFile{Format: format, Keys: []key{fresh(Data, keySize), fresh(Index, indexSize), fresh(Derive, indexSize)}}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// readFile reads and checks the file; the keys stay wrapped.
func readFile(path string) (keyFile, error) {
	var f keyFile
	text, err := readPrivate(path)
	if err != nil {
		return f, fmt.Errorf("seal: key file: %w", err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("seal: the key file %s is damaged: %w", path, err)
	}
	if f.Format > format {
		return f, fmt.Errorf("seal: the key file %s is of a later version of this program", path)
	}
	if len(f.Keys) == 0 || f.Format == 0 && len(f.Index) != indexSize {
		return f, fmt.Errorf("seal: the key file %s is damaged: keys are missing", path)
	}
	return f, nil
}

// readPrivate reads a file that nobody else may read.
func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("others can read %s (%04o): run chmod 600 on it", path, mode)
	}
	return os.ReadFile(path)
}

// modern gives the keys of a file of format 1 their uses and states. Its one
// index key made blind indexes and codes alike, so both go on with it.
func modern(old keyFile) (keyFile, error) {
	f := keyFile{Format: format}
	found := false
	for _, k := range old.Keys {
		state := Old
		if k.ID == old.Active {
			state, found = Active, true
		}
		f.Keys = append(f.Keys, key{ID: k.ID, Use: Data, State: state, clear: k.SM4})
	}
	if !found {
		return f, fmt.Errorf("the active key %d is not in the key file", old.Active)
	}
	f.Keys = append(f.Keys, key{ID: 1, Use: Index, State: Active, clear: old.Index}, key{ID: 1, Use: Derive, State: Active, clear: old.Index})
	_, err := newRing(f.Keys)
	return f, err
}

// upgrade wraps the keys of an old file. The old file stands until the new one
// is whole on disk.
func upgrade(ctx context.Context, path string, master Master) error {
	return locked(path, func() error {
		old, err := readFile(path)
		if err != nil || old.Format == format {
			return err // another process was first
		}
		f, err := modern(old)
		if err == nil {
			err = wrap(ctx, &f, master)
		}
		if err != nil {
			return err
		}
		return replace(path, f)
	})
}

// wrap closes the working keys with the master key.
func wrap(ctx context.Context, f *keyFile, master Master) error {
	for i := range f.Keys {
		k := &f.Keys[i]
		if k.State == Destroyed {
			continue
		}
		var err error
		if k.Wrapped, err = master.Wrap(ctx, k.label(), k.clear); err != nil {
			return fmt.Errorf("%s key %d: %w", k.Use, k.ID, err)
		}
	}
	return nil
}

// stamp tells one state of a file from another.
type stamp struct {
	inode, size, changed int64
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, fmt.Errorf("seal: key file: %w", err)
	}
	s := stamp{size: info.Size(), changed: info.ModTime().UnixNano()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = int64(sys.Ino) //nolint:unconvert // the type differs between systems
	}
	return s, nil
}

// locked runs a change of a file while no other process changes it.
func locked(path string, change func() error) error {
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return change()
}

// replace puts a whole, synced file in place of the old one at one stroke.
func replace(path string, f any) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	aside, err := writeAside(path, append(text, '\n'))
	if err != nil {
		return err
	}
	if err := os.Rename(aside, path); err != nil {
		os.Remove(aside)
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeNew(path string, f keyFile) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return place(path, append(text, '\n'))
}

// place links a whole, synced file into place, which fails harmlessly if it
// exists by now.
func place(path string, text []byte) error {
	aside, err := writeAside(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(aside)
	if err := os.Link(aside, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeAside(path string, text []byte) (string, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	aside, err := os.CreateTemp(dir, ".keys-*") // 0600
	if err != nil {
		return "", err
	}
	_, err = aside.Write(text)
	if err == nil {
		err = aside.Sync()
	}
	if err = errors.Join(err, aside.Close()); err != nil {
		os.Remove(aside.Name())
	}
	return aside.Name(), err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
