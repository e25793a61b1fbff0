package matching

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the tables of docs/sameness.md")

func record(t *rapid.T, name string) Record {
	pick := func(field string, values ...string) string {
		return rapid.SampledFrom(append(values, "")).Draw(t, name+field)
	}
	return Record{
		IDType: pick("type", "id_card", "passport"), IDNo: pick("no", "a", "b"), Phone: pick("phone", "1", "2"),
		Name: pick("name", "王小明", "王小亮", "王大海", "李小明", "Anna", "Anne", "王"), Birth: pick("birth", "x", "y"),
		Sex: pick("sex", "1", "2", "9"), Town: pick("town", "明川市东区河口镇", "明川市东区石桥镇", "明川市西区石桥镇"), Org: pick("org", "o", "p"),
	}
}

// TestSymmetric: who is compared with whom makes no difference.
func TestSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := record(t, "a"), record(t, "b")
		x, y := Compare(a, b), Compare(b, a)
		if fmt.Sprint(x) != fmt.Sprint(y) {
			t.Fatalf("%v\n%v", x, y)
		}
		sum := 0.0
		for _, e := range x.Fields {
			sum += e.Weight
		}
		if math.Abs(sum-x.Weight) > 1e-9 || len(x.Fields) != len(Fields) {
			t.Fatalf("%v does not add up", x)
		}
		if Defaults.Band(x) == High && x.conflict() {
			t.Fatal("two numbers of one kind were linked")
		}
	})
}

// TestMonotone: what agrees better never weighs less.
func TestMonotone(t *testing.T) {
	for f, levels := range Table {
		last, total := math.Inf(1), Chance{}
		for _, l := range []Level{Same, Near, Kin, Differs} {
			c, ok := levels[l]
			if !ok {
				continue
			}
			total.M, total.U = total.M+c.M, total.U+c.U
			if l != Differs || len(levels) == 2 {
				if c.Weight() > last {
					t.Errorf("%s %s weighs more than what agrees better", f, l)
				}
				last = c.Weight()
			}
		}
		if total.M > 1.001 || total.U > 1.001 {
			t.Errorf("%s: the chances add up to %v", f, total)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := record(t, "a"), record(t, "b")
		before := Compare(a, b).Weight
		if a.Phone != "" && b.Phone != "" {
			b.Phone = a.Phone
			if Compare(a, b).Weight < before {
				t.Fatal("the same phone weighs less")
			}
		}
	})
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Level
	}{
		{"王小明", "王小明", Same}, {"王小明", "王晓明", Near}, {"王小明", "王明", Near}, {"王小明", "王大海", Kin},
		{"王小明", "李小明", Differs}, {"王小明", "", Unknown}, {"Anna Li", "anna li", Same}, {"Anna", "Anne", Near}, {"Anna", "Alice", Differs},
	} {
		if got := names(c.a, c.b); got != c.want {
			t.Errorf("%s %s: %s", c.a, c.b, got)
		}
	}
	if places("明川市东区河口镇", "明川市东区石桥镇") != Near || places("明川市东区河口镇", "云山市西区石桥镇") != Differs {
		t.Error("places")
	}
}

// pair is two records, and whether one person stands behind both.
type pair struct {
	group string
	a, b  Record
	same  bool
}

// The synthetic population: invented names and numbers of no region.
type town struct {
	r *rand.Rand
	n int
}

var surnames = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")

var givens = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂华文斌玲辉建国")

func (w *town) person() Record {
	w.n++
	name := string(surnames[w.r.IntN(len(surnames))]) + string(givens[w.r.IntN(len(givens))])
	if w.r.IntN(3) > 0 {
		name += string(givens[w.r.IntN(len(givens))])
	}
	birth := fmt.Sprintf("%d-%02d-%02d", 1950+w.r.IntN(50), 1+w.r.IntN(12), 1+w.r.IntN(28))
	return Record{
		IDType: "id_card", IDNo: fmt.Sprintf("990000%s%04d", strings.ReplaceAll(birth, "-", ""), w.n), Phone: fmt.Sprintf("199%08d", w.n),
		Name: name, Birth: birth, Sex: fmt.Sprint(1 + w.r.IntN(2)), Town: fmt.Sprintf("明川市东区第%d镇", w.r.IntN(40)),
	}
}

// again is the same person at another counter: some fields not asked, some
// changed, some mistyped.
func (w *town) again(p Record) Record {
	drop := func(s *string, of int) {
		if w.r.IntN(of) == 0 {
			*s = ""
		}
	}
	if drop(&p.IDNo, 2); p.IDNo == "" {
		drop(&p.Birth, 1)
	}
	drop(&p.Town, 3)
	drop(&p.Sex, 3)
	switch w.r.IntN(10) {
	case 0, 1:
		p.Phone = fmt.Sprintf("188%08d", w.r.IntN(1e8))
	case 2:
		p.Phone = ""
	}
	return p
}

func (w *town) typo(name string) string {
	r := []rune(name)
	r[len(r)-1] = givens[w.r.IntN(len(givens))]
	return string(r)
}

func (w *town) pairs(n int) (out []pair) {
	add := func(group string, a, b Record, same bool) { out = append(out, pair{group, a, b, same}) }
	for range n {
		p := w.person()
		add("once more, as asked at a counter", p, w.again(p), true)
		q := w.again(p)
		q.Name = w.typo(p.Name)
		add("a mistyped name", p, q, true)
		two := w.again(p)
		two.IDType, two.IDNo, two.Birth = "passport", fmt.Sprintf("E%08d", w.n), "" // its number holds no birth date
		add("two kinds of document", p, two, true)
		twin := w.person()
		twin.Name, twin.Birth, twin.Sex, twin.Town, twin.Phone = w.typo(p.Name), p.Birth, p.Sex, p.Town, p.Phone
		if twin.Name == p.Name {
			twin.Name = p.Name + "子"
		}
		add("twins on one phone, numbers known", p, twin, false)
		bare := twin
		bare.IDNo, bare.Birth = "", ""
		add("twins on one phone, a number missing", p, bare, false)
		kin := w.person()
		kin.Phone, kin.Town, kin.Name = p.Phone, p.Town, string([]rune(p.Name)[:1])+string(givens[w.r.IntN(len(givens))])+"兰"
		kin.IDNo, kin.Birth = "", ""
		add("a family on one phone", p, kin, false)
		agent := w.person()
		agent.Phone = p.Phone
		add("an agent's phone for two clients", p, agent, false)
		other := w.person()
		other.Name = p.Name
		add("a shared name, numbers known", p, other, false)
		other.IDNo, other.Birth, other.Town = "", "", p.Town
		add("a shared name in one township", p, other, false)
		add("two strangers", p, w.person(), false)
	}
	return out
}

// TestAdjudication counts, on a synthetic labelled set, what links itself,
// what goes to a person and what stays apart. A link of two people by itself
// is the mistake that must not happen.
func TestAdjudication(t *testing.T) {
	pairs := (&town{r: rand.New(rand.NewPCG(4, 1945))}).pairs(2000)
	type count struct {
		same bool
		n    map[Band]int
	}
	counts, order := map[string]*count{}, []string{}
	var right, wrong, total, seen, tasks int
	for _, p := range pairs {
		c, ok := counts[p.group]
		if !ok {
			c = &count{p.same, map[Band]int{}}
			counts[p.group], order = c, append(order, p.group)
		}
		b := Defaults.Band(Compare(p.a, p.b))
		c.n[b]++
		switch {
		case p.same:
			total++
			if b == High {
				right++
			}
			if b != Low {
				seen++
			}
		case b == High:
			wrong++
		}
		if b == Middle {
			tasks++
		}
	}
	var out strings.Builder
	out.WriteString("| pairs of | one person? | link itself | to a person | stay apart |\n|---|---|---:|---:|---:|\n")
	for _, g := range order {
		c := counts[g]
		fmt.Fprintf(&out, "| %s | %s | %d | %d | %d |\n", g, map[bool]string{true: "yes", false: "no"}[c.same], c.n[High], c.n[Middle], c.n[Low])
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(total)
	fmt.Fprintf(&out, "\nLinks made by the program: precision %.4f, recall %.3f; with what a person is asked about, recall %.3f. %d of %d pairs are tasks.\n", precision, recall, float64(seen)/float64(total), tasks, len(pairs))
	if precision < 0.999 || recall < 0.6 || float64(seen)/float64(total) < 0.85 {
		t.Errorf("precision %.4f, recall %.3f, seen %.3f\n%s", precision, recall, float64(seen)/float64(total), out.String())
	}
	var weights strings.Builder
	weights.WriteString("| field | level | m | u | bits |\n|---|---|---:|---:|---:|\n")
	for _, f := range Fields {
		for _, l := range []Level{Same, Near, Kin, Differs} {
			if c, ok := Table[f][l]; ok {
				fmt.Fprintf(&weights, "| %s | %s | %v | %v | %+.1f |\n", f, l, c.M, c.U, c.Weight())
			}
		}
	}
	between(t, "weights", weights.String())
	between(t, "adjudication", out.String())
}

// between keeps a generated part of the documentation true.
func between(t *testing.T, mark, text string) {
	const path = "../../../docs/sameness.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	before, rest, ok := strings.Cut(string(page), open)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("docs/sameness.md has no part %s", mark)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+open+text+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != text {
		t.Errorf("docs/sameness.md: %s is not what the program does; run go test ./internal/core/matching -update", mark)
	}
}
