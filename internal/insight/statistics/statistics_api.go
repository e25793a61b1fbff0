package statistics

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/rest"
)

// API is the JSON door of the figures.
type API struct{ service *Service }

// NewAPI makes the JSON door.
func NewAPI(s *Service) *API { return &API{s} }

// Figures are the flows of a period as the API shows them.
type Figures struct {
	Filed      int64 `json:"filed"`
	Dispatched int64 `json:"dispatched"`
	Closed     int64 `json:"closed"`
	ClosedLate int64 `json:"closed_late" doc:"Of the closed ones, those with a duty missed."`
	Rated      int64 `json:"rated"`
	Satisfied  int64 `json:"satisfied" doc:"Of the rated ones. Unrated is never satisfied."`
}

// Share is a unit's or a category's part.
type Share struct {
	Unit     int64  `json:"unit_id,omitempty"`
	Category string `json:"category,omitempty"`
	Count    int64  `json:"count"`
	Soon     int64  `json:"soon,omitempty"`
	Overdue  int64  `json:"overdue,omitempty"`
}

// OverviewBody is what the first page of a leader shows.
type OverviewBody struct {
	First      time.Time `json:"first" doc:"In the first of the days."`
	Days       []Figures `json:"days" doc:"The last 30 days, oldest first, today last."`
	Total      Figures   `json:"total" doc:"Of the 30 days."`
	Before     Figures   `json:"before" doc:"Of the 30 days before them."`
	Open       int64     `json:"open"`
	Soon       int64     `json:"soon"`
	Overdue    int64     `json:"overdue"`
	ByUnit     []Share   `json:"by_unit" doc:"Open cases by who must act, the most overdue first."`
	ByCategory []Share   `json:"by_category" doc:"Dispatched in the 30 days, the most first."`
}

type overviewOutput struct{ Body OverviewBody }

// Register adds the operation of the overview.
func (a *API) Register(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "statistics-overview", Method: http.MethodGet, Path: "/api/v1/statistics/overview",
		Summary: "Count the last 30 days and what is open", Tags: []string{"statistics"}, Security: rest.Staff,
		Description: "Within what the asker may see. The confidential lane is counted nowhere."}, a.overview)
}

func (a *API) overview(ctx context.Context, _ *struct{}) (*overviewOutput, error) {
	if !access.From(ctx).Signed() {
		return nil, rest.Fail(ctx, rest.ErrUnsigned)
	}
	o, err := a.service.Overview(ctx, access.From(ctx))
	if err != nil {
		return nil, rest.Fail(ctx, err)
	}
	out := &overviewOutput{}
	b := &out.Body
	b.First, b.Total, b.Before = o.First, o.Total.figures(), o.Before.figures()
	b.Open, b.Soon, b.Overdue = o.Open, o.Soon, o.Overdue
	b.Days, b.ByUnit, b.ByCategory = make([]Figures, len(o.Days)), make([]Share, len(o.ByUnit)), make([]Share, len(o.ByCategory))
	for i, d := range o.Days {
		b.Days[i] = d.figures()
	}
	for i, s := range o.ByUnit {
		b.ByUnit[i] = Share{Unit: s.UnitID, Count: s.Open, Soon: s.Soon, Overdue: s.Overdue}
	}
	for i, s := range o.ByCategory {
		b.ByCategory[i] = Share{Category: s.Category, Count: s.Open}
	}
	return out, nil
}

func (s Sum) figures() Figures {
	return Figures{s.Filed, s.Dispatched, s.Closed, s.ClosedLate, s.Rated, s.Satisfied}
}
