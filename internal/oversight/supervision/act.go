package supervision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/conduct"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// Opening is a directive to be. Key makes a repeated request harmless.
type Opening struct {
	Key         string
	Actor       access.Actor
	Kind        Kind
	Variant     string
	CaseNo      string
	ParentID    int64
	CandidateID int64
	TeamID      int64
	UnitID      int64
	LeaderID    int64 // of an instruction that a clerk writes down for a leader
	Title       string
	Text        string
	Facts       string
	Basis       string
	Wanted      string
	Days        int
}

// Open makes a directive and serves it on the unit.
func (s *Service) Open(ctx context.Context, o Opening, now time.Time) (Directive, error) {
	if done, err := s.opened(ctx, o); err == nil {
		return done, nil
	}
	d, err := s.drawUp(ctx, o, now)
	if err != nil {
		return Directive{}, err
	}
	e := Entry{ID: s.IDs.Next(), Seq: 1, Verb: Open, At: now, State: Served, Actor: o.Actor, Text: d.Text,
		Detail: Detail{Days: d.Days}, Tell: tells(d, Open)}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if o.CandidateID != 0 {
			if err := s.store.decideCandidate(ctx, tx, decision{o.CandidateID, "opened", "", o.Actor.ID, now, d.ID}); err != nil {
				return err
			}
		}
		var b db.Batch
		insertDirective(&b, d)
		insertEntry(&b, d.ID, e, o.Key)
		announce(&b, e.ID, "opened", d.ID, now)
		return tx.Send(ctx, &b)
	})
	if err != nil {
		if done, again := s.opened(ctx, o); again == nil {
			return done, nil
		}
		return Directive{}, stale(err)
	}
	s.tellNow(ctx, e.ID, now)
	return d, nil
}

// opened finds what the key opened before, for the same actor.
func (s *Service) opened(ctx context.Context, o Opening) (Directive, error) {
	if o.Key == "" {
		return Directive{}, ErrNotFound
	}
	return s.store.byKey(ctx, s.DB.Read(), o.Key, o.Actor)
}

func stale(err error) error {
	if errors.Is(err, db.ErrStale) {
		return errStale.Because(err)
	}
	return err
}

// drawUp checks an opening and fills in what follows from it.
func (s *Service) drawUp(ctx context.Context, o Opening, now time.Time) (Directive, error) {
	l := s.lengths()
	d := Directive{
		ID: s.IDs.Next(), Kind: o.Kind, Variant: o.Variant, State: Served, Version: 1, ParentID: o.ParentID,
		CandidateID: o.CandidateID, TeamID: o.TeamID, UnitID: o.UnitID, FromUnitID: o.Actor.UnitID, IssuedBy: o.Actor.ID,
		Title: strings.TrimSpace(o.Title), Text: strings.TrimSpace(o.Text), Facts: strings.TrimSpace(o.Facts),
		Basis: strings.TrimSpace(o.Basis), Wanted: strings.TrimSpace(o.Wanted), Days: o.Days, OpenedAt: now, LastAt: now,
	}
	if err := mayOpen(o); err != nil {
		return d, err
	}
	if err := checkOpening(d, l); err != nil {
		return d, err
	}
	u, ok := s.Units.Unit(d.UnitID)
	if !ok || !u.Active || u.ID == o.Actor.UnitID {
		return d, fault.New(fault.Invalid, "supervision.incomplete").Field("unit", "supervision.unit_unknown")
	}
	copy(d.Areas[:], u.Areas)
	if err := s.bindLeader(ctx, &d, o); err != nil {
		return d, err
	}
	if err := s.bindParent(ctx, &d, &o); err != nil {
		return d, err
	}
	if err := s.bindCase(ctx, &d, o, now); err != nil {
		return d, err
	}
	d.DueAt = l.answerDue(now, d.Days)
	return d, nil
}

// mayOpen tells who presses: a clerk only writes down what a leader said.
func mayOpen(o Opening) error {
	if watches(o.Actor) || o.Kind == Instruct && o.Actor.Role == access.BureauClerk {
		return nil
	}
	return ErrDenied
}

func checkOpening(d Directive, l Lengths) error {
	f := fault.New(fault.Invalid, "supervision.incomplete")
	choose(f, "kind", string(d.Kind), names(Kinds))
	choose(f, "variant", d.Variant, variants[d.Kind])
	if d.UnitID == 0 {
		f.Field("unit", "supervision.choose")
	}
	if n := len([]rune(d.Title)); n == 0 {
		f.Field("title", "supervision.required")
	} else if n > 80 {
		f.Field("title", "supervision.too_long", 80)
	}
	words(f, "text", d.Text, true)
	words(f, "wanted", d.Wanted, false)
	formal := d.Kind == Recommend || d.Kind == LookBack
	words(f, "facts", d.Facts, formal)
	words(f, "basis", d.Basis, d.Kind == Recommend)
	if d.Days < 1 || d.Days > l.Most {
		f.Field("days", "supervision.days", l.Most)
	}
	return f.OrNil()
}

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// bindLeader names whose word an instruction is.
func (s *Service) bindLeader(ctx context.Context, d *Directive, o Opening) error {
	if d.Kind != Instruct {
		return nil
	}
	if o.Actor.Role == access.Leader {
		d.LeaderID, d.LeaderName = o.Actor.ID, o.Actor.Name
		return nil
	}
	leaders, err := s.Leaders(ctx, o.Actor)
	if err != nil {
		return err
	}
	for _, c := range leaders {
		if c.ID == o.LeaderID {
			d.LeaderID, d.LeaderName = c.ID, c.Name
			return nil
		}
	}
	return fault.New(fault.Invalid, "supervision.incomplete").Field("leader", "supervision.choose")
}

// Leaders lists the leaders of the actor's area and of those above it.
func (s *Service) Leaders(ctx context.Context, a access.Actor) ([]Colleague, error) {
	all, err := s.Staff.Colleagues(ctx)
	own, _ := s.Units.Unit(a.UnitID)
	return slices.DeleteFunc(all, func(c Colleague) bool {
		u, ok := s.Units.Unit(c.UnitID)
		return c.Role != access.Leader || !ok || !slices.Contains(own.Areas, u.Area)
	}), err
}

// bindParent takes the case from the directive that this one follows.
func (s *Service) bindParent(ctx context.Context, d *Directive, o *Opening) error {
	if o.ParentID == 0 {
		return nil
	}
	p, err := s.Directive(ctx, o.Actor, o.ParentID)
	if err == nil && o.CaseNo == "" {
		o.CaseNo = p.CaseNo
	}
	return err
}

// bindCase reads the case, refuses what would tell the accused, and collects
// the evidence.
func (s *Service) bindCase(ctx context.Context, d *Directive, o Opening, now time.Time) error {
	if o.CaseNo == "" {
		return s.noCase(d, o.Actor)
	}
	unknown := fault.New(fault.Invalid, "supervision.incomplete").Field("case", "supervision.case_unknown")
	no, ok := casework.CheckNumber(o.CaseNo)
	if !ok {
		return unknown
	}
	c, err := s.Cases.Case(ctx, o.Actor, no)
	if fault.KindOf(err) == fault.NotFound {
		return unknown.Because(err)
	}
	if err != nil {
		return err
	}
	if s.Cases.KeptFrom(c, d.UnitID) {
		return fault.New(fault.Invalid, "supervision.incomplete").Field("unit", "supervision.accused")
	}
	d.CaseID, d.CaseNo, d.Areas = c.ID, c.No, c.Areas
	d.OnClock = c.State.Open() && c.OwnerUnitID == d.UnitID
	events, err := s.Cases.History(ctx, c.ID)
	if err != nil {
		return err
	}
	d.Evidence = conduct.Against(c, events, d.UnitID)
	if o.CandidateID != 0 {
		seqs, err := s.store.candidateSeqs(ctx, s.DB.Read(), o.CandidateID, c.ID, d.UnitID)
		if err != nil {
			return unknown.Because(err)
		}
		d.Evidence = conduct.EvidenceOf(events, seqs)
	}
	return nil
}

// noCase keeps what is not about a case within the actor's own jurisdiction.
func (s *Service) noCase(d *Directive, a access.Actor) error {
	if d.Kind == Instruct && d.Variant == "on_case" || d.CandidateID != 0 {
		return fault.New(fault.Invalid, "supervision.incomplete").Field("case", "supervision.required")
	}
	if !slices.Contains(d.Areas[:], a.AreaID) {
		return fault.New(fault.Invalid, "supervision.incomplete").Field("unit", "supervision.unit_unknown")
	}
	return nil
}

// Do carries out a verb on a directive; the same key is carried out once.
func (s *Service) Do(ctx context.Context, id int64, act Act, key string, now time.Time) (Directive, error) {
	act.Text = strings.TrimSpace(act.Text)
	var after Directive
	var told int64
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		d, err := s.store.directive(ctx, tx, act.Actor, id, s.DB.Dialect().ForUpdate())
		if err != nil {
			return err
		}
		var e Entry
		if after, e, err = decide(d, act, now, s.lengths()); err != nil {
			return err
		}
		e.ID, told = s.IDs.Next(), 0
		var b db.Batch
		updateDirective(&b, d.Version, after)
		insertEntry(&b, id, e, key)
		if len(act.Files) > 0 {
			s.Files.Claim(&b, act.Files, id, e.Seq)
		}
		announce(&b, e.ID, string(e.Verb), id, now)
		if e.Tell != "" {
			told = e.ID
		}
		return tx.Send(ctx, &b)
	})
	if err != nil && key != "" {
		if done, again := s.store.byKey(ctx, s.DB.Read(), key, act.Actor); again == nil && done.ID == id {
			return done, nil
		}
	}
	if err != nil {
		return after, stale(err)
	}
	if told != 0 {
		s.tellNow(ctx, told, now)
	}
	return after, nil
}

// Directive reads one if the actor may see it.
func (s *Service) Directive(ctx context.Context, a access.Actor, id int64) (Directive, error) {
	return s.store.directive(ctx, s.DB.Read(), a, id, "")
}

// Entries reads what happened to a directive that the actor may see, oldest
// first. Notes of supervision are not for the unit that is asked.
func (s *Service) Entries(ctx context.Context, a access.Actor, d Directive) ([]Entry, error) {
	if s.Opened != nil && d.CaseID != 0 {
		if err := s.Opened(ctx, a, d.CaseID); err != nil {
			return nil, err
		}
	}
	list, err := s.store.entries(ctx, s.DB.Read(), d.ID)
	if a.UnitID == d.UnitID || !watches(a) {
		list = slices.DeleteFunc(list, func(e Entry) bool { return e.Verb == Note })
	}
	return list, err
}

// Following lists what follows from a directive, within what the actor sees.
func (s *Service) Following(ctx context.Context, a access.Actor, id int64) ([]Directive, error) {
	return s.store.following(ctx, s.DB.Read(), a, id)
}

// SeesFile tells whether the actor may open a file of a directive's entry.
func (s *Service) SeesFile(ctx context.Context, a access.Actor, id, _ int64) (bool, error) {
	_, err := s.Directive(ctx, a, id)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}
