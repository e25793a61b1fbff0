package voicemail

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

// Keys seal what lies in the spool; platform/seal does it.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
}

// spool is the folder of recordings that the tray does not have yet.
type spool struct {
	dir  string
	keys Keys

	mu   sync.Mutex
	busy map[string]bool // files of calls that are on
}

// about is the first record of a file.
type about struct {
	Key  string    `json:"key"`
	From string    `json:"from"`
	At   time.Time `json:"at"`
}

const (
	extension = ".call"
	// mostRecord is the longest sealed record: a second of sound is 16 kB.
	mostRecord = 1 << 20
)

func openSpool(dir string, keys Keys) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the spool: %w", err)
	}
	return &spool{dir: dir, keys: keys, busy: map[string]bool{}}, nil
}

// tape is the file of one call.
type tape struct {
	s    *spool
	name string
	f    *os.File
	n    int
}

// begin makes the file of a call, synced, before a word is said.
func (s *spool) begin(a about) (*tape, error) {
	sum := sha256.Sum256([]byte(a.Key))
	t := &tape{s: s, name: hex.EncodeToString(sum[:16]) + extension}
	s.mark(t.name, true)
	f, err := os.OpenFile(filepath.Join(s.dir, t.name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		s.mark(t.name, false)
		return nil, err
	}
	t.f = f
	head, err := json.Marshal(a)
	if err == nil {
		err = t.add(head)
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *spool) mark(name string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.busy[name] = true
	} else {
		delete(s.busy, name)
	}
}

// purpose binds a record to its file and place: records cannot be exchanged.
func purpose(name string, n int) string { return fmt.Sprintf("voicemail/%s/%d", name, n) }

// add writes a record through to the disk.
func (t *tape) add(plain []byte) error {
	sealed := t.s.keys.Seal(purpose(t.name, t.n), plain)
	record := binary.BigEndian.AppendUint32(nil, uint32(len(sealed)))
	if _, err := t.f.Write(append(record, sealed...)); err != nil {
		return err
	}
	t.n++
	return t.f.Sync()
}

// say adds sound.
func (t *tape) say(pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return t.add(b)
}

// end closes the file; from now on it may be handed over.
func (t *tape) end() {
	_ = t.f.Close()
	t.s.mark(t.name, false)
}

// errTorn: a file without a whole first record, of a call that never began.
var errTorn = errors.New("the recording has no beginning")

// read gives what is whole of a file. The last record may be torn, if the
// program died while it wrote.
func (s *spool) read(name string) (a about, pcm []int16, err error) {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return a, nil, err
	}
	for n := 0; ; n++ {
		plain, rest, err := s.record(name, n, b)
		if err != nil && n == 0 {
			return a, nil, errTorn
		}
		if err != nil {
			return a, pcm, nil
		}
		b = rest
		if n == 0 {
			if err := json.Unmarshal(plain, &a); err != nil {
				return a, nil, errTorn
			}
			continue
		}
		for i := 0; i+1 < len(plain); i += 2 {
			pcm = append(pcm, int16(binary.LittleEndian.Uint16(plain[i:])))
		}
	}
}

func (s *spool) record(name string, n int, b []byte) (plain, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	size := binary.BigEndian.Uint32(b)
	if size > mostRecord || int(size) > len(b)-4 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	plain, err = s.keys.Unseal(purpose(name, n), b[4:4+size])
	return plain, b[4+size:], err
}

// waiting lists the files of calls that are over, the oldest first.
func (s *spool) waiting() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var files []fs.FileInfo
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), extension) && !s.busy[e.Name()] {
			files = append(files, info)
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].ModTime().Before(files[j].ModTime()) })
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = f.Name()
	}
	return out, nil
}

// drop removes a file that the tray has.
func (s *spool) drop(name string) error {
	err := os.Remove(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// lay puts a file that cannot be read out of the way, for a person to look at.
func (s *spool) lay(name string) error {
	return os.Rename(filepath.Join(s.dir, name), filepath.Join(s.dir, strings.TrimSuffix(name, extension)+".torn"))
}
