package blob

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/emmansun/gmsm/sm4"
)

// A sealed file is: a mark, the file's own key sealed by the keyring, in one of
// two slots, and the content in chunks of SM4-GCM. A chunk's nonce is its place
// and whether it is the last: chunks that are swapped, left out or cut off do
// not open. Two slots, so that a new key goes beside the old one and a crash
// leaves one of them whole.
const (
	mark      = "\x00XQBLOB\x01"
	slotSize  = 3 + nonceSize + fileKey + tagSize // a sealed value of package seal
	headBytes = 128                               // mark, two slots, zeros
	chunkSize = 64 << 10
	fileKey   = 16
	nonceSize = 12
	tagSize   = 16
)

// ErrSealed: the file was changed, or its key is not known.
var ErrSealed = errors.New("the file does not open")

func purposeOf(key string) string { return "blob/" + key }

func slotAt(n int) int64 { return int64(len(mark) + n*slotSize) }

func newGCM(secret []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func nonce(chunk int64, last bool) []byte {
	n := make([]byte, nonceSize)
	binary.BigEndian.PutUint64(n, uint64(chunk))
	if last {
		n[nonceSize-1] = 1
	}
	return n
}

// writer seals what is written to it.
type writer struct {
	f     *os.File
	gcm   cipher.AEAD
	plain []byte // of the chunk that is being filled
	out   []byte
	chunk int64
	done  bool
}

// newWriter begins a file with a key of its own.
func (s *Store) newWriter(f *os.File, key string) (*writer, error) {
	secret := make([]byte, fileKey)
	rand.Read(secret)
	gcm, err := newGCM(secret)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headBytes)
	copy(head, mark)
	copy(head[slotAt(0):], s.keys.Seal(purposeOf(key), secret))
	if _, err := f.Write(head); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &writer{f: f, gcm: gcm, plain: make([]byte, 0, chunkSize)}, nil
}

// Write implements io.Writer. A full chunk waits for what comes after it: only
// then it is known not to be the last.
func (w *writer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(w.plain) == chunkSize {
			if err := w.flush(false); err != nil {
				return n - len(p), err
			}
		}
		take := min(len(p), chunkSize-len(w.plain))
		w.plain, p = append(w.plain, p[:take]...), p[take:]
	}
	return n, nil
}

func (w *writer) flush(last bool) error {
	w.out = w.gcm.Seal(w.out[:0], nonce(w.chunk, last), w.plain, nil)
	w.plain = w.plain[:0]
	w.chunk++
	_, err := w.f.Write(w.out)
	return err
}

// finish writes the last chunk.
func (w *writer) finish() error {
	if w.done {
		return nil
	}
	w.done = true
	return w.flush(true)
}

// again reads what was written and finished.
func (w *writer) again(size int64) *File { return &File{f: w.f, gcm: w.gcm, size: size, at: -1} }

// File is a stored file, opened for reading. Any part can be read; only one
// goroutine may.
type File struct {
	f     *os.File
	gcm   cipher.AEAD // nil: a file from before files were sealed
	size  int64
	pos   int64
	plain []byte // of the chunk read last
	at    int64  // which one; -1 = none
}

// open finds out how a file lies on the disk.
func (s *Store) open(f *os.File, key string) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, headBytes)
	if n, err := f.ReadAt(head, 0); n < headBytes || !bytes.HasPrefix(head, []byte(mark)) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return &File{f: f, size: info.Size()}, nil
	}
	secret, _, err := s.secret(head, key)
	if err != nil {
		return nil, err
	}
	gcm, err := newGCM(secret)
	if err != nil {
		return nil, err
	}
	body := info.Size() - headBytes
	chunks := (body + chunkSize + tagSize - 1) / (chunkSize + tagSize)
	if body < tagSize {
		return nil, ErrSealed
	}
	return &File{f: f, gcm: gcm, size: body - chunks*tagSize, at: -1}, nil
}

// secret opens the file's own key, and tells in which slot it lay.
func (s *Store) secret(head []byte, key string) (secret []byte, slot int, err error) {
	err = ErrSealed
	for n := range 2 {
		sealed := head[slotAt(n) : slotAt(n)+slotSize]
		if sealed[0] == 0 {
			continue
		}
		plain, failed := s.keys.Unseal(purposeOf(key), sealed)
		if failed != nil || len(plain) != fileKey {
			err = errors.Join(err, failed)
			continue
		}
		if secret == nil || s.keys.Stale(head[slotAt(slot):slotAt(slot)+slotSize]) {
			secret, slot = plain, n
		}
	}
	if secret != nil {
		return secret, slot, nil
	}
	return nil, 0, err
}

// Size is the length of the content.
func (f *File) Size() int64 { return f.size }

// Close implements io.Closer.
func (f *File) Close() error { return f.f.Close() }

// Seek implements io.Seeker.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the beginning")
	}
	f.pos = offset
	return offset, nil
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p[:min(int64(len(p)), chunkSize)], f.pos)
	f.pos += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, offset int64) (int, error) {
	if f.gcm == nil {
		return f.f.ReadAt(p, offset)
	}
	read := 0
	for read < len(p) {
		at := offset + int64(read)
		if at >= f.size {
			return read, io.EOF
		}
		if err := f.load(at / chunkSize); err != nil {
			return read, err
		}
		read += copy(p[read:], f.plain[at%chunkSize:])
	}
	return read, nil
}

// load opens a chunk.
func (f *File) load(chunk int64) error {
	if f.at == chunk {
		return nil
	}
	length := min(f.size-chunk*chunkSize, chunkSize)
	sealed := make([]byte, length+tagSize)
	if _, err := f.f.ReadAt(sealed, headBytes+chunk*(chunkSize+tagSize)); err != nil {
		return err
	}
	plain, err := f.gcm.Open(f.plain[:0], nonce(chunk, (chunk+1)*chunkSize >= f.size), sealed, nil)
	if err != nil {
		f.at = -1
		return fmt.Errorf("blob: %w", ErrSealed)
	}
	f.plain, f.at = plain, chunk
	return nil
}
