package room

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/jobs"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

func TestRoomToConclusion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := stage(t, d), t.Context()
		r := s.convene(t, clerk, openNo)
		if want := calendar.Embedded().Due(start, 30, calendar.CalendarDays).Due; !r.DueAt.Equal(want) {
			t.Errorf("due %v, want %v", r.DueAt, want)
		}
		x, err := s.Room(ctx, clerk, r.ID)
		if err != nil || len(x.Seats) != 3 || strings.Contains(strings.Join(x.missing(), " "), "lead.") {
			t.Fatalf("the three lead roles: %+v %v %v", x.Seats, x.missing(), err)
		}
		if _, err := s.Say(ctx, lawman, r.ID, OpinionForm{Text: "应由住建负责"}, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a unit's view without its duty item: %v", err)
		}
		for range 2 { // the same form twice
			if _, err := s.Say(ctx, lawman, r.ID, OpinionForm{Key: "k1", Text: "应由住建负责", Basis: "第 7 项"}, s.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Conclude(ctx, clerk, r.ID, Conclusion{Text: "由司法局办", UnitID: justice}, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("concluded without a meeting: %v", err)
		}
		meets := s.clock.Now().Add(2 * time.Hour)
		m, err := s.Appoint(ctx, clerk, r.ID, Appointment{meets, "video", "会议室一", "谁来修"}, s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Hold(ctx, clerk, r.ID, Minutes{SessionID: m.ID, Attendees: "三方", Text: "一致"}, s.clock.Now()); fault.KindOf(err) != fault.RuleBroken {
			t.Errorf("minutes before the meeting: %v", err)
		}
		s.clock.Set(meets.Add(time.Hour))
		if err := s.Hold(ctx, clerk, r.ID, Minutes{SessionID: m.ID, Attendees: "三方", Text: "一致"}, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Conclude(ctx, builder, r.ID, Conclusion{Text: "x", UnitID: justice}, s.clock.Now()); fault.KindOf(err) != fault.Denied {
			t.Errorf("a unit concluded: %v", err)
		}
		c, err := s.Conclude(ctx, clerk, r.ID, Conclusion{Text: "由司法局负责", UnitID: justice, Tasks: []TaskForm{{UnitID: school, Text: "核实", Days: 5}}}, s.clock.Now())
		if err != nil || c.LeadUnitID != justice || len(c.Tasks) != 1 || c.Room {
			t.Fatalf("%+v %v", c, err)
		}
		x, err = s.Room(ctx, clerk, r.ID)
		if err != nil || x.Sits() || x.UnitID != justice || len(x.Decisions) != 2 || x.Decisions[0].DueAt.IsZero() || len(x.Opinions) != 1 {
			t.Fatalf("%+v %v", x, err)
		}
		if _, err := s.Appoint(ctx, clerk, r.ID, Appointment{meets, "video", "x", "x"}, s.clock.Now()); fault.KindOf(err) != fault.RuleBroken {
			t.Errorf("a session after the end: %v", err)
		}
		if list, _, err := s.Rooms(ctx, clerk, Query{Closed: true}); err != nil || len(list) != 1 {
			t.Error(list, err)
		}
	})
}

func TestWhoEntersARoom(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := stage(t, d), t.Context()
		open, secret := s.convene(t, clerk, openNo), s.convene(t, cleared, secretNo)
		for _, tc := range []struct {
			a    access.Actor
			want int
		}{{clerk, 1}, {cleared, 2}, {builder, 1}, {lawman, 1}, {teacher, 0}, {access.Actor{}, 0},
			{access.Actor{ID: 9, Role: access.SystemAdmin, UnitID: city, AreaID: city, AreaDepth: 1, Cleared: true}, 0}} {
			list, _, err := s.Rooms(ctx, tc.a, Query{})
			if err != nil || len(list) != tc.want {
				t.Errorf("%s of %d sees %d rooms, want %d (%v)", tc.a.Role, tc.a.UnitID, len(list), tc.want, err)
			}
		}
		if _, err := s.Room(ctx, teacher, open.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		if _, err := s.AddSeat(ctx, clerk, open.ID, SeatForm{Kind: Department, UnitID: school}, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Room(ctx, teacher, open.ID); err != nil {
			t.Errorf("an invited unit: %v", err)
		}
		if _, err := s.AddSeat(ctx, cleared, secret.ID, SeatForm{Kind: Department, UnitID: school}, s.clock.Now()); err == nil {
			t.Error("the accused was invited")
		}
		if _, err := s.Room(ctx, teacher, secret.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the accused: %v", err)
		}
		if _, err := s.AddSeat(ctx, cleared, secret.ID, SeatForm{Kind: Lawyer, Name: "钱试", Office: "律师", Sees: SeesAll}, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an outsider sees all of an accusation: %v", err)
		}
	})
}

func TestOutsideSeats(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := stage(t, d), t.Context()
		r := s.convene(t, clerk, openNo)
		seats := map[Sees]Seat{SeesMatter: s.guest(t, clerk, r.ID, Lawyer, SeesMatter), SeesMinutes: s.guest(t, clerk, r.ID, Deputy, SeesMinutes), SeesAll: s.guest(t, clerk, r.ID, Expert, SeesAll)}
		if _, err := s.AddSeat(ctx, clerk, r.ID, SeatForm{Kind: Lawyer, Name: "钱试", Office: "电话 13800001234", Sees: SeesMatter}, s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an office with a phone: %v", err)
		}
		for sees, seat := range seats {
			code := s.Code(seat)
			if !regexp.MustCompile(`^[0-9A-HJ-NP-RTUWXY]{5}-[0-9A-HJ-NP-RTUWXY]{5}$`).MatchString(code) {
				t.Errorf("code %q", code)
			}
			got, err := s.Enter(ctx, r.ID, strings.ToLower(strings.ReplaceAll(code, "-", " ")), s.clock.Now())
			if err != nil || got.ID != seat.ID {
				t.Fatal(err)
			}
			v, err := s.Visit(ctx, r.ID, seat.ID, s.clock.Now())
			if err != nil || (v.Matter != "") != (sees != SeesMinutes) || (v.CaseNo != "") != (sees == SeesAll) {
				t.Errorf("%s: %+v %v", sees, v, err)
			}
			if strings.Contains(v.Matter, "1380000") || strings.Contains(v.Matter, "990000") {
				t.Errorf("%s reads numbers of people: %s", sees, v.Matter)
			}
		}
		if err := s.SetBrief(ctx, clerk, r.ID, "电梯停用已三周"); err != nil {
			t.Fatal(err)
		}
		if v, _ := s.Visit(ctx, r.ID, seats[SeesMatter].ID, s.clock.Now()); v.Matter != "电梯停用已三周" {
			t.Errorf("the words as passed: %q", v.Matter)
		}
		if _, err := s.SayFor(ctx, r.ID, seats[SeesMatter].ID, OpinionForm{Text: "物业应当维修"}, s.clock.Now()); err != nil {
			t.Error(err)
		}
		if err := s.EndSeat(ctx, clerk, r.ID, seats[SeesMatter].ID, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Enter(ctx, r.ID, s.Code(seats[SeesMatter]), s.clock.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a seat that was taken away: %v", err)
		}
		for range tries {
			_, _ = s.Enter(ctx, r.ID, "00000-00000", s.clock.Now())
		}
		if _, err := s.Enter(ctx, r.ID, s.Code(seats[SeesAll]), s.clock.Now()); fault.KindOf(err) != fault.TooMany {
			t.Errorf("after many tries: %v", err)
		}
		s.clock.Advance(pause)
		if _, err := s.Enter(ctx, r.ID, s.Code(seats[SeesAll]), s.clock.Now()); err != nil {
			t.Errorf("after the pause: %v", err)
		}
	})
}

// TestRoomsFollowCases: what happens on the page of the case reaches the room.
func TestRoomsFollowCases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := stage(t, d), t.Context()
		do := func(v casework.Verb, data casework.Data) {
			t.Helper()
			if _, err := s.world.DoAlong(ctx, casework.Action{No: openNo, Verb: v, Actor: clerk, Data: data, Now: s.clock.Now()}, nil); err != nil {
				t.Fatal(err)
			}
			s.clock.Advance(time.Minute)
			for range 2 {
				if err := d.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return s.follow(ctx, tx, []jobs.Event{{Subject: 101}}) }); err != nil {
					t.Fatal(err)
				}
			}
		}
		do(casework.Convene, casework.Data{Reason: "疑难"})
		do(casework.Invite, casework.Data{UnitID: school})
		list, _, err := s.Rooms(ctx, clerk, Query{})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if x, err := s.Room(ctx, teacher, list[0].ID); err != nil || len(x.Seats) != 3 || x.Reason != "疑难" {
			t.Errorf("%+v %v", x, err)
		}
		do(casework.CloseRoom, casework.Data{Text: "仍由住建负责"})
		if x, err := s.Room(ctx, clerk, list[0].ID); err != nil || x.Sits() || x.Conclusion != "仍由住建负责" {
			t.Errorf("%+v %v", x, err)
		}
	})
}

func TestConference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, now := stage(t, d), t.Context(), start
		watch := access.Actor{ID: 4, Role: access.Supervisor, UnitID: bureau, AreaID: city, AreaDepth: 1}
		form := ConferenceForm{Title: "第一次联席会议", MeetsAt: now, Place: "三楼", Chair: "召集人", Topics: []string{"供暖", " "}}
		if _, err := s.Call(ctx, clerk, form, now); fault.KindOf(err) != fault.Denied {
			t.Errorf("a clerk convened: %v", err)
		}
		id, err := s.Call(ctx, chief, form, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, no := range []string{openNo, secretNo} {
			if err := s.AddItem(ctx, cleared, id, no, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddItem(ctx, chief, id, secretNo, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("put on the agenda what one may not see: %v", err)
		}
		for a, want := range map[access.Actor]int{chief: 2, watch: 2, cleared: 3} {
			if c, err := s.Conference(ctx, a, id); err != nil || len(c.Items) != want {
				t.Errorf("%d sees %d lines, want %d (%v)", a.ID, len(c.Items), want, err)
			}
		}
		if _, err := s.Conference(ctx, builder, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a unit: %v", err)
		}
		c, _ := s.Conference(ctx, chief, id)
		rule := Ruling{ConferenceID: id, ItemID: c.Items[0].ID, Text: "十日内恢复", UnitID: housing, Due: calendar.On(now).Add(10)}
		bad := rule
		bad.Due = calendar.On(now).Add(-1)
		if err := s.Resolve(ctx, chief, bad, now); fault.KindOf(err) != fault.Invalid {
			t.Errorf("due in the past: %v", err)
		}
		if err := s.Resolve(ctx, chief, rule, now); err != nil {
			t.Fatal(err)
		}
		if err := s.Meet(ctx, chief, Meeting{id, "各单位", "一致同意"}, now); err != nil {
			t.Fatal(err)
		}
		if list, err := s.OpenItems(ctx, watch); err != nil || len(list) != 1 || light(list[0].DecidedAt, list[0].DueAt, now) != casework.Green {
			t.Errorf("%+v %v", list, err)
		}
		s.clock.Set(now.AddDate(0, 0, 11))
		for range 2 {
			if err := s.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
		list, _ := s.OpenItems(ctx, watch)
		if list[0].LapsedAt.IsZero() || light(list[0].DecidedAt, list[0].DueAt, s.clock.Now()) != casework.Late {
			t.Errorf("late: %+v", list[0])
		}
		for _, done := range []bool{false, true} {
			if err := s.Follow(ctx, watch, FollowUp{id, list[0].ID, "已恢复", done}, s.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Follow(ctx, watch, FollowUp{id, list[0].ID, "x", true}, s.clock.Now()); fault.KindOf(err) != fault.Conflict {
			t.Errorf("done twice: %v", err)
		}
	})
}

// TestPagesInBothLanguages walks every page as those who may see it.
func TestPagesInBothLanguages(t *testing.T) {
	s := stage(t, dbtest.SQLite(t))
	words := i18n.Must(i18n.Messages, ui.Messages, web.Messages, Messages)
	if err := words.Check(); err != nil {
		t.Fatal(err)
	}
	rt, err := web.New(web.Options{Catalogue: words, Now: s.clock.Now, ErrorPage: ui.ErrorPage})
	if err != nil {
		t.Fatal(err)
	}
	who := clerk
	pages := NewWeb(s.Service, func(...access.Role) web.Middleware {
		return func(next web.Handler) web.Handler {
			return func(w http.ResponseWriter, r *http.Request) error {
				return next(w, r.WithContext(access.With(r.Context(), who)))
			}
		}
	})
	rt.Add(pages)
	cookie := ""
	ask := func(lang, method, path string, form url.Values, want int) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", lang)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != want || strings.Contains(body, "⟦") || strings.Contains(body, "%!") {
			t.Errorf("%s %s (%s): %d, %.300s", method, path, lang, w.Code, body[max(0, strings.Index(body, "⟦")):])
		}
		return w
	}
	refusals := map[string]int{"seat": 422, "guest": 422, "session": 422, "opinion": 422, "conclude": 422, "task": http.StatusConflict, "minutes": http.StatusNotFound}
	r := s.convene(t, clerk, openNo)
	seat := s.guest(t, clerk, r.ID, Lawyer, SeesMatter)
	at := roomPath(r.ID)
	if _, err := s.Appoint(t.Context(), clerk, r.ID, Appointment{start, "onsite", "一楼", "议程"}, start); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh-CN", "en"} {
		who = clerk
		for _, path := range []string{base, base + "?view=done", base + "/new?case=" + openNo, at} {
			ask(lang, http.MethodGet, path, nil, http.StatusOK)
		}
		for _, act := range acts {
			if act == "minutes" && lang == "en" {
				continue
			}
			ask(lang, http.MethodGet, actPath(r.ID, act), nil, http.StatusOK)
			if act != "brief" {
				ask(lang, http.MethodPost, actPath(r.ID, act), url.Values{}, refusals[act])
			}
		}
		if lang == "zh-CN" {
			x, _ := s.Room(t.Context(), clerk, r.ID)
			ask(lang, http.MethodPost, actPath(r.ID, "minutes"), url.Values{"session": {number(x.Sessions[0].ID)}, "attendees": {"三方"}, "text": {"一致"}}, http.StatusSeeOther)
		}
		cookie = ""
		ask(lang, http.MethodGet, visitPath(r.ID), nil, http.StatusOK)
		ask(lang, http.MethodPost, visitPath(r.ID), url.Values{"code": {"x"}}, http.StatusUnprocessableEntity)
		w := ask(lang, http.MethodPost, visitPath(r.ID), url.Values{"code": {s.Code(seat)}}, http.StatusSeeOther)
		cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
		if body := ask(lang, http.MethodGet, visitPath(r.ID), nil, http.StatusOK).Body.String(); !strings.Contains(body, "电梯停了") || strings.Contains(body, openNo) {
			t.Error("the lawyer's page")
		}
		ask(lang, http.MethodPost, visitPath(r.ID)+"/opinion", url.Values{}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, visitPath(r.ID)+"/opinion", url.Values{"text": {"意见"}}, http.StatusSeeOther)
		who = teacher
		ask(lang, http.MethodGet, at, nil, http.StatusNotFound)
		who = chief
		ask(lang, http.MethodGet, conferences, nil, http.StatusOK)
		ask(lang, http.MethodGet, conferences+"/new", nil, http.StatusOK)
		ask(lang, http.MethodPost, conferences+"/new", url.Values{}, http.StatusUnprocessableEntity)
		w = ask(lang, http.MethodPost, conferences+"/new", url.Values{"title": {"会"}, "day": {"2026-03-02"}, "time": {"09:00"}, "place": {"三楼"}, "chair": {"召集人"}, "topics": {"供暖"}}, http.StatusSeeOther)
		meeting := w.Header().Get("Location")
		ask(lang, http.MethodPost, meeting+"/items", url.Values{"case": {openNo}}, http.StatusSeeOther)
		ask(lang, http.MethodPost, meeting+"/items", url.Values{}, http.StatusUnprocessableEntity)
		body := ask(lang, http.MethodGet, meeting, nil, http.StatusOK).Body.String()
		item := regexp.MustCompile(meeting + `/items/\d+`).FindString(body)
		ask(lang, http.MethodGet, item, nil, http.StatusOK)
		ask(lang, http.MethodPost, item+"/decide", url.Values{"decision": {"修"}, "unit": {"20"}, "due": {"2026-02-01"}}, http.StatusUnprocessableEntity)
		ask(lang, http.MethodPost, item+"/decide", url.Values{"decision": {"修"}, "unit": {"20"}, "due": {"2026-05-01"}}, http.StatusSeeOther)
		ask(lang, http.MethodGet, item, nil, http.StatusOK)
		ask(lang, http.MethodPost, item+"/follow", url.Values{"report": {"在修"}, "done": {"0"}}, http.StatusSeeOther)
		ask(lang, http.MethodPost, meeting+"/minutes", url.Values{"attendees": {"各方"}, "minutes": {"同意"}}, http.StatusSeeOther)
		ask(lang, http.MethodGet, conferences, nil, http.StatusOK)
	}
	ctx := i18n.With(access.With(t.Context(), clerk), words, "zh")
	var out strings.Builder
	panel, err := pages.Panel(ctx, clerk, s.world.cases[openNo], []casework.Verb{casework.Convene})
	if err != nil || panel.Render(ctx, &out) != nil || !strings.Contains(out.String(), "to-room") || strings.Contains(out.String(), "⟦") {
		t.Error(err, out.String())
	}
}
