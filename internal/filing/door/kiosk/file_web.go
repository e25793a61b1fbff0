package kiosk

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/kiosk/escpos"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// step is one question of the filing, and the fields that answer it. As in the
// guided filing of the site every step carries the answers before it, and the
// key of the first makes the last one count once; but a kiosk's pages come
// without an entry in the history, and the files come with the last step.
type step struct {
	Name   string
	Fields []string
}

var steps = []step{
	{"what", []string{"words"}},
	{"wish", []string{"wish"}},
	{"where", []string{"area", "place"}},
	{"you", []string{"anonymous", "name", "phone", "id_no", "address"}},
	{"check", nil},
}

const (
	shortestKey = 16
	actSend     = "send"
)

var purposes = []string{"request", "suggestion", "accusation", "consultation"}

func stepIndex(name string) int {
	return slices.IndexFunc(steps, func(s step) bool { return s.Name == name })
}

type fileView struct {
	Step  string
	Form  *page.Form
	Areas []ui.Option
}

func (v fileView) purpose() string {
	if p := v.Form.Get("purpose"); slices.Contains(purposes, p) {
		return p
	}
	return purposes[0]
}

func (v fileView) anonymousAllowed() bool {
	return v.purpose() == "suggestion" || v.purpose() == "accusation"
}

func (v fileView) next() string {
	if i := stepIndex(v.Step) + 1; i < len(steps) {
		return steps[i].Name
	}
	return actSend
}

func (v fileView) previous() string {
	if i := stepIndex(v.Step); i > 0 {
		return steps[i-1].Name
	}
	return ""
}

func (h *Web) getFile(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := on(w, r); !ok {
		return err
	}
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	form := page.NewForm(nil).Set(page.KeyField, page.NewKey()).Set("purpose", query.Get("purpose"))
	return h.show(w, r, http.StatusOK, steps[0].Name, form)
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, status int, name string, form *page.Form) error {
	return web.Render(w, r, status, filePage(fileView{name, form, areaOptions(r.Context(), h.Units)}))
}

func (h *Web) postStep(w http.ResponseWriter, r *http.Request) error {
	m, ok, err := on(w, r)
	if !ok {
		return err
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	to, from := stepIndex(r.PathValue("step")), stepIndex(form.Get("at"))
	if len(form.Key()) < shortestKey || from < 0 {
		return web.Redirect(w, r, "/kiosk/file")
	}
	if r.PathValue("step") == actSend {
		return h.send(w, r, m, form)
	}
	if to < 0 {
		return errNoTile
	}
	if to > from {
		h.examine(form, draft(form), from)
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, steps[firstWrong(form, from)].Name, form)
	}
	return h.show(w, r, http.StatusOK, steps[to].Name, form)
}

// examine notes what is wrong in the steps up to one.
func (h *Web) examine(form *page.Form, d door.Draft, upTo int) {
	problems, ok := fault.As(h.Check(d, h.Clock.Now()))
	if !ok {
		return
	}
	for _, p := range problems.Fields {
		at := slices.IndexFunc(steps, func(s step) bool { return slices.Contains(s.Fields, p.Name) })
		if at >= 0 && at <= upTo {
			form.Fail(p.Name, p.ID, p.Args...)
		}
	}
}

func firstWrong(form *page.Form, fallback int) int {
	for i, s := range steps {
		for _, p := range form.Problems() {
			if slices.Contains(s.Fields, p.Name) {
				return i
			}
		}
	}
	return fallback
}

// draft reads the answers.
func draft(form *page.Form) door.Draft {
	v := fileView{Form: form}
	area, _ := form.Int64("area")
	d := door.Draft{
		Channel: casework.Kiosk, Purpose: v.purpose(), Words: form.Get("words"), Wish: form.Get("wish"), AreaID: area, Place: form.Get("place"),
		Person: door.Person{Name: form.Get("name"), Phone: form.Get("phone"), IDNo: form.Get("id_no"), Address: form.Get("address")},
	}
	if v.anonymousAllowed() && form.Has("anonymous", "1") {
		d.Anonymous, d.Person = true, door.Person{}
	}
	return d
}

// send registers and shows the receipt, on the same page: a kiosk keeps no
// address that would open it again.
func (h *Web) send(w http.ResponseWriter, r *http.Request, m machine, form *page.Form) error {
	files, err := parts(r)
	if err != nil {
		return err
	}
	now := h.Clock.Now()
	got, err := h.file(r.Context(), door.Arrival{Door: m.Code, Key: form.Key(), At: now, Draft: draft(form), Files: files, Ready: true})
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, steps[firstWrong(form, len(steps)-1)].Name, form)
	}
	v := receipt{Taken: got, At: now, Paper: m.Paper, Link: h.base(r) + "/follow?no=" + got.No}
	v.QR = picture(v.Link)
	v.Slip = base64.StdEncoding.EncodeToString(slip(r, v))
	return web.Render(w, r, http.StatusOK, receiptPage(v))
}

func parts(r *http.Request) ([]door.Part, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	var out []door.Part
	for _, head := range r.MultipartForm.File["files"] {
		f, err := head.Open()
		if err != nil {
			return nil, err
		}
		data, err := readAll(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		if len(data) > 0 {
			out = append(out, door.Part{Name: web.Clean(head.Filename), Type: head.Header.Get("Content-Type"), Data: data})
		}
	}
	return out, nil
}

func (h *Web) base(r *http.Request) string {
	if h.Base != "" {
		return h.Base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// slip is the receipt for the printer of the machine.
func slip(r *http.Request, v receipt) []byte {
	ctx := r.Context()
	s := escpos.New(v.Paper)
	s.Set(escpos.Centre, 2).Line(i18n.T(ctx, "ui.name"), 2).Set(escpos.Centre, 1).Line(i18n.T(ctx, "kiosk.receipt"), 1).Rule()
	s.Set(escpos.Left, 1).Line(i18n.Moment(ctx, v.At), 1)
	if v.No == "" {
		return s.Line(i18n.T(ctx, "kiosk.receipt.held"), 1).Line("# "+strconv.FormatInt(v.ID, 36), 1).Feed(2).Cut().Bytes()
	}
	s.Line(i18n.T(ctx, "intake.receipt.no"), 1).Set(escpos.Left, 2).Line(v.No, 2).Set(escpos.Left, 1)
	s.Line(i18n.T(ctx, "intake.receipt.code"), 1).Set(escpos.Left, 2).Line(v.Code, 2).Set(escpos.Centre, 1)
	return s.QR(v.Link, 6).Set(escpos.Left, 1).Line(i18n.T(ctx, "kiosk.receipt.keep"), 1).Feed(2).Cut().Bytes()
}
