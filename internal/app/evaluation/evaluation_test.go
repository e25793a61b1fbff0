package evaluation

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/admin/settings"
	"xinqiao/internal/platform/learn"
)

func write(t *testing.T, folder, name string, rows ...string) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// invented are the words of the seven labels.
var invented = map[string][]string{
	"城乡建设": {"物业不管漏水", "小区供暖不热"}, "环境保护": {"夜间施工噪音", "工厂排污异味"}, "交通运输": {"公交车晚点", "公路坑洼"},
	"教育文体": {"学校补课收费", "教师编制"}, "劳动和社会保障": {"拖欠农民工工资", "养老金没有发"}, "商贸旅游": {"商家拒绝退款", "电梯质量差"}, "卫生计生": {"医院误诊", "医保报销慢"},
}

func labelled(t *testing.T, folder, name string) string {
	rows := []string{"id\tlabel\ttitle\ttext"}
	n := 0
	for _, label := range []string{"城乡建设", "环境保护", "交通运输", "教育文体", "劳动和社会保障", "商贸旅游", "卫生计生"} {
		for i := range 12 {
			n++
			w := invented[label]
			rows = append(rows, fmt.Sprintf("m%d\t%s\t%c%c%s\t第%d号：%s，%c%c处", n, label, '一'+rune(n*31), '丁'+rune(n*17), w[i%2], n, w[i%2], '不'+rune(n*13), '世'+rune(n*7)))
		}
	}
	return write(t, folder, name, rows...)
}

func TestClassify(t *testing.T) {
	folder := t.TempDir()
	labelled(t, folder, "messages-labelled.tsv")
	unseen := labelled(t, folder, "unseen.tsv")
	taxonomy, err := settings.Standard()
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	got, err := Classify(context.Background(), Options{Data: folder, Seeds: []uint64{42}, Curve: true, Unseen: unseen,
		Progress: func(_ string, done, all int) {
			steps++
			if done > all {
				t.Errorf("%d of %d", done, all)
			}
		}}, taxonomy)
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Runs[0]; r.Report.MacroF1 < 0.9 || r.Report.Examples != 84 || r.ModelBytes == 0 || r.PerSecond == 0 || steps == 0 {
		t.Errorf("%+v", r)
	}
	if got.Start.Counting.MacroF1 < 0.3 || len(got.Start.Curve) != len(curveSteps)+1 {
		t.Errorf("counting %.2f, %d steps", got.Start.Counting.MacroF1, len(got.Start.Curve))
	}
	first, last := got.Start.Curve[0], got.Start.Curve[len(got.Start.Curve)-1]
	if first.Messages != 0 || first.Learned != 0 || first.Both < 0.5 || last.Both < first.Both {
		t.Errorf("from %+v to %+v", first, last)
	}
	if got.Unseen.Scores.MacroF1 < 0.95 {
		t.Errorf("unseen %.2f", got.Unseen.Scores.MacroF1)
	}
}

func TestEveryLabelHasKeywords(t *testing.T) {
	taxonomy, err := settings.Standard()
	if err != nil {
		t.Fatal(err)
	}
	for label := range invented {
		if !slices.ContainsFunc(keywords(taxonomy, 1), func(e learn.Example) bool { return e.Label == label }) {
			t.Errorf("no category falls under %s", label)
		}
	}
	for _, c := range taxonomy {
		if label, ok := subject(c.Code); ok && invented[label] == nil {
			t.Errorf("%s falls under %s, which is no label", c.Code, label)
		}
	}
	if _, ok := subject("1103"); ok {
		t.Error("police matters have no label there")
	}
}

func stream(t *testing.T) string {
	folder := t.TempDir()
	rows := []string{"msg_id\tuser\ttime\ttitle\tdetail\tlikes\tdislikes"}
	for i := range 30 {
		title, body := fmt.Sprintf("%c%c%c", '一'+rune(i*97), '丁'+rune(i*89), '水'+rune(i*83)), fmt.Sprintf("%c%c%c%c", '一'+rune(i*71), '丁'+rune(i*61), '不'+rune(i*53), '世'+rune(i*43))
		if i%3 == 0 {
			title, body = "A2区清溪新苑搅拌站扰民", fmt.Sprintf("我是清溪新苑%d栋的业主，小区旁边的搅拌站日夜轰鸣，灰尘很大，请处理", i)
		}
		rows = append(rows, fmt.Sprintf("%d\tu%d\t2026/3/%d 8:00:00\t%s\t%s\t1\t0", 100+i, i, 1+i%28, title, body))
	}
	write(t, folder, "messages-stream.tsv", rows...)
	write(t, folder, "near-duplicates-dev.tsv", "jaccard3\tid_a\tid_b\tsame_user\ttitle_a\ttitle_b", "0.9\t103\t100\t0\t.\t.", "0.5\t101\t102\t0\t.\t.")
	return folder
}

func TestFindDuplicates(t *testing.T) {
	got, err := FindDuplicates(context.Background(), Options{Data: stream(t)})
	if err != nil {
		t.Fatal(err)
	}
	if got.Known != 2 || got.Levels[0].Recall != 0.5 || len(got.Pairs) != 45 {
		t.Errorf("%d known, recall %.2f, %d pairs of ten alike", got.Known, got.Levels[0].Recall, len(got.Pairs))
	}
}

func TestFindTopics(t *testing.T) {
	got, err := FindTopics(context.Background(), Options{Data: stream(t), Top: 3})
	if err != nil {
		t.Fatal(err)
	}
	if top := got.Top[0]; top.Heat.People != 10 || top.Heat.Texts != 10 || top.Place != "A2区" || len(got.Top) != 3 {
		t.Errorf("%+v", top)
	}
	if got.SameGroup < 0.6 || got.Assigned != 3 {
		t.Errorf("%.2f of %d late ones", got.SameGroup, got.Assigned)
	}
}

func TestBadFilesAreNamed(t *testing.T) {
	folder := t.TempDir()
	for name, rows := range map[string][]string{
		"no column text|detail": {"id\tlabel\ttitle", "1\ta\tb"},
		"row 2 has 2 columns":   {"label\ttitle\ttext", "a\tb"},
	} {
		if _, err := Labelled(write(t, folder, "bad.tsv", rows...)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	if _, err := Labelled(filepath.Join(folder, "none.tsv")); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
}
