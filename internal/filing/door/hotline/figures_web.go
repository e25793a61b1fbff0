package hotline

import (
	"context"
	"net/http"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// figuresView is the page of figures.
type figuresView struct {
	form  *page.Form
	lines []ui.Option
	all   Figures
	parts []Figures
	days  int
}

// spans are the lengths that can be looked at: a day by the hour, or days.
var spans = []int{1, 7, 31}

func (h *Web) getFigures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	v := figuresView{form: form, days: form.Int("days")}
	if v.days != 7 && v.days != 31 {
		v.days = 1
	}
	day, err := calendar.ParseDate(form.Get("day"))
	if err != nil {
		day = calendar.On(h.Clock.Now())
	}
	form.Set("day", day.String()).Set("days", number(int64(v.days)))
	open, err := h.Doors.Active(ctx, kindName)
	if err != nil {
		return err
	}
	for _, st := range open {
		v.lines = append(v.lines, ui.Option{Value: st.Code, Label: st.Code})
	}
	if v.all, v.parts, err = h.Count(ctx, form.Get("line"), day, v.days); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, figuresPage(v))
}

func average(f Figures) string {
	if d, ok := f.AverageTalk(); ok {
		return length(d)
	}
	return "—"
}

func (v figuresView) stats(ctx context.Context) []ui.StatProps {
	f := v.all
	return []ui.StatProps{
		{Label: i18n.T(ctx, "hotline.prompt_rate"), Value: i18n.Percent(f.Prompt, f.Offered), Of: i18n.T(ctx, "hotline.of_calls", f.Prompt, f.Offered), TestID: "prompt"},
		{Label: i18n.T(ctx, "hotline.connection_rate"), Value: i18n.Percent(f.Answered, f.Offered), Of: i18n.T(ctx, "hotline.of_calls", f.Answered, f.Offered), TestID: "connected"},
		{Label: i18n.T(ctx, "hotline.abandoned"), Value: i18n.Number(f.Missed), Of: i18n.T(ctx, "hotline.of_all", f.Offered), TestID: "abandoned"},
		{Label: i18n.T(ctx, "hotline.average_talk"), Value: average(f), Of: i18n.T(ctx, "hotline.of_talks", f.Talks), TestID: "talk"},
	}
}

// label names a span on the axis.
func (v figuresView) label(ctx context.Context, t time.Time) string {
	t = t.In(calendar.China)
	if v.days == 1 {
		return t.Format("15:04")
	}
	return i18n.Pick(ctx, t.Format("1月2日"), t.Format("2 Jan"))
}

func (v figuresView) chart(ctx context.Context) ui.ChartProps {
	p := ui.ChartProps{ID: "chart-calls", Title: i18n.T(ctx, "hotline.chart"), Kind: "line", Series: []ui.Series{
		{Name: i18n.T(ctx, "hotline.answered_n")}, {Name: i18n.T(ctx, "hotline.prompt_n")}, {Name: i18n.T(ctx, "hotline.abandoned")},
	}}
	for _, f := range v.parts {
		p.Labels = append(p.Labels, v.label(ctx, f.From))
		for i, n := range []int64{f.Answered, f.Prompt, f.Missed} {
			point := float64(n)
			p.Series[i].Points = append(p.Series[i].Points, &point)
		}
	}
	return p
}

func (v figuresView) spanOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, n := range spans {
		out = append(out, ui.Option{Value: number(int64(n)), Label: i18n.T(ctx, "hotline.span."+number(int64(n)))})
	}
	return out
}
