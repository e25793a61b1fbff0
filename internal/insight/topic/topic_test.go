package topic

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

var now = time.Date(2026, 3, 20, 2, 0, 0, 0, time.UTC)

// town is a place where people write.
type town struct {
	told []Told
	next int64
}

func (w *town) Told(_ context.Context, below int64, limit int) ([]Told, error) {
	var out []Told
	for _, t := range slices.Backward(w.told) {
		if (below == 0 || t.CaseID < below) && len(out) < limit {
			out = append(out, t)
		}
	}
	return out, nil
}

func (w *town) Unit(id int64) (access.Unit, bool) { return access.Unit{ID: id}, true }

func (w *town) Next() int64 { w.next++; return w.next + 1000 }

// write files a case in a district.
func (w *town) write(t *testing.T, d *db.DB, who, district int64, words string) int64 {
	t.Helper()
	id := int64(len(w.told) + 1)
	w.told = append(w.told, Told{CaseID: id, Who: who, At: now.Add(-time.Duration(id) * time.Hour), Title: "反映问题", Words: words})
	var b db.Batch
	b.Add(`INSERT INTO case_file (id, no, version, round, state, open, title, channel, category, nature, urgency, procedure, lane, barred_unit_id, petitioner_id, registered_by,
		area1_id, area2_id, area3_id, bureau_id, lead_unit_id, owner_unit_id, dispatch, objections, drafted_by, extend_asked, extended, outcome, urges, last_urged_at, rated_unit, rated_result,
		dismissed, registered_at, dispatched_at, accepted_at, served_at, closed_at, last_event, last_event_at, next_due_at, next_clock)
		VALUES ($1, $2, 1, 1, 'registered', TRUE, '反映问题', 'web', '', '', 'blue', 'ordinary', 'open', 0, $3, 0, 1, $4, 0, 9, 0, 9, '', 0, 0, 0, 0, '', 0, 0, 0, 0,
		FALSE, $5, 0, 0, 0, 0, 'registered', $5, 1, 'T1')`, id, fmt.Sprintf("MC26-%04d", id), who, district, db.At(now))
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return id
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTopics: what several people write about comes first, counted from what
// the reader may see; a confidential case leaves at once; names stay.
func TestTopics(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, w := t.Context(), &town{}
		s := New(Needs{DB: d, Cases: w, Units: w, IDs: w, Clock: clock.At(now)})
		for i := range int64(6) {
			w.write(t, d, 100+i, 2+i/4, fmt.Sprintf("滨江花园物业停水%d天了，居民没有水用，请恢复供水。", i+1)) // four in district 2, two in 3
		}
		for range 5 {
			w.write(t, d, 200, 2, "广场舞音乐太响，每晚九点还在跳，希望管一管。") // one person
		}
		for i := range int64(20) {
			w.write(t, d, 300+i, 2, fmt.Sprintf("第%d号事情：%s", i*7919, strings.Repeat(string(rune(0x4e00+i*97)), 20)))
		}
		must(t, s.Build(ctx))
		city := access.Actor{ID: 1, Name: "某科长", Role: access.BureauHead, AreaID: 1, AreaDepth: 1}
		two, three := city, city
		two.AreaID, two.AreaDepth = 2, 2
		three.AreaID, three.AreaDepth = 3, 2
		list, err := s.List(ctx, city, false)
		if err != nil || len(list) != 1 || list[0].People != 6 || list[0].Texts != 6 || list[0].PlaceID != 2 || list[0].Value <= 0 || len(list[0].Words) == 0 {
			t.Fatalf("%+v %v", list, err)
		}
		id := list[0].ID
		if list, err = s.List(ctx, two, false); err != nil || len(list) != 1 || list[0].People != 4 {
			t.Fatalf("district 2 counts its own: %+v %v", list, err)
		}
		if list, err = s.List(ctx, three, false); err != nil || len(list) != 0 {
			t.Fatalf("two people are no topic: %+v %v", list, err)
		}
		if _, _, err = s.Topic(ctx, three, id); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if _, cases, err := s.Topic(ctx, two, id); err != nil || len(cases) != 4 {
			t.Errorf("%+v %v", cases, err)
		}
		if err := s.Rename(ctx, two, id, "停水"); fault.KindOf(err) != fault.Denied {
			t.Errorf("a district renamed what belongs to the city: %v", err)
		}
		must(t, s.Rename(ctx, city, id, "滨江花园停水"))
		must(t, s.Dismiss(ctx, city, id, true))
		if list, err = s.List(ctx, city, false); err != nil || len(list) != 0 {
			t.Fatalf("%+v %v", list, err)
		}
		must(t, s.Dismiss(ctx, city, id, false))
		secret(t, d, 1)
		if list, err = s.List(ctx, city, false); err != nil || len(list) != 1 || list[0].People != 5 {
			t.Fatalf("a confidential case is counted: %+v %v", list, err)
		}
		w.write(t, d, 500, 2, "滨江花园又停水了，物业不管，请恢复供水。")
		w.told = w.told[1:] // the confidential one
		must(t, s.Build(ctx))
		if list, err = s.List(ctx, city, false); err != nil || len(list) != 1 || list[0].ID != id || list[0].Title() != "滨江花园停水" {
			t.Fatalf("the topic lost its name: %+v %v", list, err)
		}
	})
}

// secret moves a case into the confidential lane and tells it.
func secret(t *testing.T, d *db.DB, id int64) {
	t.Helper()
	var b db.Batch
	b.Add(`UPDATE case_file SET lane = 'confidential' WHERE id = $1`, id)
	leave(&b, []any{id})
	must(t, d.Send(t.Context(), &b))
	if n, err := db.One(t.Context(), d.Read(), db.Value[int], `SELECT count(*) FROM topic_case WHERE case_id = $1`, id); err != nil || n != 0 {
		t.Error("it stayed in the topic", err)
	}
}

func TestPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		scope := access.Visible(access.Actor{ID: 1, Role: access.Leader, AreaID: 2, AreaDepth: 2})
		where, args := of(5, scope)
		dbtest.Indexed(t, d, `SELECT c.no`+fromCases+where, args...)
		dbtest.Indexed(t, d, `SELECT `+topicColumns+` FROM topic WHERE id > 0 ORDER BY id LIMIT 400`)
		dbtest.Indexed(t, d, `SELECT case_id, topic_id FROM topic_case WHERE case_id > 0 LIMIT 20`)
	})
}
