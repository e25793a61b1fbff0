package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// File registers one matter. When it returns, the case is on disk with its
// words, its person, its files, its first duty and its announcement. A key that
// was used before gives the same receipt with Again.
func (s *Service) File(ctx context.Context, f Filing, now time.Time) (Receipt, error) {
	f, err := s.check(f, now)
	if err != nil {
		return Receipt{}, err
	}
	var b db.Batch
	c, err := s.register(ctx, &b, f, now)
	if err != nil {
		return Receipt{}, err
	}
	if err = s.db.Send(ctx, &b); err == nil {
		return s.receipt(c, f, false), nil
	}
	// Any violated uniqueness may be our own commit whose answer was lost.
	if f.Key != "" && db.IsUnique(err) {
		before, found, lookup := s.cases.WasFiled(ctx, f.Key)
		if lookup == nil && found {
			return s.again(ctx, before, f)
		}
	}
	return Receipt{}, err
}

// ErrKeyReused: the key has registered something else.
var ErrKeyReused = fault.New(fault.Conflict, "intake.key_reused")

// again gives the receipt of a filing that is registered already: to who sends
// the same words, not to who hits upon the same key.
func (s *Service) again(ctx context.Context, before casework.Case, f Filing) (Receipt, error) {
	m, err := s.Matter(ctx, before.ID)
	if err != nil {
		return Receipt{}, err
	}
	if m.SHA256 != hashOf(f.Words) {
		return Receipt{}, ErrKeyReused
	}
	return s.receipt(before, f, true), nil
}

// hashOf proves words unchanged.
func hashOf(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:])
}

// Prepare adds a filing to a batch that the caller sends.
func (s *Service) Prepare(ctx context.Context, b *db.Batch, f Filing, now time.Time) (casework.Case, error) {
	f, err := s.check(f, now)
	if err != nil {
		return casework.Case{}, err
	}
	return s.register(ctx, b, f, now)
}

func (s *Service) receipt(c casework.Case, f Filing, again bool) Receipt {
	return Receipt{No: c.No, Code: s.codes.Code(c.No), Case: c, Again: again, Above: s.above(c, f.Actor.UnitID)}
}

// above tells where a visit belongs that came more than one level too high:
// to the body of its own level, or one above (Art. 20). Guidance only.
func (s *Service) above(c casework.Case, came int64) []access.Unit {
	if c.Channel != casework.Visit || came == 0 {
		return nil
	}
	var own []access.Unit // the bureaus of the place, lowest first
	for i := len(c.Areas) - 1; i >= 0; i-- {
		if u, ok := s.units.Unit(c.Areas[i]); ok && c.Areas[i] != 0 {
			if b, ok := s.units.Unit(u.BureauID); ok {
				own = append(own, b)
			}
		}
	}
	for i, b := range own {
		if b.ID == came && i > 1 {
			return own[:2]
		}
	}
	return nil
}

// register adds everything that a checked filing consists of to a batch.
func (s *Service) register(ctx context.Context, b *db.Batch, f Filing, now time.Time) (casework.Case, error) {
	var person int64
	if !f.Anonymous {
		var err error
		if person, err = s.people.Add(b, f.Who, now); err != nil {
			return casework.Case{}, err
		}
	}
	hash := hashOf(f.Words)
	data := casework.Data{
		Title: f.Title, Channel: f.Channel, PetitionerID: person, TextHash: hash, ReceivedAt: f.ReceivedAt,
		Kind: f.Kind, People: f.Persons,
	}
	s.place(&data, f)
	classify(&data, f)
	var err error
	if data.Staff, err = s.handlers(ctx, f); err != nil {
		return casework.Case{}, err
	}
	c, err := s.cases.Register(ctx, b, casework.Registration{Actor: f.Actor, Data: data, Key: f.Key, Now: now})
	if err != nil {
		return c, err
	}
	addMatter(b, s.keys, c, f, hash)
	if s.Sources != nil {
		s.Sources.Mark(ctx, b, c)
	}
	if f.Draft != "" {
		s.files.ClaimDraft(b, f.Draft, c.ID, c.Version)
	}
	if f.Via != "" && s.vias != nil {
		s.vias.Came(b, f.Via, c.ID)
	}
	return c, nil
}

// place says under which governments a matter lies and which bureau sends it
// on. An accusation against that very bureau goes to the one above.
func (s *Service) place(d *casework.Data, f Filing) {
	unit, _ := s.units.Unit(f.AreaID)
	copy(d.Areas[:], unit.Areas)
	d.BureauID = unit.BureauID
	for i := len(unit.Areas) - 1; i >= 0 && f.AccusedID != 0 && d.BureauID == f.AccusedID; i-- {
		if above, ok := s.units.Unit(unit.Areas[i]); ok && above.BureauID != 0 {
			d.BureauID = above.BureauID
		}
	}
}

// classify gives the two purposes that the law routes by themselves their
// nature; everything else is for triage. An accusation is confidential from
// its first moment (Art. 30).
func classify(d *casework.Data, f Filing) {
	switch f.Purpose {
	case Suggestion:
		d.Nature = casework.R0
	case Accusation, Retaliation:
		d.Nature, d.Lane, d.BarredUnitID = casework.R1, access.LaneConfidential, f.AccusedID
		d.Retaliation = f.Purpose == Retaliation
	}
}

// handlers are those who handled the petition that a complaint of retaliation
// is about: they may not touch the complaint (Art. 18). A number that is
// nobody's changes nothing, and nobody is told whether it is.
func (s *Service) handlers(ctx context.Context, f Filing) ([]int64, error) {
	no, ok := casework.CheckNumber(f.RelatedNo)
	if !ok || f.Purpose != Retaliation {
		return nil, nil
	}
	c, err := s.cases.Case(ctx, access.Actor{Role: access.System}, no)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return c.Handlers, err
}

// scoped keeps the keys of different doors apart, so that nobody learns of a
// case by guessing the key that another door gave it.
func scoped(f Filing) string {
	if f.Key == "" {
		return ""
	}
	return string(f.Channel) + ":" + strconv.FormatInt(f.Actor.ID, 36) + ":" + f.Key
}
