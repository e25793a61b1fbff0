package procedure

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
)

// Messages are this capability's words in both languages.
//
//go:embed messages.json
var Messages []byte

// Law gives the rules in force: calendar and parameters.
type Law interface {
	Rules() casework.Rules
}

// IDs makes row ids, ordered by time.
type IDs interface {
	Next() int64
}

// Numbers gives the next serial of a named row of numbers, never twice.
type Numbers interface {
	Next(ctx context.Context, name string) (uint64, error)
}

// Units answers whether a unit can be given a case.
type Units interface {
	Unit(id int64) (access.Unit, bool)
}

// Categories answers whether a category is in use.
type Categories interface {
	Category(code string) (casework.Category, bool)
}

// Files binds uploaded files to the event that brought them.
type Files interface {
	Claim(b *db.Batch, ids []int64, caseID, seq int64)
}

// Service carries out the verbs. Make it with New.
type Service struct {
	db         *db.DB
	law        Law
	ids        IDs
	numbers    Numbers
	units      Units
	categories Categories
	files      Files
	matters    Matters
	gate       Gate
	keys       Keys
	place      string // letters before every case number, "MC"
}

// Needs is what New wires together. Without Categories any code is taken.
type Needs struct {
	DB         *db.DB
	Law        Law
	IDs        IDs
	Numbers    Numbers
	Units      Units
	Categories Categories
	Files      Files
	Place      string
	Keys       Keys
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{
		db: n.DB, law: n.Law, ids: n.IDs, numbers: n.Numbers, units: n.Units, categories: n.Categories, files: n.Files, place: n.Place,
		keys: n.Keys,
	}
}

// Attach names who keeps people's own words: intake, which needs procedure to
// be there first. Without it nothing is carried over to a review.
func (s *Service) Attach(m Matters) { s.matters = m }

// Gate tells what a dossier still lacks before its case can be concluded, by
// the names of the documents in the asker's language; nil means nothing.
type Gate interface {
	Lacks(ctx context.Context, c casework.Case) ([]string, error)
}

// Guard sets the gate before conclusions. Without one every case passes.
func (s *Service) Guard(g Gate) { s.gate = g }

// complete holds a conclusion until its dossier is whole.
func (s *Service) complete(ctx context.Context, c casework.Case, v casework.Verb) error {
	if s.gate == nil || v != casework.ConcludeCase {
		return nil
	}
	names, err := s.gate.Lacks(ctx, c)
	if err != nil || len(names) == 0 {
		return err
	}
	return fault.New(fault.RuleBroken, "procedure.dossier_incomplete", strings.Join(names, i18n.Pick(ctx, "、", ", ")))
}

// Rules gives the rules in force, for those who explain or preview.
func (s *Service) Rules() casework.Rules { return s.law.Rules() }

// ErrNotFound: there is no such case, or not for this actor.
var ErrNotFound = fault.New(fault.NotFound, "procedure.case_not_found")

// Do carries out a verb: all of it is on disk when it returns, or nothing. A
// repeated key returns the case as it stands.
func (s *Service) Do(ctx context.Context, a casework.Action) (casework.Case, error) {
	return s.DoAlong(ctx, a, nil)
}

// DoAlong is Do with more to write in the same unit of work; a refused verb
// writes nothing of it.
func (s *Service) DoAlong(ctx context.Context, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error) {
	var err error
	if a.Data, err = keep(a.Verb, a.Data); err != nil {
		return casework.Case{}, err
	}
	if err := s.checkNames(a); err != nil {
		return casework.Case{}, err
	}
	var after casework.Case
	err = s.db.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		before, err := s.loadVisible(ctx, tx, a)
		if err != nil {
			return err
		}
		after, err = s.act(ctx, tx, before, a, also)
		return err
	})
	if err != nil && a.Key != "" {
		if again, ok := s.done(ctx, a); ok {
			return again, nil
		}
	}
	return after, mapError(err)
}

// act decides and saves one case inside a unit of work.
func (s *Service) act(ctx context.Context, tx db.Tx, before casework.Case, a casework.Action, also func(*db.Batch, casework.Case) error) (casework.Case, error) {
	var b db.Batch
	if err := s.complete(ctx, before, a.Verb); err != nil {
		return before, err
	}
	if err := s.apart(before, a.Data); err != nil {
		return before, err
	}
	if err := s.linked(ctx, tx, &a.Data); err != nil {
		return before, err
	}
	if err := s.relates(ctx, tx, before, &a); err != nil {
		return before, err
	}
	if err := s.begins(ctx, &b, before, &a); err != nil {
		return before, err
	}
	after, err := s.Prepare(&b, before, a)
	if err != nil {
		return before, err
	}
	if err := s.follow(ctx, tx, &b, after, a); err != nil {
		return before, err
	}
	if also != nil {
		if err := also(&b, after); err != nil {
			return before, err
		}
	}
	return after, tx.Send(ctx, &b)
}

// Prepare decides one step and adds what it writes to a batch.
func (s *Service) Prepare(b *db.Batch, before casework.Case, a casework.Action) (casework.Case, error) {
	rules := s.law.Rules()
	events, err := casework.Decide(before, casework.Command{Verb: a.Verb, Actor: a.Actor, Data: a.Data}, a.Now, rules)
	if err != nil {
		return before, err
	}
	after := before
	for _, e := range events {
		after = casework.Apply(after, e, rules)
	}
	return after, s.save(b, before, after, events, a.Key)
}

// loadVisible reads the case and hides what the actor may not see.
func (s *Service) loadVisible(ctx context.Context, tx db.Tx, a casework.Action) (casework.Case, error) {
	c, err := s.load(ctx, tx, a.No, s.db.Dialect().ForUpdate())
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	if err == nil && !access.Visible(a.Actor).Sees(c.Facts()) {
		return c, ErrNotFound
	}
	return c, err
}

// done tells whether the key was carried out before on this very case.
func (s *Service) done(ctx context.Context, a casework.Action) (casework.Case, bool) {
	verb, no, err := commandOf(ctx, s.db.Read(), a.Key)
	if err != nil || no != a.No || verb != a.Verb {
		return casework.Case{}, false
	}
	c, err := s.Case(ctx, a.Actor, a.No)
	return c, err == nil
}

// checkNames refuses units and categories that are not in use.
func (s *Service) checkNames(a casework.Action) error {
	f := fault.New(fault.Invalid, "procedure.incomplete")
	for _, named := range []struct {
		field string
		id    int64
	}{{"unit", a.Data.UnitID}, {"barred", a.Data.BarredUnitID}, {"suggest", a.Data.SuggestID}} {
		if u, ok := s.units.Unit(named.id); named.id != 0 && (!ok || !u.Active) {
			f.Field(named.field, "procedure.unit_unknown")
		}
	}
	if code := a.Data.Category; code != "" && s.categories != nil {
		if c, ok := s.categories.Category(code); !ok || !c.Active {
			f.Field("category", "procedure.category_unknown")
		}
	}
	return f.OrNil()
}

// apart refuses to give a case to whom it must be kept from (Art. 18, 30),
// whatever the verb.
func (s *Service) apart(c casework.Case, d casework.Data) error {
	if d.BarredUnitID != 0 {
		c.BarredUnitID = d.BarredUnitID
	}
	if d.Nature == casework.R1 {
		c.Lane = access.LaneConfidential
	}
	f := fault.New(fault.Invalid, "procedure.incomplete")
	if s.KeptFrom(c, d.UnitID) {
		f.Field("unit", "casework.unit_barred")
	}
	if s.KeptFrom(c, d.SuggestID) {
		f.Field("suggest", "casework.unit_barred")
	}
	return f.OrNil()
}

// KeptFrom tells whether a case must be kept from a unit: an accusation from
// the accused and what belongs to it, a complaint of retaliation also from the
// line above (Art. 18, 30).
func (s *Service) KeptFrom(c casework.Case, unitID int64) bool {
	if unitID == 0 || c.BarredUnitID == 0 || c.Lane != access.LaneConfidential {
		return false
	}
	return unitID == c.BarredUnitID || s.under(unitID, c.BarredUnitID) || c.Retaliation && s.under(c.BarredUnitID, unitID)
}

// under tells whether a unit belongs to another one's line, as far as the
// government above both.
func (s *Service) under(id, line int64) bool {
	for range 10 {
		u, ok := s.units.Unit(id)
		if !ok || u.Kind == access.Government || u.ParentID == 0 {
			return false
		}
		if id = u.ParentID; id == line {
			return true
		}
	}
	return false
}

// Case reads one case if the actor may see it.
func (s *Service) Case(ctx context.Context, a access.Actor, no string) (casework.Case, error) {
	c, err := s.load(ctx, s.db.Read(), no, "")
	if errors.Is(err, db.ErrNoRows) || err == nil && !access.Visible(a).Sees(c.Facts()) {
		return casework.Case{}, ErrNotFound
	}
	return c, err
}

// History reads the events of a case, oldest first. Who may see the case may
// see its history.
func (s *Service) History(ctx context.Context, caseID int64) ([]casework.Event, error) {
	return s.history(ctx, s.db.Read(), caseID)
}

// Story reads a case and its events inside a unit of work, for those who react
// to what happened.
func (s *Service) Story(ctx context.Context, q db.Queryer, caseID int64) (casework.Case, []casework.Event, error) {
	c, err := s.loadID(ctx, q, caseID, "")
	if err != nil {
		return c, nil, err
	}
	events, err := s.history(ctx, q, caseID)
	return c, events, err
}

// mapError turns a refusal of the core into a fault, once.
func mapError(err error) error {
	var no *casework.Refusal
	if !errors.As(err, &no) {
		if errors.Is(err, db.ErrStale) {
			return fault.New(fault.Conflict, "procedure.changed_meanwhile").Because(err)
		}
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "procedure.key_used").Because(err)
		}
		return err
	}
	if no.Field != "" {
		return fault.New(fault.Invalid, "procedure.incomplete").Field(no.Field, no.ID, no.Args...)
	}
	switch no.ID {
	case "casework.not_yours", "casework.not_your_role":
		return fault.New(fault.Denied, no.ID, no.Args...)
	case "casework.wrong_state":
		return fault.New(fault.RuleBroken, no.ID, i18n.Key(fmt.Sprint("state.", no.Args[0])))
	}
	return fault.New(fault.RuleBroken, no.ID, no.Args...)
}
