package board

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Web is the pages.
type Web struct {
	*Service
	need Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, need Guard) *Web { return &Web{s, need} }

const base = "/admin/import"

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	may := h.need(bringers...)
	rt.Handle("GET "+base, h.getList, may)
	rt.Handle("POST "+base, h.postFile, may, web.MaxBody(mostBytes+1<<20))
	rt.Handle("GET "+base+"/{id}", h.getOne, may)
	rt.Handle("POST "+base+"/{id}", h.postBegin, may)
	rt.Handle("GET "+base+"/{id}/rejects.tsv", h.getRejects, may)
}

type listView struct {
	list  []Import
	doors []ui.Option
	form  *page.Form
}

func (h *Web) getList(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) show(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	v := listView{form: form}
	var err error
	if v.list, err = h.Recent(r.Context()); err != nil {
		return err
	}
	all, err := h.Registry.Active(r.Context(), kind)
	if err != nil {
		return err
	}
	for _, set := range all {
		v.doors = append(v.doors, ui.Option{Value: set.Code, Label: set.Code})
	}
	return web.Render(w, r, status, listPage(v))
}

// postFile takes the file as it comes, without a copy in memory of its own.
func (h *Web) postFile(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	file, head, err := r.FormFile("file")
	if err != nil {
		form.Fail("file", "board.no_file")
		return h.show(w, r, http.StatusUnprocessableEntity, form)
	}
	defer func() { _ = file.Close() }()
	id, err := h.Bring(r.Context(), access.From(r.Context()), form.Get("door"), web.Clean(head.Filename), file)
	if err = form.Take(err); err != nil {
		return err
	}
	if !form.OK() {
		return h.show(w, r, http.StatusUnprocessableEntity, form)
	}
	return web.Redirect(w, r, path(id))
}

func path(id int64) string { return base + "/" + strconv.FormatInt(id, 10) }

type oneView struct {
	Import
	Preview
	form   *page.Form
	fields []string
}

// moving tells that the door is at it.
func (v oneView) moving() bool { return v.State == Queued || v.State == Running }

// choices are the columns of the file.
func (v oneView) choices() []ui.Option {
	var out []ui.Option
	for _, c := range v.Preview.Columns {
		if c = strings.TrimSpace(c); c != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == c }) {
			out = append(out, ui.Option{Value: c, Label: c})
		}
	}
	return out
}

func (v oneView) found(field string) string {
	if i, ok := v.Fields[field]; ok && i < len(v.Preview.Columns) {
		return strings.TrimSpace(v.Preview.Columns[i])
	}
	return ""
}

func (h *Web) one(r *http.Request) (Import, error) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is found nowhere
	return h.Find(r.Context(), access.From(r.Context()), id)
}

func (h *Web) getOne(w http.ResponseWriter, r *http.Request) error {
	i, err := h.one(r)
	if err != nil {
		return err
	}
	v := oneView{Import: i, form: page.NewForm(nil), fields: h.Sheets.Fields()}
	if web.IsFragment(r) {
		return web.Render(w, r, http.StatusOK, standing(v))
	}
	if !v.moving() {
		if v.Preview, err = h.Service.Preview(r.Context(), i); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, onePage(v))
}

func (h *Web) postBegin(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	i, err := h.one(r)
	if err != nil {
		return err
	}
	columns := map[string]string{}
	for _, f := range h.Sheets.Fields() {
		columns[f] = form.Get("column-" + f)
	}
	if err := h.Begin(r.Context(), access.From(r.Context()), i.ID, columns, form.Get("act") != "take"); err != nil {
		return err
	}
	web.Flash(w, "board.queued")
	return web.Redirect(w, r, path(i.ID))
}

// getRejects lists the rows that were not taken: line, field and reason.
func (h *Web) getRejects(w http.ResponseWriter, r *http.Request) error {
	i, err := h.one(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/tab-separated-values; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rejects.tsv"`)
	_, err = io.WriteString(w, "\ufeffline\tfield\treason\n")
	for _, x := range i.List() {
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\n", x.Line, fieldName(r.Context(), x.Field), strings.Join(strings.Fields(i18n.T(r.Context(), "fault."+x.ID, x.Args...)), " "))
		err = errors.Join(err, more)
	}
	return err
}

func fieldName(ctx context.Context, field string) string {
	if field == "" {
		return ""
	}
	return i18n.T(ctx, "board.field."+field)
}

func tone(s State) string {
	switch s {
	case Done:
		return "success"
	case Failed:
		return "danger"
	}
	return ""
}
