package app

import (
	"context"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/network"
	"xinqiao/internal/filing/offline"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/ui"
)

// wireNetwork makes the app of agents.
func (a *App) wireNetwork() {
	a.Network = network.New(network.Needs{
		DB: a.DB, Cases: stead{a.Procedure, a.Intake}, Keys: a.Keys, IDs: a.IDs, Clock: a.Clock,
	})
	a.networkPages = network.NewWeb(a.Network, account.NewWeb(a.Account).Need, func(ctx context.Context) []ui.Option {
		return offline.Places(ctx, a.Units)
	})
}

// stead files what agents bring in somebody's stead.
type stead struct {
	*procedure.Service
	intake *intake.Service
}

// Prepare implements network.Cases.
func (s stead) Prepare(ctx context.Context, b *db.Batch, a network.Act, now time.Time) (casework.Case, error) {
	f := a.Filing
	return s.intake.Prepare(ctx, b, intake.Filing{
		Key: a.Key, Actor: a.Actor, Channel: casework.Agency, Purpose: intake.Request, Words: f.Words, Wish: f.Wish,
		AreaID: f.AreaID, Place: f.Place, OccurredOn: f.OccurredOn, Secret: f.Secret, Draft: f.Draft,
		Who: intake.Petitioner{Name: f.Name, Phone: f.Phone, IDNo: f.IDNo, Address: f.Address, Sex: f.Sex},
	}, now)
}

// Code implements network.Cases.
func (s stead) Code(no string) string { return s.intake.Codes().Code(no) }

// Case implements network.Cases.
func (s stead) Case(ctx context.Context, a access.Actor, no string) (casework.Case, error) {
	return s.Service.Case(ctx, a, no)
}
