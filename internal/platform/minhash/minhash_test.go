package minhash

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShingles(t *testing.T) {
	h := New(1)
	for _, same := range [][2]string{
		{"解放路的路灯坏了", "解放路 的路灯，坏了！"}, {"ＡＢＣ小区", "abc小区"}, {"停水", "停水。"},
	} {
		if j := Jaccard(h.Shingles(same[0]), h.Shingles(same[1])); j != 1 {
			t.Errorf("%q and %q: %v", same[0], same[1], j)
		}
	}
	if h.Shingles("，。！") != nil || Jaccard(nil, h.Shingles("停水停电")) != 0 {
		t.Error("nothing is like nothing")
	}
	if Jaccard(h.Shingles("停水停电"), New(2).Shingles("停水停电")) != 0 {
		t.Error("seeds must keep sets apart")
	}
}

func TestSetsAreSymmetric(t *testing.T) {
	h := New(7)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("路灯坏了停水电热气暖修")), 0, 30, -1)
		a, b := h.Shingles(word.Draw(t, "a")), h.Shingles(word.Draw(t, "b"))
		if Jaccard(a, b) != Jaccard(b, a) || Likeness(a.Sign(), b.Sign()) != Likeness(b.Sign(), a.Sign()) {
			t.Fatal("not symmetric")
		}
		if len(a) > 0 && (Jaccard(a, a) != 1 || Likeness(a.Sign(), a.Sign()) != 1) {
			t.Fatal("not like itself")
		}
		if got, ok := FromBytes(a.Sign().Bytes()); !ok || got != a.Sign() {
			t.Fatal("a signature is lost on the way")
		}
	})
}

// TestEstimate holds the estimate to its error, and the bands to what they
// promise at a likeness of 0.6 and more.
func TestEstimate(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	h, worst, missed, pairs := New(3), 0.0, 0, 0
	for range 400 {
		base := random(rnd, 200)
		other := []rune(base)
		for range rnd.IntN(18) {
			other[rnd.IntN(len(other))] = '一' + rune(rnd.IntN(3000))
		}
		a, b := h.Shingles(base), h.Shingles(string(other))
		exact, sa, sb := Jaccard(a, b), a.Sign(), b.Sign()
		worst = max(worst, math.Abs(exact-Likeness(sa, sb)))
		if exact >= 0.6 {
			pairs++
			if !share(sa.Bands(), sb.Bands()) {
				missed++
			}
		}
	}
	if worst > 0.2 {
		t.Errorf("estimate off by %.2f", worst)
	}
	if pairs < 100 || missed*100 > pairs {
		t.Errorf("%d of %d pairs share no band", missed, pairs)
	}
}

func share(a, b [Bands]int64) bool {
	for i := range a {
		if a[i] == b[i] {
			return true
		}
	}
	return false
}

func random(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune('一' + rune(rnd.IntN(3000)))
	}
	return b.String()
}

func BenchmarkSign(b *testing.B) {
	h, text := New(1), random(rand.New(rand.NewPCG(1, 1)), 300)
	for b.Loop() {
		h.Shingles(text).Sign()
	}
}
