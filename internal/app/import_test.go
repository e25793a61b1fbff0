package app_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/db"
)

const history = `编号	姓名	联系电话	留言时间	主题	留言内容	属地
1	A000990001		2019/2/28 11:25:05	梧桐巷路灯不亮	梧桐巷十二盏路灯有九盏不亮，晚上走路看不清。	名川市
2	李晓明	13800000001	2019年3月1日	物业不退押金	装修押金两千元，物业拖了半年不退。	和平镇
3	王芳	12	2019/3/2	电话写错的	这一行的电话写错了，应当退回。	名川市
4			昨天	时间写错的	这一行的时间看不懂，应当退回。	名川市
5			2019/3/4	没有这个地方	这一行的属地不存在，应当退回。	不存在县
6			2019/3/5		<script>alert(1)</script>下水道堵塞三天，污水流到街上。	
`

func imported(t *testing.T, h *apptest.House, o app.ImportOptions) app.ImportReport {
	t.Helper()
	if o.Rejects == "" {
		o.Rejects = filepath.Join(t.TempDir(), "rejects.tsv")
	}
	r, err := h.Import(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImport(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		path := file(t, "old.tsv", history)
		o := app.ImportOptions{File: path, Rejects: filepath.Join(t.TempDir(), "rejects.tsv")}
		try := o
		try.DryRun = true
		if r := imported(t, h, try); r.Read != 6 || r.Registered != 3 || r.Rejected != 3 || cases(t, h) != 0 {
			t.Errorf("dry run: %+v, %d cases", r, cases(t, h))
		}
		if r := imported(t, h, o); r.Read != 6 || r.Registered != 3 || r.Rejected != 3 || r.Known != 0 {
			t.Errorf("first run: %+v", r)
		}
		if r := imported(t, h, o); r.Registered != 0 || r.Known != 3 || cases(t, h) != 3 {
			t.Errorf("second run: %+v, %d cases", r, cases(t, h))
		}
		rejects, err := os.ReadFile(o.Rejects)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"line\tfield\treason\t原因\n", "4\tphone\t", "5\treceived_at\t", "6\tarea\t"} {
			if !strings.Contains(string(rejects), want) {
				t.Errorf("the rejects lack %q:\n%s", want, rejects)
			}
		}
		if strings.Contains(string(rejects), "王芳") || strings.Contains(string(rejects), "⟦") {
			t.Errorf("the rejects show too much or too little:\n%s", rejects)
		}
		if strings.Contains(h.Log.String(), "李晓明") {
			t.Error("a name is in the log")
		}
		people, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], "SELECT count(*) FROM person")
		if err != nil || people != 1 {
			t.Errorf("%d persons, one row has a name (%v)", people, err)
		}
		found(t, h, "路灯", 1)
		found(t, h, "押金", 1)
		found(t, h, "污水", 1)
	})
}

// TestImportOfOtherFormats registers the same rows from what spreadsheets save:
// they are known again when the collection is the same.
func TestImportOfOtherFormats(t *testing.T) {
	h := apptest.Start(t, "sqlite")
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(strings.ReplaceAll(history, "\t", ","))
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	for y, line := range strings.Split(strings.TrimSpace(history), "\n") {
		for x, cell := range strings.Split(line, "\t") {
			name, _ := excelize.CoordinatesToCellName(x+1, y+1)
			if err := book.SetCellValue("Sheet1", name, cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	xlsx := filepath.Join(t.TempDir(), "old.xlsx")
	if err := book.SaveAs(xlsx); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{file(t, "old.csv", gbk), xlsx, file(t, "old.tsv", history)} {
		r := imported(t, h, app.ImportOptions{File: path})
		if want := map[bool]int{true: 3, false: 0}[i == 0]; r.Registered != want || r.Registered+r.Known != 3 || r.Rejected != 3 {
			t.Errorf("%s: %+v", filepath.Ext(path), r)
		}
	}
}

// TestImportBrokenOff starts again after a cancelled run: every row is there
// once.
func TestImportBrokenOff(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		const rows = 6000
		var text strings.Builder
		text.WriteString("id\ttext\n")
		for i := range rows {
			fmt.Fprintf(&text, "%d\t第%d号信件反映井盖破损，请求更换。\n", i, i)
		}
		o := app.ImportOptions{File: file(t, "many.tsv", text.String()), Rejects: filepath.Join(t.TempDir(), "r")}
		ctx, cancel := context.WithCancel(t.Context())
		h.DB.OnCommit("case_file", cancel) // as Ctrl+C after the first part
		first, err := h.Import(ctx, o)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
		if n := cases(t, h); n == rows || int(n) < first.Registered {
			t.Fatalf("%d cases after a run that was broken off, %d reported", n, first.Registered)
		}
		second := imported(t, h, o)
		if n := cases(t, h); n != rows || second.Registered+second.Known != rows || second.Known == 0 {
			t.Errorf("%d cases after %+v", n, second)
		}
	})
}

// TestImportOfRealMessages takes public messages from a folder that not every
// machine has.
func TestImportOfRealMessages(t *testing.T) {
	folder := os.Getenv("XINQIAO_DATA_DIR")
	if folder == "" {
		t.Skip("set XINQIAO_DATA_DIR to a folder with messages-stream.tsv and messages-labelled.tsv to import real messages")
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		for name, rows := range map[string]int{"messages-stream.tsv": 4326, "messages-labelled.tsv": 7337} {
			o := app.ImportOptions{File: filepath.Join(folder, name)}
			if r := imported(t, h, o); r.Registered != rows || r.Rejected != 0 {
				t.Errorf("%s: %+v", name, r)
			}
			if r := imported(t, h, o); r.Registered != 0 || r.Known != rows {
				t.Errorf("%s again: %+v", name, r)
			}
		}
		for _, words := range []string{"路灯", "噪音", "公积", "拖欠", "地铁"} {
			f, err := h.Worklist.Search(t.Context(), clerk(h), words, 0)
			if err != nil || len(f.Rows) == 0 {
				t.Errorf("%s is found %d times (%v)", words, len(f.Rows), err)
			}
		}
	})
}

func cases(t *testing.T, h *apptest.House) int64 {
	t.Helper()
	n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], "SELECT count(*) FROM case_file")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// clerk is somebody of the city's bureau, who sees the whole city.
func clerk(h *apptest.House) access.Actor {
	return access.Actor{ID: 1, Role: access.BureauClerk, UnitID: h.CityBureau, AreaID: h.City.City, AreaDepth: 1}
}

func found(t *testing.T, h *apptest.House, words string, want int) []worklist.Row {
	t.Helper()
	f, err := h.Worklist.Search(t.Context(), clerk(h), words, 0)
	if err != nil || len(f.Rows) != want {
		t.Errorf("%s is found %d times, expected %d (%v)", words, len(f.Rows), want, err)
	}
	return f.Rows
}
