package person

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/core/matching"
	"xinqiao/internal/platform/db"
)

// Near lists whom a person could be, newest first, at most fifty: whoever
// shares a blind index. Nothing is opened.
func (s *Service) Near(ctx context.Context, id int64) ([]int64, error) {
	ids, err := s.store.near(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("persons near %d: %w", id, err)
	}
	return ids, nil
}

// Compare weighs whether two are the same person. What was compared does not
// leave this package, only how well it agrees.
func (s *Service) Compare(ctx context.Context, a, b int64, now time.Time) (matching.Result, error) {
	var rs [2]matching.Record
	for i, id := range [2]int64{a, b} {
		r, err := byID(ctx, s.store.db.Read(), id)
		if errors.Is(err, db.ErrNoRows) {
			return matching.Result{}, ErrUnknown
		}
		if err != nil {
			return matching.Result{}, fmt.Errorf("compare persons: %w", err)
		}
		r.id = id
		p, err := s.open(r)
		if err != nil {
			return matching.Result{}, err
		}
		rs[i] = toRecord(p, now)
	}
	return matching.Compare(rs[0], rs[1]), nil
}

func toRecord(p Person, now time.Time) matching.Record {
	r := matching.Record{IDType: string(p.IDType), IDNo: p.IDNo, Phone: p.Phone, Name: p.Name, Sex: p.Sex, Town: townOf(p), Org: p.OrgName}
	if p.IDType == identity.ResidencePermit {
		r.IDType = string(identity.IDCard) // one number for life
	}
	if id, err := identity.ParseID(p.IDNo, now); err == nil {
		r.Birth = id.Birth
	}
	return r
}

// townOf is an address down to the township; nothing where it names none.
func townOf(p Person) string {
	for _, address := range []string{p.Address, p.Household} {
		town, _ := strings.CutSuffix(identity.MaskAddress(address), "***")
		for _, end := range []string{"镇", "乡", "街道", "苏木"} {
			if strings.HasSuffix(town, end) {
				return town
			}
		}
	}
	return ""
}
