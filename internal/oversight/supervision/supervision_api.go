package supervision

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// API is the JSON door.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// DirectiveBody is a directive as the API shows it.
type DirectiveBody struct {
	ID       int64              `json:"id"`
	Kind     Kind               `json:"kind" enum:"supervise,measure,look_back,recommend,instruct"`
	Variant  string             `json:"variant" doc:"Form, measure or kind of recommendation."`
	State    State              `json:"state" enum:"served,answered,returned,accepted,closed,withdrawn"`
	CaseNo   string             `json:"case_no,omitempty"`
	Parent   int64              `json:"parent_id,omitempty"`
	Unit     int64              `json:"unit_id" doc:"Who must answer."`
	From     int64              `json:"from_unit_id"`
	Leader   string             `json:"leader,omitempty"`
	Title    string             `json:"title"`
	Text     string             `json:"text"`
	Facts    string             `json:"facts,omitempty"`
	Basis    string             `json:"basis,omitempty"`
	Wanted   string             `json:"wanted,omitempty"`
	Evidence []conduct.Evidence `json:"evidence,omitempty"`
	Adoption string             `json:"adoption,omitempty"`
	Result   string             `json:"result,omitempty"`
	Opened   time.Time          `json:"opened_at"`
	Due      time.Time          `json:"due_at,omitzero"`
	Lapsed   time.Time          `json:"lapsed_at,omitzero"`
	Closed   time.Time          `json:"closed_at,omitzero"`
	Verbs    []Verb             `json:"permitted" nullable:"false" doc:"What the asker may do now."`
}

// EntryBody is one thing that happened to a directive.
type EntryBody struct {
	Seq   int64       `json:"seq"`
	Verb  Verb        `json:"verb"`
	At    time.Time   `json:"at"`
	State State       `json:"state"`
	Unit  int64       `json:"unit_id,omitempty"`
	Role  access.Role `json:"role"`
	Text  string      `json:"text,omitempty"`
}

// DirectiveList is a page of directives.
type DirectiveList struct {
	Directives []DirectiveBody `json:"directives" nullable:"false"`
	Next       string          `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

// DirectiveWhole is a directive with what happened to it.
type DirectiveWhole struct {
	DirectiveBody
	Entries []EntryBody `json:"entries" nullable:"false"`
}

// CandidateBody is a candidate as the API shows it.
type CandidateBody struct {
	ID     int64         `json:"id"`
	CaseNo string        `json:"case_no"`
	Cause  conduct.Cause `json:"cause" enum:"overdue,no_feedback,wrong_procedure,shirking,repeated,not_executed"`
	Unit   int64         `json:"unit_id"`
	Events []int64       `json:"events" doc:"The events of the case that are its evidence."`
	Found  time.Time     `json:"found_at"`
	State  string        `json:"state" enum:"open,opened,dismissed"`
}

// CandidateList is a page of candidates.
type CandidateList struct {
	Candidates []CandidateBody `json:"candidates" nullable:"false"`
	Next       int64           `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

// OpeningBody is a directive to be.
type OpeningBody struct {
	Kind      Kind   `json:"kind" enum:"supervise,measure,look_back,recommend,instruct"`
	Variant   string `json:"variant" maxLength:"30" doc:"phone, online, letter, meeting, on_site · talk, bulletin, listed, rectify · improve_work, improve_policy, hold_responsible · handling, delay, repeat, conduct · on_case, on_matter"`
	CaseNo    string `json:"case_no,omitempty" maxLength:"30"`
	Candidate int64  `json:"candidate_id,omitempty"`
	Parent    int64  `json:"parent_id,omitempty"`
	Unit      int64  `json:"unit_id"`
	Leader    int64  `json:"leader_id,omitempty" doc:"Of an instruction that somebody writes down for a leader."`
	Title     string `json:"title" maxLength:"200"`
	Text      string `json:"text" maxLength:"10000"`
	Facts     string `json:"facts,omitempty" maxLength:"10000"`
	Basis     string `json:"basis,omitempty" maxLength:"10000"`
	Wanted    string `json:"wanted,omitempty" maxLength:"10000"`
	Days      int    `json:"days" minimum:"1" maximum:"180"`
}

// ActBody is what a verb brings.
type ActBody struct {
	Text     string `json:"text,omitempty" maxLength:"10000"`
	Adoption string `json:"adoption,omitempty" maxLength:"20" doc:"answer of a recommendation: adopted, partly, not_adopted"`
	Result   string `json:"result,omitempty" maxLength:"20" doc:"close: done, partly_done, not_done; find: confirmed, partly_confirmed, not_confirmed"`
	Days     int    `json:"days,omitempty" minimum:"0" maximum:"180" doc:"return_answer, prolong"`
}

type (
	listInput struct {
		View  View   `query:"view" enum:"answer,review,open,late,mine,done" default:"open"`
		Kind  Kind   `query:"kind" enum:"supervise,measure,look_back,recommend,instruct"`
		Unit  int64  `query:"unit"`
		After string `query:"after" maxLength:"200" doc:"next of the page before."`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	pageInput struct {
		State string `query:"state" maxLength:"20"`
		Unit  int64  `query:"unit"`
		After int64  `query:"after" minimum:"0" doc:"next of the page before."`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	oneInput struct {
		ID int64 `path:"id"`
	}
	openInput struct {
		rest.Keyed
		Body OpeningBody
	}
	verbInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Verb Verb  `path:"verb" enum:"answer,return_answer,accept,find,prolong,note,close,withdraw"`
		Body ActBody
	}
	reasonInput struct {
		rest.Keyed
		ID   int64 `path:"id"`
		Body struct {
			Reason string `json:"reason" maxLength:"5000"`
		}
	}
	output[T any] struct{ Body T }
	nothing       struct{}
)

// Register adds the operations of supervision.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary, about string) huma.Operation {
		return huma.Operation{OperationID: "supervision-" + id, Method: method, Path: "/api/v1/supervision" + path, Summary: summary,
			Description: about, Tags: []string{"supervision"}, Security: rest.Staff}
	}
	huma.Register(api, op("list", http.MethodGet, "/directives", "List directives", "Supervisions, measures, look-backs, recommendations and instructions, what is due first before the rest; closed ones newest first."), asked(a.list))
	huma.Register(api, op("show", http.MethodGet, "/directives/{id}", "Show a directive with its course", ""), asked(a.show))
	huma.Register(api, op("open", http.MethodPost, "/directives", "Open a directive and serve it", "Supervisors, inspectors, leaders and bureau heads; a bureau clerk writes down a leader's instruction."), asked(a.open))
	huma.Register(api, op("act", http.MethodPost, "/directives/{id}/{verb}", "Use a verb on a directive", "The unit answers; supervision accepts, sends back, finds, closes."), asked(a.act))
	huma.Register(api, op("candidates", http.MethodGet, "/candidates", "List candidates", "Triggers of Art. 40 that the events of cases show, newest first."), asked(a.candidates))
	huma.Register(api, op("dismiss", http.MethodPost, "/candidates/{id}/dismiss", "Dismiss a candidate", ""), asked(a.dismiss))
}

// asked wraps an operation: who asks must be signed in, and failures are told
// as problems.
func asked[I, O any](fn func(context.Context, access.Actor, *I) (O, error)) func(context.Context, *I) (*output[O], error) {
	return func(ctx context.Context, in *I) (*output[O], error) {
		actor := access.From(ctx)
		if !actor.Signed() {
			return nil, rest.Fail(ctx, rest.ErrUnsigned)
		}
		body, err := fn(ctx, actor, in)
		if err != nil {
			return nil, rest.Fail(ctx, err)
		}
		return &output[O]{body}, nil
	}
}

func (a *API) body(d Directive, actor access.Actor) DirectiveBody {
	verbs := Permitted(d, actor, a.service.Clock.Now())
	if verbs == nil {
		verbs = []Verb{}
	}
	return DirectiveBody{
		ID: d.ID, Kind: d.Kind, Variant: d.Variant, State: d.State, CaseNo: d.CaseNo, Parent: d.ParentID, Unit: d.UnitID,
		From: d.FromUnitID, Leader: d.LeaderName, Title: d.Title, Text: d.Text, Facts: d.Facts, Basis: d.Basis, Wanted: d.Wanted,
		Evidence: d.Evidence, Adoption: d.Adoption, Result: d.Result, Opened: d.OpenedAt, Due: d.DueAt, Lapsed: d.LapsedAt,
		Closed: d.ClosedAt, Verbs: verbs,
	}
}

func (a *API) list(ctx context.Context, actor access.Actor, in *listInput) (DirectiveList, error) {
	q := Query{View: in.View, Kind: in.Kind, UnitID: in.Unit, Limit: in.Limit}
	out := DirectiveList{Directives: []DirectiveBody{}}
	if _, err := web.DecodeCursor(in.After, &q.After.Due, &q.After.ID); err != nil {
		return out, err
	}
	rows, next, err := a.service.List(ctx, actor, q, a.service.Clock.Now())
	for _, d := range rows {
		out.Directives = append(out.Directives, a.body(d, actor))
	}
	if next != nil {
		out.Next = web.EncodeCursor(next.Due, next.ID)
	}
	return out, err
}

func (a *API) show(ctx context.Context, actor access.Actor, in *oneInput) (DirectiveWhole, error) {
	d, err := a.service.Directive(ctx, actor, in.ID)
	if err != nil {
		return DirectiveWhole{}, err
	}
	out := DirectiveWhole{DirectiveBody: a.body(d, actor), Entries: []EntryBody{}}
	entries, err := a.service.Entries(ctx, actor, d)
	for _, e := range entries {
		out.Entries = append(out.Entries, EntryBody{e.Seq, e.Verb, e.At, e.State, e.Actor.UnitID, e.Actor.Role, e.Text})
	}
	return out, err
}

func (a *API) open(ctx context.Context, actor access.Actor, in *openInput) (DirectiveBody, error) {
	b := in.Body
	d, err := a.service.Open(ctx, Opening{
		Key: in.Key, Actor: actor, Kind: b.Kind, Variant: b.Variant, CaseNo: b.CaseNo, CandidateID: b.Candidate, ParentID: b.Parent,
		UnitID: b.Unit, LeaderID: b.Leader, Title: b.Title, Text: b.Text, Facts: b.Facts, Basis: b.Basis, Wanted: b.Wanted, Days: b.Days,
	}, a.service.Clock.Now())
	return a.body(d, actor), rest.Rename(err, map[string]string{"unit": "unit_id", "case": "case_no", "leader": "leader_id"})
}

func (a *API) act(ctx context.Context, actor access.Actor, in *verbInput) (DirectiveBody, error) {
	d, err := a.service.Do(ctx, in.ID, Act{Verb: in.Verb, Actor: actor, Text: in.Body.Text,
		Detail: Detail{Adoption: in.Body.Adoption, Result: in.Body.Result, Days: in.Body.Days}}, in.Key, a.service.Clock.Now())
	return a.body(d, actor), err
}

func (a *API) candidates(ctx context.Context, actor access.Actor, in *pageInput) (CandidateList, error) {
	out := CandidateList{Candidates: []CandidateBody{}}
	rows, next, err := a.service.Candidates(ctx, actor, CandidateQuery{State: in.State, UnitID: in.Unit, After: in.After, Limit: in.Limit})
	for _, c := range rows {
		out.Candidates = append(out.Candidates, CandidateBody{c.ID, c.CaseNo, c.Cause, c.UnitID, c.Seqs, c.FoundAt, c.State})
	}
	out.Next = next
	return out, err
}

func (a *API) dismiss(ctx context.Context, actor access.Actor, in *reasonInput) (nothing, error) {
	return nothing{}, a.service.Dismiss(ctx, actor, in.ID, in.Body.Reason, a.service.Clock.Now())
}
