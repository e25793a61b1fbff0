package text

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func vocabulary(shape Shape, texts ...string) *Vocabulary {
	c := NewCounter(shape)
	for _, t := range texts {
		c.Add(t, t)
	}
	return c.Vocabulary(Choice{AtLeast: 1})
}

var small = Shape{Body: 2, Title: 3, Share: 0.5}

func TestFolding(t *testing.T) {
	for in, want := range map[string]string{
		"Ａ1 区，路灯": "a1区|路灯", "，，停水。。停电": "停水|停电", "ABC def": "abcdef", "\ufeff停\u3000水": "停水", "": "",
	} {
		got := ""
		for _, r := range fold(nil, in) {
			if r == gap {
				r = '|'
			}
			got += string(r)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestOffsetsLeadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		f := FoldWithOffsets(s)
		if plain := fold(nil, s); !slices.Equal(plain, f.Runes) {
			t.Fatalf("%q folds to %q and %q", s, string(plain), string(f.Runes))
		}
		for i, at := range f.Starts {
			if at < 0 || at >= len(s) || i > 0 && at <= f.Starts[i-1] {
				t.Fatalf("offset %d of %d in %q", at, i, s)
			}
		}
	})
}

func TestVectorHasLengthOne(t *testing.T) {
	v := vocabulary(small, "路灯坏了", "停水停电", "小区停水")
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("路灯坏了停水电小区，")), 1, 20, -1)
		got := v.NewCutter().Cut("停水", word.Draw(t, "body"))
		sum := 0.0
		for _, x := range got.Value {
			sum += float64(x) * float64(x)
		}
		if math.Abs(sum-1) > 1e-4 {
			t.Fatalf("squares add up to %v", sum)
		}
	})
}

// TestCutterForgets: what one message left behind must not weigh in the next.
func TestCutterForgets(t *testing.T) {
	v := vocabulary(small, "路灯坏了", "停水停电", "小区停水")
	c := v.NewCutter()
	c.Cut("路灯路灯路灯", "停水停水")
	again := c.Cut("小区", "停水")
	fresh := v.NewCutter().Cut("小区", "停水")
	if !slices.Equal(again.Feature, fresh.Feature) || !slices.Equal(again.Value, fresh.Value) {
		t.Errorf("%v after another message, %v alone", again, fresh)
	}
}

func TestTitleIsAFieldOfItsOwn(t *testing.T) {
	v := vocabulary(small, "路灯坏了", "停水停电")
	c := v.NewCutter()
	inTitle := slices.Clone(c.Cut("路灯", "").Feature)
	inBody := slices.Clone(c.Cut("", "路灯").Feature)
	if len(inTitle) != 6 || len(inBody) != 3 {
		t.Errorf("路, 灯 and 路灯 are %d features in a title and %d in a body", len(inTitle), len(inBody))
	}
	if unknown := c.Cut("", "龘龘"); len(unknown.Feature) != 0 {
		t.Errorf("what was never learned is feature %v", unknown.Feature)
	}
}

// TestOnlyWhatIsFrequentStays also checks that what stays can be found: every
// prefix of a feature is one.
func TestOnlyWhatIsFrequentStays(t *testing.T) {
	c := NewCounter(Shape{Body: 4})
	for _, s := range []string{"路灯坏了", "路灯亮了", "路面", "停电"} {
		c.Add("", s)
	}
	v := c.Vocabulary(Choice{AtLeast: 2})
	if got := v.Len(); got != 4 { // 路 灯 路灯 了
		t.Errorf("%d features occur twice", got)
	}
	if few := c.Vocabulary(Choice{AtLeast: 1, AtMost: 5}); few.Len() != 5 || few.Check() != nil {
		t.Errorf("%d features of at most five", few.Len())
	}
	if found := v.Find(FoldWithOffsets("路灯，灯"), false); len(found) != 4 {
		t.Errorf("%v in 路灯，灯", found)
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Vocabulary){
		"no empty slot": func(v *Vocabulary) {
			for i := range v.Slots {
				v.Slots[i] = 1
			}
		},
		"size":    func(v *Vocabulary) { v.Slots = v.Slots[:len(v.Slots)-1] },
		"outside": func(v *Vocabulary) { v.Slots[0] = uint32(v.Len()) + 1 },
		"rarity":  func(v *Vocabulary) { v.Rarity[0] = float32(math.NaN()) },
		"shape":   func(v *Vocabulary) { v.Body = 0 },
	} {
		v := vocabulary(small, "路灯坏了")
		if v.Check() != nil {
			t.Fatal("a sound vocabulary was refused")
		}
		if spoil(v); v.Check() == nil {
			t.Errorf("%s was not noticed", name)
		}
	}
}
