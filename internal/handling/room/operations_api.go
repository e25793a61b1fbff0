package room

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/rest"
)

func (a *API) list(ctx context.Context, in *listInput) (*listOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	q := Query{Closed: in.Closed, Limit: in.Limit}
	due, id, _ := strings.Cut(in.After, "-")
	q.After.Due, _ = strconv.ParseInt(due, 10, 64) // the pattern lets nothing but numbers through
	q.After.ID, _ = strconv.ParseInt(id, 10, 64)
	rooms, next, err := a.service.Rooms(ctx, actor, q)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &listOutput{List{Rooms: make([]Body, len(rooms))}}
	for i, r := range rooms {
		out.Body.Rooms[i] = short(r)
	}
	if next != nil {
		out.Body.Next = strconv.FormatInt(next.Due, 10) + "-" + strconv.FormatInt(next.ID, 10)
	}
	return out, nil
}

func (a *API) show(ctx context.Context, in *oneInput) (*oneOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	return a.again(ctx, actor, in.ID, nil)
}

func (a *API) convene(ctx context.Context, in *convenInput) (*oneOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	no, ok := casework.CheckNumber(in.Body.CaseNo)
	if !ok {
		return nil, rest.Fail(ctx, ErrNotFound)
	}
	r, err := a.service.Convene(ctx, actor, Convening{Key: keyed(actor, "convene", in.Key), CaseNo: no, Reason: in.Body.Reason,
		Days: in.Body.Days, Chair: in.Body.Chair, JusticeID: in.Body.Justice}, a.service.Clock.Now())
	return a.again(ctx, actor, r.ID, err)
}

func (a *API) seat(ctx context.Context, in *seatInput) (*seatOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	s, err := a.service.AddSeat(ctx, actor, in.ID, SeatForm{Key: keyed(actor, "seat", in.Key), Kind: in.Body.Kind, UnitID: in.Body.Unit,
		Name: in.Body.Name, Office: in.Body.Office, Sees: in.Body.Sees}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &seatOutput{a.seatBody(s, true)}, nil
}

func (a *API) appoint(ctx context.Context, in *sessionInput) (*sessionOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	x, err := a.service.Appoint(ctx, actor, in.ID, Appointment{in.Body.Meets.UTC(), in.Body.Mode, in.Body.Place, in.Body.Agenda}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, rest.Rename(err, map[string]string{"day": "meets_at"}))
	}
	return &sessionOutput{sessionBodies([]Session{x})[0]}, nil
}

func (a *API) minutes(ctx context.Context, in *minutesInput) (*oneOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	err = a.service.Hold(ctx, actor, in.ID, Minutes{keyed(actor, "minutes", in.Key), in.Session, in.Body.Attendees, in.Body.Text}, a.service.Clock.Now())
	return a.again(ctx, actor, in.ID, err)
}

func (a *API) say(ctx context.Context, in *opinionInput) (*opinionOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	o, err := a.service.Say(ctx, actor, in.ID, OpinionForm{keyed(actor, "say", in.Key), in.Body.Text, in.Body.Basis}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &opinionOutput{opinionBodies([]Opinion{o})[0]}, nil
}

func (a *API) task(ctx context.Context, in *taskInput) (*oneOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	t := taskForms([]taskText{in.Body})[0]
	t.Key = keyed(actor, "task", in.Key)
	return a.again(ctx, actor, in.ID, a.service.Assist(ctx, actor, in.ID, t, a.service.Clock.Now()))
}

func (a *API) conclude(ctx context.Context, in *concludeInput) (*oneOutput, error) {
	actor, err := staff(ctx)
	if err != nil {
		return nil, err
	}
	_, err = a.service.Conclude(ctx, actor, in.ID, Conclusion{keyed(actor, "conclude", in.Key), in.Body.Text, in.Body.Unit, taskForms(in.Body.Tasks)}, a.service.Clock.Now())
	return a.again(ctx, actor, in.ID, err)
}

// VisitBody is a room as an outside seat reads it.
type VisitBody struct {
	Kind       Kind          `json:"kind"`
	Sees       Sees          `json:"sees" enum:"all,matter,minutes"`
	Due        time.Time     `json:"due_at"`
	Closed     time.Time     `json:"closed_at,omitzero"`
	CaseNo     string        `json:"case_no,omitempty"`
	Title      string        `json:"title,omitempty"`
	Matter     string        `json:"matter,omitempty" doc:"The petitioner's words as the bureau passed them."`
	Tasks      []TaskBody    `json:"tasks,omitempty"`
	Sessions   []SessionBody `json:"sessions" nullable:"false"`
	Own        []OpinionBody `json:"own_opinions" nullable:"false"`
	Conclusion string        `json:"conclusion,omitempty"`
	Unit       int64         `json:"responsible_unit_id,omitempty"`
}

// TaskBody is a task of an assisting unit.
type TaskBody struct {
	Unit   int64               `json:"unit_id"`
	Text   string              `json:"text"`
	Status casework.TaskStatus `json:"status"`
}

// Coded is embedded in what an outside seat asks.
type Coded struct {
	ID   int64  `path:"id"`
	Code string `header:"X-Seat-Code" maxLength:"40" required:"true" doc:"The code of an outside seat."`
}

type (
	visitInput  struct{ Coded }
	visitOutput struct{ Body VisitBody }
	guestInput  struct {
		rest.Keyed
		Coded
		Body opinionText
	}
)

// registerVisit adds what outside seats may do.
func (a *API) registerVisit(api huma.API) {
	op := func(id, method, path, summary, about string) huma.Operation {
		return huma.Operation{OperationID: "room-" + id, Method: method, Path: "/api/v1/rooms/{id}" + path, Summary: summary,
			Description: about, Tags: []string{"rooms"}, Security: rest.Anybody}
	}
	huma.Register(api, op("visit", http.MethodGet, "/visit", "Read a joint room from an outside seat", "What the seat may not see is not in it."), a.visit)
	huma.Register(api, op("visit-say", http.MethodPost, "/visit/opinions", "Give a written opinion from an outside seat", "Nothing is overwritten; the newest counts."), a.visitSay)
}

func (a *API) visit(ctx context.Context, in *visitInput) (*visitOutput, error) {
	now := a.service.Clock.Now()
	seat, err := a.service.Enter(ctx, in.ID, in.Code, now)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	v, err := a.service.Visit(ctx, in.ID, seat.ID, now)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &visitOutput{VisitBody{v.Seat.Kind, v.Sees, v.DueAt, v.ClosedAt, v.CaseNo, v.Title, v.Matter, tasksOf(v.Tasks), sessionBodies(v.Sessions),
		opinionBodies(v.Own), v.Conclusion, v.UnitID}}, nil
}

func (a *API) visitSay(ctx context.Context, in *guestInput) (*opinionOutput, error) {
	now := a.service.Clock.Now()
	seat, err := a.service.Enter(ctx, in.ID, in.Code, now)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	key := in.Key
	if key != "" {
		key = "room/seat/" + strconv.FormatInt(seat.ID, 36) + "/" + key
	}
	o, err := a.service.SayFor(ctx, in.ID, seat.ID, OpinionForm{key, in.Body.Text, in.Body.Basis}, now)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &opinionOutput{opinionBodies([]Opinion{o})[0]}, nil
}
