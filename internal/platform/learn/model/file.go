package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"xinqiao/internal/platform/learn/text"
)

// The file: a mark with the version, the head as JSON, the vocabulary, the
// weights, and the SHA-256 of all that. Numbers are little-endian.
const (
	mark = "XQLEARN1"
	// Largest is the largest file that is written or read.
	Largest = 64 << 20
)

// ErrDamaged tells that a file is no model, is cut off or was changed.
var ErrDamaged = errors.New("not a model, or a damaged one")

// Save writes the model. The same model gives the same bytes.
func (m *Model) Save(w io.Writer) error {
	head, err := json.Marshal(m.Head)
	if err != nil {
		return err
	}
	sum := sha256.New()
	out := &writer{w: io.MultiWriter(w, sum)}
	out.bytes([]byte(mark))
	out.list(len(head), head)
	out.list(len(m.words.Slots), m.words.Slots)
	out.list(len(m.words.Rarity), m.words.Rarity)
	out.list(m.words.Body, []byte(nil))
	out.list(m.words.Title, []float32{m.words.Share})
	out.list(m.stride, []byte(nil))
	out.list(len(m.weights), m.weights)
	out.list(len(m.scales), m.scales)
	if out.err == nil {
		_, out.err = w.Write(sum.Sum(nil))
	}
	return out.err
}

type writer struct {
	w   io.Writer
	err error
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

// list writes a length and what it counts.
func (w *writer) list(n int, data any) {
	w.bytes(binary.LittleEndian.AppendUint32(nil, uint32(n)))
	if w.err == nil {
		w.err = binary.Write(w.w, binary.LittleEndian, data)
	}
}

// Load reads a model and refuses what Save did not write.
func Load(r io.Reader) (*Model, error) {
	all, err := io.ReadAll(io.LimitReader(r, Largest+1))
	if err != nil {
		return nil, err
	}
	end := len(all) - sha256.Size
	if len(all) > Largest || end < len(mark) || string(all[:len(mark)]) != mark {
		return nil, ErrDamaged
	}
	if sum := sha256.Sum256(all[:end]); !bytes.Equal(sum[:], all[end:]) {
		return nil, ErrDamaged
	}
	m := &Model{words: &text.Vocabulary{}}
	in := &reader{left: all[len(mark):end]}
	head := take[byte](in, in.length())
	m.words.Slots = take[uint32](in, in.length())
	m.words.Rarity = take[float32](in, in.length())
	m.words.Body, m.words.Title = in.length(), in.length()
	if share := take[float32](in, 1); len(share) == 1 {
		m.words.Share = share[0]
	}
	m.stride = in.length()
	m.weights = take[int8](in, in.length())
	m.scales = take[float32](in, in.length())
	if in.bad || len(in.left) != 0 {
		return nil, ErrDamaged
	}
	if err := json.Unmarshal(head, &m.Head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, m.check()
}

type reader struct {
	left []byte
	bad  bool
}

func (r *reader) length() int {
	if len(r.left) < 4 {
		r.bad = true
		return 0
	}
	n := binary.LittleEndian.Uint32(r.left)
	r.left = r.left[4:]
	return int(n)
}

// take reads n numbers, none when there are not so many: the length is checked
// before memory is asked for.
func take[T byte | int8 | uint32 | float32](r *reader, n int) []T {
	var one T
	size := binary.Size(one)
	if r.bad || n > len(r.left)/size {
		r.bad = true
		return nil
	}
	out := make([]T, n)
	_, err := binary.Decode(r.left[:n*size], binary.LittleEndian, out)
	r.bad = r.bad || err != nil
	r.left = r.left[n*size:]
	return out
}

// check refuses a model whose parts do not fit each other: a reader relies on
// it instead of looking at every number.
func (m *Model) check() error {
	if err := m.words.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	rows, classes := m.words.Len()+1, len(m.Labels)
	fits := classes > 0 && m.stride == (classes+7)&^7 && len(m.scales) == rows && len(m.weights) == rows*m.stride
	if !fits || !(m.Slope > 0 && m.Slope < 1e6) {
		return ErrDamaged
	}
	for _, s := range m.scales {
		if !(s >= 0 && s < 1e6) {
			return ErrDamaged
		}
	}
	return nil
}
