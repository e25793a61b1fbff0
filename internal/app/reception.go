package app

import (
	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/reception"
)

// wireReception makes what bureaus publish about themselves.
func (a *App) wireReception() {
	service := reception.New(reception.Needs{DB: a.DB, Units: a.Units, Leaders: leaders{colleagues{a.Account}}, IDs: a.IDs, Clock: a.Clock})
	a.receptionPages = reception.NewWeb(service, account.NewWeb(a.Account).Need)
}
