package network

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door, which the app on a phone uses too.
type API struct{ network *Network }

// NewAPI makes the JSON door.
func NewAPI(s *Network) *API { return &API{s} }

// SteadBody is what is filed in somebody's stead.
type SteadBody struct {
	Purpose    string         `json:"purpose,omitempty" doc:"Agents file requests; what else comes is ignored."`
	Words      string         `json:"words" maxLength:"20000" doc:"In the person's own words."`
	Wish       string         `json:"wish,omitempty" maxLength:"2000"`
	Area       int64          `json:"area_id,omitempty"`
	Place      string         `json:"place,omitempty" maxLength:"200"`
	OccurredOn string         `json:"occurred_on,omitempty" maxLength:"10"`
	Secret     bool           `json:"secret,omitempty"`
	Draft      string         `json:"draft,omitempty" maxLength:"100" doc:"Token of uploaded files."`
	Person     *PrincipalBody `json:"person,omitempty"`
}

// PrincipalBody is who gave the mandate. It is sealed on arrival.
type PrincipalBody struct {
	Name    string `json:"name" maxLength:"100"`
	Phone   string `json:"phone,omitempty" maxLength:"40"`
	IDNo    string `json:"id_no,omitempty" maxLength:"40"`
	Address string `json:"address,omitempty" maxLength:"400"`
	Sex     string `json:"sex,omitempty" maxLength:"1"`
}

// AgentServiceBody is one service to somebody.
type AgentServiceBody struct {
	Mode     Mode       `json:"mode,omitempty" doc:"direct (on the spot), help (together), agency (in the person's stead); of the four that agents must not take it is ignored."`
	Service  string     `json:"service" maxLength:"4" example:"A02" doc:"Code of the list of services."`
	Done     string     `json:"done,omitempty" maxLength:"20" doc:"What was done, of direct and help: explained, phoned, accompanied, form, mediated, led_on."`
	Mandate  string     `json:"mandate,omitempty" maxLength:"20" doc:"How the mandate was given, of agency: written, spoken, electronic."`
	ReadBack bool       `json:"read_back,omitempty" doc:"The words were read back to the person, who agreed."`
	Told     bool       `json:"told,omitempty" doc:"Of the four: the person was told the reason and the open way."`
	At       time.Time  `json:"at,omitzero" doc:"When it was, if the device had no network then."`
	Filing   *SteadBody `json:"filing,omitempty"`
}

// AgentReceiptBody is the receipt of a service.
type AgentReceiptBody struct {
	ID    int64     `json:"id,string"`
	No    string    `json:"no,omitempty" doc:"Number of the case, of agency."`
	Code  string    `json:"code,omitempty" doc:"Its query code, for the person."`
	Due   time.Time `json:"due,omitzero" doc:"When it must have been passed on to a unit."`
	Again bool      `json:"again,omitempty" doc:"This key was recorded before; nothing was added."`
}

// AgentNoteBody is what an agent saw or told.
type AgentNoteBody struct {
	No   string    `json:"no" maxLength:"40" doc:"Number of a case that the agent filed."`
	Kind string    `json:"kind" maxLength:"20" doc:"visit, feedback, look_back"`
	Text string    `json:"text" maxLength:"4000"`
	At   time.Time `json:"at,omitzero"`
}

// AgentNotedBody is the receipt of a note.
type AgentNotedBody struct {
	ID int64 `json:"id,string"`
}

type (
	serviceInput struct {
		rest.Keyed
		Body AgentServiceBody
	}
	serviceOutput struct{ Body AgentReceiptBody }
	noteInput     struct {
		rest.Keyed
		Body AgentNoteBody
	}
	noteOutput struct{ Body AgentNotedBody }
)

// Register adds the operations of agents.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "agent-service-create", Method: http.MethodPost, Path: "/api/v1/agent/services",
		Summary: "Record a service of an agent, with the case filed in somebody's stead", Tags: []string{"agents"}, Security: rest.Staff, DefaultStatus: http.StatusCreated,
		Description: "Send an Idempotency-Key of 16 to 60 characters: a repeated request gives the same receipt.",
	}, a.record)
	huma.Register(api, huma.Operation{OperationID: "agent-note-create", Method: http.MethodPost, Path: "/api/v1/agent/notes",
		Summary: "Note a visit or what was told, as the agent of a case", Tags: []string{"agents"}, Security: rest.Staff, DefaultStatus: http.StatusCreated,
	}, a.note)
}

func (a *API) record(ctx context.Context, in *serviceInput) (*serviceOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	b := in.Body
	got, err := a.network.Record(ctx, Act{
		Key: in.Key, Actor: actor, Mode: b.Mode, Service: b.Service, Done: b.Done, Mandate: b.Mandate,
		ReadBack: b.ReadBack, Told: b.Told, At: b.At, Filing: b.Filing.filing(),
	}, a.network.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &serviceOutput{AgentReceiptBody(got)}, nil
}

func (b *SteadBody) filing() *Filing {
	if b == nil {
		return nil
	}
	f := &Filing{Words: b.Words, Wish: b.Wish, AreaID: b.Area, Place: b.Place, OccurredOn: b.OccurredOn, Secret: b.Secret, Draft: b.Draft}
	if p := b.Person; p != nil {
		f.Name, f.Phone, f.IDNo, f.Address, f.Sex = p.Name, p.Phone, p.IDNo, p.Address, p.Sex
	}
	return f
}

func (a *API) note(ctx context.Context, in *noteInput) (*noteOutput, error) {
	actor := access.From(ctx)
	if !actor.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	b := in.Body
	id, err := a.network.Add(ctx, actor, b.No, Note{Key: in.Key, Kind: b.Kind, Text: b.Text, At: b.At}, a.network.Clock.Now())
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	return &noteOutput{AgentNotedBody{ID: id}}, nil
}
