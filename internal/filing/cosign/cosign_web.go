package cosign

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/a-h/templ"
	"github.com/skip2/go-qrcode"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

// Guard lets only the named roles through.
type Guard func(roles ...access.Role) web.Middleware

// Prover knows which case a browser has proven, and as whom.
type Prover interface {
	ProvenAs(r *http.Request, no string) (casework.Case, access.Actor, bool)
}

// Web is the pages: joining, the panels, and the lists of the desk.
type Web struct {
	*Service
	prover Prover
	need   Guard
}

// NewWeb makes the pages.
func NewWeb(s *Service, p Prover, need Guard) *Web { return &Web{s, p, need} }

// The anonymous door takes a burst (a staircase that signs on one phone) but
// no flood.
const (
	postsPerSecond = 1
	postBurst      = 40
	postVisitors   = 20_000
	qrSize         = 320
)

// readers may see who signed, masked.
var readers = []access.Role{
	access.Operator, access.Agent, access.BureauClerk, access.BureauHead, access.UnitHandler,
	access.UnitHead, access.Supervisor, access.Inspector, access.Leader,
}

// Routes implements web.Capability.
func (h *Web) Routes(rt *web.Router) {
	calm := rt.Limit(web.NewLimiter(postsPerSecond, postBurst, postVisitors), nil)
	rt.Handle("GET /join/{no}/{token}", h.getJoin)
	rt.Handle("POST /join/{no}/{token}", h.postJoin, calm)
	rt.Handle("POST /follow/{no}/joint/{act}", h.postJoint, calm)
	rt.Handle("GET /desk/cases/{no}/cosigners", h.getList, h.need(readers...))
	rt.Handle("GET /desk/cases/{no}/cosigners/new", h.getAdd, h.need(registrars...))
	rt.Handle("POST /desk/cases/{no}/cosigners/new", h.postAdd, h.need(registrars...))
}

// joinView is what a join page shows: the matter, never who filed it.
type joinView struct {
	Case   casework.Case
	Told   Told
	Token  string
	People int
	Form   *page.Form
}

func (h *Web) getJoin(w http.ResponseWriter, r *http.Request) error {
	return h.showJoin(w, r, http.StatusOK, page.NewForm(nil))
}

func (h *Web) showJoin(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	ctx := r.Context()
	c, err := h.Behind(ctx, r.PathValue("no"), r.PathValue("token"))
	if err != nil {
		return err
	}
	v := joinView{Case: c, Token: r.PathValue("token"), Form: form}
	if v.Told, err = h.Matters.Told(ctx, c.ID); err != nil {
		return err
	}
	t, err := h.Tally(ctx, c)
	if err != nil {
		return err
	}
	v.People = t.People
	return web.Render(w, r, status, joinPage(v))
}

func (h *Web) postJoin(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	receipt, err := h.Join(r.Context(), Joining{
		No: r.PathValue("no"), Token: r.PathValue("token"), Key: form.Key(), Agreed: form.Has("agreed", "1"),
		Who: Signer{Name: form.Get("name"), Phone: form.Get("phone"), IDNo: form.Get("id_no"), Address: form.Get("address")},
	}, h.Clock.Now())
	if err = taken(form, err); err != nil {
		return err
	}
	if !form.OK() {
		return h.showJoin(w, r, http.StatusUnprocessableEntity, form)
	}
	return web.Render(w, r, http.StatusOK, joinedPage(receipt))
}

// taken shows at its field, too, what is a conflict: who signs twice reads it
// in the form.
func taken(form *page.Form, err error) error {
	if e, ok := fault.As(err); ok && e.Kind == fault.Conflict && len(e.Fields) > 0 {
		for _, f := range e.Fields {
			form.Fail(f.Name, f.ID, f.Args...)
		}
		return nil
	}
	return form.Take(err)
}

// postJoint is what the follow page offers: the filer opens, renews or closes
// the link; a signer takes the signature back.
func (h *Web) postJoint(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), h.Clock.Now()
	c, actor, ok := h.prover.ProvenAs(r, r.PathValue("no"))
	if !ok {
		return web.Redirect(w, r, "/follow")
	}
	var err error
	act := r.PathValue("act")
	switch act {
	case "open", "renew":
		err = h.Open(ctx, actor, c, now)
	case "close":
		err = h.Close(ctx, actor, c, now)
	case "take-back":
		err = h.TakeBack(ctx, actor, now)
	default:
		err = ErrNoLink
	}
	if err != nil {
		return err
	}
	web.Flash(w, "cosign.done."+act)
	if act == "take-back" {
		return web.Redirect(w, r, "/follow")
	}
	return web.Redirect(w, r, "/follow/"+c.No+"#joint")
}

// jointView is the panel of the follow page.
type jointView struct {
	Case   casework.Case
	Tally  Tally
	Link   Link
	URL    string
	QR     string
	Filer  bool
	Joins  bool // more may sign
	Own    Standing
	Action string
}

// Joint draws the panel of the follow page: for the one who filed, the link
// and how many signed; for a signer, the own signature. nil where a case
// cannot be joined.
func (h *Web) Joint(r *http.Request, a access.Actor, c casework.Case) (templ.Component, error) {
	ctx := r.Context()
	v := jointView{Case: c, Filer: files(a, c), Joins: joinable(c), Action: "/follow/" + c.No + "/joint/"}
	if c.Lane != access.LaneOpen || c.IsReview() {
		return nil, nil
	}
	var err error
	if v.Tally, err = h.Tally(ctx, c); err != nil {
		return nil, err
	}
	if !v.Joins && v.Tally.People < 2 && v.Filer {
		return nil, nil
	}
	if !v.Filer {
		v.Own, _, err = h.Own(ctx, a)
		return jointPanel(v), err
	}
	if v.Link, err = h.store.link(ctx, c.ID); err != nil {
		return nil, err
	}
	if v.Link.Open && v.Joins {
		v.URL = h.base(r) + "/join/" + c.No + "/" + h.Token(c.No, v.Link.Generation)
		png, err := qrcode.Encode(v.URL, qrcode.Medium, qrSize)
		if err != nil {
			return nil, err
		}
		v.QR = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
	}
	return jointPanel(v), nil
}

func (h *Web) base(r *http.Request) string {
	switch {
	case h.Base != "":
		return h.Base
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// panelView is the panel of the case page.
type panelView struct {
	Case   casework.Case
	Tally  Tally
	MayAdd bool
}

// Panel draws who stands behind a case, for its page; nil for a petition of
// one person, unless it came as a letter or a visit that others may have
// signed.
func (h *Web) Panel(ctx context.Context, a access.Actor, c casework.Case) (templ.Component, error) {
	if !a.Has(readers...) || c.Lane != access.LaneOpen || c.IsReview() {
		return nil, nil
	}
	v := panelView{Case: c, MayAdd: h.MayAdd(a, c, h.Clock.Now())}
	onPaper := c.Channel == casework.Letter || c.Channel == casework.Visit
	if c.People < 2 && !(v.MayAdd && onPaper) {
		return nil, nil
	}
	var err error
	v.Tally, err = h.Tally(ctx, c)
	return deskPanel(v), err
}

// grades are the rows of the ratings, best first.
func (v panelView) grades() []casework.Grade { return casework.Grades }

type listView struct {
	Case  casework.Case
	Tally Tally
	Rows  []Listed
	First string
	Next  string
}

func (h *Web) getList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Query(r)
	if err != nil {
		return err
	}
	var after, next int64
	later, err := web.DecodeCursor(form.Get("after"), &after)
	if err != nil {
		return err
	}
	var v listView
	if v.Case, v.Rows, next, err = h.List(ctx, access.From(ctx), r.PathValue("no"), after, PageSize); err != nil {
		return err
	}
	if v.Tally, err = h.Tally(ctx, v.Case); err != nil {
		return err
	}
	path := listPath(v.Case)
	if later {
		v.First = path
	}
	if next != 0 {
		v.Next = path + "?after=" + web.EncodeCursor(next)
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

func listPath(c casework.Case) string { return "/desk/cases/" + c.No + "/cosigners" }

func (h *Web) getAdd(w http.ResponseWriter, r *http.Request) error {
	return h.showAdd(w, r, http.StatusOK, page.NewForm(nil), nil)
}

func (h *Web) showAdd(w http.ResponseWriter, r *http.Request, status int, form *page.Form, wrong []LineError) error {
	ctx := r.Context()
	a := access.From(ctx)
	c, err := h.Cases.Case(ctx, a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if !h.MayAdd(a, c, h.Clock.Now()) {
		return ErrNotYet
	}
	return web.Render(w, r, status, addPage(c, form, wrong))
}

func (h *Web) postAdd(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	in := Adding{No: r.PathValue("no"), Key: form.Key(), Actor: access.From(ctx), Lines: form.Get("lines")}
	receipts, wrong, err := h.Add(ctx, in, h.Clock.Now())
	if err = form.Take(err); err != nil {
		return err
	}
	if len(wrong) > 0 {
		form.Fail("lines", "cosign.lines_wrong", len(wrong))
	}
	if !form.OK() {
		return h.showAdd(w, r, http.StatusUnprocessableEntity, form, wrong)
	}
	return web.Render(w, r, http.StatusOK, addedPage(receipts))
}

// say is the text of a line's error.
func (e LineError) say(ctx context.Context) string {
	return i18n.T(ctx, "fault."+e.ID, e.Args...)
}
