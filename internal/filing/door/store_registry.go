package door

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"xinqiao/internal/platform/db"
)

const entryColumns = `code, kind, channel, name_zh, name_en, settings, secrets, hours, workdays, merge, unit_id, priority, active, version,
	opened_at, changed_at, changed_by, probed_at, ok_at, error, lease_until_at`

func scanEntry(r db.Rows) (e Entry, err error) {
	var settings db.JSON
	var opened, changed, probed, ok, lease db.Time
	err = r.Scan(&e.Code, &e.Kind, &e.Channel, &e.NameZH, &e.NameEN, &settings, &e.secrets, &e.Hours, &e.Workdays, &e.Merge, &e.UnitID,
		&e.Priority, &e.Active, &e.Version, &opened, &changed, &e.ChangedBy, &probed, &ok, &e.Error, &lease)
	if err == nil {
		err = json.Unmarshal(settings, &e.Values)
	}
	e.OpenedAt, e.ChangedAt, e.ProbedAt, e.OKAt, e.leaseUntil = opened.Std(), changed.Std(), probed.Std(), ok.Std(), lease.Std()
	return e, err
}

// Entry reads one door of the registry.
func (s *Service) Entry(ctx context.Context, code string) (Entry, error) {
	e, err := db.One(ctx, s.DB.Read(), scanEntry, `SELECT `+entryColumns+` FROM door WHERE code = $1`, code)
	if errors.Is(err, db.ErrNoRows) {
		return e, ErrUnknown
	}
	return e, err
}

// mostDoors is far above what a city has.
const mostDoors = 500

// Entries lists the registry, the most important doors first.
func (s *Service) Entries(ctx context.Context) ([]Entry, error) {
	return db.List(ctx, s.DB.Read(), scanEntry, `SELECT `+entryColumns+` FROM door ORDER BY priority, code LIMIT $1`, mostDoors)
}

func insertEntry(b *db.Batch, e Entry) error {
	settings, err := json.Marshal(e.Values)
	b.Add(`INSERT INTO door (code, kind, channel, name_zh, name_en, settings, secrets, hours, workdays, merge, unit_id, priority, active, version,
		opened_at, changed_at, changed_by, probed_at, ok_at, error, lease_owner, lease_until_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14, $15, 0, 0, '', '', 0)`,
		e.Code, e.Kind, string(e.Channel), e.NameZH, e.NameEN, string(settings), e.secrets, e.Hours, e.Workdays, string(e.Merge), e.UnitID,
		e.Priority, e.Active, db.At(e.ChangedAt), e.ChangedBy)
	return err
}

func updateEntry(b *db.Batch, e Entry) error {
	settings, err := json.Marshal(e.Values)
	b.Expect(1, `UPDATE door SET channel = $1, name_zh = $2, name_en = $3, settings = $4, secrets = $5, hours = $6, workdays = $7, merge = $8,
		unit_id = $9, priority = $10, active = $11, version = version + 1, changed_at = $12, changed_by = $13 WHERE code = $14 AND version = $15`,
		string(e.Channel), e.NameZH, e.NameEN, string(settings), e.secrets, e.Hours, e.Workdays, string(e.Merge), e.UnitID, e.Priority, e.Active,
		db.At(e.ChangedAt), e.ChangedBy, e.Code, e.Version)
	return err
}

// claimLease makes this process the one that keeps a door open; false when
// another one does.
func (s *Service) claimLease(ctx context.Context, code string, now, until time.Time) (bool, error) {
	var n int64
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE door SET lease_owner = $1, lease_until_at = $2 WHERE code = $3 AND active AND (lease_owner = $1 OR lease_until_at < $4)`,
			s.owner, db.At(until), code, db.At(now))
		return err
	})
	return n == 1, err
}

func (s *Service) releaseLease(ctx context.Context, code string) error {
	var b db.Batch
	b.Add(`UPDATE door SET lease_owner = '', lease_until_at = 0 WHERE code = $1 AND lease_owner = $2`, code, s.owner)
	return s.DB.Send(ctx, &b)
}

// Hour is what was counted of a door in one hour.
type Hour struct {
	Door                              string
	Hour                              int64 // from the epoch
	Probes, Failures, Arrivals, Filed int
	LastAt                            time.Time
}

// hours reads the figures of all doors since a moment.
func (s *Service) hours(ctx context.Context, since time.Time) ([]Hour, error) {
	return db.List(ctx, s.DB.Read(), func(r db.Rows) (h Hour, err error) {
		var last db.Time
		err = r.Scan(&h.Door, &h.Hour, &h.Probes, &h.Failures, &h.Arrivals, &h.Filed, &last)
		h.LastAt = last.Std()
		return h, err
	}, `SELECT h.door, h.hour, h.probes, h.failures, h.arrivals, h.filed, h.last_at FROM door d JOIN door_hour h ON h.door = d.code AND h.hour >= $1
		ORDER BY h.door, h.hour`, hourOf(since))
}

// lastArrivals tells when each door last received something.
func (s *Service) lastArrivals(ctx context.Context) (map[string]time.Time, error) {
	type last struct {
		door string
		at   db.Time
	}
	rows, err := db.List(ctx, s.DB.Read(), func(r db.Rows) (l last, err error) {
		err = r.Scan(&l.door, db.Null(&l.at))
		return l, err
	}, `SELECT d.code, (SELECT max(h.last_at) FROM door_hour h WHERE h.door = d.code) FROM door d ORDER BY d.code LIMIT $1`, mostDoors)
	out := map[string]time.Time{}
	for _, l := range rows {
		out[l.door] = l.at.Std()
	}
	return out, err
}
