package letter

import (
	"context"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/scan"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages of letters.
type Web struct {
	*Service
	need Guard
	door func(ctx context.Context) (string, error) // code of the registry's door for uploads
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard, door func(context.Context) (string, error)) *Web {
	return &Web{s, need, door}
}

// mostUpload is how much may be sent at once.
const mostUpload = 256 << 20

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	may := h.need(clerks...)
	rt.Handle("GET /desk/letters", h.getList, may)
	rt.Handle("POST /desk/letters", h.postFiles, may, web.MaxBody(mostUpload))
	rt.Handle("GET /desk/letters/progress", h.getProgress, may)
	rt.Handle("GET /desk/letters/cover", h.getCover, may)
	rt.Handle("GET /desk/letters/cover/code.png", h.getCode, may)
	rt.Handle("GET /desk/letters/{no}", h.getLetter, may)
	rt.Handle("POST /desk/letters/{no}/pages/{page}", h.postPage, may)
	rt.Handle("GET /desk/letters/{no}/register", h.getRegister, may)
	rt.Handle("POST /desk/letters/{no}/register", h.postRegister, may)
	rt.Handle("POST /desk/letters/{no}/aside", h.postAside, may)
	rt.Handle("GET /desk/scans/{id}", h.getScan, may)
	rt.Handle("POST /desk/scans/{id}/split", h.postSplit, may)
	rt.Handle("POST /desk/scans/{id}/aside", h.postScanAside, may)
	rt.Handle("GET /desk/scans/{id}/original", h.getOriginal, may)
	rt.Handle("GET /desk/sheets/{id}/image", h.getImage, may)
	rt.Handle("GET /desk/sheets/{id}/small", h.getSmall, may)
}

func idOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return n
}

func number[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func letterPath(no string) string { return "/desk/letters/" + no }

func scanPath(id int64) string { return "/desk/scans/" + number(id) }

func imagePath(id int64) string { return "/desk/sheets/" + number(id) + "/image" }

// listView is the register.
type listView struct {
	form   *page.Form
	status native.Status
	unread int
	scans  []Scan
	state  State
	rows   []Letter
	next   string
}

const perPage = 50

func (h *Web) getList(w http.ResponseWriter, r *http.Request) error {
	return h.showList(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showList(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	ctx := r.Context()
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	a, q := access.From(ctx), h.DB.Read()
	v := listView{form: form, status: h.Reader.Status(), state: Open}
	if s := State(query.Get("state")); slices.Contains(States, s) {
		v.state = s
	}
	if v.unread, err = h.store.unread(ctx, q, a.AreaID); err != nil {
		return err
	}
	if v.scans, err = h.store.openScans(ctx, q, a.AreaID); err != nil {
		return err
	}
	for i := range v.scans {
		if v.scans[i], err = h.named(v.scans[i]); err != nil {
			return err
		}
	}
	below := int64(math.MaxInt64)
	if _, err := web.DecodeCursor(query.Get("below"), &below); err != nil {
		return err
	}
	if v.rows, err = h.store.letters(ctx, q, span{a.AreaID, v.state, below, perPage + 1}); err != nil {
		return err
	}
	if len(v.rows) > perPage {
		v.rows = v.rows[:perPage]
		v.next = "/desk/letters?state=" + string(v.state) + "&below=" + web.EncodeCursor(v.rows[perPage-1].ID)
	}
	return web.Render(w, r, status, listPage(v))
}

// tabs are the states of the register.
func (v listView) tabs(ctx context.Context) []ui.Tab {
	out := make([]ui.Tab, len(States))
	for i, s := range States {
		out[i] = ui.Tab{ID: string(s), Label: i18n.T(ctx, "letter.state."+string(s)), Href: "/desk/letters?state=" + string(s), Count: -1}
	}
	return out
}

func (h *Web) getProgress(w http.ResponseWriter, r *http.Request) error {
	n, err := h.store.unread(r.Context(), h.DB.Read(), access.From(r.Context()).AreaID)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, progress(n))
}

// postFiles takes several files. One that cannot be taken does not keep the
// others away.
func (h *Web) postFiles(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	a := access.From(ctx)
	from := Source{Kind: "desk", By: a.ID, Divide: Dividing(form.Get("divide"))}
	var ok bool
	if from.Unit, ok = h.Units.Unit(a.UnitID); !ok {
		return ErrDenied
	}
	if from.Door, err = h.door(ctx); err != nil {
		return err
	}
	var files []*multipart.FileHeader
	if r.MultipartForm != nil { // a form without files is none of many parts
		files = r.MultipartForm.File["files"]
	}
	taken := 0
	for _, head := range files {
		err := h.takeFile(ctx, from, head)
		if failure, known := fault.As(err); known && failure.Kind != fault.Internal {
			form.Fail("files", failure.ID, failure.Args...)
			continue
		}
		if err != nil {
			return err
		}
		taken++
	}
	switch {
	case !form.OK():
		return h.showList(w, r, http.StatusUnprocessableEntity, form)
	case taken == 0:
		form.Fail("files", "letter.no_file")
		return h.showList(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "letter.files_taken", taken)
	return web.Redirect(w, r, "/desk/letters")
}

func (h *Web) takeFile(ctx context.Context, from Source, head *multipart.FileHeader) error {
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return err
	}
	from.Name = head.Filename
	_, _, err = h.Take(ctx, from, data, h.Clock.Now())
	return err
}

func (h *Web) getCover(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, coverPage())
}

func (h *Web) getCode(w http.ResponseWriter, _ *http.Request) error {
	code, err := scan.CoverCode()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, max-age=86400")
	_, err = w.Write(code)
	return err
}

func (h *Web) getScan(w http.ResponseWriter, r *http.Request) error {
	return h.showScan(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showScan(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	t, sheets, err := h.Scan(r.Context(), access.From(r.Context()), idOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, scanPage(t, sheets, form))
}

func (h *Web) postSplit(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	d := Division{chosen(form, "begins"), chosen(form, "leave")}
	n, err := h.SplitScan(r.Context(), access.From(r.Context()), idOf(r), d, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showScan(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(w, "letter.split_into", n)
	return web.Redirect(w, r, "/desk/letters")
}

func chosen(form *page.Form, name string) map[int64]bool {
	out := map[int64]bool{}
	for _, v := range form.All(name) {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil {
			out[id] = true
		}
	}
	return out
}

func (h *Web) postScanAside(w http.ResponseWriter, r *http.Request) error {
	if err := h.SetScanAside(r.Context(), access.From(r.Context()), idOf(r)); err != nil {
		return err
	}
	web.Flash(w, "letter.scan_aside_done")
	return web.Redirect(w, r, "/desk/letters")
}
