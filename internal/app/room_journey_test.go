package app_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// seated is a seat as the API gives it.
type seated struct {
	ID   int64
	Kind string
	Code string
}

// TestAPIRoom: a joint room with two departments and a lawyer, a session with
// minutes, written opinions, a task, and a conclusion that moves the case.
func TestAPIRoom(t *testing.T) {
	eachLaw(t, func(t *testing.T, l *law) {
		clerk, handler := l.at(access.BureauClerk, l.EastBureau), l.at(access.UnitHandler, l.School)
		care, stranger := l.at(access.UnitHandler, l.Care), l.at(access.BureauClerk, l.WestBureau)
		r, _ := l.file()
		l.act(r.No, deed{clerk, casework.Forward, to(l.School), casework.Dispatched}, deed{handler, casework.Accept, casework.Data{}, casework.Accepted})

		var room struct {
			ID       int64
			Due      time.Time `json:"due_at"`
			Unit     int64     `json:"responsible_unit_id"`
			Seats    []seated
			Sessions []struct{ ID int64 }
		}
		convene := map[string]any{"case_no": r.No, "reason": "电梯归谁维修，三家各执一词", "chair": "区信访局局长", "justice_unit_id": l.Town}
		handler.Post("/api/v1/rooms", convene).Is(http.StatusForbidden)
		stranger.Post("/api/v1/rooms", convene).Is(http.StatusNotFound)
		for range 2 { // the same request twice
			clerk.With("Idempotency-Key", "convene").Post("/api/v1/rooms", convene).Is(http.StatusOK).Into(&room)
		}
		if o, ok := l.Case(r.No).Running(casework.Room); !ok || !o.DueAt.Equal(room.Due) || len(room.Seats) != 3 {
			t.Fatalf("the room: %+v", room)
		}
		at := "/api/v1/rooms/" + strconv.FormatInt(room.ID, 10)

		care.Get(at).Is(http.StatusNotFound)
		clerk.Post(at+"/seats", map[string]any{"kind": "department", "unit_id": l.Care}).Is(http.StatusOK)
		clerk.Post(at+"/seats", map[string]any{"kind": "department", "unit_id": l.Housing}).Is(http.StatusOK)
		var lawyer seated
		clerk.Post(at+"/seats", map[string]any{"kind": "lawyer", "name": "钱试", "office": "某律师事务所律师", "sees": "matter"}).Is(http.StatusOK).Into(&lawyer)
		care.Get(at).Is(http.StatusOK)
		care.Get("/api/v1/cases/" + r.No).Is(http.StatusOK)
		stranger.Get(at).Is(http.StatusNotFound)
		stranger.Get("/api/v1/cases/" + r.No).Is(http.StatusNotFound)
		l.Anybody().Get(at).Is(http.StatusUnauthorized)

		var session struct{ ID int64 }
		clerk.Post(at+"/sessions", map[string]any{"meets_at": l.Clock.Now().Add(time.Minute), "mode": "onsite", "place": "区信访局二楼", "agenda": "责任划分"}).Is(http.StatusOK).Into(&session)
		l.Clock.Advance(time.Hour)
		clerk.Post(at+"/sessions/"+strconv.FormatInt(session.ID, 10)+"/minutes", map[string]any{"attendees": "四方代表", "text": "物业已注销，由民政局兜底"}).Is(http.StatusOK)
		care.Post(at+"/opinions", map[string]any{"text": "同意兜底"}).Problem(http.StatusUnprocessableEntity, "room.incomplete")
		care.Post(at+"/opinions", map[string]any{"text": "同意兜底", "basis": "责任清单第 7 项"}).Is(http.StatusOK)

		visitor := l.Anybody().With("X-Seat-Code", lawyer.Code)
		var visit struct {
			Matter, Title string
			Sessions      []struct{ Minutes string }
			Conclusion    string
		}
		visitor.Get(at + "/visit").Is(http.StatusOK).Into(&visit)
		if visit.Matter == "" || visit.Title != "" || strings.Contains(visit.Matter, "王小明") || len(visit.Sessions) != 1 || visit.Sessions[0].Minutes == "" {
			t.Errorf("the lawyer reads %+v", visit)
		}
		l.Anybody().With("X-Seat-Code", "00000-00000").Get(at + "/visit").Is(http.StatusUnprocessableEntity)
		visitor.Post(at+"/visit/opinions", map[string]any{"text": "维修资金可以先行垫付", "basis": "民法典第二百八十一条"}).Is(http.StatusOK)

		clerk = l.at(access.BureauClerk, l.EastBureau)
		end := map[string]any{"text": "由民政局负责，教育局协助", "unit_id": l.Care, "tasks": []map[string]any{{"unit_id": l.Housing, "text": "提供检测报告", "days": 10}}}
		clerk.With("Idempotency-Key", "end").Post(at+"/conclusion", end).Is(http.StatusOK).Into(&room)
		c := l.Case(r.No)
		if room.Unit != l.Care || c.LeadUnitID != l.Care || c.State != casework.Dispatched || c.Room || len(c.Tasks) != 1 {
			t.Errorf("the conclusion: %+v, %+v", room, c)
		}
		l.Drain()
		l.act(r.No, deed{l.at(access.UnitHandler, l.Care), casework.Accept, casework.Data{}, casework.Accepted})
		visitor.Get(at + "/visit").Is(http.StatusOK).Into(&visit)
		if visit.Conclusion == "" {
			t.Error("the lawyer does not read the conclusion")
		}

		page := l.Browser()
		door := "/room/" + strconv.FormatInt(room.ID, 10)
		page.Get(door).Is(http.StatusOK).Lacks("电梯")
		page.Post(door, url.Values{"code": {lawyer.Code}}).Is(http.StatusOK).At(door).Has("维修资金可以先行垫付").Lacks(r.No)
	})
}
