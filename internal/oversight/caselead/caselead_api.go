package caselead

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// API is the JSON door.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// LedBody is a led case as the API shows it.
type LedBody struct {
	ID       int64     `json:"id"`
	CaseNo   string    `json:"case_no"`
	Title    string    `json:"title"`
	LeaderID int64     `json:"leader_id"`
	Leader   string    `json:"leader"`
	Rule     int64     `json:"rule_id,omitempty" doc:"The rule that gave it; absent when a person did."`
	Done     []string  `json:"done" nullable:"false" doc:"Of know, plan, solve, explain, revisit."`
	Open     bool      `json:"open"`
	Since    time.Time `json:"since"`
	Due      time.Time `json:"due_at,omitzero" doc:"The next progress entry."`
	Lapsed   time.Time `json:"lapsed_at,omitzero"`
	Ended    time.Time `json:"ended_at,omitzero"`
}

// LedList is a page of led cases.
type LedList struct {
	Led  []LedBody `json:"led" nullable:"false"`
	Next string    `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type (
	listInput struct {
		Leader int64  `query:"leader"`
		Ended  bool   `query:"ended"`
		Late   bool   `query:"late"`
		After  string `query:"after" maxLength:"200" doc:"next of the page before."`
		Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	giveInput struct {
		rest.Keyed
		Body struct {
			CaseNo string `json:"case_no" maxLength:"30"`
			Leader int64  `json:"leader_id"`
			Text   string `json:"text,omitempty" maxLength:"5000"`
		}
	}
	stepInput struct {
		rest.Keyed
		ID   int64  `path:"id"`
		Verb string `path:"verb" enum:"progress,end"`
		Body struct {
			Text   string   `json:"text" maxLength:"5000"`
			Duties []string `json:"duties,omitempty" maxItems:"5" doc:"Duties done with this step."`
		}
	}
	listOutput struct{ Body LedList }
	ledOutput  struct{ Body LedBody }
)

// Register adds the operations of led cases.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary, about string) huma.Operation {
		return huma.Operation{OperationID: "lead-" + id, Method: method, Path: "/api/v1/leads" + path, Summary: summary,
			Description: about, Tags: []string{"supervision"}, Security: rest.Staff}
	}
	huma.Register(api, op("list", http.MethodGet, "", "List cases that leaders lead", "What is due first before the rest; ended ones newest first."), a.list)
	huma.Register(api, op("give", http.MethodPost, "", "Have a leader lead a case", "A confidential case only goes to a leader who may see it."), a.give)
	huma.Register(api, op("step", http.MethodPost, "/{id}/{verb}", "Say how a led case stands, or end leading", ""), a.step)
}

func bodyOf(l Led) LedBody {
	b := LedBody{ID: l.ID, CaseNo: l.CaseNo, Title: l.Title, LeaderID: l.LeaderID, Leader: l.LeaderName, Rule: l.RuleID, Done: l.Done,
		Open: l.Open, Since: l.Since, Due: l.DueAt, Lapsed: l.LapsedAt, Ended: l.EndedAt}
	if b.Done == nil {
		b.Done = []string{}
	}
	return b
}

func (a *API) list(ctx context.Context, in *listInput) (*listOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	q := Query{LeaderID: in.Leader, Ended: in.Ended, Late: in.Late, Limit: in.Limit}
	if _, err := web.DecodeCursor(in.After, &q.After.Due, &q.After.ID); err != nil {
		return nil, rest.Fail(ctx, err)
	}
	rows, next, err := a.service.List(ctx, actor, q, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &listOutput{LedList{Led: make([]LedBody, len(rows))}}
	for i, l := range rows {
		out.Body.Led[i] = bodyOf(l)
	}
	if next != nil {
		out.Body.Next = web.EncodeCursor(next.Due, next.ID)
	}
	return out, nil
}

func (a *API) give(ctx context.Context, in *giveInput) (*ledOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	l, err := a.service.Give(ctx, Giving{in.Key, actor, in.Body.CaseNo, in.Body.Leader, in.Body.Text}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, rest.Rename(err, map[string]string{"case": "case_no", "leader": "leader_id"}))
	}
	return &ledOutput{bodyOf(l)}, nil
}

func (a *API) step(ctx context.Context, in *stepInput) (*ledOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	l, err := a.service.Do(ctx, actor, in.ID, Step{in.Key, in.Verb, in.Body.Text, in.Body.Duties}, a.service.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &ledOutput{bodyOf(l)}, nil
}
