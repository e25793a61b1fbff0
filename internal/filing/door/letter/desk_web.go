package letter

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/ocr"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// unsure is below what a character of a line must reach that need not be
// looked at twice.
const unsure = 0.75

// deskView is one page of a letter beside its image.
type deskView struct {
	Letter
	sheets []Sheet
	sheet  Sheet
	n      int // of the page, from one
	zoom   int // percent
	turn   int
	status native.Status
	form   *page.Form
}

// zooms of the image, in percent of the column.
var zooms = []int{100, 150, 200, 300}

func (h *Web) getLetter(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	l, sheets, err := h.Letter(r.Context(), access.From(r.Context()), r.PathValue("no"))
	if err != nil {
		return err
	}
	v := deskView{Letter: l, sheets: sheets, n: max(query.Int("page"), 1), zoom: query.Int("zoom"), status: h.Reader.Status(), form: page.NewForm(nil)}
	var ok bool
	if v.sheet, ok = pick(sheets, v.n); !ok {
		return ErrNotFound
	}
	if v.zoom < zooms[0] || v.zoom > zooms[len(zooms)-1] {
		v.zoom = zooms[0]
	}
	v.turn = v.sheet.Read.Turn
	if query.Get("turn") != "" {
		v.turn = (query.Int("turn")%360 + 360) % 360 / 90 * 90
	}
	return web.Render(w, r, http.StatusOK, deskPage(v))
}

// href is the same page otherwise.
func (v deskView) href(n, zoom, turn int) string {
	to := letterPath(v.No) + "?page=" + number(n)
	if zoom != zooms[0] {
		to += "&zoom=" + number(zoom)
	}
	if n == v.n && turn != v.sheet.Read.Turn {
		to += "&turn=" + number(turn%360)
	}
	return to
}

// box is the drawing's own measure, upright.
func (v deskView) box() string {
	w, h := v.sheet.Width, v.sheet.Height
	if v.turn%180 != 0 {
		w, h = h, w
	}
	return fmt.Sprintf("0 0 %d %d", w, h)
}

// transform sets the drawing upright.
func (v deskView) transform() string {
	x, y := 0, 0
	switch v.turn {
	case 90:
		x = v.sheet.Height
	case 180:
		x, y = v.sheet.Width, v.sheet.Height
	case 270:
		y = v.sheet.Width
	}
	return fmt.Sprintf("translate(%d %d) rotate(%d)", x, y, v.turn)
}

func outline(q ocr.Quad) string {
	out := ""
	for _, p := range q {
		out += fmt.Sprintf("%.0f,%.0f ", p.X, p.Y)
	}
	return out
}

// doubtful tells whether a line of the machine needs a second look: it was
// unsure of a character, or the line holds what it gets wrong with confidence.
func (v deskView) doubtful(i int) bool {
	return i < len(v.sheet.Read.Lines) && v.sheet.Read.Lines[i].Weakest < unsure
}

func (h *Web) postPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PathValue("page"))
	no := r.PathValue("no")
	if err := h.Correct(r.Context(), access.From(r.Context()), Place{no, n}, corrected(form), h.Clock.Now()); err != nil {
		return err
	}
	web.Flash(w, "letter.page_saved", n)
	_, sheets, err := h.Letter(r.Context(), access.From(r.Context()), no)
	if err != nil {
		return err
	}
	if n < len(sheets) {
		return web.Redirect(w, r, letterPath(no)+"?page="+number(n+1))
	}
	return web.Redirect(w, r, letterPath(no)+"/register")
}

// corrected are the lines of a form: single ones, or a whole text.
func corrected(form *page.Form) []Line {
	var out []Line
	begins := map[string]bool{}
	for _, v := range form.All("begins") {
		begins[v] = true
	}
	for i, text := range form.All("line") {
		out = append(out, Line{text, i == 0 || begins[strconv.Itoa(i)]})
	}
	for _, text := range splitLines(form.Get("text")) {
		out = append(out, Line{text, true})
	}
	return out
}

// registerView is the form that makes a case of a letter.
type registerView struct {
	Letter
	sheets  []Sheet
	form    *page.Form
	marks   []Mark
	areas   []ui.Option
	pending int
}

func (h *Web) getRegister(w http.ResponseWriter, r *http.Request) error {
	l, sheets, err := h.Letter(r.Context(), access.From(r.Context()), r.PathValue("no"))
	if err != nil {
		return err
	}
	d, err := h.Draft(r.Context(), l, sheets, h.Clock.Now())
	if err != nil {
		return err
	}
	form := page.NewForm(nil)
	for name, value := range map[string]string{
		"kind": string(d.Kind), "purpose": d.Purpose, "title": d.Title, "words": d.Words, "wish": d.Wish, "place": d.Place, "occurred_on": d.OccurredOn,
		"received_on": d.ReceivedOn, "name": d.Name, "phone": d.Phone, "id_no": d.IDNo, "address": d.Address,
	} {
		form.Set(name, value)
	}
	if d.AreaID != 0 {
		form.Set("area", number(d.AreaID))
	}
	return h.showRegister(w, r, http.StatusOK, registerView{Letter: l, sheets: sheets, form: form, marks: d.ToCompare(h.Clock.Now())})
}

func (h *Web) showRegister(w http.ResponseWriter, r *http.Request, status int, v registerView) error {
	v.areas, v.pending = h.areaOptions(r.Context()), pending(v.sheets)
	return web.Render(w, r, status, registerPage(v))
}

func (h *Web) postRegister(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	d := readDraft(form)
	taken, err := h.Register(ctx, access.From(ctx), r.PathValue("no"), d, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	l, sheets, err := h.Letter(ctx, access.From(ctx), r.PathValue("no"))
	if err != nil {
		return err
	}
	if !form.OK() {
		return h.showRegister(w, r, http.StatusUnprocessableEntity, registerView{Letter: l, sheets: sheets, form: form, marks: d.ToCompare(h.Clock.Now())})
	}
	return web.Render(w, r, http.StatusOK, registeredPage(l, taken))
}

func readDraft(form *page.Form) Draft {
	d := Draft{
		Kind: casework.Petition, Purpose: "request", Title: form.Get("title"), Words: form.Get("words"), Wish: form.Get("wish"), Place: form.Get("place"),
		OccurredOn: form.Get("occurred_on"), ReceivedOn: form.Get("received_on"), Anonymous: form.Get("anonymous") == "1", Secret: form.Get("secret") == "1",
		Name: form.Get("name"), Phone: form.Get("phone"), IDNo: form.Get("id_no"), Address: form.Get("address"), Seen: form.All("seen"),
	}
	for _, p := range purposes {
		if form.Get("purpose") == p {
			d.Purpose = p
		}
	}
	d.AreaID, _ = form.Int64("area")
	return d
}

// purposes are what people write for.
var purposes = []string{"request", "suggestion", "accusation", "consultation", "thanks"}

// areaOptions are the places of the clerk's jurisdiction.
func (h *Web) areaOptions(ctx context.Context) []ui.Option {
	a := access.From(ctx)
	var out []ui.Option
	for _, u := range h.Units.All() {
		if !u.Active || u.Kind != access.Government && u.Kind != access.Town {
			continue
		}
		for depth, area := range u.Areas {
			if area == a.AreaID {
				indent := ""
				for range len(u.Areas) - depth - 1 {
					indent += "\u3000"
				}
				out = append(out, ui.Option{Value: number(u.Area), Label: indent + u.Name(i18n.Lang(ctx))})
			}
		}
	}
	return out
}

func (h *Web) postAside(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	no := r.PathValue("no")
	if err = form.Take(h.SetAside(r.Context(), access.From(r.Context()), no, form.Get("why"), h.Clock.Now())); err != nil {
		return err
	}
	if form.OK() {
		web.Flash(w, "letter.aside_done")
		return web.Redirect(w, r, "/desk/letters")
	}
	web.Flash(w, "letter.aside_why_missing")
	return web.Redirect(w, r, letterPath(no))
}

// Images. A scan is another's work shown on ours: it may load and run nothing.
const filePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

func (h *Web) getImage(w http.ResponseWriter, r *http.Request) error {
	return h.sendSheet(w, r, func(s Sheet) (string, string) { return s.blobKey, s.Type })
}

func (h *Web) getSmall(w http.ResponseWriter, r *http.Request) error {
	return h.sendSheet(w, r, func(s Sheet) (string, string) { return s.smallKey, "image/jpeg" })
}

func (h *Web) sendSheet(w http.ResponseWriter, r *http.Request, which func(Sheet) (key, kind string)) error {
	row, err := h.store.sheet(r.Context(), h.DB.Read(), idOf(r))
	if err != nil {
		return err
	}
	t, err := h.store.scan(r.Context(), h.DB.Read(), row.ScanID)
	if err != nil {
		return err
	}
	if !sees(access.From(r.Context()), t.AreaID) {
		return ErrNotFound
	}
	key, kind := which(row.Sheet)
	return h.send(w, key, kind, "inline")
}

// getOriginal gives the file as the scanner made it.
func (h *Web) getOriginal(w http.ResponseWriter, r *http.Request) error {
	t, _, err := h.Scan(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return h.send(w, t.blobKey, t.Type, mime.FormatMediaType("attachment", map[string]string{"filename": t.Name}))
}

func (h *Web) send(w http.ResponseWriter, key, kind, how string) error {
	data, err := h.load(key)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", how)
	head.Set("Content-Security-Policy", filePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "private, no-store")
	_, err = w.Write(data)
	return err
}
