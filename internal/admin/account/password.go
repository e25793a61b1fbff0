package account

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base32"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"xinqiao/internal/platform/fault"
)

// The password policy. Length is what protects; the upper bound keeps the
// hash cheap to refuse.
const (
	MinPassword = 10
	MaxPassword = 128
)

// params are OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
// The library's 64 MiB would break the memory budget of a small machine.
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hasher bounds how much memory and processor sign-ins may take: two hashes
// at a time, and a queue that refuses rather than grows.
type hasher struct {
	slots   chan struct{}
	waiting *atomic.Int64
}

const maxWaiting = 256

func newHasher() hasher { return hasher{make(chan struct{}, 2), new(atomic.Int64)} }

func (h hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return fault.New(fault.TooMany, "account.busy")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h hasher) leave() { <-h.slots }

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(norm.NFKC.String(password), params)
}

// dummy is the hash of a password that nobody knows. Unknown logins are
// compared with it, so that they take as long as known ones.
const dummy = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// matches compares in constant time; an empty hash matches nothing but costs
// the same.
func (h hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	known := hash != ""
	if !known {
		hash = dummy
	}
	if len(password) > 4*MaxPassword {
		password, known = "", false
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	return ok && known, err
}

//go:embed common_passwords.txt
var commonPasswords string

var common = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonPasswords) {
		set[word] = true
	}
	return set
}()

// checkPassword names what is wrong with a new password, "" if nothing is.
func checkPassword(password, login, name string) (id string, args []any) {
	plain := strings.ToLower(norm.NFKC.String(password))
	switch n := utf8.RuneCountInString(plain); {
	case n < MinPassword:
		return "account.password_short", []any{MinPassword}
	case n > MaxPassword:
		return "account.password_long", []any{MaxPassword}
	}
	// The login with a year or an exclamation mark behind it is no password.
	bare := strings.TrimFunc(plain, func(r rune) bool { return r < 'a' && r != ' ' })
	switch {
	case login != "" && (plain == login || bare == login || strings.Contains(plain, login) && len(plain)-len(login) < 6):
		return "account.password_is_login", nil
	case name != "" && strings.Contains(plain, strings.ToLower(name)) && utf8.RuneCountInString(plain)-utf8.RuneCountInString(name) < 6:
		return "account.password_is_login", nil
	case common[plain] || common[bare] || distinct(plain) < 5:
		return "account.password_common", nil
	}
	return "", nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// oneTime makes a password that is read aloud or written down once: four
// groups of four letters and digits, 80 bits.
func oneTime() string { return strings.ToLower(group4(random(10))) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails since Go 1.24
	return b
}

// group4 writes bytes as letters and digits in groups of four.
func group4(b []byte) string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
	var out strings.Builder
	for i, r := range text {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return out.String()
}
