package intake

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/web"
)

// API is the JSON door.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// FilingBody is a filing as the API takes it.
type FilingBody struct {
	Purpose    Purpose          `json:"purpose,omitempty" enum:"request,suggestion,accusation,retaliation,consultation,thanks" default:"request" doc:"What the person comes for."`
	Channel    casework.Channel `json:"channel,omitempty" enum:"web,phone,letter,visit,fax,agency,mail,wechat,sms,kiosk,board,api" default:"web" doc:"Where it came in; other than web and api is for staff."`
	Title      string           `json:"title,omitempty" maxLength:"40" doc:"From the first sentence when empty."`
	Words      string           `json:"words" minLength:"1" maxLength:"20000" doc:"What happened, in the person's own words."`
	Wish       string           `json:"wish,omitempty" maxLength:"2000" doc:"What is asked for."`
	Area       int64            `json:"area_id,omitempty" doc:"Unit of the place; the whole city when left out."`
	Place      string           `json:"place,omitempty" maxLength:"200"`
	OccurredOn string           `json:"occurred_on,omitempty" maxLength:"10" example:"2026-11-02"`
	Accused    int64            `json:"accused_id,omitempty" doc:"Unit that is accused; of an accusation only."`
	Related    string           `json:"related_no,omitempty" maxLength:"40" doc:"Of a complaint of retaliation: the petition for which it was suffered. Who handled that petition is kept from the complaint."`
	Persons    int              `json:"persons,omitempty" minimum:"1" maximum:"100000" default:"1"`
	Anonymous  bool             `json:"anonymous,omitempty" doc:"Suggestions and accusations need no name."`
	Secret     bool             `json:"secret,omitempty" doc:"Keep the identity from the unit that handles it."`
	ReceivedAt time.Time        `json:"received_at,omitzero" doc:"When a letter or call came, if not now."`
	Person     *PersonBody      `json:"person,omitempty"`
	Draft      string           `json:"draft,omitempty" maxLength:"100" doc:"Token of uploaded files."`
}

// PersonBody is who files. It is sealed on arrival and never sent back.
type PersonBody struct {
	Name    string                `json:"name" maxLength:"100"`
	OrgName string                `json:"org_name,omitempty" maxLength:"200" doc:"If an organisation files; name is then its contact."`
	Phone   string                `json:"phone,omitempty" maxLength:"40"`
	IDType  identity.DocumentKind `json:"id_type,omitempty" doc:"An ID card when left out."`
	IDNo    string                `json:"id_no,omitempty" maxLength:"40"`
	Address string                `json:"address,omitempty" maxLength:"400"`

	Sex       string `json:"sex,omitempty" enum:"1,2,9" doc:"GB/T 2261.1: 1 male, 2 female, 9 not said."`
	Household string `json:"household,omitempty" maxLength:"400" doc:"Registered address, if it differs."`
}

// ReceiptBody is the proof of a filing.
type ReceiptBody struct {
	No    string    `json:"no" example:"MC26-0A1B-7K3F" doc:"Number of the case."`
	Code  string    `json:"code" example:"7K3F-0A1B" doc:"Query code: with the number it opens the case."`
	Due   time.Time `json:"due" doc:"When it must have been passed on to a unit."`
	Again bool      `json:"again,omitempty" doc:"This key was registered before; nothing was added."`
}

type filingInput struct {
	rest.Keyed
	Body FilingBody
}

type receiptOutput struct {
	Location string `header:"Location"`
	Body     ReceiptBody
}

// Register adds the operation of filing.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "filing-create", Method: http.MethodPost, Path: "/api/v1/filings",
		Summary: "File a matter", Tags: []string{"filings"}, Security: rest.Anybody, DefaultStatus: http.StatusCreated, MaxBodyBytes: 256 << 10,
		Description: "Anybody may file. The receipt comes once: keep number and code. Send an Idempotency-Key of at least 16 characters, so that a repeated request gives the same receipt.",
	}, a.create)
	a.registerUploads(api)
}

func (a *API) create(ctx context.Context, in *filingInput) (*receiptOutput, error) {
	f, err := in.Body.filing(access.From(ctx))
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	f.Key = in.Key
	a.source(ctx, &f)
	receipt, err := a.service.File(ctx, f, a.service.clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, rest.Rename(err, jsonNames))
	}
	return &receiptOutput{Location: "/api/v1/cases/" + receipt.No, Body: ReceiptBody{
		No: receipt.No, Code: receipt.Code, Due: receipt.Case.NextDueAt, Again: receipt.Again,
	}}, nil
}

// source gives a filing of somebody else's program the channel of its door, and
// a key of its own so that two programs never meet in one.
func (a *API) source(ctx context.Context, f *Filing) {
	if a.service.Sources == nil || f.Actor.Signed() {
		return
	}
	channel, door, ok := a.service.Sources.Source(ctx)
	if !ok {
		return
	}
	f.Channel = channel
	if f.Key != "" {
		f.Key = door + ":" + f.Key
	}
}

// jsonNames are the names in FilingBody of what the guided form calls otherwise.
var jsonNames = map[string]string{
	"area": "area_id", "accused": "accused_id", "key": "Idempotency-Key", "name": "person.name", "org_name": "person.org_name",
	"phone": "person.phone", "id_type": "person.id_type", "id_no": "person.id_no", "sex": "person.sex", "household": "person.household", "address": "person.address",
}

// tidy drops what a form drops; what cannot be read at all is left to be
// refused.
func tidy(text string) string {
	if strings.ContainsRune(text, 0) {
		return text
	}
	return web.Clean(text)
}

// registrars may register for somebody else.
var registrars = []access.Role{access.Operator, access.Agent, access.BureauClerk, access.BureauHead}

func (b FilingBody) filing(actor access.Actor) (Filing, error) {
	self := b.Channel == "" || b.Channel == casework.Web || b.Channel == casework.API
	if !actor.Has(registrars...) {
		if !self || !b.ReceivedAt.IsZero() {
			return Filing{}, fault.New(fault.Denied, "intake.for_staff")
		}
		actor = access.Actor{} // whoever signs in for other work files as anybody else
	}
	f := Filing{
		Actor: actor, Channel: b.Channel, Purpose: b.Purpose, Title: tidy(b.Title), Words: tidy(b.Words), Wish: tidy(b.Wish),
		AreaID: b.Area, Place: tidy(b.Place), OccurredOn: b.OccurredOn, AccusedID: b.Accused, RelatedNo: b.Related, Persons: b.Persons,
		Anonymous: b.Anonymous, Secret: b.Secret, ReceivedAt: b.ReceivedAt, Draft: b.Draft,
	}
	if p := b.Person; p != nil {
		f.Who = Petitioner{
			Name: tidy(p.Name), OrgName: tidy(p.OrgName), Phone: tidy(p.Phone), IDType: p.IDType, IDNo: tidy(p.IDNo), Address: tidy(p.Address),
			Sex: p.Sex, Household: tidy(p.Household),
		}
	}
	return f, nil
}
