package intake

import (
	"strings"
	"testing"
	"unicode/utf8"

	"xinqiao/internal/platform/seal"
)

func TestCodes(t *testing.T) {
	c := NewCodes(seal.Random())
	code := c.Code("MC26-0A1B-7K3F")
	if len(code) != 9 || code[4] != '-' || strings.Trim(code, codeAlphabet+"-") != "" {
		t.Fatalf("code %q", code)
	}
	plain := strings.ReplaceAll(code, "-", "")
	wide := strings.Map(func(r rune) rune { return r - '!' + '！' }, plain)
	for _, typed := range []string{code, strings.ToLower(code), plain, " " + plain[:3] + " " + plain[3:], wide, strings.ReplaceAll(code, "0", "o")} {
		if !c.Check("MC26-0A1B-7K3F", typed) {
			t.Errorf("%q is refused", typed)
		}
	}
	for _, typed := range []string{"", plain[:7], plain + "0", c.Code("MC26-0A1B-7K3G"), NewCodes(seal.Random()).Code("MC26-0A1B-7K3F")} {
		if c.Check("MC26-0A1B-7K3F", typed) {
			t.Errorf("%q is taken", typed)
		}
	}
}

func FuzzCheckCode(f *testing.F) {
	c := NewCodes(seal.Random())
	f.Add("7K3F-0A1B")
	f.Add("\xff\x00")
	f.Fuzz(func(t *testing.T, typed string) {
		if c.Check("MC26-0A1B-7K3F", typed) && readCode(typed) != c.Code("MC26-0A1B-7K3F") {
			t.Error(typed)
		}
	})
}

func FuzzFirstSentence(f *testing.F) {
	f.Add("电梯停了。怎么办？")
	f.Add("。。。")
	f.Fuzz(func(t *testing.T, words string) {
		if !utf8.ValidString(words) || strings.TrimSpace(words) == "" {
			return
		}
		if title := firstSentence(words); utf8.RuneCountInString(title) > MaxTitle || !utf8.ValidString(title) {
			t.Errorf("title %q", title)
		}
	})
}

func TestFirstSentence(t *testing.T) {
	for words, title := range map[string]string{
		"电梯停了。怎么办？":                            "电梯停了",
		"  The lift\tstands  still\nfor weeks": "The lift stands still",
		strings.Repeat("长", 60):                strings.Repeat("长", 39) + "…",
		"？":                                    "？",
	} {
		if got := firstSentence(strings.TrimSpace(words)); got != title {
			t.Errorf("%q: %q", words, got)
		}
	}
}
