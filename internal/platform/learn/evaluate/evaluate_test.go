package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGroupsNearDuplicates(t *testing.T) {
	long := "小区旁边的搅拌站日夜施工，灰尘很大，噪音扰民，孩子无法入睡，请有关部门尽快处理"
	texts := []Text{
		{"搅拌站扰民", long},
		{"路灯坏了", "解放路的路灯坏了一个月没有人修"},
		{"再次反映", long + "，谢谢"},
		{"搅拌站 扰民", "另外一件完全不同的事情，只有题目一样"},
		{"公交停运", "一零六路公交车什么时候恢复"},
		{"", ""}, {"", ""},
	}
	if got, want := Groups(texts), []int{0, 1, 0, 0, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

func TestFoldsKeepGroupsTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	n := 1000
	groups, classes := make([]int, n), make([]int, n)
	for i := range n {
		groups[i], classes[i] = i, i%4
		if i > 10 && r.IntN(4) == 0 {
			groups[i] = groups[r.IntN(i)]
		}
	}
	fold := Folds(groups, classes, 5, 42)
	of, size := map[int]int{}, make([]int, 5)
	for i, f := range fold {
		if before, ok := of[groups[i]]; ok && before != f {
			t.Fatalf("group %d is in folds %d and %d", groups[i], before, f)
		}
		of[groups[i]] = f
		size[f]++
	}
	if slices.Max(size)-slices.Min(size) > n/50 {
		t.Errorf("sizes %v", size)
	}
	if !slices.Equal(fold, Folds(groups, classes, 5, 42)) || slices.Equal(fold, Folds(groups, classes, 5, 43)) {
		t.Error("the seed decides the folds")
	}
}

func TestScore(t *testing.T) {
	s := Score([]string{"a", "b", "never"}, []int{0, 0, 0, 1}, []int{0, 0, 1, 1})
	a, b := 2*2.0/(2+3), 2*1.0/(2+1)
	if math.Abs(s.MacroF1-(a+b)/2) > 1e-9 || s.Accuracy != 0.75 {
		t.Errorf("macro-F1 %v, accuracy %v", s.MacroF1, s.Accuracy)
	}
	if fmt.Sprint(s.Confusion) != "[[2 1 0] [0 1 0] [0 0 0]]" {
		t.Errorf("confusion %v", s.Confusion)
	}
	if c := s.Classes[0]; c.Precision != 1 || math.Abs(c.Recall-2.0/3) > 1e-9 || c.Support != 3 || c.Given != 2 {
		t.Errorf("%+v", c)
	}
}
