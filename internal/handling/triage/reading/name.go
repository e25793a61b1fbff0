package reading

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Kind is what is named.
type Kind string

// The kinds.
const (
	Place        Kind = "place"
	Organisation Kind = "organisation"
	House        Kind = "unit" // a unit of the tree
)

// Name is a place or an organisation that a message names.
type Name struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
}

// endings are the last characters of names.
var endings = []struct {
	kind Kind
	word string
}{
	{Organisation, "有限责任公司"}, {Organisation, "有限公司"}, {Organisation, "分公司"}, {Organisation, "公司"},
	{Organisation, "幼儿园"}, {Organisation, "小学"}, {Organisation, "中学"}, {Organisation, "学校"}, {Organisation, "大学"}, {Organisation, "学院"},
	{Organisation, "医院"}, {Organisation, "卫生院"}, {Organisation, "派出所"}, {Organisation, "合作社"}, {Organisation, "居委会"}, {Organisation, "村委会"},
	{Organisation, "管委会"}, {Organisation, "业委会"}, {Organisation, "超市"}, {Organisation, "饭店"}, {Organisation, "酒店"}, {Organisation, "工厂"}, {Organisation, "驾校"},
	{Place, "小区"}, {Place, "花园"}, {Place, "家园"}, {Place, "广场"}, {Place, "大道"}, {Place, "社区"}, {Place, "街道"}, {Place, "公园"}, {Place, "市场"}, {Place, "路口"},
	{Place, "工业园"}, {Place, "开发区"}, {Place, "大桥"}, {Place, "地铁站"}, {Place, "车站"}, {Place, "路"}, {Place, "街"}, {Place, "巷"}, {Place, "村"}, {Place, "镇"}, {Place, "乡"},
}

// before are characters that end the way back from an ending: no name holds
// them.
const before = "我你您他她它们的了在是于到从和与及对向把被让给有住由去来过往沿经就也都还但而为因将请找这那哪某个条座家所处附近旁边里内外上下前后，。、；：！？,.;:!?“”\"'（）()《》 \t"

// nothing are the words that look like names and are none.
var nothing = []string{"马路", "公路", "道路", "线路", "电路", "网络", "水路", "铁路", "走路", "让路", "修路", "一条路", "本村", "全村", "农村", "乡村", "小区", "学校", "医院", "公司", "社区", "街道", "市场", "超市", "一路", "思路", "出路", "大街", "上街", "逛街", "半路", "村路", "物业公司", "城镇", "乡镇", "老乡", "家乡"}

const (
	longName  = 12 // characters before an ending
	mostNames = 12
)

// Names lists the places and organisations that a text names, the known units
// first, in the order in which they come.
func Names(text string, units []string) []Name {
	var out []Name
	add := func(n Name) {
		if !slices.ContainsFunc(out, func(o Name) bool { return strings.Contains(o.Text, n.Text) }) {
			out = append(out, n)
		}
	}
	for _, u := range units {
		if len([]rune(u)) >= 3 && strings.Contains(text, u) {
			add(Name{House, u})
		}
	}
	rs := []rune(text)
	rs = rs[:min(len(rs), longest)]
	for _, n := range found(rs) {
		add(n)
	}
	return out[:min(len(out), mostNames)]
}

func found(rs []rune) []Name {
	type hit struct {
		at int
		Name
	}
	var hits []hit
	taken := make([]bool, len(rs))
	for _, e := range endings {
		w := []rune(e.word)
		for i := 0; i+len(w) <= len(rs); i++ {
			if !slices.Equal(rs[i:i+len(w)], w) || taken[i+len(w)-1] {
				continue
			}
			from := back(rs, i)
			name := string(rs[from : i+len(w)])
			if i-from < least(w) || slices.Contains(nothing, name) {
				continue
			}
			for k := from; k < i+len(w); k++ {
				taken[k] = true
			}
			hits = append(hits, hit{from, Name{e.kind, name}})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.at, b.at) })
	out := make([]Name, len(hits))
	for i, h := range hits {
		out[i] = h.Name
	}
	return out
}

// least is how many characters must stand before an ending: two before one
// that alone says little.
func least(ending []rune) int {
	if len(ending) == 1 {
		return 2
	}
	return 1
}

// back finds where the name that ends at i begins.
func back(rs []rune, i int) int {
	from := i
	for from > 0 && i-from < longName {
		c := rs[from-1]
		if strings.ContainsRune(before, c) || !unicode.Is(unicode.Han, c) && !unicode.IsDigit(c) && !unicode.IsLetter(c) {
			break
		}
		from--
	}
	return from
}
