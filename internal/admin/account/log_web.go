package account

import (
	"context"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/page"
	"xinqiao/internal/platform/web"
)

func (h *Web) logRoutes(rt *web.Router) {
	rt.Handle("GET /admin/sessions", h.getSessions, h.Need(access.SecAdmin))
	rt.Handle("GET /admin/audit", h.getAudit, h.Need(access.AuditAdmin))
}

func (h *Web) getSessions(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	var at SessionCursor
	if _, err := web.DecodeCursor(query.Get("after"), &at.SeenAt, &at.Hash); err != nil {
		return err
	}
	list, err := h.RecentSessions(r.Context(), at, pageSize+1)
	if err != nil {
		return err
	}
	v := sessionsView{Sessions: list, Now: h.Clock.Now(), Tree: h.Units}
	if len(list) > pageSize {
		v.Sessions = list[:pageSize]
		last := v.Sessions[pageSize-1].Cursor()
		v.Next = "/admin/sessions?" + nextQuery(query, web.EncodeCursor(last.SeenAt, last.Hash))
	}
	return web.Render(w, r, http.StatusOK, sessionsPage(v))
}

// The two logs.
const (
	logSignIns = "signins"
	logChanges = "changes"
)

func (h *Web) getAudit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	v := auditView{Form: query, Log: logSignIns, Now: h.Clock.Now(), Names: map[int64]string{}}
	if query.Get("log") == logChanges {
		v.Log = logChanges
	}
	f, known, err := h.logFilter(ctx, query)
	if err != nil {
		return err
	}
	if !known {
		return web.Render(w, r, http.StatusOK, auditPage(v))
	}
	if v.Log == logChanges {
		v.Changes, err = h.Changes(ctx, f)
	} else {
		v.SignIns, err = h.SignIns(ctx, f)
	}
	if err != nil {
		return err
	}
	if after := v.cut(); after != 0 {
		v.Next = "/admin/audit?" + nextQuery(query, web.EncodeCursor(after))
	}
	if err := h.nameAll(ctx, &v); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, auditPage(v))
}

// logFilter reads the filter; a login that does not exist has no lines.
func (h *Web) logFilter(ctx context.Context, query *page.Form) (LogFilter, bool, error) {
	f := LogFilter{Limit: pageSize + 1}
	if _, err := web.DecodeCursor(query.Get("after"), &f.Before); err != nil {
		return f, false, err
	}
	if login := query.Get("login"); login != "" {
		st, err := h.StaffByLogin(ctx, login)
		if fault.KindOf(err) == fault.NotFound {
			return f, false, nil
		}
		if err != nil {
			return f, false, err
		}
		f.StaffID = st.ID
	}
	return f, true, nil
}

// cut shortens the lists to a page and gives the last id if there is more.
func (v *auditView) cut() int64 {
	if len(v.Changes) > pageSize {
		v.Changes = v.Changes[:pageSize]
		return v.Changes[pageSize-1].ID
	}
	if len(v.SignIns) > pageSize {
		v.SignIns = v.SignIns[:pageSize]
		return v.SignIns[pageSize-1].ID
	}
	return 0
}

// nameAll finds the logins of the ids on a page.
func (h *Web) nameAll(ctx context.Context, v *auditView) error {
	ids := map[int64]bool{}
	for _, c := range v.Changes {
		ids[c.StaffID] = true
	}
	for _, e := range v.SignIns {
		ids[e.StaffID] = true
	}
	delete(ids, 0)
	for id := range ids {
		st, err := h.Staff(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		v.Names[id] = st.Login
	}
	return nil
}
