package procedure

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// Prover lets a petitioner act by case number and query code.
type Prover interface {
	Prove(ctx context.Context, no, code string) (access.Actor, error)
}

// Clock tells the time of a request.
type Clock interface {
	Now() time.Time
}

// API is the JSON door of the verbs.
type API struct {
	service *Service
	prover  Prover
	clock   Clock
}

// NewAPI makes the JSON door.
func NewAPI(s *Service, p Prover, c Clock) *API { return &API{service: s, prover: p, clock: c} }

// Summary is a case as the API shows it. Times are RFC 3339, UTC.
type Summary struct {
	No         string             `json:"no" example:"MC26-0A1B-7K3F"`
	Version    int64              `json:"version" doc:"Number of events so far."`
	Round      int                `json:"round" doc:"1, and one more for each contest."`
	State      casework.State     `json:"state"`
	Title      string             `json:"title"`
	Channel    casework.Channel   `json:"channel"`
	Category   string             `json:"category,omitempty"`
	Nature     casework.Nature    `json:"nature,omitempty"`
	Urgency    casework.Urgency   `json:"urgency"`
	Procedure  casework.Procedure `json:"procedure"`
	Bureau     int64              `json:"bureau_id"`
	Lead       int64              `json:"lead_unit_id,omitempty"`
	Owner      int64              `json:"owner_unit_id,omitempty" doc:"The unit that must act now."`
	Outcome    casework.Outcome   `json:"outcome,omitempty"`
	Kind       casework.Kind      `json:"kind" enum:"petition,order"`
	Stage      casework.Stage     `json:"stage" enum:"handling,review,recheck"`
	Rules      string             `json:"rule_version,omitempty" doc:"The parameters that the case started under."`
	Repeat     bool               `json:"repeat"`
	People     int                `json:"people" doc:"Petitioners, with co-signers."`
	Ladder     int                `json:"ladder,omitempty" doc:"Rung that dissatisfaction has climbed: 1 look back, 2 second dispatch, 3 consultation, 4 check above."`
	Finalised  bool               `json:"finalised,omitempty"`
	Requests   []casework.Request `json:"requests" doc:"What is asked for, each with its route and answer."`
	Tasks      []casework.Task    `json:"tasks,omitempty"`
	Interim    bool               `json:"interim,omitempty" doc:"The lead acts while its competence is disputed."`
	Appeal     string             `json:"appeal,omitempty" doc:"Number of the review or recheck that runs."`
	Of         string             `json:"of,omitempty" doc:"Number of the case that this one reviews."`
	Decision   casework.Decision  `json:"decision,omitempty"`
	Registered time.Time          `json:"registered_at"`
	Closed     time.Time          `json:"closed_at,omitzero"`
	NextDue    time.Time          `json:"next_due_at,omitzero"`
	NextClock  casework.Clock     `json:"next_clock,omitempty"`
	Light      casework.Light     `json:"light" enum:"green,amber,red,off"`
	Duties     []Duty             `json:"duties" doc:"Every clock that was opened, with what it owes."`
	Permitted  []casework.Verb    `json:"permitted" doc:"Verbs that the asker may use now, the likeliest first."`
}

// Duty is an obligation as the API shows it.
type Duty struct {
	Clock    casework.Clock `json:"clock"`
	Ref      int            `json:"ref,omitempty" doc:"The request or task that it belongs to."`
	Basis    string         `json:"basis" doc:"Article of the Regulations; P is the platform's own rule."`
	Unit     int64          `json:"unit_id,omitempty"`
	Opened   time.Time      `json:"opened_at"`
	Due      time.Time      `json:"due_at"`
	Days     int            `json:"days"`
	Extended int            `json:"extended,omitempty"`
	Closed   time.Time      `json:"closed_at,omitzero"`
	Kept     bool           `json:"kept"`
	Lapsed   time.Time      `json:"lapsed_at,omitzero"`
}

// Happening is an event as the API shows it.
type Happening struct {
	Seq  int64              `json:"seq"`
	Kind casework.EventKind `json:"kind"`
	At   time.Time          `json:"at"`
	From casework.State     `json:"from,omitempty"`
	To   casework.State     `json:"to"`
	Role access.Role        `json:"role"`
	Unit int64              `json:"unit_id,omitempty"`
	Data *casework.Data     `json:"data,omitempty" doc:"Inputs of the verb; for staff only."`
}

// CaseInput names a case, and who asks if nobody is signed in. It is exported,
// or its fields would not be read where it is embedded.
type CaseInput struct {
	No   string `path:"no" example:"MC26-0A1B-7K3F"`
	Code string `header:"X-Query-Code" doc:"Petitioners: the query code of the receipt."`
}

type actInput struct {
	CaseInput
	rest.Keyed
	Body casework.Data
}

type caseOutput struct{ Body Summary }

// HappeningList is the history of a case.
type HappeningList struct {
	Events []Happening `json:"events"`
}

type eventsOutput struct{ Body HappeningList }

// Register adds the operations of the verbs.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "case-show", Method: http.MethodGet, Path: "/api/v1/cases/{no}",
		Summary: "Show a case, its clocks, and what may be done", Tags: []string{"cases"}, Security: rest.StaffOrCode}, a.show)
	huma.Register(api, huma.Operation{OperationID: "case-events", Method: http.MethodGet, Path: "/api/v1/cases/{no}/events",
		Summary: "List what happened to a case, oldest first", Tags: []string{"cases"}, Security: rest.StaffOrCode}, a.events)
	for _, v := range casework.Verbs() {
		if casework.ByProgram(v) || doorOfTheirOwn(v) {
			continue // filings make cases, sweeps mark them
		}
		huma.Register(api, huma.Operation{OperationID: "case-" + string(v), Method: http.MethodPost,
			Path: "/api/v1/cases/{no}/" + string(v), Summary: summaries[v], Description: formText(v), Tags: []string{"verbs"}, Security: rest.StaffOrCode}, a.act(v))
	}
}

// doorOfTheirOwn: who co-signs and what a co-signer thinks is kept by cosign,
// together with the event.
func doorOfTheirOwn(v casework.Verb) bool { return v == casework.Cosign || v == casework.CoRate }

// formText says which fields of the body a verb reads.
func formText(v casework.Verb) string {
	if len(forms[v]) == 0 {
		return "Needs no fields; send an empty object."
	}
	var need, may []string
	for _, f := range forms[v] {
		if f.Required {
			need = append(need, "`"+f.Name+"`")
		} else {
			may = append(may, "`"+f.Name+"`")
		}
	}
	text := "Reads " + strings.Join(need, ", ") + "."
	if len(need) == 0 {
		text = "Needs no field."
	}
	if len(may) > 0 {
		text += " Optional: " + strings.Join(may, ", ") + "."
	}
	return text
}

// actor is who asks: a petitioner with a code, else who signed in.
func (a *API) actor(ctx context.Context, in CaseInput) (access.Actor, string, error) {
	no, ok := casework.CheckNumber(in.No)
	if !ok {
		return access.Actor{}, "", ErrNotFound
	}
	if in.Code != "" {
		actor, err := a.prover.Prove(ctx, no, in.Code)
		return actor, no, err
	}
	who := access.From(ctx)
	if !who.Signed() {
		return who, no, rest.ErrUnsigned
	}
	return who, no, nil
}

// commandKey binds a client's key to who sends it and what for, so that two
// clients that count alike do not meet.
func commandKey(who access.Actor, no string, v casework.Verb, key string) string {
	if key == "" {
		return ""
	}
	return "api:" + strconv.FormatInt(who.ID, 36) + ":" + no + ":" + string(v) + ":" + key
}

// opened reads a case; of a confidential one it is written down who did.
func (a *API) opened(ctx context.Context, actor access.Actor, no string) (casework.Case, error) {
	c, err := a.service.Case(ctx, actor, no)
	if err == nil {
		err = a.service.NoteReading(ctx, actor, c, OpenedAPI, a.clock.Now())
	}
	return c, err
}

func (a *API) show(ctx context.Context, in *CaseInput) (*caseOutput, error) {
	actor, no, err := a.actor(ctx, *in)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	c, err := a.opened(ctx, actor, no)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &caseOutput{a.summary(c, actor)}, nil
}

func (a *API) act(v casework.Verb) func(context.Context, *actInput) (*caseOutput, error) {
	return func(ctx context.Context, in *actInput) (*caseOutput, error) {
		actor, no, err := a.actor(ctx, in.CaseInput)
		if err != nil {
			return nil, rest.Fail(ctx, err)
		}
		in.Body.Files = nil // an id proves no right to a file; uploads come with their own token
		clean(v, &in.Body, func(words string) string {
			if strings.ContainsRune(words, 0) {
				return words // keep refuses it
			}
			return web.Clean(words)
		})
		c, err := a.service.Do(ctx, casework.Action{
			No: no, Verb: v, Actor: actor, Data: in.Body, Key: commandKey(actor, no, v, in.Key), Now: a.clock.Now(),
		})
		if err != nil {
			return nil, rest.Fail(ctx, err)
		}
		return &caseOutput{a.summary(c, actor)}, nil
	}
}

func (a *API) events(ctx context.Context, in *CaseInput) (*eventsOutput, error) {
	actor, no, err := a.actor(ctx, *in)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	c, err := a.opened(ctx, actor, no)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	history, err := a.service.History(ctx, c.ID)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &eventsOutput{}
	for _, e := range history {
		h := Happening{Seq: e.Seq, Kind: e.Kind, At: e.At, From: e.From, To: e.To, Role: e.ActorRole, Unit: e.ActorUnit}
		if actor.Signed() {
			h.Data = &e.Data
		}
		out.Body.Events = append(out.Body.Events, h)
	}
	return out, nil
}

func (a *API) summary(c casework.Case, actor access.Actor) Summary {
	now, rules := a.clock.Now(), a.service.Rules()
	s := Summary{
		No: c.No, Version: c.Version, Round: c.Round, State: c.State, Title: c.Title, Channel: c.Channel,
		Category: c.Category, Nature: c.Nature, Urgency: c.Urgency, Procedure: c.Procedure,
		Bureau: c.BureauID, Lead: c.LeadUnitID, Owner: c.OwnerUnitID, Outcome: c.Outcome,
		Registered: c.RegisteredAt, Closed: c.ClosedAt, NextDue: c.NextDueAt, NextClock: c.NextClock,
		Kind: c.Kind, Stage: c.Stage, Rules: c.RuleVersion, Repeat: c.Repeat, People: c.People, Ladder: c.Ladder,
		Finalised: c.Finalised, Requests: requests(c, actor), Tasks: c.Tasks, Interim: c.Interim, Appeal: c.Appeal,
		Of: c.NotifyOf, Decision: c.Decision,
		Light: c.Light(now), Permitted: casework.Permitted(c, actor, now, rules),
	}
	for _, o := range c.Obligations {
		s.Duties = append(s.Duties, Duty{o.Clock, o.Ref, o.Clock.Basis(), o.UnitID, o.OpenedAt, o.DueAt, o.Days, o.Extended, o.ClosedAt, o.Kept, o.LapsedAt})
	}
	return s
}

// requests shows answers to the petitioner once they are served.
func requests(c casework.Case, actor access.Actor) []casework.Request {
	lines := slices.Clone(c.Lines())
	if actor.Signed() || !c.ServedAt.IsZero() {
		return lines
	}
	for i := range lines {
		if !lines[i].Diverted() {
			lines[i] = casework.Request{Seq: lines[i].Seq, Title: lines[i].Title, Nature: lines[i].Nature}
		}
	}
	return lines
}
