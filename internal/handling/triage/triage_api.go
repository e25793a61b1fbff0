package triage

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/triage/reading"
	"xinqiao/internal/platform/rest"
)

// Cases opens a case with what was told, for who may see it.
type Cases interface {
	Case(ctx context.Context, a access.Actor, no string) (casework.Case, error)
	Matter(ctx context.Context, c casework.Case) (Matter, error)
}

// API is the JSON door of the suggestions.
type API struct {
	service *Service
	cases   Cases
}

// NewAPI makes the JSON door.
func NewAPI(s *Service, c Cases) *API { return &API{s, c} }

// OptionBody is one answer that is offered.
type OptionBody struct {
	Label string   `json:"label" doc:"A category's code, a nature, an urgency, or a unit's id."`
	P     float64  `json:"probability"`
	Words []string `json:"words" nullable:"false" doc:"What led there."`
	From  Source   `json:"from" enum:"model,duty,keywords"`
	Basis string   `json:"basis,omitempty" doc:"Of the duty list."`
}

// GuessBody is what is offered for one question.
type GuessBody struct {
	Question Question     `json:"question" enum:"category,nature,urgency,unit"`
	Level    Level        `json:"level" enum:"sure,likely,unsure" doc:"Of answers as certain 98 or 90 in a hundred held; unsure: the machine abstains."`
	Version  int          `json:"version,omitempty" doc:"Of the model; absent where keywords were counted."`
	Options  []OptionBody `json:"options" nullable:"false" doc:"The likeliest first, two at most."`
}

// SuggestionsBody is what is suggested for a case, and the message in short.
type SuggestionsBody struct {
	Guesses []GuessBody    `json:"guesses" nullable:"false"`
	Summary []string       `json:"summary" nullable:"false" doc:"Sentences of the message itself."`
	Demands []string       `json:"demands" nullable:"false" doc:"What it asks for."`
	Names   []reading.Name `json:"names" nullable:"false" doc:"Places and organisations in it."`
}

type (
	suggestInput struct {
		No string `path:"no" maxLength:"30"`
	}
	suggestOutput struct{ Body SuggestionsBody }
)

// Register adds the operation of the suggestions.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "triage-suggestions", Method: http.MethodGet, Path: "/api/v1/cases/{no}/suggestions",
		Summary: "Suggest category, route, urgency and unit", Tags: []string{"cases"}, Security: rest.Staff,
		Description: "A machine suggests, a person decides: nothing changes. There is none for a confidential case."}, a.suggest)
}

func (a *API) suggest(ctx context.Context, in *suggestInput) (*suggestOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	c, err := a.cases.Case(ctx, actor, in.No)
	if err == nil && !teaches(c.Lane) {
		err = ErrNoCase
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	m, err := a.cases.Matter(ctx, c)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	guesses, err := a.service.Guesses(ctx, m)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	g := a.service.Read(m)
	out := &suggestOutput{SuggestionsBody{Guesses: make([]GuessBody, len(guesses)), Summary: orEmpty(g.Summary), Demands: orEmpty(g.Demands), Names: orEmpty(g.Names)}}
	for i, x := range guesses {
		out.Body.Guesses[i] = GuessBody{Question: x.Question, Level: x.Level, Version: x.Version, Options: make([]OptionBody, len(x.Options))}
		for k, o := range x.Options {
			out.Body.Guesses[i].Options[k] = OptionBody{o.Label, o.P, orEmpty(o.Words), o.From, o.Basis}
		}
	}
	return out, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func share(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + " %"
}
