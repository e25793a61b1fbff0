package person

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// Names are how the pages call staff and cases. A case is called by a mark that
// says nothing of it.
type Names interface {
	StaffName(ctx context.Context, id int64) string
	CaseMark(id int64) string
	// StaffUnit names the unit of a member of staff.
	StaffUnit(ctx context.Context, id int64) string
}

// Web is the pages of the custodians and of the audit.
type Web struct {
	service *Service
	names   Names
	need    func(roles ...access.Role) web.Middleware
	clock   clock.Clock
}

// NewWeb makes the pages.
func NewWeb(s *Service, n Names, need func(roles ...access.Role) web.Middleware, c clock.Clock) *Web {
	return &Web{s, n, need, c}
}

// Routes implements web.Capability.
func (w *Web) Routes(rt *web.Router) {
	custodians := w.need(access.BureauHead, access.Inspector)
	rt.Handle("GET /desk/reveals", w.getWaiting, custodians)
	rt.Handle("POST /desk/reveals/{id}", w.postDecide, custodians)
	rt.Handle("GET /admin/reveals", w.getRevealed, w.need(access.AuditAdmin))
}

// line is a request or an opening as the pages show it.
type line struct {
	ID             int64
	When, ISO      string
	Who, Mark      string
	Reason, Fields string
}

func (w *Web) getWaiting(rw http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := w.service.Waiting(ctx, access.From(ctx), w.clock.Now())
	if err != nil {
		return err
	}
	out := make([]line, len(list))
	for i, q := range list {
		out[i] = w.line(ctx, Disclosure{ID: q.ID, CaseID: q.CaseID, StaffID: q.AskedBy, Reason: q.Reason, At: q.AskedAt})
	}
	return web.Render(rw, r, http.StatusOK, waitingPage(out))
}

func (w *Web) postDecide(rw http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return ErrUnknown
	}
	if err := w.service.Decide(r.Context(), access.From(r.Context()), id, form.Get("decide") == "approve", w.clock.Now()); err != nil {
		return err
	}
	return web.Redirect(rw, r, "/desk/reveals")
}

// Seen tells a petitioner when the own identity was opened, and by which unit;
// nil when it was not.
func (w *Web) Seen(ctx context.Context, personID, caseID int64) (templ.Component, error) {
	if personID == 0 {
		return nil, nil
	}
	list, err := w.service.SeenBy(ctx, personID, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := make([]line, len(list))
	for i, d := range list {
		out[i] = line{When: i18n.Moment(ctx, d.At), ISO: i18n.Machine(d.At), Who: w.names.StaffUnit(ctx, d.StaffID)}
	}
	return seenNote(out), nil
}

const revealedPageSize = 50

func (w *Web) getRevealed(rw http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	var before int64
	if _, err := web.DecodeCursor(query.Get("after"), &before); err != nil {
		return err
	}
	list, err := w.service.Revealed(ctx, access.From(ctx), before, revealedPageSize+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > revealedPageSize {
		list = list[:revealedPageSize]
		next = "/admin/reveals?after=" + web.EncodeCursor(list[revealedPageSize-1].ID)
	}
	out := make([]line, len(list))
	for i, d := range list {
		out[i] = w.line(ctx, d)
	}
	return web.Render(rw, r, http.StatusOK, revealedPage(out, next))
}

func (w *Web) line(ctx context.Context, d Disclosure) line {
	l := line{ID: d.ID, When: i18n.Moment(ctx, d.At), ISO: i18n.Machine(d.At), Who: w.names.StaffName(ctx, d.StaffID), Mark: w.names.CaseMark(d.CaseID), Reason: d.Reason}
	if d.Fields != "" {
		names := d.fieldList()
		for i, f := range names {
			names[i] = i18n.T(ctx, "person."+f)
		}
		l.Fields = strings.Join(names, i18n.T(ctx, "person.and"))
	}
	return l
}
