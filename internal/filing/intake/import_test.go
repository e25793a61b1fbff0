package intake

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
)

// place is a unit tree of one city.
type place struct{}

func (place) Unit(id int64) (access.Unit, bool) { return city, id == city.ID }
func (place) All() []access.Unit                { return []access.Unit{city} }

var city = access.Unit{ID: 7, Code: "MC", NameZH: "名川市", Area: 7, Areas: []int64{7}, BureauID: 8, Active: true}

func write(t *testing.T, name, text string, e encoding.Encoding) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if e != nil {
		var err error
		if text, err = e.NewEncoder().String(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rows reads a whole file; a row that cannot be read is its error's text.
func rows(t *testing.T, path string) (*Sheet, []Line) {
	t.Helper()
	s, err := OpenSheet(path, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var out []Line
	for {
		l, err := s.Next()
		var bad *RowError
		switch {
		case errors.Is(err, io.EOF):
			return s, out
		case errors.As(err, &bad):
			out = append(out, Line{bad.Line, []string{"! " + bad.Reason}})
		case err != nil:
			t.Fatal(err)
		default:
			out = append(out, l)
		}
	}
}

func TestSheetsReadWhatSpreadsheetsSave(t *testing.T) {
	const tsv = "编号\t主题\t内容\r\n1\t路灯\t\"他说\"\"灯坏了\"\"三天\"\r\n\r\n2\t井盖\t“井盖”翘起，夜里看不清\r\n"
	const csv = "编号,主题,内容\n1,路灯,\"他说\"\"灯坏了\"\"三天\"\n2,井盖,\"“井盖”翘起，\n夜里看不清\"\n"
	utf16 := func(order unicode.Endianness, bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(order, bom)
	}
	for _, c := range []struct {
		name, file, text string
		as               encoding.Encoding
	}{
		{"utf-8", "a.tsv", tsv, nil},
		{"utf-8 with mark", "a.tsv", "\ufeff" + tsv, nil},
		{"gb18030", "a.tsv", tsv, simplifiedchinese.GB18030},
		{"utf-16 little with mark", "a.tsv", tsv, utf16(unicode.LittleEndian, unicode.UseBOM)},
		{"utf-16 big with mark", "a.tsv", tsv, utf16(unicode.BigEndian, unicode.UseBOM)},
		{"utf-16 little", "a.tsv", tsv, utf16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"utf-16 big", "a.txt", tsv, utf16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"csv", "a.csv", csv, nil},
		{"csv gb18030", "a.CSV", csv, simplifiedchinese.GB18030},
		{"csv semicolons", "a.csv", strings.ReplaceAll(csv, ",", ";"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, got := rows(t, write(t, c.file, c.text, c.as))
			if strings.Join(s.Columns, "|") != "编号|主题|内容" && s.Columns[0] != "\ufeff编号" {
				t.Errorf("columns %q", s.Columns)
			}
			if len(got) != 2 || got[0].Cells[2] != `他说"灯坏了"三天` || !strings.HasPrefix(got[1].Cells[2], "“井盖”翘起，") {
				t.Fatalf("rows %+v", got)
			}
			if got[0].Number != 2 {
				t.Errorf("the first row is line %d", got[0].Number)
			}
		})
	}
}

func TestABrokenRowDoesNotEndTheFile(t *testing.T) {
	_, got := rows(t, write(t, "a.csv", "id,内容\n1,a\"b\n2,好\n", nil))
	if len(got) != 2 || !strings.HasPrefix(got[0].Cells[0], "! ") || got[1].Cells[1] != "好" {
		t.Errorf("csv: %+v", got)
	}
	_, got = rows(t, write(t, "a.tsv", "id\t内容\n1\t"+strings.Repeat("长", 2<<20)+"\n2\t好\n", nil))
	if len(got) != 2 || got[0].Cells[0] != "! longer than 4 MB" || got[1].Cells[1] != "好" {
		t.Errorf("tsv: %d rows, %.40q", len(got), got[0].Cells)
	}
	s, err := OpenSheet(write(t, "a.csv", "id,内容\n1,\""+strings.Repeat("长", 3<<20), nil), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Next(); !errors.Is(err, errRow) {
		t.Errorf("an open quotation mark: %v", err)
	}
}

func TestXLSXIsStreamedWithDates(t *testing.T) {
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "编号", "B1": "留言时间", "C1": "内容", "A2": 188006, "B2": 43524.475752, "C2": "路灯坏了三天没人修", "A3": 2, "C3": "好"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	sheet, got := rows(t, path)
	if len(got) != 2 || got[1].Number != 3 {
		t.Fatalf("rows %+v", got)
	}
	m, err := (&Service{units: place{}}).MapColumns(sheet.Columns, nil, "old")
	if err != nil {
		t.Fatal(err)
	}
	filing, err := m.Filing(got[0])
	if err != nil {
		t.Fatal(err)
	}
	if at := filing.ReceivedAt.Format("2006-01-02 15:04:05 -0700"); at != "2019-02-28 11:25:05 +0800" {
		t.Errorf("received at %s", at)
	}
	if filing.Key != "old/188006" || filing.Words != "路灯坏了三天没人修" {
		t.Errorf("filing %+v", filing)
	}
}

func TestTimesOfManyShapes(t *testing.T) {
	for _, s := range []string{
		"2019/2/28 11:25:05", "2019-02-28 11:25:05", "2019.2.28 11:25:05", "2019年2月28日 11时25分5秒", "2019年02月28日11:25:05",
		"2019-02-28T11:25:05+08:00", "2019-02-28T03:25:05Z", "2019-02-28T11:25:05", "20190228 11:25:05", "20190228112505",
		"２０１９/2/28 11:25:05", "1551324305", "1551324305000", "2019-02-28 11:25:05.123", "43524.475752",
	} {
		got, ok := readTime(s)
		if !ok || got.Unix() != 1551324305 {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	for s, day := range map[string]string{"2019年2月28日": "2019-02-28", "2019/2/28": "2019-02-28", "20190228": "2019-02-28", "43524": "2019-02-28"} {
		if got, ok := readTime(s); !ok || got.Format("2006-01-02") != day {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "昨天", "2019-13-01", "2019-02-30", "12", "11:25"} {
		if got, ok := readTime(s); ok {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestMapping(t *testing.T) {
	s := &Service{units: place{}}
	columns := []string{"msg_id", "user", "time", "title", "detail", "likes"}
	m, err := s.MapColumns(columns, nil, "stream")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.String(); got != "key=1 name=2 received_at=3 title=4 words=5" {
		t.Errorf("mapping %s", got)
	}
	f, err := m.Filing(Line{2, []string{"5", "A000990001", "2019/2/28", "路灯", "路灯坏了", "0"}})
	if err != nil || f.Who.Name != "" || f.Key != "stream/5" {
		t.Errorf("an account is no name: %+v %v", f.Who, err)
	}
	if f, _ = m.Filing(Line{3, []string{"6", "王小明", "", "路灯", "路灯坏了"}}); f.Who.Name != "王小明" {
		t.Errorf("a name was lost")
	}
	_, err = m.Filing(Line{4, []string{"7", "", "昨天", "路灯", "路\uFFFD灯"}})
	bad, ok := fault.As(err)
	if !ok || len(bad.Fields) != 2 || bad.Fields[0].Name != "words" || bad.Fields[1].Name != "received_at" {
		t.Errorf("faults of a row: %v", err)
	}
	long := strings.Repeat("题", MaxTitle+5)
	if f, _ = m.Filing(Line{5, []string{"", "", "", long, "正文"}}); f.Words != long+"\n正文" || f.Title == long {
		t.Errorf("a long title: %q", f.Words)
	}
	if g, _ := m.Filing(Line{6, []string{"", "", "", long, "正文"}}); g.Key == "" || g.Key != f.Key {
		t.Errorf("a row without an id is known by its text")
	}
	if _, err := s.MapColumns(columns, map[string]string{"words": "nothing"}, "x"); err == nil || !strings.Contains(err.Error(), "msg_id") {
		t.Errorf("an unknown column: %v", err)
	}
	if _, err := s.MapColumns(columns, map[string]string{"wrods": "detail"}, "x"); err == nil || !strings.Contains(err.Error(), "received_at") {
		t.Errorf("an unknown field: %v", err)
	}
	if _, err := s.MapColumns([]string{"a", "b"}, nil, "x"); err == nil {
		t.Error("a file without words was taken")
	}
}
