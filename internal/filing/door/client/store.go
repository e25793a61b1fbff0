package client

import (
	"context"
	"errors"
	"strings"
	"time"

	"xinqiao/internal/core/calendar"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
)

const columns = `id, name, key_hint, scopes, door, per_minute, per_day, origins, webhook, secret, active, version, created_at, created_by`

func scan(r db.Rows) (c Client, err error) {
	var scopes, origins string
	var created db.Time
	err = r.Scan(&c.ID, &c.Name, &c.Hint, &scopes, &c.Door, &c.PerMinute, &c.PerDay, &origins, &c.Webhook, &c.secret, &c.Active, &c.Version, &created, &c.createdBy)
	for _, s := range strings.Fields(scopes) {
		c.Scopes = append(c.Scopes, Scope(s))
	}
	c.Origins, c.CreatedAt = strings.Fields(origins), created.Std()
	return c, err
}

func insert(b *db.Batch, c Client, hash []byte) {
	b.Add(`INSERT INTO client (`+columns+`, key_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14)`,
		c.ID, c.Name, c.Hint, strings.Join(texts(c.Scopes), " "), c.Door, c.PerMinute, c.PerDay, strings.Join(c.Origins, " "), c.Webhook, c.secret, c.Active,
		db.At(c.CreatedAt), c.createdBy, hash)
}

func update(b *db.Batch, c Client) {
	b.Expect(1, `UPDATE client SET name = $1, scopes = $2, door = $3, per_minute = $4, per_day = $5, origins = $6, webhook = $7, active = $8, version = version + 1
		WHERE id = $9 AND version = $10`,
		c.Name, strings.Join(texts(c.Scopes), " "), c.Door, c.PerMinute, c.PerDay, strings.Join(c.Origins, " "), c.Webhook, c.Active, c.ID, c.Version)
}

func rekey(b *db.Batch, c Client, hash []byte) {
	b.Expect(1, `UPDATE client SET key_hash = $1, key_hint = $2, secret = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		hash, c.Hint, c.secret, c.ID, c.Version)
}

const markCase = `INSERT INTO client_case (case_id, case_no, client_id) VALUES ($1, $2, $3)`

// mostClients is far above what a city admits.
const mostClients = 500

// Clients lists all clients by name.
func (s *Service) Clients(ctx context.Context) ([]Client, error) {
	return db.List(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM client ORDER BY name, id LIMIT $1`, mostClients)
}

// Client reads one.
func (s *Service) Client(ctx context.Context, id int64) (Client, error) {
	c, err := db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM client WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNotFound
	}
	return c, err
}

func (s *Service) byKey(ctx context.Context, key string) (Client, error) {
	if !strings.HasPrefix(key, Prefix) {
		return Client{}, ErrKey
	}
	c, err := db.One(ctx, s.DB.Read(), scan, `SELECT `+columns+` FROM client WHERE key_hash = $1`, hashOf(key))
	if errors.Is(err, db.ErrNoRows) {
		err = ErrKey
	}
	return c, err
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// dayOf counts days in Beijing.
func dayOf(t time.Time) int64 { return (t.Unix() + 8*3600) / 86400 }

const spendOne = `INSERT INTO client_use (client_id, kind, span, used, refused) VALUES ($1, $2, $3, 1, 0)
	ON CONFLICT (client_id, kind, span) DO UPDATE SET used = client_use.used + 1 WHERE client_use.used < $4`

const refuseOne = `INSERT INTO client_use (client_id, kind, span, used, refused) VALUES ($1, 'd', $2, 0, 1)
	ON CONFLICT (client_id, kind, span) DO UPDATE SET refused = client_use.refused + 1`

// errUsedUp rolls back what a refused call would have used.
var errUsedUp = errors.New("client: the quota is used up")

// spend counts one call against both quotas, or none.
func (s *Service) spend(ctx context.Context, c Client, now time.Time) error {
	again := time.Unix((minuteOf(now)+1)*60, 0)
	err := s.DB.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		n, err := tx.Exec(ctx, spendOne, c.ID, "d", dayOf(now), c.PerDay)
		if err != nil {
			return err
		}
		if n == 0 {
			again = calendar.On(now).Add(1).Start()
			return errUsedUp
		}
		if n, err = tx.Exec(ctx, spendOne, c.ID, "m", minuteOf(now), c.PerMinute); err == nil && n == 0 {
			err = errUsedUp
		}
		return err
	})
	if !errors.Is(err, errUsedUp) {
		return err
	}
	var b db.Batch
	b.Add(refuseOne, c.ID, dayOf(now))
	if err := s.DB.Send(ctx, &b); err != nil {
		return err
	}
	return fault.New(fault.TooMany, "client.quota", again.UTC())
}

// Use is what a client used on one day.
type Use struct {
	Day           calendar.Date
	Used, Refused int
}

// Usage reads the last days of a client, the latest first.
func (s *Service) Usage(ctx context.Context, id int64, now time.Time, days int) ([]Use, error) {
	return db.List(ctx, s.DB.Read(), func(r db.Rows) (u Use, err error) {
		var day int64
		err = r.Scan(&day, &u.Used, &u.Refused)
		u.Day = calendar.On(time.Unix(day*86400, 0))
		return u, err
	}, `SELECT span, used, refused FROM client_use WHERE client_id = $1 AND kind = 'd' AND span > $2 ORDER BY span DESC`, id, dayOf(now)-int64(days))
}

// forget drops counters that nobody asks about any more.
func (s *Service) forget(ctx context.Context, now time.Time) error {
	var b db.Batch
	b.Add(`DELETE FROM client_use WHERE kind = 'm' AND span < $1`, minuteOf(now)-60)
	b.Add(`DELETE FROM client_use WHERE kind = 'd' AND span < $1`, dayOf(now)-400)
	return s.DB.Send(ctx, &b)
}
