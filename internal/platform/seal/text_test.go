package seal

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTexts(t *testing.T) {
	path, master, k := house(t)
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.String().Draw(r, "text")
		sealed := k.SealText("p", text)
		if got, err := k.UnsealText("p", sealed); err != nil || got != text {
			r.Fatalf("%q %v", got, err)
		}
		if k.StaleText(sealed) || text != "" && (!k.StaleText(text) || !strings.HasPrefix(sealed, k.TextMark())) {
			r.Fatal("what is stale is mistaken")
		}
		if _, err := k.UnsealText("q", sealed); text != "" && !errors.Is(err, ErrBroken) {
			r.Fatal("opens for another purpose")
		}
	})
	before := k.SealText("p", "x")
	if _, err := Rotate(t.Context(), path, master, Data, moment); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Reload(t.Context()); err != nil || !k.StaleText(before) || k.StaleText("") {
		t.Error("a text of the old key is not stale", err)
	}
	for _, clear := range []string{"", "x", "sm4:", "sm4:x", "sm4:AQAB 路灯"} {
		if got, err := k.UnsealText("p", clear); err != nil || got != clear {
			t.Errorf("%q from before comes back as %q, %v", clear, got, err)
		}
	}
}

func BenchmarkSealWords(b *testing.B) {
	k, words := Random(), strings.Repeat("路灯坏了三个月没有人修。", 40)
	b.SetBytes(int64(len(words)))
	for b.Loop() {
		k.SealText("matter/1234567890123456789/words", words)
	}
}
