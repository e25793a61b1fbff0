package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of the own account.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// Me is who asks.
type Me struct {
	ID      int64       `json:"id"`
	Name    string      `json:"name"`
	Role    access.Role `json:"role" example:"unit_handler"`
	Unit    int64       `json:"unit_id"`
	Area    int64       `json:"area_id" doc:"The government whose place the unit serves."`
	Cleared bool        `json:"cleared" doc:"May see the confidential lane."`
}

type meOutput struct{ Body Me }

// Register adds the operation that tells who asks.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me",
		Summary: "Tell who asks", Tags: []string{"reference"}, Security: rest.Staff}, a.me)
}

func (a *API) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	who := access.From(ctx)
	if !who.Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	return &meOutput{Me{who.ID, who.Name, who.Role, who.UnitID, who.AreaID, who.Cleared}}, nil
}
