package statistics

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the leader's pages.
type Web struct {
	service *Service
	need    Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

// Routes implements web.Capability.
func (w *Web) Routes(rt *web.Router) {
	rt.Handle("GET /lead", w.lead, w.need(access.Leader, access.BureauHead, access.BureauClerk, access.Supervisor, access.Inspector, access.UnitHead, access.UnitHandler))
}

type view struct {
	Lead       string
	Topics     bool // the reader may open the topics
	Figures    []ui.StatProps
	Units      []unitRow
	Curve      ui.ChartProps
	Categories ui.ChartProps
}

type unitRow struct{ Name, Href, Overdue, Soon, Open string }

func (w *Web) lead(rw http.ResponseWriter, r *http.Request) error {
	o, err := w.service.Overview(r.Context(), access.From(r.Context()))
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, leadPage(w.view(r.Context(), o)))
}

func (w *Web) view(ctx context.Context, o Overview) view {
	v := view{
		Topics:  !access.From(ctx).Has(access.UnitHead, access.UnitHandler),
		Lead:    i18n.T(ctx, "statistics.lead", i18n.Moment(ctx, w.service.clock.Now())),
		Figures: figures(ctx, o),
		Curve: ui.ChartProps{ID: "chart-curve", Title: i18n.T(ctx, "statistics.curve.note"), Kind: "line",
			Series: []ui.Series{{Name: i18n.T(ctx, "statistics.filed")}, {Name: i18n.T(ctx, "statistics.closed")}}},
		Categories: ui.ChartProps{ID: "chart-category", Title: i18n.T(ctx, "statistics.by_category.note"), Kind: "bar",
			Series: []ui.Series{{Name: i18n.T(ctx, "statistics.dispatched")}}},
	}
	for i, d := range o.Days {
		v.Curve.Labels = append(v.Curve.Labels, i18n.Day(ctx, o.First.AddDate(0, 0, i)))
		v.Curve.Series[0].Points = append(v.Curve.Series[0].Points, point(d.Filed))
		v.Curve.Series[1].Points = append(v.Curve.Series[1].Points, point(d.Closed))
	}
	for _, s := range o.ByUnit {
		u, _ := w.service.units.Unit(s.UnitID)
		v.Units = append(v.Units, unitRow{u.Name(i18n.Lang(ctx)), "/desk?view=open&owner=" + strconv.FormatInt(s.UnitID, 10),
			i18n.Number(s.Overdue), i18n.Number(s.Soon), i18n.Number(s.Open)})
	}
	for _, s := range o.ByCategory {
		name := i18n.T(ctx, "statistics.unclassified")
		if c, ok := w.service.taxonomy.Category(s.Category); ok {
			name = c.Name(i18n.Lang(ctx))
		}
		v.Categories.Labels = append(v.Categories.Labels, name)
		v.Categories.Series[0].Points = append(v.Categories.Series[0].Points, point(s.Open))
	}
	return v
}

func point(n int64) *float64 { f := float64(n); return &f }

// figures are the eight of the overview: red things first, each with its
// denominator and, where there is one, its trend.
func figures(ctx context.Context, o Overview) []ui.StatProps {
	t, b := o.Total, o.Before
	day := func(get func(Sum) int64) (points []float64) {
		for _, d := range o.Days {
			points = append(points, float64(get(d)))
		}
		return points
	}
	onTime := points(t.Closed-t.ClosedLate, t.Closed, b.Closed-b.ClosedLate, b.Closed)
	pleased := points(t.Satisfied, t.Rated, b.Satisfied, b.Rated)
	tone := func(n int64, tone string) string {
		if n == 0 {
			return ""
		}
		return tone
	}
	return []ui.StatProps{
		{Label: i18n.T(ctx, "statistics.overdue"), Value: bounded(o.Overdue), Of: of(ctx, o.Open), Tone: tone(o.Overdue, "danger"), Href: "/desk?view=overdue", TestID: "figure-overdue"},
		{Label: i18n.T(ctx, "statistics.soon"), Value: bounded(o.Soon), Of: of(ctx, o.Open), Tone: tone(o.Soon, "warning"), Href: "/desk?view=soon", TestID: "figure-soon"},
		{Label: i18n.T(ctx, "statistics.open"), Value: bounded(o.Open), Of: i18n.T(ctx, "statistics.open.of"), Href: "/desk?view=open", TestID: "figure-open"},
		{Label: i18n.T(ctx, "statistics.today"), Value: i18n.Number(o.Today.Filed), Of: i18n.T(ctx, "statistics.today.of", t.Filed/window),
			Points: day(func(s Sum) int64 { return s.Filed }), Href: "/desk?view=open", TestID: "figure-today"},
		{Label: i18n.T(ctx, "statistics.closed30"), Value: i18n.Number(t.Closed), Of: i18n.T(ctx, "statistics.closed30.of", i18n.Number(t.Filed)),
			Trend: trend(t.Closed, b.Closed), Points: day(func(s Sum) int64 { return s.Closed }), Href: "/desk?view=closed", TestID: "figure-closed"},
		{Label: i18n.T(ctx, "statistics.on_time"), Value: i18n.Percent(t.Closed-t.ClosedLate, t.Closed), Of: i18n.T(ctx, "statistics.of_closed", i18n.Number(t.Closed)),
			Trend: onTime, Good: mood(onTime), TestID: "figure-on-time"},
		{Label: i18n.T(ctx, "statistics.satisfied"), Value: i18n.Percent(t.Satisfied, t.Rated),
			Of: i18n.T(ctx, "statistics.satisfied.of", i18n.Number(t.Rated), i18n.Number(t.Closed)), Trend: pleased, Good: mood(pleased), TestID: "figure-satisfied"},
		{Label: i18n.T(ctx, "statistics.days"), Value: average(t.Days, t.Closed), Of: i18n.T(ctx, "statistics.of_closed", i18n.Number(t.Closed)), TestID: "figure-days"},
	}
}

func of(ctx context.Context, n int64) string { return i18n.T(ctx, "statistics.of_open", bounded(n)) }

func bounded(n int64) string {
	if n >= ceiling {
		return i18n.Number(int64(ceiling-1)) + "+"
	}
	return i18n.Number(n)
}

// trend compares two periods in per cent; too few to say is silent.
func trend(now, before int64) string {
	if before < 10 {
		return ""
	}
	return signed(100*(now-before)/before) + " %"
}

// points compares two shares in percentage points.
func points(part, whole, partBefore, wholeBefore int64) string {
	if whole < 10 || wholeBefore < 10 {
		return ""
	}
	diff := 100*float64(part)/float64(whole) - 100*float64(partBefore)/float64(wholeBefore)
	return fmt.Sprintf("%+.1f", diff)
}

// mood tells whether a trend of a share that should rise is a good one.
func mood(trend string) string {
	switch {
	case strings.HasPrefix(trend, "+"):
		return "good"
	case strings.HasPrefix(trend, "-"):
		return "bad"
	}
	return ""
}

func signed(n int64) string {
	if n > 0 {
		return "+" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

func average(sum, n int64) string {
	if n == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(sum)/float64(n), 'f', 1, 64)
}
