package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/db"
)

// wireDoor makes the registry of doors and the tray of arrivals.
func (a *App) wireDoor() error {
	blobs, err := blob.Open(filepath.Join(a.Config.Data, "arrivals"), a.Keys)
	if err != nil {
		return err
	}
	a.Doors = door.New(door.Needs{
		DB: a.DB, Keys: a.Keys, Blobs: blobs, IDs: a.IDs, Clock: a.Clock, Log: a.Log,
		Intake: arrivals{a.Intake, a.tellBy}, Cases: a.Procedure, Files: papers{a.Attachment, a.Clock}, Staff: roster{a.Account}, Units: a.Units,
		Journal: a.Account,
	})
	if a.Attachment.Scan != nil {
		a.Doors.Scan = a.Attachment.Scan
	}
	a.Doors.Schedule(a.Jobs)
	a.measureDoors()
	a.registerDoors()
	return nil
}

// registerDoors names the kinds of door that this program has, one line each.
func (a *App) registerDoors() {
	a.Doors.Register(door.Listed())
}

// arrivals takes what doors received to intake.
type arrivals struct {
	*intake.Service
	// tell notes, in the same unit of work, by which way a person is told.
	tell func(b *db.Batch, caseID int64, p door.Person, now time.Time)
}

// Prepare implements door.Intake.
func (i arrivals) Prepare(ctx context.Context, b *db.Batch, f door.Filing, now time.Time) (casework.Case, error) {
	c, err := i.Service.Prepare(ctx, b, intake.Filing{
		Kind: f.Kind, Key: f.Key, Door: f.Door, Actor: f.Actor, Channel: f.Channel, Purpose: intake.Purpose(f.Purpose), Title: f.Title,
		Words: f.Words, Wish: f.Wish, AreaID: f.AreaID, Place: f.Place, OccurredOn: f.OccurredOn, AccusedID: f.AccusedID, RelatedNo: f.RelatedNo,
		Persons: f.Persons, Anonymous: f.Anonymous, Secret: f.Secret, ReceivedAt: f.ReceivedAt, Draft: f.Files,
		Who: intake.Petitioner{Name: f.Person.Name, OrgName: f.Person.OrgName, Phone: f.Person.Phone, IDType: f.Person.IDType,
			IDNo: f.Person.IDNo, Address: f.Person.Address},
	}, now)
	if err == nil && i.tell != nil {
		i.tell(b, c.ID, f.Person, now)
	}
	return c, err
}

// Code implements door.Intake.
func (i arrivals) Code(no string) string { return i.Codes().Code(no) }

// measureDoors registers the figures of the tray.
func (a *App) measureDoors() {
	for name, help := range map[string]string{
		"received": "Arrivals not yet looked at.", "held": "Arrivals that wait for a person.", "stuck": "Arrivals that failed again and again.",
	} {
		a.Telemetry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "xinqiao_arrivals_" + name, Help: help + " -1 when the store does not answer."}, func() float64 {
			ctx, done := context.WithTimeout(context.Background(), time.Second)
			defer done()
			b, err := a.Doors.Backlog(ctx)
			if err != nil {
				return -1
			}
			return map[string]float64{"received": float64(b.Received), "held": float64(b.Held), "stuck": float64(b.Stuck)}[name]
		}))
	}
}
