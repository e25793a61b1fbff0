package seal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"
)

// Master wraps and unwraps working keys. The label is authenticated with them.
type Master interface {
	Wrap(ctx context.Context, label string, secret []byte) ([]byte, error)
	Unwrap(ctx context.Context, label string, wrapped []byte) ([]byte, error)
}

// ErrMaster: the master key is not the one that wrapped the key.
var ErrMaster = errors.New("seal: the master key does not open the key file")

// local is a master key that this process knows.
type local []byte

// Wrap implements Master.
func (m local) Wrap(_ context.Context, label string, secret []byte) ([]byte, error) {
	gcm, err := newGCM(m)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	return gcm.Seal(nonce, nonce, secret, []byte(label)), nil
}

// Unwrap implements Master.
func (m local) Unwrap(_ context.Context, label string, wrapped []byte) ([]byte, error) {
	gcm, err := newGCM(m)
	if err != nil {
		return nil, err
	}
	if len(wrapped) < nonceSize+tagSize {
		return nil, ErrMaster
	}
	secret, err := gcm.Open(nil, wrapped[:nonceSize], wrapped[nonceSize:], []byte(label))
	if err != nil {
		return nil, ErrMaster
	}
	return secret, nil
}

// MasterText takes a master key as 32 hexadecimal digits.
func MasterText(text string) (Master, error) {
	secret, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(secret) != keySize {
		return nil, fmt.Errorf("seal: a master key is %d hexadecimal digits", 2*keySize)
	}
	return local(secret), nil
}

// MasterFile reads a master key from a file that nobody else may read.
func MasterFile(path string) (Master, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	m, err := MasterText(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, path)
	}
	return m, nil
}

// NewMasterFile makes a file with a new master key; an existing one stays.
func NewMasterFile(path string) error {
	return place(path, []byte(hex.EncodeToString(randomBytes(keySize))+"\n"))
}

// MasterBeside reads the master key of an instance that configures none, and
// makes it at the first start. A key file that is wrapped already says that
// there was a master key: a new one would open nothing, so none is made.
func MasterBeside(path, keyFile string) (Master, error) {
	m, err := MasterFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if f, err := readFile(keyFile); err == nil && f.Format == format {
		return nil, fmt.Errorf("seal: the key file %s is there, its master key %s is not: bring it back from the copy that was kept apart", keyFile, path)
	}
	if err := NewMasterFile(path); err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	return MasterFile(path)
}

// commandTime is how long a device may take for one key.
const commandTime = 20 * time.Second

// command is a master key in a device or service that a program speaks for.
type command []string

// MasterCommand uses a program: it is run with the word wrap or unwrap and the
// key's label as last arguments, reads one line of hexadecimal digits and
// prints one. The master key itself is never seen here.
func MasterCommand(line string) (Master, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil, errors.New("seal: the command of the master key is empty")
	}
	return command(words), nil
}

// Wrap implements Master.
func (c command) Wrap(ctx context.Context, label string, secret []byte) ([]byte, error) {
	return c.run(ctx, "wrap", label, secret)
}

// Unwrap implements Master.
func (c command) Unwrap(ctx context.Context, label string, wrapped []byte) ([]byte, error) {
	return c.run(ctx, "unwrap", label, wrapped)
}

// run asks the program. What it says on standard error goes to the operator,
// what it prints never does.
func (c command) run(ctx context.Context, verb, label string, in []byte) ([]byte, error) {
	ctx, done := context.WithTimeout(ctx, commandTime)
	defer done()
	run := exec.CommandContext(ctx, c[0], append(c[1:len(c):len(c)], verb, label)...)
	run.Stdin = strings.NewReader(hex.EncodeToString(in) + "\n")
	run.WaitDelay = time.Second
	var said bytes.Buffer
	run.Stderr = &said
	printed, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("seal: the master key's command %s %s: %w: %.300s", c[0], verb, err, strings.TrimSpace(said.String()))
	}
	out, err := hex.DecodeString(strings.TrimSpace(string(printed)))
	if err != nil || len(out) == 0 {
		return nil, fmt.Errorf("seal: the master key's command %s %s printed no line of hexadecimal digits", c[0], verb)
	}
	return out, nil
}
