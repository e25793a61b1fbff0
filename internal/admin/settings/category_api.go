package settings

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of the taxonomy.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// CategoryRow is a category as the API shows it.
type CategoryRow struct {
	Code    string            `json:"code" example:"0101"`
	Parent  string            `json:"parent,omitempty" example:"01" doc:"The major; absent of a major."`
	NameZH  string            `json:"name_zh"`
	NameEN  string            `json:"name_en,omitempty"`
	Natures []casework.Nature `json:"natures,omitempty" doc:"Legal routes that usually apply, the likeliest first."`
}

type listInput struct {
	Parent string `query:"parent" maxLength:"8" doc:"Only the sub-categories of this major."`
}

// CategoryList is the taxonomy.
type CategoryList struct {
	Categories []CategoryRow `json:"categories" nullable:"false"`
}

type listOutput struct{ Body CategoryList }

// Register adds the operation that lists categories.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "category-list", Method: http.MethodGet, Path: "/api/v1/categories",
		Summary: "List the categories", Tags: []string{"reference"}, Security: rest.Anybody,
		Description: "The categories in use, each major before its sub-categories."}, a.list)
}

func (a *API) list(_ context.Context, in *listInput) (*listOutput, error) {
	out := &listOutput{}
	out.Body.Categories = []CategoryRow{}
	for _, c := range a.service.Categories() {
		if c.Active && (in.Parent == "" || c.Parent == in.Parent) {
			out.Body.Categories = append(out.Body.Categories, CategoryRow{c.Code, c.Parent, c.NameZH, c.NameEN, c.Natures})
		}
	}
	return out, nil
}
