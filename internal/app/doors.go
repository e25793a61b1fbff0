package app

import (
	"context"
	"io"
	"time"

	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/triage"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/insight/statistics"
	"xinqiao/internal/oversight/deadlines"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/ids"
)

// doors are the capabilities that people and programs meet.
type doors struct {
	Person     *person.Service
	Attachment *attachment.Service
	Intake     *intake.Service
	Worklist   *worklist.Service
	Suggester  triage.Suggester
	Statistics *statistics.Service
}

// wireDoors makes the capabilities around the one writer. People ask procedure
// who may see them, procedure asks attachment to bind files: the knot is tied
// by late, each through the interface that the other declared.
func (a *App) wireDoors(context.Context) error {
	late := &sight{}
	a.Attachment = attachment.New(attachment.Needs{
		DB: a.DB, Files: a.Blobs, IDs: a.IDs, Sight: late, Clock: a.Clock, MaxSize: a.Config.UploadLimit,
	})
	a.Procedure = procedure.New(procedure.Needs{
		DB: a.DB, Law: a.Settings, IDs: a.IDs, Numbers: &numbers{db: a.DB, rows: map[string]*ids.Blocks{}},
		Units: a.Account, Files: a.Attachment, Place: a.Config.CityCode,
	})
	late.Service = a.Procedure
	a.Person = person.New(a.DB, a.Keys, a.IDs, a.Procedure)
	a.Intake = intake.New(intake.Needs{
		DB: a.DB, Cases: a.Procedure, People: people{a.Person}, Units: a.Account, Files: drafts{a.Attachment},
		Keys: a.Keys, Clock: a.Clock, Base: a.Config.PublicURL,
	})
	a.Worklist = worklist.New(worklist.Needs{
		DB: a.DB, Clock: a.Clock, IDs: a.IDs, Cases: a.Procedure, Units: a.Account, Categories: a.Settings,
	})
	a.Suggester = triage.NewKeywords(a.Settings, a.Settings)
	a.Statistics = statistics.New(a.DB, a.Account, a.Settings, a.Clock)
	a.Deadlines = deadlines.New(a.Procedure, a.Clock, a.Log)

	a.Jobs.Subscribe(a.Worklist.Index())
	a.Statistics.Subscribe(a.Jobs)
	a.Deadlines.Schedule(a.Jobs)
	a.Attachment.Schedule(a.Jobs)
	return nil
}

// sight lets attachment ask procedure, which is made after it.
type sight struct{ *procedure.Service }

// people takes petitioners from intake to person.
type people struct{ *person.Service }

// Add implements intake.People.
func (p people) Add(b *db.Batch, in intake.Petitioner, now time.Time) (int64, error) {
	return p.Record(b, toPerson(in), now)
}

// Check implements intake.People.
func (p people) Check(in intake.Petitioner, now time.Time) error {
	return person.Check(toPerson(in), now)
}

func toPerson(in intake.Petitioner) person.Person {
	out := person.Person{
		Kind: person.Individual, Name: in.Name, OrgName: in.OrgName, Phone: in.Phone,
		IDType: in.IDType, IDNo: in.IDNo, Address: in.Address,
	}
	if in.OrgName != "" {
		out.Kind = person.Organisation
	}
	return out
}

// drafts takes uploads from intake to attachment.
type drafts struct{ *attachment.Service }

// Upload implements intake.Files.
func (d drafts) Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (intake.File, error) {
	f, err := d.Service.Upload(ctx, attachment.Upload{Draft: draft, Name: name, Content: r}, now)
	return intake.File{ID: f.ID, Name: f.Name, Size: f.Size, Type: f.Type}, err
}

// Uploaded implements intake.Files.
func (d drafts) Uploaded(ctx context.Context, draft string) ([]intake.File, error) {
	list, err := d.Drafts(ctx, draft)
	out := make([]intake.File, len(list))
	for i, f := range list {
		out[i] = intake.File{ID: f.ID, Name: f.Name, Size: f.Size, Type: f.Type}
	}
	return out, err
}
