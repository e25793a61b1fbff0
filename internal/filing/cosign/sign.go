package cosign

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

// minKey is the least length of a key that a visitor's browser made.
const minKey = 16

// Joining is one signature as the join page or the API takes it.
type Joining struct {
	No, Token string
	Key       string // the same key signs once
	Who       Signer
	Agreed    bool
}

// Receipt is the proof of a signature.
type Receipt struct {
	No    string
	Seq   int64  // the how-manyth person of the petition
	Code  string // the signer's own query code
	Name  string // masked; of a list only
	Again bool   // this key signed before; nothing was added
}

// Join signs. A second signature by the same phone or ID is refused, a
// repeated key gives the same receipt.
func (s *Service) Join(ctx context.Context, j Joining, now time.Time) (Receipt, error) {
	c, err := s.Behind(ctx, j.No, j.Token)
	if err != nil {
		return Receipt{}, err
	}
	if err := s.check(j, now); err != nil {
		return Receipt{}, err
	}
	e := s.entry(j.Who, now)
	if j.Key != "" {
		e.key = "join:" + c.No + ":" + j.Key
	}
	if before, ok, err := s.again(ctx, c, e); ok || err != nil {
		return before, err
	}
	if err := s.fresh(ctx, c, e); err != nil {
		return Receipt{}, err
	}
	list := []entry{e}
	a := casework.Action{No: c.No, Verb: casework.Cosign, Actor: access.Actor{Role: access.Petitioner, CaseID: c.ID}, Now: now}
	if err := s.sign(ctx, a, list); err != nil {
		if before, ok, look := s.again(ctx, c, e); ok || look != nil {
			return before, look
		}
		if twice := s.fresh(ctx, c, e); twice != nil {
			return Receipt{}, twice
		}
		return Receipt{}, err
	}
	return s.receipt(c.No, list[0].seq), nil
}

// check asks for the same as a filing does, and for consent.
func (s *Service) check(j Joining, now time.Time) error {
	bad := fault.New(fault.Invalid, "cosign.invalid")
	if !j.Agreed {
		bad.Field("agreed", "cosign.agree")
	}
	if j.Key != "" && len(j.Key) < minKey {
		bad.Field("key", "cosign.key_form")
	}
	if strings.TrimSpace(j.Who.Phone) == "" {
		bad.Field("phone", "cosign.phone_missing")
	}
	if strings.TrimSpace(j.Who.Address) == "" {
		bad.Field("address", "cosign.address_missing")
	}
	if strings.TrimSpace(j.Who.Name) == "" {
		bad.Field("name", "identity.name_empty")
		return bad
	}
	err := s.known(j.Who, now)
	if e, ok := fault.As(err); ok {
		bad.Fields = append(bad.Fields, e.Fields...)
	} else if err != nil {
		return err
	}
	return bad.OrNil()
}

// known checks a person like everybody, and that the phone is somebody's own:
// 12345 is a number, but nobody's.
func (s *Service) known(who Signer, now time.Time) error {
	if p, err := identity.ParsePhone(who.Phone); err == nil && p.Kind == identity.Service {
		return fault.New(fault.Invalid, "cosign.invalid").Field("phone", "cosign.phone_own")
	}
	return s.People.Check(who, now)
}

// entry is a signature on its way in.
type entry struct {
	who   Signer
	seq   int64
	key   string
	by    int64 // staff
	phone []byte
	id    []byte
}

// entry makes the blind indexes by which a person signs a case once.
func (s *Service) entry(who Signer, now time.Time) entry {
	e := entry{who: who}
	if p, err := identity.ParsePhone(who.Phone); err == nil {
		e.phone = s.Keys.Index("cosigner/phone", p.Number)
	}
	if id, err := identity.ParseDocument(identity.IDCard, who.IDNo, now); err == nil && strings.TrimSpace(who.IDNo) != "" {
		e.id = s.Keys.Index("cosigner/id", id)
	}
	return e
}

// again gives the receipt of a signature that the key has made, to whoever
// sends the same person with it.
func (s *Service) again(ctx context.Context, c casework.Case, e entry) (Receipt, bool, error) {
	if e.key == "" {
		return Receipt{}, false, nil
	}
	seq, phone, ok, err := s.store.byKey(ctx, e.key)
	if err != nil || !ok {
		return Receipt{}, false, err
	}
	if string(phone) != string(e.phone) {
		return Receipt{}, false, ErrReused
	}
	r := s.receipt(c.No, seq)
	r.Again = true
	return r, true, nil
}

// fresh refuses, kindly, who is with this petition already.
func (s *Service) fresh(ctx context.Context, c casework.Case, e entry) error {
	had, err := s.store.has(ctx, c.ID, e)
	if err != nil {
		return err
	}
	if had {
		return fault.New(ErrSigned.Kind, ErrSigned.ID).Field("phone", ErrSigned.ID)
	}
	if c.PetitionerID == 0 {
		return nil
	}
	ids, err := s.People.ByPhoneIndex(ctx, e.who.Phone)
	for _, id := range ids {
		if id == c.PetitionerID {
			return fault.New(ErrOwn.Kind, ErrOwn.ID).Field("phone", ErrOwn.ID)
		}
	}
	return err
}

// sign writes some signatures with their one event. A person's number is what
// the petition counts with that person: it only grows, so none is used twice.
func (s *Service) sign(ctx context.Context, a casework.Action, list []entry) error {
	a.Data.People = len(list)
	_, err := s.Cases.DoAlong(ctx, a, func(b *db.Batch, after casework.Case) error {
		for i := range list {
			e := &list[i]
			e.seq = int64(after.People - len(list) + i + 1)
			person, err := s.People.Add(b, e.who, a.Now)
			if err != nil {
				return err
			}
			insert(b, row{caseID: after.ID, personID: person, entry: *e, code: s.codeIndex(after.No, s.code(after.No, e.seq)), at: a.Now})
		}
		return nil
	})
	return err
}

func (s *Service) receipt(no string, seq int64) Receipt {
	return Receipt{No: no, Seq: seq, Code: s.code(no, seq)}
}

// code is the query code of one signer, derived like the filer's.
func (s *Service) code(no string, seq int64) string {
	return s.Codes.Code(no + "/" + strconv.FormatInt(seq, 10))
}

func (s *Service) codeIndex(no, code string) []byte {
	return s.Keys.Index("cosigner/code", no+" "+code)
}
