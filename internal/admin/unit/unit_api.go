package unit

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of the tree.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// UnitRow is a unit as the API shows it.
type UnitRow struct {
	ID     int64           `json:"id"`
	Parent int64           `json:"parent_id,omitempty"`
	Code   string          `json:"code" example:"DG-JY"`
	NameZH string          `json:"name_zh" example:"东关区教育局"`
	NameEN string          `json:"name_en,omitempty"`
	Kind   access.UnitKind `json:"kind" enum:"government,bureau,department,town,village"`
	Area   int64           `json:"area_id" doc:"The government whose place it serves."`
	Bureau int64           `json:"bureau_id,omitempty" doc:"The petition bureau that dispatches there."`
}

type listInput struct {
	Kind  access.UnitKind `query:"kind" enum:"government,bureau,department,town,village"`
	Area  int64           `query:"area" doc:"Only units that serve this government's place or one within it."`
	After int64           `query:"after" minimum:"0" doc:"next of the page before."`
	Limit int             `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// UnitList is a page of units.
type UnitList struct {
	Units []UnitRow `json:"units" nullable:"false"`
	Next  int64     `json:"next,omitempty" doc:"Send it as after for the next page; absent on the last."`
}

type listOutput struct{ Body UnitList }

// Register adds the operation that lists units.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "unit-list", Method: http.MethodGet, Path: "/api/v1/units",
		Summary: "List the units", Tags: []string{"reference"}, Security: rest.Anybody,
		Description: "The units in use, each before those below it. A filing's `area_id` is a government or town; `accused_id`, and `unit` of a verb, are units of any kind."}, a.list)
}

// list walks the tree, which is in memory: a page begins behind the unit that
// the one before ended with.
func (a *API) list(_ context.Context, in *listInput) (*listOutput, error) {
	out := &listOutput{}
	out.Body.Units = []UnitRow{}
	behind := in.After == 0
	for _, u := range a.service.All() {
		if !behind {
			behind = u.ID == in.After
			continue
		}
		if !u.Active || in.Kind != "" && u.Kind != in.Kind || in.Area != 0 && !serves(u, in.Area) {
			continue
		}
		if len(out.Body.Units) == in.Limit {
			out.Body.Next = out.Body.Units[in.Limit-1].ID
			break
		}
		out.Body.Units = append(out.Body.Units, UnitRow{u.ID, u.ParentID, u.Code, u.NameZH, u.NameEN, u.Kind, u.Area, u.BureauID})
	}
	return out, nil
}

func serves(u access.Unit, area int64) bool {
	for _, id := range u.Areas {
		if id == area {
			return true
		}
	}
	return false
}
