package letter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Draft is a letter on its way to a case, as staff filled it in.
type Draft struct {
	Kind       casework.Kind
	Purpose    string
	Title      string
	Words      string
	Wish       string
	AreaID     int64
	Place      string
	OccurredOn string
	ReceivedOn string // of the postmark or the stamp of entry: the clocks run from it
	Anonymous  bool
	Secret     bool
	Name       string
	Phone      string
	IDNo       string
	Address    string
	Seen       []string // marks that were compared with the image
}

// Propose prefills a draft by what was read and corrected. The machine
// proposes numbers only where they have the form of one; a person compares
// them all.
func (s *Service) Propose(l Letter, sheets []Sheet, now time.Time) Draft {
	d := Draft{Kind: casework.Petition, Purpose: "request", Words: text(sheets), ReceivedOn: l.ReceivedOn}
	marks := Marks(d.Words, now)
	d.Phone, d.IDNo = first(marks, PhoneMark), first(marks, IDMark)
	if line, _, ok := strings.Cut(d.Words, "\n"); ok && len([]rune(line)) <= 40 && !strings.HasSuffix(line, "：") && !strings.HasSuffix(line, ":") {
		d.Title = line
	}
	return d
}

// Draft gives what staff saved before, else a proposal.
func (s *Service) Draft(ctx context.Context, l Letter, sheets []Sheet, now time.Time) (Draft, error) {
	sealed, err := s.store.draft(ctx, s.DB.Read(), l.ID)
	if err != nil {
		return Draft{}, err
	}
	d := s.Propose(l, sheets, now)
	if len(sealed) > 0 {
		d = Draft{}
		err = s.open(of(sealDraft, l.ID), sealed, &d)
	}
	return d, err
}

// ToCompare are the marks of a draft: of its words and of what stands in its
// fields.
func (d Draft) ToCompare(now time.Time) []Mark {
	return Marks(strings.Join([]string{d.Words, d.Wish, d.Place, d.Address, d.Phone, d.IDNo}, "\n"), now)
}

// Place is a page of a letter, from one.
type Place struct {
	No   string
	Page int
}

// Correct keeps what staff made of a sheet. Words that were drafted before
// are set anew from the sheets.
func (s *Service) Correct(ctx context.Context, a access.Actor, at Place, lines []Line, now time.Time) error {
	l, sheets, err := s.Letter(ctx, a, at.No)
	if err != nil {
		return err
	}
	sheet, ok := pick(sheets, at.Page)
	if !ok {
		return ErrNotFound
	}
	if l.State != Open {
		return errDone
	}
	kept := []Line{}
	for _, line := range lines {
		if line.Text = strings.TrimSpace(line.Text); line.Text != "" {
			kept = append(kept, line)
		}
	}
	sealed, err := s.close(of(sealCorrected, sheet.ID), kept)
	if err != nil {
		return err
	}
	var b db.Batch
	correctSheet(&b, sheet.ID, sealed, a.ID)
	forgetWords(&b, l.ID, a.ID, now)
	return stale(s.DB.Send(ctx, &b))
}

// Register makes a case of a letter. The same letter registered again is the
// same case: a crash between the case and the register heals.
func (s *Service) Register(ctx context.Context, a access.Actor, no string, d Draft, now time.Time) (door.Taken, error) {
	l, sheets, err := s.Letter(ctx, a, no)
	if err != nil {
		return door.Taken{}, err
	}
	if l.State != Open {
		return door.Taken{}, errDone
	}
	if err := d.check(now); err != nil {
		return door.Taken{}, err
	}
	sealed, err := s.close(of(sealDraft, l.ID), d)
	if err != nil {
		return door.Taken{}, err
	}
	var b db.Batch
	keepDraft(&b, l, sealed, a.ID, now)
	if err := s.DB.Send(ctx, &b); err != nil {
		return door.Taken{}, stale(err)
	}
	arrival, err := s.arrival(ctx, a, l, sheets, d)
	if err != nil {
		return door.Taken{}, err
	}
	taken, err := s.Sink.Take(ctx, arrival)
	if err != nil {
		return taken, err
	}
	l.State, l.CaseNo, l.ArrivalID, l.ReceivedOn = Registered, taken.No, taken.ID, d.ReceivedOn
	if taken.No == "" {
		l.State = Held
	}
	b = db.Batch{}
	settleLetter(&b, l, a.ID, now)
	return taken, stale(s.DB.Send(ctx, &b))
}

// check finds what a draft lacks, before it becomes an arrival.
func (d Draft) check(now time.Time) error {
	bad := fault.New(fault.Invalid, "letter.incomplete")
	if strings.TrimSpace(d.Words) == "" {
		bad.Field("words", "letter.words_missing")
	}
	if len([]rune(d.Words)) > 20000 {
		bad.Field("words", "letter.words_long")
	}
	if d.Wish == "" && d.Purpose != "thanks" {
		bad.Field("wish", "letter.wish_missing")
	}
	if d.AreaID == 0 {
		bad.Field("area", "letter.area_missing")
	}
	if d.Name == "" && !d.Anonymous {
		bad.Field("name", "letter.name_missing")
	}
	if d.Phone != "" {
		d.checkForm(bad, "phone", func() error { _, err := identity.ParsePhone(d.Phone); return err })
	}
	if d.IDNo != "" {
		d.checkForm(bad, "id_no", func() error { _, err := identity.ParseID(d.IDNo, now); return err })
	}
	if day, err := calendar.ParseDate(d.ReceivedOn); err != nil || day.Start().After(now) {
		bad.Field("received_on", "letter.received_form")
	}
	for _, m := range d.ToCompare(now) {
		if !slices.Contains(d.Seen, m.Text) {
			bad.Field("seen", "letter.not_compared")
			break
		}
	}
	return bad.OrNil()
}

func (d Draft) checkForm(bad *fault.Error, field string, parse func() error) {
	var p *identity.Problem
	if err := parse(); errors.As(err, &p) {
		bad.Field(field, p.ID, p.Args...)
	}
}

// arrival carries a letter to the doors' sink, with the images of its pages.
func (s *Service) arrival(ctx context.Context, a access.Actor, l Letter, sheets []Sheet, d Draft) (door.Arrival, error) {
	scan, err := s.store.scan(ctx, s.DB.Read(), l.ScanID)
	if err != nil {
		return door.Arrival{}, err
	}
	out := door.Arrival{
		Door: scan.Door, Key: "letter:" + l.No, Ready: true,
		Draft: door.Draft{
			Channel: casework.Letter, Kind: d.Kind, Purpose: d.Purpose, Title: d.Title, Words: d.Words, Wish: d.Wish, AreaID: d.AreaID, Place: d.Place,
			OccurredOn: d.OccurredOn, Anonymous: d.Anonymous, Secret: d.Secret, Staff: a.ID,
			Person: door.Person{Name: d.Name, Phone: d.Phone, IDNo: d.IDNo, Address: d.Address},
		},
	}
	day, err := calendar.ParseDate(d.ReceivedOn)
	if err != nil {
		return out, err
	}
	if out.At = day.Start(); day == calendar.On(scan.TakenAt) {
		out.At = scan.TakenAt
	}
	for i, sheet := range sheets {
		data, err := s.load(sheet.blobKey)
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, door.Part{Name: fmt.Sprintf("%s-%02d.%s", l.No, i+1, strings.TrimPrefix(sheet.Type, "image/")), Type: sheet.Type, Data: data})
	}
	return out, nil
}

// SetAside says that a letter is none of ours.
func (s *Service) SetAside(ctx context.Context, a access.Actor, no, why string, now time.Time) error {
	l, _, err := s.Letter(ctx, a, no)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > 200 {
		return fault.New(fault.Invalid, "letter.incomplete").Field("why", "letter.why_missing")
	}
	if l.State != Open {
		return errDone
	}
	l.State, l.Why = Aside, why
	var b db.Batch
	settleLetter(&b, l, a.ID, now)
	return stale(s.DB.Send(ctx, &b))
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}
