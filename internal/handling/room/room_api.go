package room

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// Body is a room as the API shows it.
type Body struct {
	ID         int64          `json:"id"`
	CaseNo     string         `json:"case_no"`
	Title      string         `json:"title"`
	Bureau     int64          `json:"bureau_id"`
	Chair      string         `json:"chair,omitempty"`
	Reason     string         `json:"reason"`
	Opened     time.Time      `json:"opened_at"`
	Due        time.Time      `json:"due_at"`
	Closed     time.Time      `json:"closed_at,omitzero"`
	Conclusion string         `json:"conclusion,omitempty"`
	Unit       int64          `json:"responsible_unit_id,omitempty"`
	Seats      []SeatBody     `json:"seats,omitempty"`
	Sessions   []SessionBody  `json:"sessions,omitempty"`
	Opinions   []OpinionBody  `json:"opinions,omitempty"`
	Decisions  []DecisionBody `json:"decisions,omitempty"`
}

// SeatBody is a seat. Its code is told to who leads the room.
type SeatBody struct {
	ID     int64     `json:"id"`
	Kind   Kind      `json:"kind" enum:"petition,justice,responsible,department,lawyer,expert,deputy,organisation,press"`
	Unit   int64     `json:"unit_id,omitempty"`
	Name   string    `json:"name,omitempty"`
	Office string    `json:"office,omitempty"`
	Sees   Sees      `json:"sees" enum:"all,matter,minutes"`
	Code   string    `json:"code,omitempty" doc:"What an outside seat enters with, for who leads the room."`
	Ended  time.Time `json:"ended_at,omitzero"`
}

// SessionBody is a meeting of the room.
type SessionBody struct {
	ID        int64     `json:"id"`
	Meets     time.Time `json:"meets_at"`
	Mode      string    `json:"mode" enum:"onsite,video,phone"`
	Place     string    `json:"place"`
	Agenda    string    `json:"agenda"`
	Attendees string    `json:"attendees,omitempty"`
	Minutes   string    `json:"minutes,omitempty"`
	Held      time.Time `json:"held_at,omitzero"`
}

// OpinionBody is a written opinion.
type OpinionBody struct {
	ID    int64     `json:"id"`
	Seat  int64     `json:"seat_id"`
	Text  string    `json:"text"`
	Basis string    `json:"basis,omitempty"`
	At    time.Time `json:"at"`
}

// DecisionBody is what the conclusion asks of a unit.
type DecisionBody struct {
	Unit int64     `json:"unit_id"`
	Part string    `json:"part" enum:"lead,assist"`
	Text string    `json:"text"`
	Due  time.Time `json:"due_at,omitzero"`
}

// List is a page of rooms.
type List struct {
	Rooms []Body `json:"rooms" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type (
	listInput struct {
		Closed bool   `query:"closed" doc:"Those that have ended."`
		After  string `query:"after" maxLength:"60" pattern:"^[0-9]+-[0-9]+$" doc:"next of the page before."`
		Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	listOutput struct{ Body List }
	oneInput   struct {
		ID int64 `path:"id"`
	}
	oneOutput   struct{ Body Body }
	convenInput struct {
		rest.Keyed
		Body struct {
			CaseNo  string `json:"case_no" maxLength:"40"`
			Reason  string `json:"reason" maxLength:"5000"`
			Days    int    `json:"days,omitempty" minimum:"0" maximum:"365"`
			Chair   string `json:"chair,omitempty" maxLength:"60"`
			Justice int64  `json:"justice_unit_id,omitempty" doc:"The second lead role."`
		}
	}
	seatInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body struct {
			Kind   Kind   `json:"kind" enum:"justice,responsible,department,lawyer,expert,deputy,organisation,press"`
			Unit   int64  `json:"unit_id,omitempty" doc:"For justice, responsible, department."`
			Name   string `json:"name,omitempty" maxLength:"60"`
			Office string `json:"office,omitempty" maxLength:"200"`
			Sees   Sees   `json:"sees,omitempty" enum:"all,matter,minutes"`
		}
	}
	seatOutput   struct{ Body SeatBody }
	sessionInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body struct {
			Meets  time.Time `json:"meets_at"`
			Mode   string    `json:"mode" enum:"onsite,video,phone"`
			Place  string    `json:"place" maxLength:"300"`
			Agenda string    `json:"agenda" maxLength:"5000"`
		}
	}
	sessionOutput struct{ Body SessionBody }
	minutesInput  struct {
		rest.Keyed
		ID      int64 `path:"id"`
		Session int64 `path:"session"`
		Body    struct {
			Attendees string `json:"attendees" maxLength:"1000"`
			Text      string `json:"text" maxLength:"5000"`
		}
	}
	opinionInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body opinionText
	}
	opinionText struct {
		Text  string `json:"text" maxLength:"5000"`
		Basis string `json:"basis,omitempty" maxLength:"1000" doc:"The item of the duty list, the law."`
	}
	opinionOutput struct{ Body OpinionBody }
	taskText      struct {
		Unit int64  `json:"unit_id"`
		Text string `json:"text" maxLength:"5000"`
		Days int    `json:"days" minimum:"1" maximum:"60"`
	}
	taskInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body taskText
	}
	concludeInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body struct {
			Text  string     `json:"text" maxLength:"5000"`
			Unit  int64      `json:"unit_id" doc:"Who is responsible; another one than now gets the case."`
			Tasks []taskText `json:"tasks,omitempty" maxItems:"20"`
		}
	}
)

// Register adds the operations of rooms.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary, about string) huma.Operation {
		return huma.Operation{OperationID: "room-" + id, Method: method, Path: "/api/v1/rooms" + path, Summary: summary,
			Description: about, Tags: []string{"rooms"}, Security: rest.Staff}
	}
	huma.Register(api, op("list", http.MethodGet, "", "List joint rooms", "Of the cases that the asker may see; those that sit by what is due first."), a.list)
	huma.Register(api, op("convene", http.MethodPost, "", "Convene a joint room", "The bureau and the responsible unit sit in it from the start."), a.convene)
	huma.Register(api, op("show", http.MethodGet, "/{id}", "Read a joint room", "Seats, sessions, opinions, decisions."), a.show)
	huma.Register(api, op("seat", http.MethodPost, "/{id}/seats", "Give a seat", "A unit becomes a party of the case; somebody from outside gets a code."), a.seat)
	huma.Register(api, op("appoint", http.MethodPost, "/{id}/sessions", "Appoint a session", "Time, way, place, agenda."), a.appoint)
	huma.Register(api, op("minutes", http.MethodPost, "/{id}/sessions/{session}/minutes", "Record the minutes of a session", "They also go into the timeline of the case."), a.minutes)
	huma.Register(api, op("say", http.MethodPost, "/{id}/opinions", "Give a written opinion", "By the unit that has the seat; nothing is overwritten."), a.say)
	huma.Register(api, op("task", http.MethodPost, "/{id}/tasks", "Give an assisting unit a task", "Its clock ends inside the lead's."), a.task)
	huma.Register(api, op("conclude", http.MethodPost, "/{id}/conclusion", "Conclude", "Who is responsible, and what others do until when."), a.conclude)
	a.registerVisit(api)
}

func (a *API) body(d Detail) Body {
	b := short(d.Room)
	for _, s := range d.Seats {
		b.Seats = append(b.Seats, a.seatBody(s, d.Leads()))
	}
	b.Sessions, b.Opinions = sessionBodies(d.Sessions), opinionBodies(d.Opinions)
	for _, x := range d.Decisions {
		b.Decisions = append(b.Decisions, DecisionBody{x.UnitID, x.Part, x.Text, x.DueAt})
	}
	return b
}

func short(r Room) Body {
	return Body{ID: r.ID, CaseNo: r.Case.No, Title: r.Case.Title, Bureau: r.BureauID, Chair: r.Chair, Reason: r.Reason, Opened: r.OpenedAt,
		Due: r.DueAt, Closed: r.ClosedAt, Conclusion: r.Conclusion, Unit: r.UnitID}
}

func (a *API) seatBody(s Seat, leads bool) SeatBody {
	b := SeatBody{s.ID, s.Kind, s.UnitID, s.Name, s.Office, s.Sees, "", s.EndedAt}
	if leads && s.Outside() && s.EndedAt.IsZero() {
		b.Code = a.service.Code(s)
	}
	return b
}

func sessionBodies(list []Session) []SessionBody {
	out := make([]SessionBody, len(list))
	for i, x := range list {
		out[i] = SessionBody{x.ID, x.MeetsAt, x.Mode, x.Place, x.Agenda, x.Attendees, x.Minutes, x.HeldAt}
	}
	return out
}

func opinionBodies(list []Opinion) []OpinionBody {
	out := make([]OpinionBody, len(list))
	for i, o := range list {
		out[i] = OpinionBody{o.ID, o.SeatID, o.Text, o.Basis, o.At}
	}
	return out
}

// staff is who asks; keyed is the key that no other operation can have.
func staff(ctx context.Context) (access.Actor, error) {
	a := access.From(ctx)
	if !a.Signed() {
		return a, rest.Fail(ctx, rest.ErrUnsigned)
	}
	return a, nil
}

func keyed(a access.Actor, what, key string) string {
	if key == "" {
		return ""
	}
	return "room/" + what + "/" + strconv.FormatInt(a.ID, 36) + "/" + key
}

func (a *API) again(ctx context.Context, actor access.Actor, id int64, err error) (*oneOutput, error) {
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	d, err := a.service.Room(ctx, actor, id)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &oneOutput{a.body(d)}, nil
}

func taskForms(list []taskText) []TaskForm {
	out := make([]TaskForm, len(list))
	for i, t := range list {
		out[i] = TaskForm{UnitID: t.Unit, Text: t.Text, Days: t.Days}
	}
	return out
}

func tasksOf(list []casework.Task) []TaskBody {
	out := make([]TaskBody, len(list))
	for i, t := range list {
		out[i] = TaskBody{t.UnitID, t.Ask, t.Status}
	}
	return out
}
