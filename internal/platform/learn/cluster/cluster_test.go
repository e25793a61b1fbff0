package cluster

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// stream is an invented town: two matters that many write about, and everyday
// letters of other matters.
func stream(n int) ([]Text, []int) {
	r := rand.New(rand.NewPCG(1, 1))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var texts []Text
	var truth []int
	for i := range n {
		switch {
		case i%5 == 0:
			texts = append(texts, Text{"清溪新苑旁搅拌站" + pick("噪音大", "粉尘多", "污染空气"), pick("我是清溪新苑业主，", "清溪新苑小区") + "旁边建了搅拌站，" + pick("灰尘很大", "日夜轰鸣", "孩子咳嗽")})
			truth = append(truth, 1)
		case i%7 == 0:
			texts = append(texts, Text{"望江府捆绑销售车位", pick("望江府开发商", "望江府楼盘") + "强制捆绑销售车位，" + pick("不买不让签约", "违反合同")})
			truth = append(truth, 2)
		default:
			texts = append(texts, Text{fmt.Sprintf("关于%c%c路%s", '一'+rune(r.IntN(4000)), '一'+rune(r.IntN(4000)), pick("路灯", "公交", "停水", "学费")), fmt.Sprintf("%c%c%c%c的情况", '一'+rune(r.IntN(4000)), '一'+rune(r.IntN(4000)), '一'+rune(r.IntN(4000)), '一'+rune(r.IntN(4000)))})
			truth = append(truth, 0)
		}
	}
	return texts, truth
}

func TestGroupsWhatManyWriteAbout(t *testing.T) {
	texts, truth := stream(200)
	g := Build(texts, Options{Common: 0.5})
	for kind := 1; kind <= 2; kind++ {
		c := g.Of[slices.Index(truth, kind)]
		for i, k := range truth {
			if (g.Of[i] == c) != (k == kind) {
				t.Fatalf("group of kind %d: %q is of kind %d and in group %d of %d", kind, texts[i].Title, k, g.Of[i], c)
			}
		}
	}
	again := Build(texts, Options{Common: 0.5})
	if !reflect.DeepEqual(g.Of, again.Of) {
		t.Error("the same texts gave other groups")
	}
}

func TestNewTextsJoinTheirGroup(t *testing.T) {
	texts, truth := stream(200)
	g := Build(texts[:120], Options{Common: 0.5})
	first := map[int]int{}
	for i := range 120 {
		if _, ok := first[truth[i]]; !ok && truth[i] > 0 {
			first[truth[i]] = g.Of[i]
		}
	}
	for i := 120; i < 200; i++ {
		c := g.Add(texts[i])
		if truth[i] > 0 && c != first[truth[i]] {
			t.Errorf("%q joined group %d, not %d", texts[i].Title, c, first[truth[i]])
		}
		if truth[i] == 0 && (c == first[1] || c == first[2]) {
			t.Errorf("%q joined a topic", texts[i].Title)
		}
		if g.Of[i] != c || !slices.Contains(g.Members[c], i) {
			t.Error("the grouping does not know what it said")
		}
	}
}

// TestLinkIsAverageLinkage compares the chains with the plain definition.
func TestLinkIsAverageLinkage(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 50 {
		n := 2 + r.IntN(20)
		l := newLinker(n)
		plain := make([][]float32, n)
		for i := range n {
			plain[i] = make([]float32, n)
		}
		for i := range n {
			for j := range i {
				x := r.Float32()
				*l.at(i, j), plain[i][j], plain[j][i] = x, x, x
			}
		}
		got := partition(n, l.link(0.5))
		if want := closest(plain, 0.5); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func partition(n int, merges []merge) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for _, m := range merges {
		for i := range out {
			if out[i] == m.from {
				out[i] = m.into
			}
		}
	}
	return out
}

// closest joins the pair of groups with the largest mean similarity, again and
// again.
func closest(sim [][]float32, threshold float64) []int {
	of := make([]int, len(sim))
	for i := range of {
		of[i] = i
	}
	for {
		best, a, b := -1.0, 0, 0
		for x := range of {
			for y := range x {
				sum, n := 0.0, 0.0
				for i := range of {
					for j := range of {
						if of[i] == x && of[j] == y {
							sum, n = sum+float64(sim[i][j]), n+1
						}
					}
				}
				if n > 0 && sum/n > best {
					best, a, b = sum/n, x, y
				}
			}
		}
		if best < threshold {
			return of
		}
		for i := range of {
			if of[i] == a {
				of[i] = b
			}
		}
	}
}

func TestWordsOfAGroup(t *testing.T) {
	texts, truth := stream(200)
	var group []Text
	for i, k := range truth {
		if k == 1 {
			group = append(group, texts[i])
		}
	}
	words := NewBackground(texts).Words(group, 3)
	if len(words) == 0 || !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "清溪新苑") }) {
		t.Errorf("%q", words)
	}
}

func TestHeat(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	people := func(n int, at time.Time) (out []Event) {
		for i := range n {
			out = append(out, Event{At: at, Who: fmt.Sprint(i)})
		}
		return out
	}
	week := 7 * 24 * time.Hour
	many, one := Of(people(5, day(1)), now, week), Of([]Event{{day(1), "a", 0}, {day(1), "a", 0}, {day(1), "a", 0}, {day(1), "a", 0}, {day(1), "a", 0}}, now, week)
	if many.Value <= one.Value || one.People != 1 {
		t.Error("five people press more than one who writes five times")
	}
	if old := Of(people(5, day(60)), now, week); old.Value >= many.Value {
		t.Error("what is long ago presses less")
	}
	growing := Of(append(people(1, day(10)), people(4, day(1))...), now, week)
	fading := Of(append(people(4, day(10)), people(1, day(1))...), now, week)
	if growing.Value <= fading.Value {
		t.Error("what grows presses more")
	}
	liked := people(5, day(1))
	liked[0].Likes = 100
	if Of(liked, now, week).Value <= many.Value {
		t.Error("likes count")
	}
	if Of(nil, now, week).Value != 0 {
		t.Error("nothing presses")
	}
}
