package triage

import (
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/learn"
)

// Question is what triage asks about a case.
type Question string

// The questions; a model is learned for each.
const (
	OfCategory Question = "category"
	OfNature   Question = "nature"
	OfUrgency  Question = "urgency"
	OfUnit     Question = "unit"
)

// Questions in the order of the form.
var Questions = []Question{OfCategory, OfNature, OfUrgency, OfUnit}

// Decision is a case with what people decided about it.
type Decision struct {
	CaseID int64
	Matter
	Category string
	Nature   casework.Nature
	Urgency  casework.Urgency
	UnitID   int64 // 0 before dispatch
}

// answer gives what people chose; "" when nothing yet.
func (d Decision) answer(q Question) string {
	switch q {
	case OfCategory:
		return d.Category
	case OfNature:
		return string(d.Nature)
	case OfUrgency:
		return string(d.Urgency)
	case OfUnit:
		if d.UnitID != 0 {
			return strconv.FormatInt(d.UnitID, 10)
		}
	}
	return ""
}

// read is what a model reads of a matter: never a number of a phone or of a
// document. For the unit the place counts too.
func (s *Service) read(q Question, m Matter) (title, body string) {
	parts := []string{m.Words, m.Wish}
	if q == OfUnit {
		parts = append(parts, m.Place)
		for _, id := range m.Areas {
			if u, ok := s.Names.Unit(id); ok {
				parts = append(parts, u.NameZH)
			}
		}
	}
	return identity.Redact(m.Title), identity.Redact(strings.Join(parts, "\n"))
}

// offers tells whether a label may still be suggested.
func (s *Service) offers(q Question, label string, areas [3]int64) bool {
	switch q {
	case OfCategory:
		c, ok := s.Names.Category(label)
		return ok && c.Active
	case OfUnit:
		id, _ := strconv.ParseInt(label, 10, 64)
		u, ok := s.Names.Unit(id)
		return ok && u.Active && near(u, areas)
	}
	return true
}

// near tells whether a unit serves a place: its area is the place's or one
// above it.
func near(u access.Unit, areas [3]int64) bool {
	for _, a := range areas {
		if a != 0 && a == u.Area {
			return true
		}
	}
	return false
}

// prior is what is known of a question before any case: a new site starts
// from it. Units have none, since the duty list speaks for them.
func (s *Service) prior(q Question) []learn.Example {
	switch q {
	case OfCategory:
		var out []learn.Example
		for _, c := range s.Taxonomy.Categories() {
			if c.Parent != "" && c.Active {
				out = append(out, learn.Example{Title: c.NameZH, Text: strings.Join(c.Keywords, " "), Label: c.Code})
			}
		}
		return out
	case OfNature:
		return seeds(natureSeeds)
	case OfUrgency:
		return seeds(urgencySeeds)
	}
	return nil
}

func seeds(list [][2]string) []learn.Example {
	out := make([]learn.Example, len(list))
	for i, s := range list {
		out[i] = learn.Example{Text: s[1], Label: s[0]}
	}
	return out
}

// natureSeeds are words by which each route of the law is told on the first
// day (Art. 29–33).
var natureSeeds = [][2]string{
	{"R0", "建议 意见 提个建议 希望增设 建议完善 献策"},
	{"R1", "举报 贪污 受贿 索贿 吃拿卡要 优亲厚友 违纪 滥用职权 以权谋私 包庇"},
	{"R2", "法院 判决 执行难 检察院 公安 刑事 立案 起诉 再审 诉讼"},
	{"R3", "劳动仲裁 仲裁委 劳动争议 人事争议 农村土地承包仲裁"},
	{"R4", "党员 党内处分 申诉 撤销处分 组织关系"},
	{"R5", "行政复议 行政许可 不予许可 工伤认定 行政裁决 信息公开"},
	{"R6", "查处 违法建设 无证经营 非法 污染 举报投诉 执法 处罚 扰民"},
	{"R7", "请求解决 反映 拖欠 补偿 低保 漏水 停水 坏了 维修 退费 办理"},
	{"R8", "调解 协商 邻里纠纷 和解 赔偿协议"},
}

// urgencySeeds are words of haste.
var urgencySeeds = [][2]string{
	{"red", "自杀 轻生 跳楼 爆炸 火灾 燃气泄漏 坍塌 死亡 中毒 群体性 聚集 堵路 生命危险"},
	{"yellow", "停水 停电 停暖 断粮 重病 老人 孩子 欠薪 农民工 危房 塌陷 井盖 漏电 急"},
	{"blue", "咨询 建议 路灯 绿化 停车 噪音 办证 公交 补贴 反映"},
}
