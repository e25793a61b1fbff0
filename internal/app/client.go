package app

import (
	"fmt"

	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/platform/hook"
	"xinqiao/internal/platform/puzzle"
	"xinqiao/internal/platform/virus"
)

// wireScanner lets ClamAV look at files, when an operator named it.
func (a *App) wireScanner() error {
	if a.Config.Clamd == "" {
		return nil
	}
	scanner, err := virus.Open(a.Config.Clamd)
	if err != nil {
		return fmt.Errorf("--clamd: %w", err)
	}
	a.Attachment.Scan = scanner
	return nil
}

// wireClients makes the programs that file with a key of their own.
func (a *App) wireClients() error {
	allow, err := a.Config.WebhookNetworks()
	if err != nil {
		return err
	}
	a.Clients = client.New(client.Needs{
		DB: a.DB, Keys: a.Keys, IDs: a.IDs, Clock: a.Clock, Log: a.Log, Doors: a.Doors, Cases: a.Procedure,
		Hook: hook.New(hook.Options{Allow: allow}), Journal: a.Account,
	})
	a.Intake.Sources = a.Clients
	a.Intake.Puzzles = puzzle.New(a.Keys)
	a.Clients.Schedule(a.Jobs)
	return nil
}
