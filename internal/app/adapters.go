package app

import (
	"context"
	"io"
	"time"

	"xinqiao/internal/admin/settings"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/feedback/tracking"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/filing/person"
	"xinqiao/internal/handling/casepage"
	"xinqiao/internal/handling/procedure"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/rest"
)

// The adapters carry values between capabilities that do not know each other.

// people takes petitioners to person, and clear values back.
type people struct{ *person.Service }

func toPerson(in intake.Petitioner) person.Person {
	out := person.Person{
		Kind: person.Individual, Name: in.Name, OrgName: in.OrgName, Phone: in.Phone,
		IDType: in.IDType, IDNo: in.IDNo, Address: in.Address, Sex: in.Sex, Household: in.Household,
	}
	if in.OrgName != "" {
		out.Kind = person.Organisation
	}
	return out
}

// Check implements intake.People.
func (p people) Check(in intake.Petitioner, now time.Time) error {
	return person.Check(toPerson(in), now)
}

// Add implements intake.People.
func (p people) Add(b *db.Batch, in intake.Petitioner, now time.Time) (int64, error) {
	return p.Record(b, toPerson(in), now)
}

// Reveal implements casepage.People.
func (p people) Reveal(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) (casepage.Clear, error) {
	c, err := p.Service.Reveal(ctx, a, id, reason, now)
	return casepage.Clear{Name: c.Name, OrgName: c.OrgName, Phone: c.Phone, IDNo: c.IDNo, Address: c.Address,
		Sex: c.Sex, Household: c.Household}, err
}

// counter is where staff register for others.
type counter struct {
	*intake.Service
	cases *procedure.Service
}

// File implements worklist.Intake.
func (c counter) File(ctx context.Context, f worklist.Filing, now time.Time) (worklist.Filed, error) {
	r, err := c.Service.File(ctx, intake.Filing{
		Kind: f.Kind, Key: f.Key, Actor: f.Actor, Channel: f.Channel, Purpose: intake.Purpose(f.Purpose), Title: f.Title, Words: f.Words,
		Wish: f.Wish, AreaID: f.AreaID, Place: f.Place, OccurredOn: f.OccurredOn, AccusedID: f.AccusedID, Persons: f.Persons,
		Anonymous: f.Anonymous, Secret: f.Secret, ReceivedAt: f.ReceivedAt,
		Who: intake.Petitioner{Name: f.Who.Name, Phone: f.Who.Phone, IDNo: f.Who.IDNo, Address: f.Who.Address, Sex: f.Who.Sex, Household: f.Who.Household},
	}, now)
	if err == nil && f.Speakers > 0 {
		own := access.Actor{Role: access.Petitioner, CaseID: r.Case.ID} // the visitors elect them, whoever writes it down
		_, err = c.cases.Do(ctx, casework.Action{No: r.No, Verb: casework.NameSpeakers, Actor: own, Key: "speakers:" + r.No, Now: now,
			Data: casework.Data{Count: f.Speakers}})
	}
	return worklist.Filed{No: r.No, Code: r.Code, Above: r.Above}, err
}

// drafts are files on their way in, for the doors that take them.
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

// followed are the same files as the petitioner's pages want them.
type followed struct{ *attachment.Service }

// OfCase implements tracking.Files.
func (f followed) OfCase(ctx context.Context, caseID int64) ([]tracking.File, error) {
	list, err := f.Service.OfCase(ctx, caseID)
	return trackingFiles(list), err
}

// Uploaded implements tracking.Files.
func (f followed) Uploaded(ctx context.Context, draft string) ([]tracking.File, error) {
	list, err := f.Drafts(ctx, draft)
	return trackingFiles(list), err
}

// Upload implements tracking.Files.
func (f followed) Upload(ctx context.Context, draft, name string, r io.Reader, now time.Time) (tracking.File, error) {
	a, err := f.Service.Upload(ctx, attachment.Upload{Draft: draft, Name: name, Content: r}, now)
	return tracking.File{ID: a.ID, Name: a.Name, Size: a.Size}, err
}

func trackingFiles(list []attachment.Attachment) []tracking.File {
	out := make([]tracking.File, len(list))
	for i, a := range list {
		out[i] = tracking.File{ID: a.ID, EventSeq: a.EventSeq, Name: a.Name, Size: a.Size}
	}
	return out
}

// papers are the files that staff add to a verb.
type papers struct {
	*attachment.Service
	clock interface{ Now() time.Time }
}

// Receive implements procedure.Uploads.
func (p papers) Receive(ctx context.Context, draft, name string, r io.Reader, by int64) error {
	_, err := p.Upload(ctx, attachment.Upload{Draft: draft, Name: name, Content: r, By: by}, p.clock.Now())
	return err
}

// IDs implements procedure.Uploads.
func (p papers) IDs(ctx context.Context, draft string) ([]int64, error) {
	list, err := p.Drafts(ctx, draft)
	ids := make([]int64, len(list))
	for i, f := range list {
		ids[i] = f.ID
	}
	return ids, err
}

// prover lets a petitioner act over the API by number and query code, with
// the same patience as the pages.
type prover struct{ *tracking.Service }

// Prove implements procedure.Prover.
func (p prover) Prove(ctx context.Context, no, code string) (access.Actor, error) {
	_, who, err := p.Enter(ctx, no, code, rest.Visitor(ctx), p.Clock.Now())
	return who, err
}

// names gives units and categories together.
type names struct {
	*unit.Service
	settings *settings.Service
}

// Category implements triage.Names.
func (n names) Category(code string) (casework.Category, bool) { return n.settings.Category(code) }

// Categories implements procedure.Directory.
func (n names) Categories() []casework.Category { return n.settings.Categories() }

// gate lets staff see a person through a case, but hides who asked to stay
// unknown from the unit that handles the case.
type gate struct {
	*procedure.Service
	intake *intake.Service
}

// Confidential implements person.Gate.
func (g *gate) Confidential(ctx context.Context, caseID int64) (bool, error) {
	cases, err := g.Service.ByIDs(ctx, []int64{caseID})
	return cases[caseID].Lane == access.LaneConfidential, err
}

// CaseOfPerson implements person.Gate.
func (g *gate) CaseOfPerson(ctx context.Context, actor access.Actor, personID int64) (int64, error) {
	id, err := g.Service.CaseOfPerson(ctx, actor, personID)
	if err != nil || id == 0 || !actor.Has(access.UnitHandler, access.UnitHead) {
		return id, err
	}
	m, err := g.intake.Matter(ctx, id)
	if err != nil || m.Secret {
		return 0, err
	}
	return id, nil
}
