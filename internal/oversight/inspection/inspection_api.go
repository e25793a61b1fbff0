package inspection

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// BreachBody is an entry of the duty-breach record.
type BreachBody struct {
	ID     int64            `json:"id"`
	CaseNo string           `json:"case_no"`
	Event  int64            `json:"event" doc:"The event of the case that shows it."`
	Kind   conduct.DutyKind `json:"kind"`
	Unit   int64            `json:"unit_id"`
	At     time.Time        `json:"at"`
	State  string           `json:"state" enum:"recorded,served,answered,upheld,struck"`
	Due    time.Time        `json:"due_at,omitzero" doc:"For the unit's answer."`
	Answer string           `json:"answer,omitempty"`
	Ruling string           `json:"ruling,omitempty"`
}

// BreachList is a page of the record.
type BreachList struct {
	Breaches []BreachBody `json:"breaches" nullable:"false"`
	Next     int64        `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

// TeamBody is a team as the API shows it.
type TeamBody struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Task    string    `json:"task"`
	Members []int64   `json:"member_ids" nullable:"false"`
	Units   []int64   `json:"unit_ids" nullable:"false"`
	Ended   time.Time `json:"ended_at,omitzero"`
}

// TeamList is a page of teams.
type TeamList struct {
	Teams []TeamBody `json:"teams" nullable:"false"`
	Next  int64      `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type (
	pageInput struct {
		State string `query:"state" enum:"recorded,served,answered,upheld,struck"`
		Unit  int64  `query:"unit"`
		After int64  `query:"after" minimum:"0" doc:"next of the page before."`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	teamsInput struct {
		After int64 `query:"after" minimum:"0" doc:"next of the page before."`
	}
	breachInput struct {
		rest.Keyed
		ID   int64  `path:"id"`
		Verb string `path:"verb" enum:"serve,answer,uphold,strike"`
		Body struct {
			Text string `json:"text,omitempty" maxLength:"5000"`
		}
	}
	breachOutput   struct{ Body BreachBody }
	breachesOutput struct{ Body BreachList }
	teamsOutput    struct{ Body TeamList }
)

// Register adds the operations of inspection.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary, about string) huma.Operation {
		return huma.Operation{OperationID: "inspection-" + id, Method: method, Path: "/api/v1/inspection" + path, Summary: summary,
			Description: about, Tags: []string{"supervision"}, Security: rest.Staff}
	}
	huma.Register(api, op("breaches", http.MethodGet, "/breaches", "List the duty-breach record",
		"Who supervises sees the own jurisdiction, a unit what was served on it. It names units, never people."), a.breaches)
	huma.Register(api, op("breach-act", http.MethodPost, "/breaches/{id}/{verb}", "Serve, answer or rule on an entry of the record",
		"Supervision serves, upholds or strikes out; the unit answers what was served on it."), a.breachAct)
	huma.Register(api, op("teams", http.MethodGet, "/teams", "List supervision teams", "With their members and units."), a.teams)
}

func bodyOf(x Breach) BreachBody {
	return BreachBody{x.ID, x.CaseNo, x.Seq, x.Kind, x.UnitID, x.At, x.State, x.DueAt, x.Answer, x.Ruling}
}

func (a *API) breaches(ctx context.Context, in *pageInput) (*breachesOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	rows, next, err := a.service.Breaches(ctx, actor, BreachQuery{State: in.State, UnitID: in.Unit, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &breachesOutput{BreachList{Breaches: make([]BreachBody, len(rows)), Next: next}}
	for i, x := range rows {
		out.Body.Breaches[i] = bodyOf(x)
	}
	return out, nil
}

func (a *API) breachAct(ctx context.Context, in *breachInput) (*breachOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	x, err := a.service.ActOnBreach(ctx, actor, in.ID, Ruling{in.Verb, in.Body.Text}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &breachOutput{bodyOf(x)}, nil
}

func (a *API) teams(ctx context.Context, in *teamsInput) (*teamsOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	list, next, err := a.service.Teams(ctx, actor, in.After)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &teamsOutput{TeamList{Teams: make([]TeamBody, len(list)), Next: next}}
	for i, t := range list {
		out.Body.Teams[i] = TeamBody{ID: t.ID, Name: t.Name, Task: t.Task, Members: make([]int64, len(t.Members)), Units: t.Units, Ended: t.EndedAt}
		for j, m := range t.Members {
			out.Body.Teams[i].Members[j] = m.ID
		}
	}
	return out, nil
}
