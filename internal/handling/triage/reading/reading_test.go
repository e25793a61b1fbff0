package reading

import (
	"slices"
	"strings"
	"testing"
)

const letter = `尊敬的领导：您好！
我住在阳光花园小区三号楼。楼下的明川市好味道餐饮有限公司每天油烟直排到凌晨，老人咳嗽睡不着觉。我们在2026年3月找过城管局，也找过人民路街道，油烟还是照样排。
一、要求饭店安装油烟净化设备。
二、希望晚上十点以后不再营业；能否安排人来检测油烟？
盼复！谢谢！`

func TestDemands(t *testing.T) {
	got := Demands(letter, "尽快整改油烟")
	want := []string{"尽快整改油烟", "要求饭店安装油烟净化设备", "希望晚上十点以后不再营业", "能否安排人来检测油烟？"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := Demands("", ""); len(got) != 0 {
		t.Errorf("nothing asked: %q", got)
	}
}

func TestSummary(t *testing.T) {
	got := Summary(letter)
	if len(got) < 2 || len(got) > 3 || !strings.Contains(strings.Join(got, ""), "油烟") {
		t.Fatalf("%q", got)
	}
	for _, s := range got {
		if !strings.Contains(letter, strings.TrimSuffix(s, "…")) {
			t.Errorf("%q does not stand in the letter", s)
		}
		if greeting(s) {
			t.Errorf("a greeting: %q", s)
		}
	}
	if len(Summary("")) != 0 || len([]rune(strings.Join(Summary(strings.Repeat("很长的话没有句号", 400)), ""))) > longSummary+1 {
		t.Error("empty, or endless")
	}
}

func TestNames(t *testing.T) {
	got := Names(letter, []string{"城管局", "人民路街道"})
	for _, want := range []Name{{House, "城管局"}, {House, "人民路街道"}, {Place, "阳光花园小区"}} {
		if !slices.Contains(got, want) {
			t.Errorf("%v is missing in %v", want, got)
		}
	}
	if !slices.ContainsFunc(got, func(n Name) bool {
		return n.Kind == Organisation && strings.HasSuffix(n.Text, "好味道餐饮有限公司")
	}) {
		t.Errorf("no firm in %v", got)
	}
	if got := Names("马路坏了，学校没人管，走路不便。", nil); len(got) != 0 {
		t.Errorf("no names there: %v", got)
	}
}

func FuzzReading(f *testing.F) {
	f.Add(letter)
	f.Fuzz(func(_ *testing.T, s string) {
		Summary(s)
		Demands(s, s)
		Names(s, nil)
	})
}
