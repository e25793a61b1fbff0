package seal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Key is what may be told of a working key.
type Key struct {
	ID      int       `json:"id"`
	Use     Use       `json:"use"`
	State   State     `json:"state"`
	Made    time.Time `json:"made,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
}

// Settled is how long a key must be out of use before it may be destroyed:
// every process has taken its successor by then.
const Settled = time.Minute

// What operators are told.
var (
	ErrNoKey    = errors.New("seal: there is no such key")
	ErrInUse    = errors.New("seal: the key is active: rotate first")
	ErrTooFresh = fmt.Errorf("seal: the key was active less than %s ago, and another process may not have read the key file yet: wait", Settled)
)

// List tells the keys of a key file, without any secret.
func List(path string) ([]Key, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if f.Format < format {
		if f, err = modern(f); err != nil {
			return nil, err
		}
	}
	out := make([]Key, len(f.Keys))
	for i, k := range f.Keys {
		out[i] = Key{int(k.ID), k.Use, k.State, k.Made, k.Changed}
	}
	return out, nil
}

// Rotate makes a new key active, the staged one if there is one; the one
// before opens from now on only. Codes and tokens keep their key.
func Rotate(ctx context.Context, path string, master Master, use Use, now time.Time) (Key, error) {
	return advance(ctx, path, master, use, func(f *keyFile, fresh func() *key) *key {
		next := f.find(use, Staged)
		if next == nil {
			next = fresh()
			next.Made = now
		}
		before := f.find(use, Active)
		before.State, before.Changed = Old, now
		next.State, next.Changed = Active, now
		return next
	})
}

// Stage adds a key that only opens, for instances whose machines do not share
// the key file: copy the file to each, then Rotate on each.
func Stage(ctx context.Context, path string, master Master, use Use, now time.Time) (Key, error) {
	return advance(ctx, path, master, use, func(f *keyFile, fresh func() *key) *key {
		if next := f.find(use, Staged); next != nil {
			return next
		}
		next := fresh()
		next.Made, next.State, next.Changed = now, Staged, now
		return next
	})
}

func advance(ctx context.Context, path string, master Master, use Use, change func(*keyFile, func() *key) *key) (Key, error) {
	size := map[Use]int{Data: keySize, Index: indexSize}[use]
	if size == 0 {
		return Key{}, fmt.Errorf("seal: keys of use %q do not change", use)
	}
	var out Key
	err := edit(path, func(f *keyFile) error {
		// A master key that opens nothing here must not wrap anything either.
		if _, err := master.Unwrap(ctx, f.Keys[0].label(), f.Keys[0].Wrapped); f.Keys[0].State != Destroyed && err != nil {
			return err
		}
		var failed error
		k := change(f, func() *key {
			next := key{ID: f.nextID(use), Use: use}
			next.Wrapped, failed = master.Wrap(ctx, next.label(), randomBytes(size))
			f.Keys = append(f.Keys, next)
			return &f.Keys[len(f.Keys)-1]
		})
		out = Key{int(k.ID), k.Use, k.State, k.Made, k.Changed}
		return failed
	})
	return out, err
}

// Destroy forgets an old key for good. Whoever calls it has made sure that
// nothing is sealed with it any more.
func Destroy(path string, use Use, id int, now time.Time) error {
	return edit(path, func(f *keyFile) error {
		i := slices.IndexFunc(f.Keys, func(k key) bool { return k.Use == use && int(k.ID) == id })
		switch {
		case i < 0 || f.Keys[i].State == Destroyed:
			return ErrNoKey
		case f.Keys[i].State == Active:
			return ErrInUse
		case now.Sub(f.Keys[i].Changed) < Settled:
			return ErrTooFresh
		}
		k := &f.Keys[i]
		k.State, k.Changed, k.Wrapped = Destroyed, now, nil
		return nil
	})
}

// Rewrap puts the working keys under another master key; nothing that is
// sealed changes. Running processes go on and need the new master key at their
// next start.
func Rewrap(ctx context.Context, path string, before, after Master) error {
	return edit(path, func(f *keyFile) error {
		if err := (&Keyring{master: before}).unwrap(ctx, f); err != nil {
			return err
		}
		return wrap(ctx, f, after)
	})
}

// edit changes the key file; a change that fails leaves it as it was.
func edit(path string, change func(*keyFile) error) error {
	return locked(path, func() error {
		f, err := readFile(path)
		if err != nil {
			return err
		}
		if f.Format != format {
			return fmt.Errorf("seal: the key file %s is of an earlier version: start the program once", path)
		}
		if err := change(&f); err != nil {
			return err
		}
		return replace(path, f)
	})
}

func (f *keyFile) find(use Use, state State) *key {
	for i := range f.Keys {
		if f.Keys[i].Use == use && f.Keys[i].State == state {
			return &f.Keys[i]
		}
	}
	return nil
}

func (f *keyFile) nextID(use Use) uint16 {
	var last uint16
	for _, k := range f.Keys {
		if k.Use == use {
			last = max(last, k.ID)
		}
	}
	return last + 1
}

// Name is how operators call a key: data-2.
func (u Use) Name(id int) string { return string(u) + "-" + strconv.Itoa(id) }
