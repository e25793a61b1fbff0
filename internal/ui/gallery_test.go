package ui

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
)

var catalogue = i18n.Must(i18n.Messages, Messages, []byte(`{
	"fault.test.short": ["写得太少，请至少写 %d 个字", "Too short: write at least %d characters"],
	"fault.test.phone": ["手机号码应为 11 位数字", "A mobile number has 11 digits"],
	"test.saved": ["已保存 %d 件", "%d {case|cases} saved"]
}`))

var now = time.Date(2026, 4, 9, 10, 30, 0, 0, i18n.Beijing)

// in puts children into a component that takes them.
func in(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, all(children...)), w)
	})
}

func all(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			if err := p.Render(templ.ClearChildren(ctx), w); err != nil {
				return err
			}
		}
		return nil
	})
}

// text is a piece of trusted markup of the test.
func text(s string) templ.Component { return templ.Raw(s) }

func refusedForm() *page.Form {
	f := page.NewForm(map[string][]string{"what": {"楼道灯坏了"}, "phone": {"1390000"}, "where": {"b"}})
	f.Fail("what", "test.short", 10)
	f.Fail("phone", "test.phone")
	return f
}

func publicForm() templ.Component {
	f := refusedForm()
	return in(Page(PageProps{Title: "发生了什么", Voice: Public, Active: "file"}),
		Stepper([]Step{{Label: "发生了什么", State: "done", Href: "/file/what"}, {Label: "在哪里", State: "now"}, {Label: "您希望怎样"}, {Label: "关于您"}, {Label: "确认"}}),
		in(Head(HeadProps{Kicker: "第二步", Title: "事情发生在哪里？", Lead: "说清楚地点，我们才能找对负责的单位。写不清也没关系，先写您知道的。", Back: "/file", BackTo: "上一步"})),
		Errors(f),
		in(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			io.WriteString(w, `<form method="post" action="/file" data-draft="file">`)
			templ.GetChildren(ctx).Render(templ.ClearChildren(ctx), w)
			io.WriteString(w, `</form>`)
			return nil
		}),
			Key(f),
			TextArea(f, FieldProps{Name: "what", Label: "发生了什么", Help: "什么时候、谁、什么事。想到什么写什么，不必讲究格式。", Required: true, Max: 5000, Rows: 6}),
			Choice(f, FieldProps{Name: "where", Label: "地点属于哪里", Required: true, Options: []Option{
				{Value: "a", Label: "我住的小区", Help: "包括楼道、停车场和公共绿地"}, {Value: "b", Label: "附近的道路或公园"}, {Value: "c", Label: "别的地方"}}}),
			Field(f, FieldProps{Name: "phone", Label: "手机号码", Type: "tel", InputMode: "numeric", Help: "用来告诉您进展；不会给被反映的单位。", Required: true, Width: "medium"}),
			Select(f, FieldProps{Name: "area", Label: "乡镇街道", Empty: "请选择", Options: []Option{{Value: "1", Label: "示范街道"}, {Value: "2", Label: "样例镇"}}, Width: "medium"}),
			Check(f, FieldProps{Name: "secret", Label: "请对我的姓名保密", Help: "办理单位看不到您的姓名和电话。"}),
			Checks(f, FieldProps{Name: "also", Label: "还涉及", Options: []Option{{Value: "x", Label: "噪声"}, {Value: "y", Label: "安全"}}}),
			File(f, FieldProps{Name: "files", Label: "照片或文件", Multiple: true, Accept: "image/*,.pdf", Help: "最多 9 个，每个不超过 20 MB。"}),
			Code(f, FieldProps{Name: "code", Label: "查询码", Help: "写在回执上的 8 个字符。", InputMode: "text"}),
			in(FieldRow(), Field(f, FieldProps{Name: "a", Label: "从", Type: "date"}), Field(f, FieldProps{Name: "b", Label: "到", Type: "date"})),
			Hidden("h", "1"),
			in(Actions(), Submit(ButtonProps{Label: "下一步", Icon: "arrow-right"}), Link(ButtonProps{Label: "上一步", Href: "/file"})),
		))
}

func publicFollow() templ.Component {
	return in(Page(PageProps{Title: "MC26-0412-7K3F", Voice: Public, Active: "follow"}),
		in(Head(HeadProps{Kicker: "示范街道 · 物业服务", Title: "楼道灯坏了三个月无人修理"})),
		CaseNumber("MC26-0412-7K3F"), text(" "), CopyButton("MC26-0412-7K3F"),
		in(Panel(PanelProps{ID: "now", Title: "现在"}), Timeline([]Moment{
			{Kind: "future", Tone: "future", Title: "收到书面答复", When: "最晚 6月8日 周一 24:00"},
			{Kind: "accepted", Tone: "now", Title: "示范区住建局正在办理", When: "2026年4月9日 10:00", ISO: "2026-04-09", Text: "责任单位已受理，最晚 6月8日答复。\n可以点“为什么是这一天”看怎样计算。",
				Body: all(Due(now.AddDate(0, 0, 3), now), in(More("为什么是这一天"), text("<p>60 天从受理之日的次日起算。</p>")))},
			{Kind: "urged", Title: "您催办了一次", When: "4月7日 周二"},
			{Kind: "lapsed", Tone: "missed", Title: "签收超期 1 天", When: "4月6日 周一", Who: "示范区住建局"},
			{Kind: "registered", Tone: "done", Title: "我们收到了您的来信", When: "4月1日 周三", Body: Files([]FileItem{{"楼道照片.jpg", "2.1 MB", "/f/1", ""}})},
		})),
		in(Actions(), Submit(ButtonProps{Label: "催办", Icon: "bell-ring", Reason: "昨天刚催办过，4月10日 10:30 以后可以再催。"}), Link(ButtonProps{Label: "补充材料", Href: "/", Icon: "file-plus"}), Submit(ButtonProps{Kind: "danger", Label: "撤回", Icon: "log-out"}), PrintButton()),
		in(Alert(AlertProps{Tone: "info", Title: "查询码只写在回执上", Text: "请不要告诉别人。"})),
		Empty(EmptyProps{Title: "还没有答复", Text: "答复最晚在 6月8日 送达。", Action: Link(ButtonProps{Label: "回到首页", Href: "/"})}),
	)
}

func row(no, title, unit, urgency string, light LightKind, state casework.State, due time.Time) templ.Component {
	return in(Row(RowProps{Href: "/desk/cases/" + no, Urgency: urgency, Select: no, Label: title}),
		in(Cell(""), Lamp(light)),
		in(Cell("编号"), CaseNumber(no)),
		in(Cell("事项"), text(`<a href="/desk/cases/x">`+title+`</a> `), Ribbon(urgency)),
		in(Cell("信访人"), text("王*")),
		in(Cell("单位"), text(unit)),
		in(Cell("状态"), State(string(state))),
		in(Cell("期限"), Due(due, now)),
		in(Cell("最近"), When(now.Add(-3*time.Hour), now)))
}

func deskQueue() templ.Component {
	f := page.NewForm(map[string][]string{"state": {"accepted"}})
	return in(Page(PageProps{Title: "待办", Voice: Desk, Active: "queue"}),
		in(Head(HeadProps{Title: "待办", Actions: Link(ButtonProps{Label: "登记一件", Icon: "file-plus", Href: "/desk/new", Kind: "primary"})})),
		Tabs("视图", "mine", []Tab{{"mine", "该我办", "/desk", 12, false}, {"unit", "本单位", "/desk?v=unit", 1000, true}, {"late", "超期", "/desk?v=late", 0, false}, {"all", "全部", "/desk?v=all", -1, false}}),
		in(Filters("/desk"), FilterText(f, FieldProps{Name: "q", Label: "编号、事项、单位"}),
			FilterSelect(f, FieldProps{Name: "state", Label: "状态", Options: []Option{{Value: "accepted", Label: "办理中"}, {Value: "signed", Label: "已签收"}}}),
			FilterSelect(f, FieldProps{Name: "channel", Label: "来自"})),
		in(Table(TableProps{Caption: "待办", Keys: true, Select: true, Columns: []Column{{Label: "灯", Narrow: true, Hidden: true}, {Label: "编号", Narrow: true}, {Label: "事项"}, {Label: "信访人", Narrow: true}, {Label: "单位"}, {Label: "状态", Narrow: true}, {Label: "期限"}, {Label: "最近", Narrow: true}}}),
			row("MC26-0412-7K3F", "楼道灯坏了三个月无人修理", "示范区住房和城乡建设局", "red", Red, casework.Dispatched, now.AddDate(0, 0, -2)),
			row("MC26-0412-8A2B", "工地夜间施工噪声扰民，多次反映无果，请求依法查处并公开处理结果", "示范区城市管理局", "yellow", Amber, casework.Objected, now.AddDate(0, 0, 1)),
			row("MC26-0412-9C1D", "养老金待遇资格认证失败", "示范区人力资源和社会保障局", "", Green, casework.Accepted, now.AddDate(0, 0, 23)),
			row("MC26-0413-1C1D", "建议增设公交站点", "示范区交通运输局", "blue", Green, casework.Concluded, time.Time{})),
		in(BulkBar(), Submit(ButtonProps{Label: "转送", Small: true})),
		Pager(PagerProps{Prev: "/desk?c=1", Next: "/desk?c=2", First: "/desk", Note: "第 51–100 件，共 1,000 件以上"}),
		Keyboard())
}

func deskCase() templ.Component {
	f := page.NewForm(nil)
	return in(Page(PageProps{Title: "MC26-0412-7K3F", Voice: Desk, Active: "queue"}),
		in(Head(HeadProps{Back: "/desk", BackTo: "待办", Kicker: "MC26-0412-7K3F · 第 1 轮", Title: "工地夜间施工噪声扰民，多次反映无果", Actions: all(Light(Amber), Ribbon("red"), State("accepted"), Badge("seal", "保密通道"))})),
		in(Panel(PanelProps{Tone: "sunk"}), in(Actions(), Submit(ButtonProps{Label: "拟处理意见", Icon: "file-pen"}), Submit(ButtonProps{Kind: "secondary", Label: "办理记录"}), Submit(ButtonProps{Kind: "secondary", Label: "申请延期", Reason: "只能延期一次"}), Submit(ButtonProps{Kind: "danger", Label: "不予受理"}))),
		in(Columns(),
			in(Stack(),
				in(Panel(PanelProps{ID: "words", Tone: "quote", Title: "信访人原话", Note: "2026年4月1日 网上", Icon: "message-square-text"}), Words("我住在样例小区 3 号楼，对面工地从二月起每天施工到凌晨两点。\n打过多次电话，没有结果。家里有高三学生和老人，实在没有办法。希望依法查处。")),
				in(Panel(PanelProps{ID: "line", Title: "经过", Icon: "history"}), Timeline([]Moment{
					{Kind: "accepted", Tone: "now", Title: "示范区城市管理局已受理", When: "2026年4月9日 10:00", Who: "张示例"},
					{Kind: "forwarded", Title: "已转送示范区城市管理局", When: "2026年4月3日 09:12", Who: "李样本", Text: "职责清单第 12 条。"},
					{Kind: "registered", Title: "已登记", When: "2026年4月1日 20:41"}})),
				in(Panel(PanelProps{ID: "do", Title: "办理记录"}), TextArea(f, FieldProps{Name: "text", Label: "做了什么", Required: true, Rows: 3}), Choice(f, FieldProps{Name: "o", Label: "结果", Options: []Option{{Value: "a", Label: "已解决"}, {Value: "b", Label: "部分解决"}, {Value: "c", Label: "解释说明"}}}), in(Actions(), Submit(ButtonProps{Label: "保存"}))),
			),
			in(Stack(),
				in(Panel(PanelProps{ID: "facts", Title: "要素"}), Terms([]Term{{Label: "责任单位", Text: "示范区城市管理局"}, {Label: "期限", Body: Due(now.AddDate(0, 0, 2), now)}, {Label: "类别", Text: "城乡建设 · 噪声"}, {Label: "法定途径", Text: "申诉求决"}, {Label: "信访人", Text: "王*　139****0000"}, {Label: "单位", Text: ""}})),
				in(Panel(PanelProps{ID: "files", Title: "材料"}), Files([]FileItem{{"现场照片一.jpg", "1.2 MB", "/", "4月1日"}, {"录音.mp3", "3.4 MB", "/", ""}}), Progress("扫描", 2, 3)),
				Loading(),
			)))
}

func leadPage() templ.Component {
	p := func(v float64) *float64 { return &v }
	return in(Page(PageProps{Title: "总览", Voice: Lead, Active: "lead", Chart: true}),
		in(Head(HeadProps{Title: "示范区 · 本月", Lead: "红色在前；点数字看是哪些件。"})),
		in(Grid(),
			Stat(StatProps{Label: "超期在办", Value: "7", Of: "在办 1,204 件", Trend: "比上月多 3 件", Good: "bad", Tone: "danger", Points: []float64{2, 3, 3, 5, 4, 7}, Href: "/desk?v=late"}),
			Stat(StatProps{Label: "按期办结率", Value: "98.2%", Of: "应办结 1,102 件", Trend: "比上月高 0.4 个百分点", Good: "good", Points: []float64{96, 97, 96.5, 97.8, 98.2}, Href: "/"}),
			Stat(StatProps{Label: "对结果满意", Value: "91.0%", Of: "已评价 640 件", Trend: "持平"}),
			Stat(StatProps{Label: "初信初访", Value: "3,210", Of: "登记 4,015 件", Tone: "warning"})),
		text("<p></p>"),
		in(Columns(), Chart(ChartProps{ID: "c1", Title: "每周登记与办结", Labels: []string{"W1", "W2", "W3", "W4"}, Unit: "件", Series: []Series{{"登记", []*float64{p(120), p(132), p(101), p(134)}}, {"办结", []*float64{p(110), p(118), nil, p(140)}}}}),
			Chart(ChartProps{ID: "c2", Title: "各类事项", Kind: "bar", Labels: []string{"城建", "劳动", "教育"}, Series: []Series{{"件", []*float64{p(52), p(31), p(12)}}}})))
}

func pages() map[string]templ.Component {
	return map[string]templ.Component{
		"public-form": publicForm(), "public-follow": publicFollow(), "desk-queue": deskQueue(), "desk-case": deskCase(), "lead": leadPage(),
		"error":   ErrorPage(page.Failure{Status: 404, Title: "没有找到这一页", Message: "网址可能有误，或者这一内容不在您的查看范围内。", Advice: "请核对网址或编号。", RequestID: "ABCDEF", Retry: 3, Fields: []page.FieldFailure{{Name: "a", Message: "b"}}}),
		"alert":   ErrorPage(page.Failure{Status: 409, Title: "x", Fragment: true}),
		"confirm": in(Page(PageProps{Title: "撤回", Voice: Public}), in(Confirm(ConfirmProps{Title: "撤回这件信访事项？", Text: "撤回以后不再办理；同一件事以后还可以重新反映。", Action: "/x", Do: "撤回", Back: "/y"}))),
	}
}

func draw(t *testing.T, c templ.Component, lang string, v *page.View, a access.Actor) string {
	t.Helper()
	ctx := access.With(page.With(i18n.With(t.Context(), catalogue, lang), v), a)
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	inlineStyle  = regexp.MustCompile(`(?i)<style|\sstyle=`)
	inlineScript = regexp.MustCompile(`(?is)<script([^>]*)>\s*[^<\s]|\son[a-z]+="`)
)

// TestGallery draws every component in both languages. With GALLERY_DIR it
// leaves the pages there, to be looked at.
func TestGallery(t *testing.T) {
	clerk := access.Actor{ID: 1, Name: "张示例", Role: access.BureauHead}
	for name, c := range pages() {
		for _, lang := range []string{"zh", "en"} {
			for _, large := range []bool{false, true} {
				v := &page.View{Path: "/x?a=1", Large: large, Flash: &page.Flash{Key: "test.saved", Args: []any{int64(1)}}}
				a := clerk
				if strings.HasPrefix(name, "public") || name == "confirm" {
					a = access.Actor{}
				}
				html := draw(t, c, lang, v, a)
				if strings.Contains(html, "⟦") {
					t.Errorf("%s %s: a message is missing: %s", name, lang, html[strings.Index(html, "⟦"):][:60])
				}
				if m := inlineStyle.FindString(html); m != "" {
					t.Errorf("%s: inline style %q", name, m)
				}
				for _, m := range inlineScript.FindAllStringSubmatch(html, -1) {
					if !strings.Contains(m[1], "application/json") {
						t.Errorf("%s: inline script %q", name, m[0])
					}
				}
				if dir := os.Getenv("GALLERY_DIR"); dir != "" {
					size := map[bool]string{true: "-large", false: ""}[large]
					if err := os.WriteFile(filepath.Join(dir, name+"-"+lang+size+".html"), []byte(html), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// TestWords: every constant of the case's life has its words.
func TestWords(t *testing.T) {
	var keys []string
	add := func(prefix string, values ...string) {
		for _, v := range values {
			keys = append(keys, prefix+"."+v)
		}
	}
	for _, v := range casework.Verbs() {
		add("verb", string(v))
	}
	for _, k := range casework.EventKinds() {
		add("event", string(k))
		if eventIcons[string(k)] == "" {
			t.Errorf("event %s has no icon", k)
		}
	}
	for _, s := range casework.States {
		add("state", string(s))
	}
	for _, c := range casework.Channels {
		add("channel", string(c))
	}
	for _, n := range casework.Natures {
		add("nature", string(n))
	}
	for _, u := range casework.Urgencies {
		add("urgency", string(u))
	}
	for _, o := range casework.Conclusions {
		add("outcome", string(o))
	}
	for k := range casework.DefaultParams().Lengths {
		add("clock", string(k))
	}
	for _, r := range access.Roles {
		add("role", string(r))
	}
	for _, key := range keys {
		if !catalogue.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
	if err := catalogue.Check(); err != nil {
		t.Error(err)
	}
}

// TestIcons: every icon that the kit names is in the sprite's list.
func TestIcons(t *testing.T) {
	list, err := os.ReadFile("../../web/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, name := range strings.Fields(string(list)) {
		have[name] = true
	}
	named := regexp.MustCompile(`Icon\("([a-z0-9-]+)"\)|Icon: "([a-z0-9-]+)"|return "([a-z]+-[a-z-]+)"|"/[a-z/]*", "([a-z0-9-]+)"\}`)
	files, _ := filepath.Glob("*.templ")
	for _, file := range append(files, "layout.go", "message.go", "status.go") {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(src), -1) {
			if name := m[1] + m[2] + m[3] + m[4]; !have[name] {
				t.Errorf("%s: icon %q is not in web/icons.txt", file, name)
			}
		}
	}
	for _, name := range eventIcons {
		if !have[name] {
			t.Errorf("icon %q is not in web/icons.txt", name)
		}
	}
}
