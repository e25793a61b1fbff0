package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// What callers compare with errors.Is.
var (
	ErrTooLarge = errors.New("blob: the file is over the limit")
	ErrEmpty    = errors.New("blob: the file is empty")
	ErrType     = errors.New("blob: files of this type are not taken")
	ErrMismatch = errors.New("blob: the content is not what the name says")
	ErrNotFound = errors.New("blob: no such file")
)

// incoming is the folder of files that are still being received.
const incoming = "incoming"

// Keys seal the key of each file; platform/seal does it.
type Keys interface {
	Seal(purpose string, plaintext []byte) []byte
	Unseal(purpose string, sealed []byte) ([]byte, error)
	Stale(sealed []byte) bool
}

// Store is a folder of files. It may be shared, also between processes.
type Store struct {
	root    *os.Root
	keys    Keys
	buffers sync.Pool
}

// Ref describes a stored file.
type Ref struct {
	Key    string
	Size   int64
	Type   string // one of Kinds
	SHA256 string // hexadecimal
}

// Open opens (or makes) the folder. Everything that is put there is sealed.
func Open(dir string, keys Keys) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	if err := root.MkdirAll(incoming, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	s := &Store{root: root, keys: keys}
	s.buffers.New = func() any { b := make([]byte, headSize); return &b }
	return s, nil
}

// Close lets the folder go.
func (s *Store) Close() error { return s.root.Close() }

// Put receives a file of at most limit bytes. The name serves only to check
// that the content is what it says.
func (s *Store) Put(ctx context.Context, name string, r io.Reader, limit int64) (Ref, error) {
	return s.add(func(w *writer) (Ref, error) { return s.receive(w, name, reader{ctx, r}, limit) })
}

// Keep stores bytes that the program itself made, of which there is nothing to
// recognise.
func (s *Store) Keep(ctx context.Context, r io.Reader, limit int64) (Ref, error) {
	return s.add(func(w *writer) (Ref, error) {
		hash := sha256.New()
		n, err := io.Copy(io.MultiWriter(w, hash), io.LimitReader(reader{ctx, r}, limit+1))
		switch {
		case err != nil:
			return Ref{}, fmt.Errorf("blob: keep: %w", err)
		case n == 0:
			return Ref{}, ErrEmpty
		case n > limit:
			return Ref{}, ErrTooLarge
		}
		return Ref{Size: n, Type: "application/octet-stream", SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
	})
}

// add writes a file aside and moves it to its place when it is whole.
func (s *Store) add(write func(*writer) (Ref, error)) (Ref, error) {
	key := strings.ToLower(rand.Text())
	aside, ref, err := s.aside(key, write)
	if err == nil {
		err = s.settle(aside, key)
	}
	if err != nil {
		s.root.Remove(aside) // else Sweep does
		return Ref{}, err
	}
	ref.Key = key
	return ref, nil
}

// aside writes a whole, synced, sealed file where nobody reads it yet.
func (s *Store) aside(key string, write func(*writer) (Ref, error)) (string, Ref, error) {
	name := path.Join(incoming, strings.ToLower(rand.Text()))
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return name, Ref{}, fmt.Errorf("blob: receive: %w", err)
	}
	var ref Ref
	w, err := s.newWriter(f, key)
	if err == nil {
		ref, err = write(w)
	}
	if err == nil {
		if err = errors.Join(w.finish(), f.Sync()); err != nil {
			err = fmt.Errorf("blob: receive: %w", err)
		}
	}
	return name, ref, errors.Join(err, f.Close())
}

// receive writes, hashes and recognises, and gives up at the first sign.
func (s *Store) receive(f *writer, name string, r io.Reader, limit int64) (Ref, error) {
	buffer := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buffer)
	n, err := io.ReadFull(r, (*buffer)[:min(headSize, limit+1)])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return Ref{}, fmt.Errorf("blob: receive: %w", err)
	}
	switch {
	case n == 0:
		return Ref{}, ErrEmpty
	case int64(n) > limit:
		return Ref{}, ErrTooLarge
	}
	head := (*buffer)[:n]
	kind, err := recognise(name, head)
	if err != nil {
		return Ref{}, err
	}
	compound := bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0"))
	hash := sha256.New()
	to := io.MultiWriter(f, hash)
	if _, err := to.Write(head); err != nil {
		return Ref{}, fmt.Errorf("blob: receive: %w", err)
	}
	more, err := io.CopyBuffer(to, io.LimitReader(r, limit+1-int64(n)), *buffer)
	if err != nil {
		return Ref{}, fmt.Errorf("blob: receive: %w", err)
	}
	size := int64(n) + more
	if size > limit {
		return Ref{}, ErrTooLarge
	}
	if compound {
		if err := f.finish(); err != nil {
			return Ref{}, fmt.Errorf("blob: receive: %w", err)
		}
		if oleRefused(f.again(size), size) {
			return Ref{}, ErrType
		}
	}
	return Ref{Size: size, Type: kind.Type, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// settle moves a received file to its place, for good.
func (s *Store) settle(aside, key string) error {
	dir := path.Dir(place(key))
	if err := s.root.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("blob: settle: %w", err)
	}
	if err := s.root.Rename(aside, place(key)); err != nil {
		return fmt.Errorf("blob: settle: %w", err)
	}
	for _, d := range []string{dir, path.Dir(dir), "."} {
		if err := s.sync(d); err != nil {
			return fmt.Errorf("blob: settle: %w", err)
		}
	}
	return nil
}

func (s *Store) sync(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open gives a file for reading; close it.
func (s *Store) Open(key string) (*File, error) {
	f, err := s.raw(key)
	if err != nil {
		return nil, err
	}
	opened, err := s.open(f, key)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("blob: %w", err)
	}
	return opened, nil
}

// raw opens a file as it lies on the disk.
func (s *Store) raw(key string) (*os.File, error) {
	if !valid(key) {
		return nil, ErrNotFound
	}
	f, err := s.root.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return f, err
}

// Delete removes a file; one that is gone already is no error.
func (s *Store) Delete(key string) error {
	if !valid(key) {
		return ErrNotFound
	}
	if err := s.root.Remove(place(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete: %w", err)
	}
	return nil
}

// place fans out over two levels: ab/cd/abcd….
func place(key string) string { return path.Join(key[:2], key[2:4], key) }

// valid keys are those that rand.Text makes, in small letters.
func valid(key string) bool {
	if len(key) < 26 || len(key) > 64 {
		return false
	}
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// reader stops when nobody waits any more.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
