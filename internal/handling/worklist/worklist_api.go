package worklist

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of lists and search.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// CaseRow is one case of a list. Its person is masked, as on the pages.
type CaseRow struct {
	No           string             `json:"no" example:"MC26-0A1B-7K3F"`
	Title        string             `json:"title"`
	Category     string             `json:"category,omitempty"`
	State        casework.State     `json:"state" example:"accepted"`
	Round        int                `json:"round"`
	Kind         casework.Kind      `json:"kind" enum:"petition,order"`
	Stage        casework.Stage     `json:"stage" enum:"handling,review,recheck"`
	Urgency      casework.Urgency   `json:"urgency"`
	Confidential bool               `json:"confidential,omitempty"`
	Petitioner   string             `json:"petitioner,omitempty" example:"王**" doc:"Masked."`
	Lead         int64              `json:"lead_unit_id,omitempty"`
	Owner        int64              `json:"owner_unit_id,omitempty" doc:"The unit that must act now."`
	NextDue      time.Time          `json:"next_due_at,omitzero"`
	NextClock    casework.Clock     `json:"next_clock,omitempty"`
	Light        casework.Light     `json:"light" enum:"green,amber,red,off"`
	LastEvent    casework.EventKind `json:"last_event"`
	LastEventAt  time.Time          `json:"last_event_at"`
	Closed       time.Time          `json:"closed_at,omitzero"`
	Outcome      casework.Outcome   `json:"outcome,omitempty"`
	Urges        int                `json:"urges,omitempty"`
}

type listInput struct {
	View     Tab              `query:"view" enum:"mine,open,soon,overdue,waiting,closed" doc:"What the queue page calls its tabs: what my unit must act on, all open, due within days, overdue, waiting for others, closed. Without it, the first tab of the asker's role."`
	Words    string           `query:"q" maxLength:"200" doc:"Search instead of a view, newest first: a case number, or words of title, matter, wish and place. It takes no view and no filter."`
	Category string           `query:"category" maxLength:"8" example:"0101" doc:"A major or a sub-category."`
	Unit     int64            `query:"unit" doc:"The unit that handles."`
	Owner    int64            `query:"owner" doc:"The unit that must act now."`
	Urgency  casework.Urgency `query:"urgency" enum:"blue,yellow,red"`
	Channel  casework.Channel `query:"channel" enum:"web,phone,letter,visit,fax,agency,mail,wechat,sms,kiosk,board,api,imported"`
	Nature   casework.Nature  `query:"nature" enum:"R0,R1,R2,R3,R4,R5,R6,R7,R8"`
	State    casework.State   `query:"state" enum:"registered,dispatched,signed,objected,accepted,drafted,approved,served,parked,look_back,concluded,declined,diverted,withdrawn,archived"`
	From     string           `query:"from" maxLength:"10" example:"2026-03-01" doc:"Registered on this day or later."`
	To       string           `query:"to" maxLength:"10" example:"2026-03-31" doc:"Registered on this day or before."`
	Late     bool             `query:"late" doc:"Only what is past its moment."`
	After    string           `query:"after" maxLength:"200" doc:"next of the page before."`
	Limit    int              `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// CaseList is a page of cases.
type CaseList struct {
	Cases []CaseRow `json:"cases" nullable:"false"`
	Next  string    `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type listOutput struct{ Body CaseList }

// Register adds the operation that lists cases.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "case-list", Method: http.MethodGet, Path: "/api/v1/cases",
		Summary: "List or search cases", Tags: []string{"cases"}, Security: rest.Staff,
		Description: "The same views as the queue page, what is due first before the rest, closed cases newest first. Nothing is listed that the asker may not see."}, a.list)
}

var (
	errAfter = fault.New(fault.Invalid, "worklist.input").Field("after", "web.cursor")
	errBoth  = fault.New(fault.Invalid, "worklist.input").Field("q", "worklist.search_alone")
)

func (a *API) list(ctx context.Context, in *listInput) (*listOutput, error) {
	actor, now := access.From(ctx), a.service.clock.Now()
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	page, err := a.read(ctx, actor, in, now)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &listOutput{}
	out.Body.Cases = make([]CaseRow, len(page.Rows))
	for i, r := range page.Rows {
		out.Body.Cases[i] = CaseRow{
			No: r.No, Title: r.Title, Category: r.Category, State: r.State, Round: r.Round, Kind: r.Kind, Stage: r.Stage, Urgency: r.Urgency,
			Confidential: r.Confidential, Petitioner: r.Petitioner, Lead: r.LeadUnitID, Owner: r.OwnerUnitID,
			NextDue: r.DueAt, NextClock: r.Clock, Light: casework.LightFor(r.DueAt, r.WarnAt, now), LastEvent: r.LastEvent,
			LastEventAt: r.LastEventAt, Closed: r.ClosedAt, Outcome: r.Outcome, Urges: r.Urges,
		}
	}
	if page.Next != nil {
		out.Body.Next = page.Next.token(in.Words != "")
	}
	return out, nil
}

// read collects up to limit rows from the pages of a view or of a search.
func (a *API) read(ctx context.Context, actor access.Actor, in *listInput, now time.Time) (Page, error) {
	filter, err := in.filter()
	if err != nil {
		return Page{}, err
	}
	at, err := keyOf(in.After, in.Words != "")
	if err != nil {
		return Page{}, err
	}
	q := Query{Tab: in.View, Filter: filter, From: at}
	if q.Tab == "" {
		q.Tab = Tabs(actor)[0]
	}
	turn := func(at Key) (Page, error) { q.From = at; return a.service.List(ctx, actor, q, now) }
	if in.Words != "" {
		if in.View != "" || filter != (Filter{}) {
			return Page{}, errBoth
		}
		q.Tab = Closed // newest first, by id alone
		turn = func(at Key) (Page, error) { return a.search(ctx, actor, in.Words, at) }
	}
	var all Page
	for all.Next = &at; all.Next != nil && len(all.Rows) < in.Limit; {
		p, err := turn(*all.Next)
		if err != nil {
			return all, err
		}
		all.Rows, all.Next = append(all.Rows, p.Rows...), p.Next
	}
	if len(all.Rows) > in.Limit {
		all.Rows = all.Rows[:in.Limit]
		k := all.Rows[in.Limit-1].key(q.Tab)
		all.Next = &k
	}
	return all, nil
}

// search gives one page of hits; a case number finds that case.
func (a *API) search(ctx context.Context, actor access.Actor, words string, at Key) (Page, error) {
	found, err := a.service.Search(ctx, actor, words, at.ID)
	if err != nil {
		return Page{}, err
	}
	if found.No != "" {
		c, err := a.service.cases.Case(ctx, actor, found.No)
		p := Page{Rows: []Row{rowOf(c)}}
		if err == nil {
			err = nameMasks(ctx, a.service.db.Read(), actor, p.Rows)
		}
		return p, err
	}
	p := Page{Rows: found.Rows}
	if found.Next != 0 {
		p.Next = &Key{ID: found.Next}
	}
	return p, nil
}

func rowOf(c casework.Case) Row {
	return Row{
		ID: c.ID, No: c.No, Title: c.Title, Category: c.Category, State: c.State, Urgency: c.Urgency,
		Confidential: c.Lane == access.LaneConfidential, OwnerUnitID: c.OwnerUnitID, LeadUnitID: c.LeadUnitID,
		PetitionerID: c.PetitionerID, DueAt: c.NextDueAt, WarnAt: c.NextWarnAt, Clock: c.NextClock, LastEvent: c.LastEvent,
		LastEventAt: c.LastEventAt, ClosedAt: c.ClosedAt, Outcome: c.Outcome, Urges: c.Urges, Round: c.Round,
	}
}

// filter reads the filter; a day that is none is told.
func (in *listInput) filter() (Filter, error) {
	f := Filter{
		Category: strings.TrimSpace(in.Category), UnitID: in.Unit, OwnerID: in.Owner, Urgency: in.Urgency, Channel: in.Channel,
		Nature: in.Nature, State: in.State, Late: in.Late,
	}
	bad := fault.New(fault.Invalid, "worklist.input")
	for _, day := range []struct {
		name, text string
		to         *calendar.Date
	}{{"from", in.From, &f.From}, {"to", in.To, &f.To}} {
		if day.text == "" {
			continue
		}
		var err error
		if *day.to, err = calendar.ParseDate(day.text); err != nil {
			bad.Field(day.name, "worklist.day_form")
		}
	}
	return f, bad.OrNil()
}

// token writes a key for the asker to send back: what it was for, and where.
func (k Key) token(search bool) string {
	b, _ := json.Marshal([]any{search, k.Due, k.ID}) // numbers always can be written
	return base64.RawURLEncoding.EncodeToString(b)
}

// keyOf reads a token of the same kind of list.
func keyOf(token string, search bool) (Key, error) {
	var k Key
	if token == "" {
		return k, nil
	}
	was := false
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return k, errAfter
	}
	parts := []any{&was, &k.Due, &k.ID}
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 || was != search || k.ID <= 0 {
		return Key{}, errAfter
	}
	return k, nil
}
