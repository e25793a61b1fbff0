package notify

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

// guard is account's, in small.
type guard struct{}

func (guard) Need(roles ...access.Role) web.Middleware {
	return func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			a := access.From(r.Context())
			if !a.Signed() {
				return fault.New(fault.Unsigned, "notify.unsigned")
			}
			if len(roles) > 0 && !slices.Contains(roles, a.Role) {
				return errNotYours
			}
			return next(w, r)
		}
	}
}

// Proven lets the holder of a cookie in.
func (w *world) Proven(r *http.Request, no string) (casework.Case, bool) {
	if _, err := r.Cookie("proof"); err != nil {
		return casework.Case{}, false
	}
	for _, c := range w.cases {
		if c.No == no {
			return c, true
		}
	}
	return casework.Case{}, false
}

// door serves the pages; the cookie "who" says to whom.
func (w *world) door(t testing.TB, s *Service) *web.Router {
	t.Helper()
	rt, err := web.New(web.Options{Catalogue: i18n.Must(i18n.Messages, web.Messages, ui.Messages, Messages), Now: w.clock.Now, ErrorPage: ui.ErrorPage, SignIn: "/signin"})
	if err != nil {
		t.Fatal(err)
	}
	rt.Use(func(next web.Handler) web.Handler {
		return func(rw http.ResponseWriter, r *http.Request) error {
			if who, err := r.Cookie("who"); err == nil {
				for _, a := range everybody {
					if string(a.Role) == who.Value && a.ID != clearedID && a.ID != housingHeadID {
						r = r.WithContext(access.With(r.Context(), a))
					}
				}
			}
			return next(rw, r)
		}
	})
	pages := NewWeb(s, guard{}, w)
	rt.Use(pages.Badge)
	rt.Add(pages)
	return rt
}

// visitor opens pages as somebody.
type visitor struct {
	t    *testing.T
	rt   *web.Router
	who  access.Role
	lang string
}

func (v visitor) send(method, path string, form url.Values) (int, string, http.Header) {
	v.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "lang", Value: v.lang})
	if v.who == access.Petitioner {
		r.AddCookie(&http.Cookie{Name: "proof", Value: "1"})
	} else if v.who != "" {
		r.AddCookie(&http.Cookie{Name: "who", Value: string(v.who)})
	}
	w := httptest.NewRecorder()
	v.rt.ServeHTTP(w, r)
	body := w.Body.String()
	for _, broken := range []string{"⟦", "%!", " style=", "<script>"} {
		if strings.Contains(body, broken) {
			v.t.Errorf("%s %s as %s has %q", method, path, v.who, broken)
		}
	}
	return w.Code, body, w.Header()
}

func (v visitor) get(path string, want int, parts ...string) string {
	v.t.Helper()
	status, body, _ := v.send("GET", path, nil)
	if status != want {
		v.t.Errorf("GET %s as %s: %d, expected %d", path, v.who, status, want)
	}
	for _, part := range parts {
		if !strings.Contains(body, part) {
			v.t.Errorf("GET %s as %s lacks %q", path, v.who, part)
		}
	}
	return body
}

func (v visitor) post(path string, form url.Values, want int) string {
	v.t.Helper()
	status, body, _ := v.send("POST", path, form)
	if status != want {
		v.t.Errorf("POST %s as %s: %d, expected %d\n%.600s", path, v.who, status, want, body)
	}
	return body
}

// town makes a world in which much has happened, with one stuck message.
func town(t *testing.T, d *db.DB) (*world, *Service) {
	t.Helper()
	w := newWorld(tuesday)
	all := carriers()
	all[sender.WeChat].fail = func(sender.Message, int) error { return sender.Refused("43004", nil) }
	delete(all, sender.Phone)
	s := w.service(d, list(all)...)
	s.reachable(t, handlerID, headID, bureauID, convenorID)
	for i, c := range Conditions {
		for j := range 4 {
			id := int64(10*i + j + 1)
			k := caseIn(id, c, tuesday.AddDate(0, 0, -2*j))
			if j == 1 {
				k.Urgency = casework.Red
			}
			w.put(k)
			s.hears(t, id, id, "case.lapsed")
		}
	}
	w.fire(headID)
	s.look(t)
	w.hire(headID)
	s.deliver(t)
	return w, s
}

// TestPages: every page in both languages, for those whom it is for and for
// nobody else.
func TestPages(t *testing.T) {
	d := dbtest.SQLite(t)
	w, s := town(t, d)
	rt := w.door(t, s)
	no := w.cases[1].No
	staff := []access.Role{access.UnitHandler, access.UnitHead, access.BureauHead, access.Leader, access.SystemAdmin}
	may := map[string][]access.Role{
		"/desk/inbox": staff, "/desk/inbox?view=all": staff, "/account/reminders": staff,
		"/admin/reminders": {access.BureauHead, access.SystemAdmin}, "/admin/messages": {access.BureauHead, access.SystemAdmin},
		"/admin/messages?state=all": {access.BureauHead, access.SystemAdmin}, "/admin/messages?state=delivered": {access.BureauHead, access.SystemAdmin},
		"/follow/" + no + "/notices": {access.Petitioner},
	}
	for path, roles := range may {
		for i, role := range append(staff, access.Petitioner) {
			v := visitor{t, rt, role, []string{"zh", "en"}[i%2]}
			status, _, _ := v.send("GET", path, nil)
			if slices.Contains(roles, role) && status != http.StatusOK || !slices.Contains(roles, role) && status == http.StatusOK {
				t.Errorf("%s as %s: %d", path, role, status)
			}
		}
	}
	admin := visitor{t, rt, access.SystemAdmin, "en"}
	admin.get("/admin/messages", 200, "43004", "has no", "Send again")
	if body := admin.get("/admin/messages?state=all", 200); strings.Contains(body, no) || strings.Contains(body, "电梯") {
		t.Error("the log shows a case")
	}
	handler := visitor{t, rt, access.UnitHandler, "zh"}
	handler.get("/desk/inbox", 200, `data-testid="unread"`, "幸福小区电梯停运三周", "未启动办理", no)
	items, _, err := s.Tray(ctxOf(handlerID), true, 1<<62)
	if err != nil || len(items) == 0 {
		t.Fatal(err)
	}
	if status, _, head := handler.send("GET", "/desk/inbox/"+idText(items[0].ID), nil); status != http.StatusSeeOther || head.Get("Location") != "/desk/cases/"+items[0].Case.No {
		t.Errorf("an item leads to %d %s", status, head.Get("Location"))
	}
	visitor{t, rt, access.UnitHead, "zh"}.get("/desk/inbox/"+idText(items[1].ID), 404)
	handler.get("/desk/inbox/0", 404)
	handler.post("/desk/inbox/read", url.Values{}, http.StatusSeeOther)
	if strings.Contains(handler.get("/desk/inbox", 200, `data-testid="empty"`), `data-testid="unread"`) {
		t.Error("still unread")
	}
	visitor{t, rt, "", "zh"}.get("/push-worker.js", 200, "showNotification")
}

// TestForms: what people type is kept or refused with its reason.
func TestForms(t *testing.T) {
	d := dbtest.SQLite(t)
	w, s := town(t, d)
	rt := w.door(t, s)
	head := visitor{t, rt, access.UnitHead, "zh"}
	head.post("/account/reminders", url.Values{"sms": {"12345"}, "quiet_from": {"22:00"}, "quiet_to": {"07:30"}, "on": {"sms"}, "lang": {"en"}}, 422)
	head.post("/account/reminders", url.Values{"sms": {"138 0000 0009"}, "quiet_from": {"22:00"}, "quiet_to": {"07:30"}, "on": {"sms", "push"}, "lang": {"en"}}, 303)
	k, err := s.Mine(ctxOf(headID))
	if err != nil || k.Quiet != (Quiet{22 * 60, 7*60 + 30}) || k.Lang != "en" || !k.off(sender.Mail) || k.off(sender.SMS) || len(k.of(sender.SMS, headID)) != 1 {
		t.Errorf("%+v, %v", k, err)
	}
	if body := head.get("/account/reminders", 200, "138****0009"); strings.Contains(body, "13800000009") {
		t.Error("the page shows the number")
	}

	admin := visitor{t, rt, access.SystemAdmin, "zh"}
	grid := url.Values{"area": {"0"}, "base": {"0"}, "overdue.head": {"sms", "mail"}, "overdue.head.after": {"2"}, "overdue.head.every": {"7"}, "overdue.head.most": {"3"}}
	for _, way := range Ways {
		for _, field := range []string{"quiet_from", "quiet_to", "digest_at"} {
			grid.Set(string(way)+"."+field, "08:00")
		}
	}
	grid.Add("sms.is", "urgent")
	grid.Set("do", "preview")
	if body := admin.post("/admin/reminders", grid, 200); !strings.Contains(body, `data-testid="preview-result"`) {
		t.Error("no preview")
	}
	grid.Del("do")
	admin.post("/admin/reminders", grid, 303)
	v, err := s.MatrixOf(ctxOf(adminID), 0)
	cell := v.Matrix.Cells[Overdue][UnitHead]
	if err != nil || v.Number != 1 || cell.After != 2 || cell.Every != 7 || cell.Most != 3 || !slices.Equal(cell.Ways, []sender.Way{sender.InApp, sender.SMS, sender.Mail}) || !v.Matrix.Rules[sender.SMS].Urgent {
		t.Errorf("%+v, %v", v, err)
	}
	admin.post("/admin/reminders", grid, 409)
	grid.Set("base", "1")
	grid.Set("overdue.head.after", "ninety")
	admin.post("/admin/reminders", grid, 422)
	visitor{t, rt, access.UnitHead, "zh"}.post("/admin/reminders", grid, 403)

	no := w.cases[1].No
	petitioner := visitor{t, rt, access.Petitioner, "zh"}
	petitioner.post("/follow/"+no+"/notices", url.Values{"way": {"mail"}, "lang": {"zh"}}, 422)
	petitioner.post("/follow/"+no+"/notices", url.Values{"way": {"none"}, "lang": {"zh"}}, 303)
	if c, err := s.ChoiceOf(t.Context(), 1); err != nil || c.Way != "" {
		t.Errorf("%+v, %v", c, err)
	}
	lines, _, err := s.Outgoing(ctxOf(adminID), Stuck, 0)
	if err != nil || len(lines) < 2 {
		t.Fatal(len(lines), err)
	}
	path := "/admin/messages/" + idText(lines[0].ID)
	admin.post(path, url.Values{"do": {"other"}, "way": {"phone"}}, 422)
	admin.post(path, url.Values{"do": {"other"}, "way": {"mail"}}, 303)
	admin.post(path, url.Values{"do": {"retry"}}, 409)
	admin.post("/admin/messages/"+idText(lines[1].ID), url.Values{"do": {"dismiss"}}, 303)
	admin.post("/admin/messages/77", url.Values{"do": {"dismiss"}}, 404)
}
