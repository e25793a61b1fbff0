package door

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// The holding pen (待认领) is where staff look at what arrived and could not
// become a case by itself.

// PenFilter narrows the list.
type PenFilter struct {
	Door  string
	State State // Held when empty
	After int64 // id of the last one shown
}

// PenPage is how many arrivals one page shows.
const PenPage = 50

// Pen lists arrivals that the actor may see: those that wait oldest first,
// those that are decided newest first.
func (s *Service) Pen(ctx context.Context, a access.Actor, f PenFilter) (rows []Tray, next int64, err error) {
	if !a.Has(registrars...) {
		return nil, 0, ErrDenied
	}
	if f.State == "" {
		f.State = Held
	}
	doors, err := s.doorsOf(ctx, a, f.Door)
	if err != nil || len(doors) == 0 {
		return nil, 0, err
	}
	rows, err = s.listTray(ctx, doors, f, a.Cleared)
	if len(rows) > PenPage {
		rows = rows[:PenPage]
		next = rows[PenPage-1].ID
	}
	out := rows[:0]
	for _, t := range rows {
		if sees, sightErr := s.seesCase(ctx, a, t); sightErr != nil {
			return nil, 0, sightErr
		} else if sees {
			out = append(out, t)
		}
	}
	return out, next, err
}

// doorsOf are the codes of the doors whose arrivals the actor looks after: all
// that name no unit, and those of the own one.
func (s *Service) doorsOf(ctx context.Context, a access.Actor, only string) ([]string, error) {
	entries, err := s.Entries(ctx)
	var out []string
	for _, e := range entries {
		if (only == "" || only == e.Code) && s.looksAfter(a, e) {
			out = append(out, e.Code)
		}
	}
	return out, err
}

// looksAfter: a door that belongs to a unit is looked after by its staff and
// by the bureau heads above it; any other by everybody who registers.
func (s *Service) looksAfter(a access.Actor, e Entry) bool {
	if e.UnitID == 0 || e.UnitID == a.UnitID {
		return true
	}
	u, _ := s.Units.Unit(e.UnitID)
	return a.Role == access.BureauHead && slices.Contains(u.Areas, a.AreaID)
}

// seesCase: what became a case is seen by those who see the case, whatever
// lane it has come to lie in since.
func (s *Service) seesCase(ctx context.Context, a access.Actor, t Tray) (bool, error) {
	if t.CaseNo == "" {
		return t.Lane != access.LaneConfidential || a.Cleared, nil
	}
	_, err := s.Cases.Case(ctx, a, t.CaseNo)
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Denied {
		return false, nil
	}
	return err == nil, err
}

// visible reads an arrival that the actor may see.
func (s *Service) visible(ctx context.Context, a access.Actor, id int64) (Tray, error) {
	if !a.Has(registrars...) {
		return Tray{}, ErrDenied
	}
	t, err := s.tray(ctx, id)
	if err != nil {
		return t, err
	}
	e, err := s.Entry(ctx, t.Door)
	if err != nil {
		return t, err
	}
	sees, err := s.seesCase(ctx, a, t)
	if err == nil && (!sees || !s.looksAfter(a, e)) {
		err = ErrNotFound
	}
	return t, err
}

// Letter is an opened arrival: what it said, and what its parts are.
type Letter struct {
	Tray
	Entry  Entry
	From   string
	Raw    PartInfo
	Files  []PartInfo
	Draft  Draft
	Guess  []Guess
	Thread []Tray // what came before and after in the same conversation
}

// PartInfo is what a list shows of a part.
type PartInfo struct {
	Name, Type, SHA256 string
	Size               int
}

// Guess is a case to which an arrival may belong. A person decides.
type Guess struct {
	No, Title string
	Why       string // thread, number, sender
}

// Letter opens an arrival for an actor who may see it.
func (s *Service) Letter(ctx context.Context, a access.Actor, id int64) (Letter, error) {
	t, err := s.visible(ctx, a, id)
	if err != nil {
		return Letter{}, err
	}
	p, err := s.open(t)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Tray: t, From: p.From, Draft: p.Draft, Raw: info(p.Raw)}
	for _, k := range p.Files {
		l.Files = append(l.Files, info(k))
	}
	if l.Entry, err = s.Entry(ctx, t.Door); err != nil {
		return l, err
	}
	l.Guess, l.Thread, err = s.guess(ctx, a, t, p)
	return l, err
}

func info(k kept) PartInfo {
	return PartInfo{Name: k.Name, Type: k.Type, SHA256: k.SHA256, Size: k.Size}
}

// Part gives one part of an arrival in clear: 0 the original, 1… its files.
func (s *Service) Part(ctx context.Context, a access.Actor, id int64, i int) (Part, error) {
	t, err := s.visible(ctx, a, id)
	if err != nil {
		return Part{}, err
	}
	p, err := s.open(t)
	if err != nil {
		return Part{}, err
	}
	if i < 0 || i > len(p.Files) {
		return Part{}, ErrNotFound
	}
	k := p.Raw
	if i > 0 {
		k = p.Files[i-1]
	}
	out, err := s.part(k)
	if err == nil && s.Scan != nil {
		if err = s.Scan.Scan(ctx, bytes.NewReader(out.Data)); err != nil {
			return Part{}, ErrHarmful.Because(err)
		}
	}
	return out, err
}

// caseNumbers finds what may be a case number in a text.
var caseNumbers = regexp.MustCompile(`(?i)\b[A-Z]{2}\d{2}-?[0-9A-Z]{4}-?[0-9A-Z]{4}\b`)

// mostGuesses is how many cases are proposed.
const mostGuesses = 5

// guess looks for cases of the same conversation, cases that the text names by
// number, and cases of the same sender, as far as the actor sees them.
func (s *Service) guess(ctx context.Context, a access.Actor, t Tray, p payload) ([]Guess, []Tray, error) {
	var out []Guess
	add := func(no, why string) error {
		if no == "" || len(out) >= mostGuesses || slices.ContainsFunc(out, func(g Guess) bool { return g.No == no }) {
			return nil
		}
		c, err := s.Cases.Case(ctx, a, no)
		if err == nil {
			out = append(out, Guess{No: c.No, Title: c.Title, Why: why})
		} else if k := fault.KindOf(err); k != fault.NotFound && k != fault.Denied {
			return err
		}
		return nil
	}
	thread, err := s.inThread(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	for _, other := range thread {
		err = errors.Join(err, add(other.CaseNo, "thread"))
	}
	for _, found := range caseNumbers.FindAllString(p.Draft.Title+"\n"+p.Draft.Words, 20) {
		if no, ok := casework.CheckNumber(found); ok {
			err = errors.Join(err, add(no, "number"))
		}
	}
	same, sameErr := s.fromSender(ctx, t)
	for _, other := range same {
		err = errors.Join(err, add(other.CaseNo, "sender"))
	}
	thread = slices.DeleteFunc(thread, func(o Tray) bool {
		sees, err := s.seesCase(ctx, a, o)
		return err != nil || !sees
	})
	return out, thread, errors.Join(err, sameErr)
}

// Registered is what the registrar reads out or sends back.
type Registered struct {
	No, Code string
	Left     []string // names of files that cases do not take; they stay with the arrival
}

// RegisterArrival makes a case of an arrival in the words that staff completed.
// The original stays as it is.
func (s *Service) RegisterArrival(ctx context.Context, a access.Actor, id int64, f Filing) (Registered, error) {
	t, err := s.undecided(ctx, a, id)
	if err != nil {
		return Registered{}, err
	}
	f.Door, f.Key, f.Actor, f.Files, f.ReceivedAt = t.Door, s.filingKey(t), a, s.token(t.ID), t.At
	p, err := s.open(t)
	if err != nil {
		return Registered{}, err
	}
	f.Person.Mail, f.Person.OpenID = p.Draft.Person.Mail, p.Draft.Person.OpenID // where the person is told
	left, err := s.uploadSome(ctx, t, a.ID)
	if err != nil {
		return Registered{}, err
	}
	if err := s.file(ctx, t, f); err != nil {
		return Registered{}, err
	}
	now, err := s.tray(ctx, id)
	return Registered{No: now.CaseNo, Code: s.Intake.Code(now.CaseNo), Left: left}, err
}

// undecided reads an arrival about which somebody can still decide.
func (s *Service) undecided(ctx context.Context, a access.Actor, id int64) (Tray, error) {
	t, err := s.visible(ctx, a, id)
	if err == nil && t.State != Held && t.State != Received {
		err = ErrDecided
	}
	return t, err
}

// uploadSome hands over the files that cases take and names the others.
func (s *Service) uploadSome(ctx context.Context, t Tray, by int64) (left []string, err error) {
	arrival, err := s.unpack(t)
	if err != nil {
		return nil, err
	}
	for _, p := range arrival.Files {
		one := arrival
		one.Files = []Part{p}
		err := s.upload(ctx, t, one, by)
		if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
			left = append(left, p.Name)
		} else if err != nil {
			return nil, err
		}
	}
	return left, nil
}

// Join adds an arrival to a case that is there, as a supplement in the words
// that staff give.
func (s *Service) Join(ctx context.Context, a access.Actor, id int64, no, text string) (Registered, error) {
	t, err := s.undecided(ctx, a, id)
	if err != nil {
		return Registered{}, err
	}
	no, ok := casework.CheckNumber(no)
	if !ok {
		return Registered{}, fault.New(fault.Invalid, "door.invalid").Field("no", "door.no_form")
	}
	left, err := s.uploadSome(ctx, t, a.ID)
	if err != nil {
		return Registered{}, err
	}
	files, err := s.Files.IDs(ctx, s.token(t.ID))
	if err != nil {
		return Registered{}, err
	}
	now := s.Clock.Now()
	action := casework.Action{No: no, Verb: casework.Supplement, Actor: a, Key: s.filingKey(t), Now: now,
		Data: casework.Data{Text: strings.TrimSpace(text), Files: files}}
	c, err := s.Cases.DoAlong(ctx, action, func(b *db.Batch, c casework.Case) error {
		decide(b, t, verdict{state: Joined, caseID: c.ID, caseNo: c.No, lane: c.Lane, staff: a.ID, at: now})
		return nil
	})
	return Registered{No: c.No, Left: left}, decided(err)
}

// longestReason of setting an arrival aside.
const longestReason = 200

// SetAside puts an arrival away that is no matter of ours.
func (s *Service) SetAside(ctx context.Context, a access.Actor, id int64, reason string) error {
	reason = strings.TrimSpace(reason)
	bad := fault.New(fault.Invalid, "door.invalid")
	if n := len([]rune(reason)); n < 2 || n > longestReason {
		bad.Field("reason", "door.reason_missing", longestReason)
	}
	t, err := s.undecided(ctx, a, id)
	if err = errors.Join(err, bad.OrNil()); err != nil {
		return err
	}
	return s.conclude(ctx, t, verdict{state: Aside, lane: t.Lane, staff: a.ID, reason: reason, at: s.Clock.Now()})
}

// TakeBack fetches an arrival that was set aside.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, id int64) error {
	t, err := s.visible(ctx, a, id)
	if err == nil && t.State != Aside {
		err = ErrDecided
	}
	if err != nil {
		return err
	}
	return s.conclude(ctx, t, verdict{state: Held, lane: t.Lane, reason: reasonTakenBack, at: time.Time{}})
}

func (s *Service) conclude(ctx context.Context, t Tray, v verdict) error {
	var b db.Batch
	decide(&b, t, v)
	return decided(s.DB.Send(ctx, &b))
}
