package wechat

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/db"
)

// Store is a Memory in the database. Everything that somebody said is sealed,
// and who it was is a blind index.
type Store struct {
	DB   *db.DB
	Keys Keys
}

func (s Store) who(t Talk) []byte { return s.Keys.Index("wechat:"+t.Door, t.Who) }

func (s Store) purpose(t Talk, what string) string {
	return dialoguePurpose(t.Door, s.who(t), what)
}

// Dialogue implements Memory.
func (s Store) Dialogue(ctx context.Context, t Talk) (d Dialogue, err error) {
	var version int64
	body, err := db.One(ctx, s.DB.Read(), func(r db.Rows) (b []byte, err error) {
		return b, r.Scan(&b, &version)
	}, `SELECT body, version FROM door_dialogue WHERE door = $1 AND who = $2`, t.Door, s.who(t))
	if errors.Is(err, db.ErrNoRows) {
		return d, nil
	}
	if err == nil {
		body, err = s.Keys.Unseal(s.purpose(t, "dialogue"), body)
	}
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	d.version = version
	return d, err
}

// Answered implements Memory.
func (s Store) Answered(ctx context.Context, t Talk, key string) (string, bool, error) {
	row := s.answerKey(t, key)
	body, err := db.One(ctx, s.DB.Read(), db.Value[[]byte], `SELECT body FROM door_answer WHERE door = $1 AND key = $2`, t.Door, row)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	text, err := s.Keys.Unseal(answerPurpose(t.Door, row), body)
	if err != nil { // from before answers were bound to their row
		text, err = s.Keys.Unseal(s.purpose(t, "answer:"+key), body)
	}
	return string(text), err == nil, err
}

// answerKey hides the openid that keys of events hold.
func (s Store) answerKey(t Talk, key string) string {
	return hex.EncodeToString(s.Keys.Index("wechat-answer:"+t.Door, t.Who+" "+key))
}

// Turn implements Memory.
func (s Store) Turn(ctx context.Context, t Talk, n Note) error {
	var b db.Batch
	row := s.answerKey(t, n.Key)
	b.Add(`INSERT INTO door_answer (door, key, body, at) VALUES ($1, $2, $3, $4)`, t.Door, row,
		s.Keys.Seal(answerPurpose(t.Door, row), []byte(n.Answer)), db.At(n.At))
	body, err := json.Marshal(n.Next)
	if err != nil {
		return err
	}
	sealed := s.Keys.Seal(s.purpose(t, "dialogue"), body)
	if n.Next.version == 0 {
		b.Add(`INSERT INTO door_dialogue (door, who, body, version, updated_at) VALUES ($1, $2, $3, 1, $4)`, t.Door, s.who(t), sealed, db.At(n.At))
	} else {
		b.Expect(1, `UPDATE door_dialogue SET body = $3, version = version + 1, updated_at = $4 WHERE door = $1 AND who = $2 AND version = $5`,
			t.Door, s.who(t), sealed, db.At(n.At), n.Next.version)
	}
	if n.File != nil {
		s.addFile(&b, t, n)
	}
	if n.Filed != "" {
		b.Add(`INSERT INTO door_follower (door, who, arrival_key, at) VALUES ($1, $2, $3, $4) ON CONFLICT (door, who, arrival_key) DO NOTHING`,
			t.Door, s.who(t), n.Filed, db.At(n.At))
	}
	if n.Next.ID == "" { // nothing is going on: its files went with the filing, or are not wanted
		b.Add(`DELETE FROM door_dialogue_file WHERE door = $1 AND who = $2`, t.Door, s.who(t))
	}
	err = s.DB.Send(ctx, &b)
	if errors.Is(err, db.ErrStale) || db.IsUnique(err) {
		return ErrMeanwhile
	}
	return err
}

func (s Store) addFile(b *db.Batch, t Talk, n Note) {
	f := n.File
	b.Add(`INSERT INTO door_dialogue_file (door, who, dialogue, n, name, type, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Door, s.who(t), n.Next.ID, n.Next.Files, f.Name, f.Type, s.Keys.Seal(s.purpose(t, "file"), f.Data))
}

// Files implements Memory.
func (s Store) Files(ctx context.Context, t Talk, id string) ([]door.Part, error) {
	return db.List(ctx, s.DB.Read(), func(r db.Rows) (p door.Part, err error) {
		if err = r.Scan(&p.Name, &p.Type, &p.Data); err == nil {
			p.Data, err = s.Keys.Unseal(s.purpose(t, "file"), p.Data)
		}
		return p, err
	}, `SELECT name, type, body FROM door_dialogue_file WHERE door = $1 AND who = $2 AND dialogue = $3 ORDER BY n LIMIT 20`, t.Door, s.who(t), id)
}

// Own implements Memory.
func (s Store) Own(ctx context.Context, t Talk) ([]string, error) {
	return db.List(ctx, s.DB.Read(), db.Value[string],
		`SELECT arrival_key FROM door_follower WHERE door = $1 AND who = $2 ORDER BY at DESC LIMIT 5`, t.Door, s.who(t))
}

// Forget drops what is over: dialogues nobody came back to, and answers that
// WeChat asks for no more.
func (s Store) Forget(ctx context.Context, now time.Time) error {
	var b db.Batch
	old := db.At(now.Add(-2 * patience))
	b.Add(`DELETE FROM door_dialogue_file WHERE EXISTS (SELECT 1 FROM door_dialogue d WHERE d.door = door_dialogue_file.door AND d.who = door_dialogue_file.who AND d.updated_at < $1)`, old)
	b.Add(`DELETE FROM door_dialogue WHERE updated_at < $1`, old)
	b.Add(`DELETE FROM door_answer WHERE at < $1`, db.At(now.Add(-24*time.Hour)))
	return s.DB.Send(ctx, &b)
}
