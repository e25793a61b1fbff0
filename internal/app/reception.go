package app

import (
	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/reception"
)

// wireReception makes what bureaus publish about themselves.
func (a *App) wireReception() {
	a.Reception = reception.New(reception.Needs{DB: a.DB, Units: a.Units, Leaders: leaders{colleagues{a.Account}}, IDs: a.IDs, Clock: a.Clock})
	a.receptionPages = reception.NewWeb(a.Reception, account.NewWeb(a.Account).Need)
}
