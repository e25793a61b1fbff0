package identity

import (
	"strings"
	"unicode"
)

// MaskDocument hides the middle of a document's number: 110105********002X.
// Numbers of other lengths keep fewer characters.
func MaskDocument(s string) string {
	r := []rune(s)
	switch n := len(r); {
	case n == idLength:
		return keep(r, 6, 4)
	case n >= 8:
		return keep(r, 2, 2)
	case n >= 5:
		return keep(r, 1, 1)
	}
	return strings.Repeat("*", len(r))
}

// MaskPhone hides the middle of a number in normal form: 138****0000,
// 0451-******21. Service numbers are public.
func MaskPhone(s string) string {
	phone, err := ParsePhone(s)
	if err != nil {
		return MaskDocument(s)
	}
	switch phone.Kind {
	case Mobile:
		return keep([]rune(phone.Number), 3, 4)
	case Landline:
		area, rest, _ := strings.Cut(phone.Number, "-")
		local, _, _ := strings.Cut(rest, "-")
		return area + "-" + keep([]rune(local), 0, 2)
	case Foreign:
		return keep([]rune(phone.Number), 3, 2)
	}
	return phone.Number
}

// MaskName keeps the surname: 王**, 欧阳*; a name of another script keeps its
// first letter and not its length.
func MaskName(s string) string {
	r := []rune(s)
	switch {
	case len(r) <= 1:
		return strings.Repeat("*", len(r))
	case !unicode.Is(unicode.Han, r[0]) || strings.ContainsRune(s, '·'):
		return string(r[:1]) + "***"
	case len(r) >= 3 && compoundSurnames[string(r[:2])]:
		return keep(r, 2, 0)
	}
	return keep(r, 1, 0)
}

// MaskOrganisation keeps how the name begins and its legal form:
// 咸宁市****有限公司.
func MaskOrganisation(s string) string {
	body, form := s, ""
	for _, f := range legalForms {
		if strings.HasSuffix(s, f) {
			body, form = strings.TrimSuffix(s, f), f
			break
		}
	}
	r := []rune(body)
	shown := min(len(r)/2, 3)
	return string(r[:shown]) + "****" + form
}

// keep shows the first and last characters and a star for each one between.
func keep(r []rune, first, last int) string {
	return string(r[:first]) + strings.Repeat("*", len(r)-first-last) + string(r[len(r)-last:])
}

// legalForms ends with the short ones, which the long ones contain.
var legalForms = []string{
	"股份有限公司", "有限责任公司", "有限公司", "农民专业合作社", "专业合作社", "合作社",
	"村民委员会", "居民委员会", "业主委员会", "委员会", "协会", "学会", "商会", "基金会",
	"公司", "集团", "中心", "学校", "小学", "中学", "大学", "医院", "工厂", "超市", "商店",
	"厂", "店", "行", "社", "局", "所", "站",
}

// compoundSurnames 复姓 that are still borne.
var compoundSurnames = set(`欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛
	尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文
	司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁
	拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲
	公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长
	子书 子桑 即墨 达奚 褚师 纳兰 完颜 叶赫 那拉 富察`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
