package triage

import (
	"context"
	"testing"

	"xinqiao/internal/core/casework"
)

type fixed struct{}

func (fixed) Categories() []casework.Category {
	return []casework.Category{
		{Code: "04", NameZH: "城市管理与公用事业", Active: true},
		{Code: "0401", Parent: "04", Active: true, Keywords: []string{"路灯", "占道", "市容"}, Natures: []casework.Nature{casework.R6, casework.R7}},
		{Code: "1301", Parent: "13", Active: true, Keywords: []string{"噪音", "油烟"}, Natures: []casework.Nature{casework.R6}},
		{Code: "1302", Parent: "13", Active: true, Keywords: []string{"噪音", "施工"}},
		{Code: "0909", Parent: "09", Active: false, Keywords: []string{"路灯"}},
	}
}

func (fixed) Responsible(category string, areas [3]int64) (int64, string, bool) {
	return 77, "《城市照明管理规定》", category == "0401" && areas[1] == 2
}

func TestKeywordsSuggestWithReasons(t *testing.T) {
	k := NewKeywords(fixed{}, fixed{})
	m := Matter{Title: "小区门口路灯不亮", Words: "路灯坏了三个月，晚上有噪音", Areas: [3]int64{1, 2, 3}}
	got, err := k.Suggest(context.Background(), m, 2)
	if err != nil || len(got) != 2 {
		t.Fatalf("%v %v", got, err)
	}
	best := got[0]
	if best.Category != "0401" || best.UnitID != 77 || best.Nature != casework.R7 || best.Found[0] != "路灯" || best.Basis == "" {
		t.Errorf("best: %+v", best)
	}
	if got[1].Confidence >= best.Confidence || best.Confidence > 1 {
		t.Errorf("confidences %v", got)
	}
	if got[1].UnitID != 0 {
		t.Error("a unit was invented where the duty list names none")
	}
	if none, _ := k.Suggest(context.Background(), Matter{Title: "你好"}, 3); len(none) != 0 {
		t.Errorf("suggested without evidence: %v", none)
	}
}
