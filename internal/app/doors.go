package app

import (
	"context"

	"xinqiao/internal/admin/retention"
	"xinqiao/internal/contact/notify"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/cosign"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/client"
	"xinqiao/internal/filing/door/kiosk"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/network"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/filing/reception"
	"xinqiao/internal/filing/sameness"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/handling/document/dossier"
	"xinqiao/internal/handling/likeness"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/room"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/insight/statistics"
	"xinqiao/internal/oversight/deadlines"
	"xinqiao/internal/oversight/supervision"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/ids"
)

// doors are the capabilities that people and programs meet.
type doors struct {
	Person     *person.Service
	Attachment *attachment.Service
	Intake     *intake.Service
	Worklist   *worklist.Service
	CasePage   *casepage.Service
	Tracking   *tracking.Service
	Cosign     *cosign.Service
	cosignWeb  *cosign.Web
	Documents  *document.Service
	Dossiers   *dossier.Service
	Notify     *notify.Service
	outbox     *outbox // of a demonstration
	Statistics *statistics.Service
	Rooms      *room.Service
	roomPages  *room.Web

	Reception      *reception.Service
	receptionPages *reception.Web
	Network        *network.Network
	networkPages   *network.Web
	Kiosks         *kiosk.Service
	kioskPages     *kiosk.Web
	Likeness       *likeness.Service
	likenessWeb    *likeness.Web
	Sameness       *sameness.Service
	samenessWeb    *sameness.Web
	Retention      *retention.Service
	retentionPages *retention.Web
	Doors          *door.Service
	Clients        *client.Service
	reading
	telephones
	waysIn
	oversight
	triaging
	topics
}

// wireDoors makes the capabilities around the one writer. People ask procedure
// who may see them, procedure asks attachment to bind files: the knot is tied
// by late, each through the interface that the other declared.
func (a *App) wireDoors(ctx context.Context) error {
	late := &sight{clock: a.Clock}
	a.Attachment = attachment.New(attachment.Needs{
		DB: a.DB, Files: a.Blobs, Keys: a.Keys, IDs: a.IDs, Sight: late, Clock: a.Clock, MaxSize: a.Config.UploadLimit,
	})
	if err := a.wireScanner(); err != nil {
		return err
	}
	a.Procedure = procedure.New(procedure.Needs{
		DB: a.DB, Law: a.Settings, IDs: a.IDs, Numbers: &numbers{db: a.DB, rows: map[string]*ids.Blocks{}},
		Units: a.Units, Categories: a.Settings, Files: a.Attachment, Place: a.Config.CityCode, Keys: a.Keys,
	})
	late.Service = a.Procedure
	identities := &gate{Service: a.Procedure}
	a.Person = person.New(a.DB, a.Keys, a.IDs, identities)
	a.Intake = intake.New(intake.Needs{
		DB: a.DB, Cases: a.Procedure, People: people{a.Person}, Units: a.Units, Files: drafts{a.Attachment},
		Keys: a.Keys, Clock: a.Clock, Base: a.Config.PublicURL,
	})
	identities.intake = a.Intake
	a.Procedure.Attach(a.Intake)
	a.Worklist = worklist.New(worklist.Needs{
		DB: a.DB, Clock: a.Clock, IDs: a.IDs, Cases: a.Procedure, Units: a.Units, Categories: a.Settings,
		Intake: counter{a.Intake, a.Procedure}, Told: a.told(), Policy: a.Settings,
	})
	a.CasePage = casepage.New(casepage.Needs{
		DB: a.DB, Clock: a.Clock, Cases: read{a.Procedure, a.Clock, procedure.OpenedPage}, Names: names{a.Units, a.Settings}, People: people{a.Person}, Told: a.told(),
		Asks: func(v casework.Verb) bool { return len(procedure.Form(v)) > 0 },
	})
	if err := a.wireTriage(ctx); err != nil {
		return err
	}
	a.wireCourse()
	if err := a.wireDocuments(); err != nil {
		return err
	}
	a.Tracking = tracking.New(tracking.Needs{
		DB: a.DB, Cases: a.Procedure, Told: a.told(), Codes: a.Intake.Codes(), Units: a.Units, People: a.Person, Files: followed{a.Attachment},
		Keys: a.Keys, Clock: a.Clock, Download: a.Attachment.Download, Demo: a.Config.Demo,
		Letters: letters{a.Documents}, Document: a.Documents.GetLetter,
	})
	a.wireCosign()
	a.Statistics = statistics.New(a.DB, a.Units, a.Settings, a.Clock)
	a.wireSameness(identities)
	a.wireLikeness()
	a.wireTopics()
	a.wireOversight(late)
	a.wireRooms()
	a.wireReception()
	a.wireNetwork()
	for _, wire := range []func() error{a.wireDoor, a.wireClients, a.wireReading, a.wireTelephones, a.wireWaysIn} {
		if err := wire(); err != nil {
			return err
		}
	}
	a.wireKiosk()
	a.Deadlines = deadlines.New(a.Procedure, a.Clock, a.Log)
	a.wireAlarm()
	a.Settings.Observe(staffNames{a.Account}, a.Procedure)

	a.Jobs.Subscribe(a.Worklist.Index())
	a.Jobs.Subscribe(a.amendments())
	a.Statistics.Subscribe(a.Jobs)
	a.Procedure.Schedule(a.Jobs)
	a.Deadlines.Schedule(a.Jobs)
	a.Attachment.Schedule(a.Jobs)
	a.Tracking.Schedule(a.Jobs)
	a.Account.Schedule(a.Jobs)
	if err := a.wireNotify(); err != nil {
		return err
	}
	a.wireRetention()
	a.wireSealing()
	return nil
}

// sight lets attachment ask procedure, which is made after it.
type sight struct {
	*procedure.Service
	directives *supervision.Service
	clock      clock.Clock
}
