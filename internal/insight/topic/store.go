package topic

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/db"
)

type store struct{ db *db.DB }

// member is a case of a topic as counting sees it.
type member struct {
	topicID, who, place int64
	at                  time.Time
}

// conds is the visibility rule on the live rows, open lane only.
func conds(scope access.Scope) []db.Cond {
	out := []db.Cond{{Column: "c.lane", Value: string(access.LaneOpen)}}
	for _, t := range scope.Terms {
		if t.Field != access.FieldLane {
			out = append(out, db.Cond{Column: "c." + string(t.Field), Not: t.Not, Value: t.Value})
		}
	}
	return out
}

const fromCases = ` FROM topic_case x JOIN case_file c ON c.id = x.case_id WHERE `

// of limits a query to one topic, or to none.
func of(id int64, scope access.Scope) (where string, args []any) {
	list := conds(scope)
	if id != 0 {
		list = append([]db.Cond{{Column: "x.topic_id", Value: id}}, list...)
	}
	return db.Where(list, 1)
}

// members lists the cases of one topic, or of all, that a scope sees: as many
// as one grouping holds.
func (s store) members(ctx context.Context, scope access.Scope, id int64) ([]member, error) {
	where, args := of(id, scope)
	return db.List(ctx, s.db.Read(), func(r db.Rows) (m member, err error) {
		var at db.Time
		var area [3]int64
		err = r.Scan(&m.topicID, &m.who, &at, &area[0], &area[1], &area[2])
		m.at = at.Std()
		for _, a := range area {
			if a != 0 {
				m.place = a
			}
		}
		return m, err
	}, `SELECT x.topic_id, x.who, x.at, c.area1_id, c.area2_id, c.area3_id`+fromCases+where+` LIMIT `+strconv.Itoa(mostRead), args...)
}

// casesShown is how many cases the page of a topic lists.
const casesShown = 100

func (s store) cases(ctx context.Context, scope access.Scope, id int64) ([]Case, error) {
	where, args := of(id, scope)
	return db.List(ctx, s.db.Read(), func(r db.Rows) (c Case, err error) {
		var at db.Time
		err = r.Scan(&c.No, &c.Title, &c.State, &at)
		c.RegisteredAt = at.Std()
		return c, err
	}, `SELECT c.no, c.title, c.state, c.registered_at`+fromCases+where+` ORDER BY x.case_id DESC LIMIT `+strconv.Itoa(casesShown), args...)
}

const topicColumns = `id, words, name, named_by, dismissed_at, dismissed_by`

func scanTopic(r db.Rows) (t Topic, err error) {
	var words string
	var at db.Time
	if err = r.Scan(&t.ID, &words, &t.Name, &t.NamedBy, &at, &t.DismissedBy); err != nil {
		return t, err
	}
	t.DismissedAt = at.Std()
	return t, json.Unmarshal([]byte(words), &t.Words)
}

func (s store) topics(ctx context.Context) ([]Topic, error) {
	return db.List(ctx, s.db.Read(), scanTopic, `SELECT `+topicColumns+` FROM topic WHERE id > 0 ORDER BY id LIMIT `+strconv.Itoa(2*mostTopics))
}

func (s store) topic(ctx context.Context, q db.Queryer, id int64) (Topic, error) {
	t, err := db.One(ctx, q, scanTopic, `SELECT `+topicColumns+` FROM topic WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrNotFound
	}
	return t, err
}

func (s store) rename(ctx context.Context, id int64, name, by string) error {
	var b db.Batch
	b.Expect(1, `UPDATE topic SET name = $2, named_by = $3 WHERE id = $1`, id, name, by)
	return s.db.Send(ctx, &b)
}

func (s store) dismiss(ctx context.Context, id int64, at time.Time, by string) error {
	var b db.Batch
	b.Expect(1, `UPDATE topic SET dismissed_at = $2, dismissed_by = $3 WHERE id = $1`, id, db.At(at), by)
	return s.db.Send(ctx, &b)
}

// belonging tells which case stood in which topic.
func (s store) belonging(ctx context.Context) (map[int64]int64, error) {
	out := map[int64]int64{}
	_, err := db.List(ctx, s.db.Read(), func(r db.Rows) (id int64, err error) {
		var topic int64
		err = r.Scan(&id, &topic)
		out[id] = topic
		return id, err
	}, `SELECT case_id, topic_id FROM topic_case WHERE case_id > 0 LIMIT `+strconv.Itoa(mostRead))
	return out, err
}

// replace writes a new grouping; a topic that goes on keeps its name.
func replace(b *db.Batch, groups []grouped) {
	b.Add(`DELETE FROM topic_case`)
	for _, g := range groups {
		words, _ := json.Marshal(g.words) // strings always can
		b.Add(`INSERT INTO topic (id, words, name, named_by, dismissed_at, dismissed_by) VALUES ($1, $2, '', '', 0, '')
			ON CONFLICT (id) DO UPDATE SET words = excluded.words`, g.id, string(words))
		for _, c := range g.cases {
			b.Add(`INSERT INTO topic_case (case_id, topic_id, who, at) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id) DO NOTHING`, c.CaseID, g.id, c.Who, db.At(c.At))
		}
	}
	b.Add(`DELETE FROM topic WHERE NOT EXISTS (SELECT 1 FROM topic_case x WHERE x.topic_id = topic.id)`)
}

// build is what the last grouping read.
type build struct {
	lastCase int64
	cases    int
	builtAt  time.Time
}

func (s store) built(ctx context.Context) (build, error) {
	return db.One(ctx, s.db.Read(), func(r db.Rows) (x build, err error) {
		var at db.Time
		err = r.Scan(&x.lastCase, &x.cases, &at)
		x.builtAt = at.Std()
		return x, err
	}, `SELECT last_case, cases, built_at FROM topic_build WHERE id = 1`)
}

func putBuilt(b *db.Batch, x build) {
	b.Add(`UPDATE topic_build SET last_case = $1, cases = $2, built_at = $3 WHERE id = 1`, x.lastCase, x.cases, db.At(x.builtAt))
}

// leave takes cases that are not in the open lane any more out of every topic.
func leave(b *db.Batch, ids []any) {
	marks := make([]string, len(ids))
	for i := range ids {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	in := strings.Join(marks, ", ")
	b.Add(`DELETE FROM topic_case WHERE case_id IN (`+in+`) AND case_id IN
		(SELECT id FROM case_file WHERE id IN (`+in+`) AND lane <> '`+string(access.LaneOpen)+`')`, ids...)
}
