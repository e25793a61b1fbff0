package app

import (
	"context"

	"github.com/a-h/templ"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/settings"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/platform/i18n"
)

// tellOpened tells who filed a case when the own identity was opened, and by
// which unit, where the place tells it in that lane: a confidential inquiry
// would be given away.
func (a *App) tellOpened(ctx context.Context, actor access.Actor, c casework.Case) (templ.Component, error) {
	name := settings.TellOpened
	if c.Lane == access.LaneConfidential {
		name = settings.TellOpenedConfidential
	}
	if actor.Cosigner != 0 || !a.Settings.Bool(name) {
		return nil, nil
	}
	return person.NewWeb(a.Person, readers{a}, account.NewWeb(a.Account).Need, a.Clock).Seen(ctx, c.PetitionerID, c.ID)
}

// StaffUnit implements person.Names.
func (r readers) StaffUnit(ctx context.Context, id int64) string {
	who, err := r.Account.Staff(access.With(ctx, access.Actor{Role: access.System}), id)
	if err != nil {
		return ""
	}
	return r.UnitName(who.UnitID, i18n.Lang(ctx))
}
