package seal_test

import (
	"testing"
	"time"

	"xinqiao/internal/platform/seal"
)

func TestSigned(t *testing.T) {
	k := seal.Random()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	token := k.Sign("case", "MC26-0A1B-7K3F", now.Add(time.Hour))
	if got, ok := k.Signed("case", token, now); !ok || got != "MC26-0A1B-7K3F" {
		t.Fatalf("own token: %q %v", got, ok)
	}
	for name, try := range map[string]struct {
		purpose, token string
		now            time.Time
	}{
		"other purpose": {"receipt", token, now},
		"expired":       {"case", token, now.Add(time.Hour)},
		"changed":       {"case", "z" + token, now},
		"no signature":  {"case", "abc", now},
		"empty":         {"case", "", now},
	} {
		if _, ok := k.Signed(try.purpose, try.token, try.now); ok {
			t.Errorf("%s: believed", name)
		}
	}
}
