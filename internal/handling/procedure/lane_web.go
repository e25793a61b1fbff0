package procedure

import (
	"context"
	"net/http"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
)

// Names are how the record of readings calls people, units and cases. A case
// is called by a mark that says nothing of it.
type Names interface {
	StaffName(ctx context.Context, id int64) string
	UnitName(id int64, lang string) string
	CaseMark(id int64) string
}

// LaneWeb is the page on which the audit administrator sees who opened
// confidential cases.
type LaneWeb struct {
	service *Service
	names   Names
	need    Guard
}

// NewLaneWeb makes the page.
func NewLaneWeb(s *Service, n Names, need Guard) *LaneWeb { return &LaneWeb{s, n, need} }

// Routes implements web.Capability.
func (w *LaneWeb) Routes(rt *web.Router) {
	rt.Handle("GET /admin/confidential", w.get, w.need(access.AuditAdmin))
}

// readingRow is a reading with the names that the page shows.
type readingRow struct {
	Reading
	Who, Unit, Mark string
}

const readingsPage = 50

func (w *LaneWeb) get(rw http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	var before int64
	if _, err := web.DecodeCursor(query.Get("after"), &before); err != nil {
		return err
	}
	list, err := w.service.Readings(ctx, access.From(ctx), before, readingsPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > readingsPage {
		list = list[:readingsPage]
		next = "/admin/confidential?after=" + web.EncodeCursor(list[readingsPage-1].ID)
	}
	return web.Render(rw, r, http.StatusOK, lanePage(w.rows(ctx, list), next))
}

func (w *LaneWeb) rows(ctx context.Context, list []Reading) []readingRow {
	out := make([]readingRow, len(list))
	for i, r := range list {
		out[i] = readingRow{r, w.names.StaffName(ctx, r.StaffID), w.names.UnitName(r.UnitID, i18n.Lang(ctx)), w.names.CaseMark(r.CaseID)}
	}
	return out
}
