package cosign

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// CodeProver lets a petitioner act by case number and query code.
type CodeProver interface {
	Prove(ctx context.Context, no, code string) (access.Actor, error)
}

// API is the JSON door.
type API struct {
	*Service
	prover CodeProver
}

// NewAPI makes the JSON door.
func NewAPI(s *Service, p CodeProver) *API { return &API{s, p} }

// JoinBody is a signature as the API takes it.
type JoinBody struct {
	Token   string `json:"token" maxLength:"60" doc:"Last part of the join link."`
	Name    string `json:"name" maxLength:"100"`
	Phone   string `json:"phone" maxLength:"40"`
	IDNo    string `json:"id_no,omitempty" maxLength:"40"`
	Address string `json:"address" maxLength:"400"`
	Agreed  bool   `json:"agreed" doc:"The person has read what is asked for and stands behind it."`
}

// SignedBody is the proof of a signature.
type SignedBody struct {
	No    string `json:"no" example:"MC26-0A1B-7K3F"`
	Seq   int64  `json:"seq" doc:"The how-manyth person of the petition."`
	Code  string `json:"code" example:"7K3F-0A1B" doc:"The signer's own query code."`
	Again bool   `json:"again,omitempty" doc:"This key signed before; nothing was added."`
}

// LinkBody is a join link as its owner sees it.
type LinkBody struct {
	Open   bool   `json:"open"`
	Token  string `json:"token,omitempty" doc:"Of /join/{no}/{token}; absent while closed."`
	People int    `json:"people" doc:"With the one who filed, without who took the signature back."`
}

// AddBody is a list of signers as staff send it.
type AddBody struct {
	Lines string `json:"lines" maxLength:"60000" doc:"One person a line: name, phone, and if known the ID number."`
}

// AddedBody are the signatures of a list.
type AddedBody struct {
	Signed []SignedBody `json:"signed" nullable:"false"`
}

// SignerBody is a signer as staff see one.
type SignerBody struct {
	Seq         int64     `json:"seq"`
	Name        string    `json:"name" doc:"Masked."`
	Phone       string    `json:"phone" doc:"Masked."`
	Signed      time.Time `json:"signed_at"`
	Withdrawn   time.Time `json:"withdrawn_at,omitzero"`
	RatedUnit   int       `json:"rated_unit,omitempty"`
	RatedResult int       `json:"rated_result,omitempty"`
	Words       string    `json:"words,omitempty"`
}

// SignerList is a page of signers with the figures of all.
type SignerList struct {
	People  int            `json:"people"`
	Rated   int            `json:"rated" doc:"How many of them rated; the denominator is people."`
	Unit    map[string]int `json:"rated_unit" doc:"Grade to number of people."`
	Result  map[string]int `json:"rated_result"`
	Signers []SignerBody   `json:"signers" nullable:"false"`
	Next    int64          `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

// RatingBody is what a signer thinks of the reply.
type RatingBody struct {
	RatedUnit   int    `json:"rated_unit" minimum:"1" maximum:"4"`
	RatedResult int    `json:"rated_result" minimum:"1" maximum:"4"`
	Text        string `json:"text,omitempty" maxLength:"1000"`
}

type (
	joinInput struct {
		rest.Keyed
		No   string `path:"no" example:"MC26-0A1B-7K3F"`
		Body JoinBody
	}
	codeInput struct {
		No   string `path:"no" example:"MC26-0A1B-7K3F"`
		Code string `header:"X-Query-Code" doc:"The query code of the one who filed, or of a signer."`
	}
	takeInput struct {
		rest.Keyed
		No   string   `path:"no" example:"MC26-0A1B-7K3F"`
		Code string   `header:"X-Query-Code" doc:"The signer's own query code."`
		Body struct{} `doc:"Needs no fields; send an empty object."`
	}
	linkInput struct {
		rest.Keyed
		No   string `path:"no" example:"MC26-0A1B-7K3F"`
		Code string `header:"X-Query-Code" doc:"The query code of the one who filed."`
		Body struct {
			Open bool `json:"open" doc:"true opens the link, or renews it; false closes it."`
		}
	}
	rateInput struct {
		rest.Keyed
		No   string `path:"no" example:"MC26-0A1B-7K3F"`
		Code string `header:"X-Query-Code" doc:"The signer's own query code."`
		Body RatingBody
	}
	listInput struct {
		No    string `path:"no" example:"MC26-0A1B-7K3F"`
		After int64  `query:"after"`
		Limit int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
	}
	addInput struct {
		rest.Keyed
		No   string `path:"no" example:"MC26-0A1B-7K3F"`
		Body AddBody
	}
	signedOutput struct{ Body SignedBody }
	linkOutput   struct{ Body LinkBody }
	listOutput   struct{ Body SignerList }
	addOutput    struct{ Body AddedBody }
	ratedOutput  struct{ Body RatingBody }
)

// byCode is for those who hold a query code.
var byCode = []map[string][]string{{"code": {}}}

// Register adds the operations of co-signing.
func (a *API) Register(api huma.API) {
	op := func(id, method, path, summary string, who []map[string][]string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/cases/{no}/" + path, Summary: summary, Tags: []string{"co-signing"}, Security: who}
	}
	join := op("case-join", http.MethodPost, "join", "Sign a petition by its join link", rest.Anybody)
	join.DefaultStatus = http.StatusCreated
	join.Description = "Anybody with the link may sign, once. Send an Idempotency-Key of at least 16 characters, so that a repeated request gives the same receipt."
	huma.Register(api, join, a.join)
	huma.Register(api, op("join-link-show", http.MethodGet, "join_link", "Show the join link, as the one who filed", byCode), a.link)
	huma.Register(api, op("join-link-set", http.MethodPost, "join_link", "Open, renew or close the join link, as the one who filed", byCode), a.turn)
	huma.Register(api, op("cosigner-take-back", http.MethodPost, "take_back", "Take a signature back, as who signed", byCode), a.takeBack)
	huma.Register(api, op("case-co_rate", http.MethodPost, "co_rate", "Rate the reply as one who signed, once", byCode), a.rate)
	huma.Register(api, op("cosigner-list", http.MethodGet, "cosigners", "List who signed, masked, and how all rated", rest.Staff), a.list)
	huma.Register(api, op("cosigner-add", http.MethodPost, "cosigners", "Add the signers of a letter or a visit", rest.Staff), a.add)
}

// tidy drops what a form drops; what cannot be read at all is left to be
// refused.
func tidy(text string) string {
	if strings.ContainsRune(text, 0) {
		return text
	}
	return web.Clean(text)
}

func (a *API) join(ctx context.Context, in *joinInput) (*signedOutput, error) {
	b := in.Body
	r, err := a.Join(ctx, Joining{
		No: in.No, Token: b.Token, Key: in.Key, Agreed: b.Agreed,
		Who: Signer{Name: tidy(b.Name), Phone: tidy(b.Phone), IDNo: tidy(b.IDNo), Address: tidy(b.Address)},
	}, a.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, rest.Rename(err, map[string]string{"key": "Idempotency-Key"}))
	}
	return &signedOutput{signed(r)}, nil
}

func signed(r Receipt) SignedBody { return SignedBody{r.No, r.Seq, r.Code, r.Again} }

// own is the case that a code opens, and as whom.
func (a *API) own(ctx context.Context, number, code string) (casework.Case, access.Actor, error) {
	no, ok := casework.CheckNumber(number)
	if !ok || code == "" {
		return casework.Case{}, access.Actor{}, rest.ErrUnsigned
	}
	actor, err := a.prover.Prove(ctx, no, code)
	if err != nil {
		return casework.Case{}, actor, err
	}
	c, err := a.Cases.Case(ctx, actor, no)
	return c, actor, err
}

func (a *API) link(ctx context.Context, in *codeInput) (*linkOutput, error) {
	c, actor, err := a.own(ctx, in.No, in.Code)
	if err == nil && !files(actor, c) {
		err = ErrNoLink
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return a.shown(ctx, c)
}

func (a *API) shown(ctx context.Context, c casework.Case) (*linkOutput, error) {
	l, err := a.store.link(ctx, c.ID)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	t, err := a.Tally(ctx, c)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := LinkBody{Open: l.Open && joinable(c), People: t.People}
	if out.Open {
		out.Token = a.Token(c.No, l.Generation)
	}
	return &linkOutput{out}, nil
}

func (a *API) turn(ctx context.Context, in *linkInput) (*linkOutput, error) {
	c, actor, err := a.own(ctx, in.No, in.Code)
	switch {
	case err != nil:
	case in.Body.Open:
		err = a.Open(ctx, actor, c, a.Clock.Now())
	default:
		err = a.Close(ctx, actor, c, a.Clock.Now())
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return a.shown(ctx, c)
}

func (a *API) takeBack(ctx context.Context, in *takeInput) (*linkOutput, error) {
	c, actor, err := a.own(ctx, in.No, in.Code)
	if err == nil {
		err = a.TakeBack(ctx, actor, a.Clock.Now())
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	t, err := a.Tally(ctx, c)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &linkOutput{LinkBody{People: t.People}}, nil
}

func (a *API) rate(ctx context.Context, in *rateInput) (*ratedOutput, error) {
	c, actor, err := a.own(ctx, in.No, in.Code)
	if err == nil {
		_, err = a.Rate(ctx, casework.Action{No: c.No, Verb: casework.CoRate, Actor: actor, Now: a.Clock.Now(), Data: casework.Data{
			RatedUnit: casework.Grade(in.Body.RatedUnit), RatedResult: casework.Grade(in.Body.RatedResult), Text: tidy(in.Body.Text),
		}})
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &ratedOutput{in.Body}, nil
}

func (a *API) list(ctx context.Context, in *listInput) (*listOutput, error) {
	who := access.From(ctx)
	if !who.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	if !who.Has(readers...) {
		return nil, rest.Fail(ctx, ErrNobody)
	}
	c, rows, next, err := a.List(ctx, who, in.No, in.After, in.Limit)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	t, err := a.Tally(ctx, c)
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := SignerList{People: t.People, Rated: t.Rated, Unit: byGrade(t.Unit), Result: byGrade(t.Result), Next: next, Signers: []SignerBody{}}
	for _, r := range rows {
		out.Signers = append(out.Signers, SignerBody{
			r.Seq, r.Name, r.Phone, r.SignedAt, r.WithdrawnAt, int(r.RatedUnit), int(r.RatedResult), r.Words,
		})
	}
	return &listOutput{out}, nil
}

func byGrade(n map[casework.Grade]int) map[string]int {
	out := map[string]int{}
	for g, count := range n {
		out[strconv.Itoa(int(g))] = count
	}
	return out
}

func (a *API) add(ctx context.Context, in *addInput) (*addOutput, error) {
	who := access.From(ctx)
	if !who.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	receipts, wrong, err := a.Add(ctx, Adding{No: in.No, Key: in.Key, Actor: who, Lines: tidy(in.Body.Lines)}, a.Clock.Now())
	if err == nil && len(wrong) > 0 {
		bad := fault.New(fault.Invalid, "cosign.invalid")
		for _, e := range wrong {
			bad.Field("lines["+strconv.Itoa(e.Line)+"]", e.ID, e.Args...)
		}
		err = bad
	}
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := AddedBody{Signed: []SignedBody{}}
	for _, r := range receipts {
		out.Signed = append(out.Signed, signed(r))
	}
	return &addOutput{out}, nil
}
