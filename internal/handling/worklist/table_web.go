package worklist

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// queueRows writes the rows of the queue by hand. Fifty rows are nearly all of
// the page that is asked for most, and every row has the same few marks: they
// are drawn once a page.
func (s *Service) queueRows(v queueView) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		t := s.newTable(ctx, v)
		t.b.Grow(len(v.page.Rows) * 900)
		for i := range v.page.Rows {
			t.row(&v.page.Rows[i])
		}
		_, err := io.WriteString(w, t.b.String())
		return err
	})
}

// table draws rows.
type table struct {
	s      *Service
	v      queueView
	ctx    context.Context
	b      strings.Builder
	picks  bool
	labels map[string]string
	lamps  map[casework.Light]string
	marks  map[casework.Urgency]string
}

func (s *Service) newTable(ctx context.Context, v queueView) *table {
	t := &table{
		s: s, v: v, ctx: ctx, picks: v.picks(), labels: map[string]string{},
		lamps: map[casework.Light]string{}, marks: map[casework.Urgency]string{casework.Blue: "", "": ""},
	}
	for _, key := range []string{"light", "no", "matter", "petitioner", "unit", "state", "due", "last", "closed"} {
		t.labels[key] = templ.EscapeString(i18n.T(ctx, "worklist."+key))
	}
	t.labels["outcome"] = templ.EscapeString(i18n.T(ctx, "field.outcome"))
	return t
}

// picks tells whether rows can be selected for a bulk action.
func (v queueView) picks() bool { return len(bulkVerbs(v.actor)) > 0 && v.query.Tab != Closed }

func (t *table) row(r *Row) {
	b, no := &t.b, templ.EscapeString(r.No)
	b.WriteString(`<tr class="` + rowClass(r) + `" data-href="/desk/cases/` + no + `" data-testid="row">`)
	if t.picks {
		b.WriteString(`<td class="narrow pick"><label><input type="checkbox" name="select" value="` + no +
			`" data-bulk><span class="unseen">` + no + `</span></label></td>`)
	}
	lamp := ""
	if t.v.query.Tab != Closed {
		lamp = t.lamp(casework.LightFor(r.DueAt, r.WarnAt, t.v.now))
	}
	t.cell("narrow", "light", lamp)
	t.cell("narrow no", "no", `<span class="case-no" translate="no">`+no+`</span>`)
	t.cell("matter", "matter", `<a href="/desk/cases/`+no+`">`+templ.EscapeString(r.Title)+`</a>`+t.notes(r))
	t.text("narrow", "petitioner", r.Petitioner)
	t.text("", "unit", t.s.rowUnit(r, t.v.lang))
	t.text("narrow", "state", i18n.T(t.ctx, "state."+string(r.State)))
	if t.v.query.Tab == Closed {
		t.text("narrow", "outcome", i18n.T(t.ctx, "outcome."+string(r.Outcome)))
		t.text("narrow", "closed", i18n.Ago(t.ctx, r.ClosedAt, t.v.now))
	} else {
		late := map[bool]string{true: "due", false: "due late"}[t.v.now.Before(r.DueAt)]
		t.cell("narrow", "due", `<time class="`+late+`" title="`+templ.EscapeString(i18n.DueDay(t.ctx, r.DueAt))+`">`+
			templ.EscapeString(i18n.DueShort(t.ctx, r.DueAt, t.v.now))+`</time>`)
		t.text("narrow note", "last", i18n.T(t.ctx, "event."+string(r.LastEvent))+" · "+i18n.Ago(t.ctx, r.LastEventAt, t.v.now))
	}
	b.WriteString("</tr>")
}

// cell writes a cell of markup, text one of plain text.
func (t *table) cell(class, label, markup string) {
	t.b.WriteString(`<td class="` + class + `" data-label="` + t.labels[label] + `">` + markup + `</td>`)
}

func (t *table) text(class, label, text string) { t.cell(class, label, templ.EscapeString(text)) }

// notes are what stands behind a title: haste, lane, urges, round.
func (t *table) notes(r *Row) string {
	out := t.mark(r.Urgency)
	badge := func(tone, text string) {
		out += ` <span class="badge ` + tone + `">` + templ.EscapeString(text) + `</span>`
	}
	if r.Confidential {
		badge("badge-seal", i18n.T(t.ctx, "lane.confidential"))
	}
	if r.Urges > 0 {
		badge("badge-warning", i18n.T(t.ctx, "worklist.urged_n", r.Urges))
	}
	if r.Round > 1 {
		badge("", i18n.T(t.ctx, "worklist.round_n", r.Round))
	}
	return out
}

func (t *table) lamp(l casework.Light) string {
	if drawn, ok := t.lamps[l]; ok {
		return drawn
	}
	t.lamps[l] = draw(t.ctx, ui.Lamp(ui.LightKind(l)))
	return t.lamps[l]
}

func (t *table) mark(u casework.Urgency) string {
	if drawn, ok := t.marks[u]; ok {
		return drawn
	}
	t.marks[u] = " " + draw(t.ctx, ui.Ribbon(string(u)))
	return t.marks[u]
}

// draw renders a mark into text; a strings.Builder never fails.
func draw(ctx context.Context, c templ.Component) string {
	var b strings.Builder
	if c.Render(ctx, &b) != nil {
		return ""
	}
	return b.String()
}
