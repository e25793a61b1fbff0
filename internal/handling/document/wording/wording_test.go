package wording

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"xinqiao/internal/platform/paper"
)

// text writes a body as plain text.
func text(s Sheet) string {
	var b strings.Builder
	b.WriteString(s.Title + "\n" + s.Addressee + "\n")
	for _, block := range s.Body {
		switch block := block.(type) {
		case paper.Heading:
			b.WriteString(block.Text + "\n")
		case paper.Para:
			b.WriteString(block.Text + "\n")
		case paper.Table:
			for _, row := range append([][]string{block.Head}, block.Rows...) {
				b.WriteString(strings.Join(row, " ") + "\n")
			}
		case paper.Fields:
			for _, row := range block.Rows {
				for _, f := range row {
					b.WriteString(f.Label + "：" + f.Value + "\n")
				}
			}
		case paper.Signatures:
			b.WriteString(strings.Join(block.Lines, "\n"))
		}
	}
	return b.String()
}

// words are the values of a field as they must show.
func words(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.String:
		return strings.Split(v.String(), "\n")
	case reflect.Slice:
		var out []string
		for i := range v.Len() {
			out = append(out, words(v.Index(i))...)
		}
		return out
	case reflect.Struct:
		return words(v.Field(titleField(v)))
	}
	return nil
}

// titleField is what of a struct must show at least: its first text.
func titleField(v reflect.Value) int {
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.String {
			return i
		}
	}
	return 0
}

// TestEveryKind fills each text from everything and from nothing.
func TestEveryKind(t *testing.T) {
	codes := map[string]bool{}
	for _, k := range Kinds {
		codes[k.Code] = true
		t.Run(k.ID, func(t *testing.T) {
			f, err := ParseForm(Default(k.ID))
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range map[string]View{"full": exampleOf(k), "minimal": {CaseNo: "MC26-0A1B-7K3F"}} {
				filled, err := f.Fill(v)
				if err != nil {
					t.Fatal(name, err)
				}
				sheet, err := Read(filled)
				if err != nil {
					t.Fatal(name, err)
				}
				all := text(sheet)
				for _, bad := range []string{"{{", "}}", "<no value>", "<nil>", "%!", "保证书", "息诉", "罢访"} {
					if strings.Contains(all, bad) {
						t.Errorf("%s: holds %q", name, bad)
					}
				}
				if len([]rune(sheet.Title)) < 4 || len(sheet.Body) == 0 {
					t.Errorf("%s: empty: %+v", name, sheet)
				}
				if name == "full" {
					required(t, k, v, all)
					if len(sheet.Blanks) > 0 && !k.ByHand {
						t.Errorf("blanks in lines %v of\n%s", sheet.Blanks, filled)
					}
				}
			}
		})
	}
	if len(codes) != 29 {
		t.Errorf("%d forms, want 29", len(codes))
	}
}

// exampleOf is the example at the stage that a kind belongs to.
func exampleOf(k Kind) View {
	v := Example()
	switch k.ID {
	case "D15":
		v.Stage = "复查"
	case "D03-route":
		v.Requests = v.Requests[2:]
	case "D16", "D24":
		v.Stage = "复核"
	}
	return v
}

func required(t *testing.T, k Kind, v View, all string) {
	t.Helper()
	if missing := Missing(k, v); len(missing) > 0 {
		t.Errorf("the example lacks %v", missing)
	}
	for _, path := range k.Required {
		for _, word := range words(field(v, path)) {
			if !strings.Contains(all, strings.TrimRight(word, "。")) {
				t.Errorf("%s: %q does not show", path, word)
			}
		}
	}
}

// TestRemedies: an ordinary request names review and recheck and never a
// lawsuit; others name their own remedy; the last word is the last word.
func TestRemedies(t *testing.T) {
	fill := func(id string, v View) string {
		f, err := ParseForm(Default(id))
		if err != nil {
			t.Fatal(err)
		}
		out, err := f.Fill(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	v := Example()
	v.Requests = v.Requests[:2]
	ordinary := fill("D11", v)
	for _, want := range []string{"30日内", "名城市人民政府", "复查", "复核"} {
		if !strings.Contains(ordinary, want) {
			t.Errorf("an ordinary opinion lacks %q", want)
		}
	}
	if strings.Contains(ordinary, "诉讼") || strings.Contains(ordinary, "行政复议") {
		t.Error("an ordinary opinion points to a lawsuit")
	}
	v.Requests = []Request{{Seq: 1, Title: "查处", Nature: "R6"}, {Seq: 2, Title: "确认", Nature: "R5"}}
	other := fill("D11", v)
	if strings.Count(other, "行政诉讼") != 2 || strings.Contains(other, "申请复查应当提交") {
		t.Errorf("requests of other routes:\n%s", other)
	}
	v = Example()
	if last := fill("D16", v); !strings.Contains(last, "不再受理") || !strings.Contains(last, "终结性意见") || strings.Contains(last, "书面申请复核") {
		t.Errorf("recheck:\n%s", last)
	}
	if r := fill("D15", v); !strings.Contains(r, "书面申请复核") || !strings.Contains(r, "30日内") {
		t.Errorf("review:\n%s", r)
	}
}

// TestRefusedTexts: a text can neither loop nor call nor show what is not
// there, and its mistake is named with its line.
func TestRefusedTexts(t *testing.T) {
	for source, want := range map[string]Mistake{
		"# 题\n{{.Nobody}}":                         {2, "Nobody", "unknown"},
		"# 题\n\n{{.Requests.Foo}}":                 {3, "Foo", "unknown"},
		"# 题\n{{range 1000000000}}x{{end}}":        {2, "range 1000000000", "construct"},
		"# 题\n{{range .People}}x{{end}}":           {2, "range .People", "construct"},
		`# 题` + "\n" + `{{printf "%999999d" 1}}`:   {2, "printf", "function"},
		`# 题` + "\n" + `{{call .Title}}`:           {2, "call", "function"},
		`# 题` + "\n" + `{{shell "ls"}}`:            {2, "shell", "unknown"},
		`{{define "a"}}{{template "a"}}{{end}}# 题`: {1, "define", "construct"},
		"没有标题":                                     {1, "#", "no_title"},
		"# 题\n{{if .Title}}":                       {2, "unexpected EOF", "syntax"},
	} {
		_, err := ParseForm(source)
		var m *Mistake
		if !errors.As(err, &m) || *m != want {
			t.Errorf("%q: %+v, want %+v", source, err, want)
		}
	}
	nested := "# 题\n" + strings.Repeat("{{range .Requests}}", 9) + "x" + strings.Repeat("{{end}}", 9)
	if _, err := ParseForm(nested); err == nil {
		t.Error("nine loops in each other are taken")
	}
	if _, err := ParseForm("# 题\n" + strings.Repeat("长", MaxSource)); err == nil {
		t.Error("a text without end is taken")
	}
}

// TestTame: what a petitioner writes is text, never a mark.
func TestTame(t *testing.T) {
	f, err := ParseForm("# 题\n{{.Words}}\n| {{line .Wish}} | 二 |")
	if err != nil {
		t.Fatal(err)
	}
	filled, err := f.Fill(View{Words: "# 假标题\n> 某某\n| a | b |\n@ 某局\n--- \n~ 签名：\ncc: 某某", Wish: "一 | 三\n四"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(filled)
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "题" || s.Addressee != "" || s.Signer != "" || len(s.Copies) != 0 || len(s.Body) != 8 {
		t.Errorf("%+v", s)
	}
	if table, ok := s.Body[7].(paper.Table); !ok || len(table.Rows) != 1 || len(table.Rows[0]) != 2 {
		t.Errorf("the table: %+v", s.Body[7])
	}
}

func TestChinese(t *testing.T) {
	for n, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 66: "六十六"} {
		if got := chinese(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
