package worklist

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/ui"
)

// column is one of what a list of cases can tell.
type column struct {
	id     string // message "worklist.<id>", but for those of fields
	key    string // the message, where it is another one
	narrow bool
	hidden bool // the label is for readers only
	class  string
}

var (
	colLight      = column{id: "light", narrow: true, hidden: true}
	colNo         = column{id: "no", narrow: true, class: "no"}
	colMatter     = column{id: "matter", class: "matter"}
	colPetitioner = column{id: "petitioner", narrow: true}
	colUnit       = column{id: "unit"}
	colLead       = column{id: "lead"}
	colState      = column{id: "state", narrow: true}
	colDue        = column{id: "due", narrow: true}
	colLast       = column{id: "last", narrow: true, class: "note"}
	colOutcome    = column{id: "outcome", key: "field.outcome", narrow: true}
	colClosed     = column{id: "closed", narrow: true}
	colChannel    = column{id: "channel", key: "field.channel", narrow: true}
	colAge        = column{id: "age", narrow: true}
	colReturns    = column{id: "returns", narrow: true}
	colRung       = column{id: "rung", narrow: true}
	colStage      = column{id: "stage", narrow: true}
	colDo         = column{id: "do", narrow: true, class: "do"}

	openColumns   = []column{colLight, colNo, colMatter, colPetitioner, colUnit, colState, colDue, colLast}
	closedColumns = []column{colLight, colNo, colMatter, colPetitioner, colUnit, colState, colOutcome, colClosed}
)

func (c column) label(ctx context.Context) string {
	if c.key != "" {
		return i18n.T(ctx, c.key)
	}
	return i18n.T(ctx, "worklist."+c.id)
}

// heads are the table heads of columns.
func heads(ctx context.Context, cols []column) []ui.Column {
	out := make([]ui.Column, len(cols))
	for i, c := range cols {
		out[i] = ui.Column{Label: c.label(ctx), Narrow: c.narrow, Hidden: c.hidden}
	}
	return out
}

// columnsOf are those of a tab of the queue.
func columnsOf(t Tab) []column {
	if t == Closed {
		return closedColumns
	}
	return openColumns
}

// queueRows writes the rows of the queue by hand. Fifty rows are nearly all of
// the page that is asked for most, and every row has the same few marks: they
// are drawn once a page.
func (s *Service) queueRows(v queueView) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		t := s.newTable(ctx, columnsOf(v.query.Tab), v.now)
		t.picks, t.closed = v.picks(), v.query.Tab == Closed
		t.b.Grow(len(v.page.Rows) * 900)
		for i := range v.page.Rows {
			t.row(&BoardRow{Row: v.page.Rows[i]})
		}
		_, err := io.WriteString(w, t.b.String())
		return err
	})
}

// table draws rows.
type table struct {
	s      *Service
	ctx    context.Context
	b      strings.Builder
	cols   []column
	actor  access.Actor
	now    time.Time
	lang   string
	picks  bool
	closed bool // a register: nothing is due
	labels []string
	lamps  map[casework.Light]string
	marks  map[casework.Urgency]string
}

func (s *Service) newTable(ctx context.Context, cols []column, now time.Time) *table {
	t := &table{
		s: s, ctx: ctx, cols: cols, now: now, lang: i18n.Lang(ctx), labels: make([]string, len(cols)),
		lamps: map[casework.Light]string{}, marks: map[casework.Urgency]string{casework.Blue: "", "": ""},
	}
	for i, c := range cols {
		t.labels[i] = templ.EscapeString(c.label(ctx))
	}
	return t
}

// picks tells whether rows can be selected for a bulk action.
func (v queueView) picks() bool { return len(bulkVerbs(v.actor)) > 0 && v.query.Tab != Closed }

// heading is a row that names the part of a board that follows.
func (t *table) heading(text string, c Count) {
	n := i18n.Number(c.N)
	if c.More {
		n += "+"
	}
	t.b.WriteString(`<tr class="part"><th scope="rowgroup" colspan="` + itoa(len(t.cols)) + `">` + templ.EscapeString(text) +
		` <span class="tally">` + n + `</span></th></tr>`)
}

func (t *table) row(r *BoardRow) {
	b, no := &t.b, templ.EscapeString(r.No)
	b.WriteString(`<tr class="` + rowClass(&r.Row) + `" data-href="/desk/cases/` + no + `" data-testid="row">`)
	if t.picks {
		b.WriteString(`<td class="narrow pick"><label><input type="checkbox" name="select" value="` + no +
			`" data-bulk><span class="unseen">` + no + `</span></label></td>`)
	}
	for i, c := range t.cols {
		class := c.class
		if c.narrow {
			class = strings.TrimSpace("narrow " + class)
		}
		b.WriteString(`<td class="` + class + `" data-label="` + t.labels[i] + `">`)
		t.content(c.id, r)
		b.WriteString(`</td>`)
	}
	b.WriteString("</tr>")
}

// content writes what a column tells of a case.
func (t *table) content(id string, r *BoardRow) {
	text := func(s string) { t.b.WriteString(templ.EscapeString(s)) }
	word := func(prefix, s string) { text(i18n.T(t.ctx, prefix+s)) }
	switch id {
	case "light":
		if !t.closed {
			t.b.WriteString(t.lamp(casework.LightFor(r.DueAt, r.WarnAt, t.now)))
		}
	case "no":
		t.b.WriteString(`<span class="case-no" translate="no">` + templ.EscapeString(r.No) + `</span>`)
	case "matter":
		t.matter(r)
	case "petitioner":
		text(r.Petitioner)
	case "unit":
		text(t.s.rowUnit(&r.Row, t.lang))
	case "lead":
		text(t.s.unitName(r.LeadUnitID, t.lang))
	case "state":
		word("state.", string(r.State))
	case "stage":
		word("stage.", string(r.Stage))
	case "channel":
		word("channel.", string(r.Channel))
	case "outcome":
		word("outcome.", string(r.Outcome))
	case "rung":
		word("ladder.", itoa(r.Ladder))
	case "returns":
		text(i18n.T(t.ctx, "worklist.times", r.Objections))
	case "age":
		text(i18n.T(t.ctx, "worklist.days", calendar.On(t.now).Sub(calendar.On(r.RegisteredAt))))
	case "closed":
		text(i18n.Ago(t.ctx, r.ClosedAt, t.now))
	case "due":
		t.due(r)
	case "last":
		word("event.", string(r.LastEvent))
		text(" · " + i18n.Ago(t.ctx, r.LastEventAt, t.now))
	case "do":
		t.deeds(r)
	}
}

func (t *table) matter(r *BoardRow) {
	t.b.WriteString(`<a href="/desk/cases/` + templ.EscapeString(r.No) + `">` + templ.EscapeString(r.Title) + `</a>` + t.notes(&r.Row))
	if r.Note != "" {
		t.b.WriteString(`<span class="row-note">` + templ.EscapeString(r.Note) + `</span>`)
	}
}

func (t *table) due(r *BoardRow) {
	if r.DueAt.IsZero() {
		return
	}
	late := map[bool]string{true: "due", false: "due late"}[t.now.Before(r.DueAt)]
	t.b.WriteString(`<time class="` + late + `" title="` + templ.EscapeString(i18n.DueDay(t.ctx, r.DueAt)) + `">` +
		templ.EscapeString(i18n.DueShort(t.ctx, r.DueAt, t.now)) + `</time>`)
}

// deeds are links to the forms that end what the row waits for.
func (t *table) deeds(r *BoardRow) {
	for _, v := range rulingVerbs(r, t.actor) {
		t.b.WriteString(`<a class="btn secondary small" data-testid="do-` + string(v) + `" href="/desk/cases/` + templ.EscapeString(r.No) + `/do/` + string(v) + `">` +
			templ.EscapeString(i18n.T(t.ctx, "verb."+string(v))) + `</a> `)
	}
}

// notes are what stands behind a title: haste, kind, lane, urges, round.
func (t *table) notes(r *Row) string {
	out := t.mark(r.Urgency)
	badge := func(tone, text string) {
		out += ` <span class="badge ` + tone + `">` + templ.EscapeString(text) + `</span>`
	}
	if r.Kind == casework.Order {
		badge("badge-info", i18n.T(t.ctx, "worklist.mark.order"))
	}
	if r.Stage == casework.Review || r.Stage == casework.Recheck {
		badge("badge-info", i18n.T(t.ctx, "stage."+string(r.Stage)))
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
