package app_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/admin/retention"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
)

// broken is a keeper at which the program is killed, after the files went.
type broken struct{}

var errKilled = errors.New("killed")

func (broken) Dispose(context.Context, db.Tx, []int64) error { return errKilled }

// ended files a case with all that names somebody, and lives its life.
func ended(t *testing.T, h *apptest.House, words string) apptest.Receipt {
	t.Helper()
	v := invented
	r, page := fileByHand(h.Browser(), url.Values{
		"words": {words + v["name in the words"]}, "area": {text(h.Town)}, "place": {v["place"]}, "purpose": {"request"}, "wish": {"给" + v["name in the words"] + "修好路灯"},
		"name": {v["name on the web"]}, "phone": {v["phone on the web"]}, "address": {v["address on the web"]},
	}, v["file's name"]+".jpg", jpeg+v["file's content"]+words)
	if r.No == "" {
		t.Fatalf("no receipt\n%.1500s", page.Body)
	}
	tell(t, h, r)
	c := newCast(h)
	live(c, r.No, "核查情况："+v["name in a record"])
	h.SignIn(clerkOf(h)).Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"向" + v["name in a reason"] + "核实"}}).Is(http.StatusOK)
	var made sheet
	c.handler.With("Idempotency-Key", "gone-doc-"+r.No).Post("/api/v1/cases/"+r.No+"/documents", map[string]any{"kind": "D02"}).Is(http.StatusOK).Into(&made)
	return r
}

// yearsPass lets the years pass: time limits lapse, events are delivered.
func yearsPass(t *testing.T, h *apptest.House, years int) {
	t.Helper()
	for _, days := range []int{40, 100, 365*years + 60} {
		h.Clock.Advance(time.Duration(days) * 24 * time.Hour)
		if err := h.Deadlines.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.Drain()
	}
}

// TestDisposal: what is due goes after two people said so, whatever happens in
// the midst of it; what is not due, or held, stays as it is.
func TestDisposal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		old, shared, held := ended(t, h, "试验巷的路灯不亮。"), ended(t, h, "试验巷的井盖丢了。"), ended(t, h, "试验巷的水管漏了。")
		open := h.File(7)
		adopt(t, h, shared, open)
		arrive(t, h, "试验巷的路灯不亮。")
		var b db.Batch
		b.Add(`UPDATE arrival SET case_id = $1, case_no = $2`, h.Case(old.No).ID, old.No)
		if err := h.DB.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		yearsPass(t, h, 31)
		now := h.Clock.Now()
		_, head := h.Hire(apptest.Post{Role: access.BureauHead, Unit: h.EastBureau})
		u, _ := h.Units.Unit(h.EastBureau)
		if err := h.Retention.SetHold(t.Context(), access.Actor{ID: head, Role: access.BureauHead, UnitID: h.EastBureau, AreaID: u.Area, AreaDepth: len(u.Areas)}, held.No, "诉讼未了", now); err != nil {
			t.Fatal(err)
		}
		page := h.SignIn(apptest.Post{Role: access.SystemAdmin, Unit: h.City.City}).Get("/admin/retention").Is(http.StatusOK).Has(`data-testid="survey"`, `data-testid="propose"`, held.No)
		page.Lacks("诉讼未了", "路灯")
		twoPeople(t, h)
		untouched := []int64{h.Case(open.No).ID, h.Case(held.No).ID}
		before := remains(t, h, untouched)
		keepers := h.Retention.Keepers
		h.Retention.Keepers = append(keepers[:len(keepers):len(keepers)], broken{})
		if err := h.Retention.Work(t.Context()); !errors.Is(err, errKilled) {
			t.Fatalf("the run was not interrupted: %v", err)
		}
		if d, gone, _ := h.Retention.Of(t.Context(), h.Case(old.No).ID); !gone || d.Run.Cases != 0 {
			t.Errorf("after the interruption: %+v %v", d, gone)
		}
		h.Retention.Keepers = keepers
		for range 2 {
			if err := h.Retention.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.Drain()
		nothingLeft(t, h, old, true)
		nothingLeft(t, h, shared, false)
		if after := remains(t, h, untouched); !bytes.Equal(before, after) {
			t.Errorf("what was not due changed:\n%s\n%s", before, after)
		}
		list, err := h.Retention.Runs(t.Context(), access.Actor{ID: 1, Role: access.AuditAdmin})
		if err != nil || len(list) != 2 || list[0].State != retention.Done || list[0].Cases != 2 || list[0].Persons != 1 {
			t.Errorf("runs %+v %v", list, err)
		}
		enter(h, old).Get("/follow/" + old.No).Is(http.StatusOK).Has(`data-testid="disposed"`).Lacks("路灯")
		h.SignIn(clerkOf(h)).Get("/desk/cases/"+old.No).Is(http.StatusOK).Has(`data-testid="disposed"`, old.No).Lacks("路灯")
	}, noLimit)
}

// adopt makes the petitioner of an open case that of another one too.
func adopt(t *testing.T, h *apptest.House, of, from apptest.Receipt) {
	t.Helper()
	var b db.Batch
	b.Add(`UPDATE case_file SET petitioner_id = $1 WHERE no = $2`, h.Case(from.No).PetitionerID, of.No)
	if err := h.DB.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

// twoPeople propose and approve a run; nobody does both.
func twoPeople(t *testing.T, h *apptest.House) {
	t.Helper()
	now := h.Clock.Now()
	admin, audit := access.Actor{ID: 11, Role: access.SystemAdmin}, access.Actor{ID: 12, Role: access.AuditAdmin}
	ctx := access.With(t.Context(), admin)
	for _, wrong := range []access.Actor{audit, {ID: 13, Role: access.BureauHead}, {}} {
		if _, err := h.Retention.Propose(ctx, wrong, now); !errors.Is(err, retention.ErrNotYours) {
			t.Errorf("%s proposes: %v", wrong.Role, err)
		}
	}
	first, err := h.Retention.Propose(ctx, admin, now)
	if err != nil || first.Planned != 2 {
		t.Fatalf("%+v %v", first, err)
	}
	if _, err := h.Retention.Propose(ctx, admin, now); !errors.Is(err, retention.ErrOpen) {
		t.Errorf("a second proposal: %v", err)
	}
	if err := h.Retention.Approve(ctx, audit, first.ID, now.Add(8*24*time.Hour)); !errors.Is(err, retention.ErrOver) {
		t.Errorf("approved after eight days: %v", err)
	}
	if err := h.Retention.Withdraw(ctx, admin, first.ID, now); err != nil {
		t.Fatal(err)
	}
	r, err := h.Retention.Propose(ctx, admin, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Retention.Approve(ctx, admin, r.ID, now); !errors.Is(err, retention.ErrNotYours) {
		t.Errorf("the proposer approves: %v", err)
	}
	if err := h.Retention.Approve(ctx, access.Actor{ID: admin.ID, Role: access.SecAdmin}, r.ID, now); !errors.Is(err, retention.ErrSame) {
		t.Errorf("the proposer approves in another role: %v", err)
	}
	if err := h.Retention.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Retention.Approve(ctx, audit, r.ID, now); err != nil {
		t.Fatal(err)
	}
}

// remains reads what is left of some cases: of every table that has one.
func remains(t *testing.T, h *apptest.House, ids []int64) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, id := range ids {
		m, err := h.Intake.Matter(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		events, err := h.Procedure.History(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		files, err := h.Attachment.OfCase(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		c, err := h.Procedure.ByIDs(t.Context(), []int64{id})
		if err != nil {
			t.Fatal(err)
		}
		names, err := h.Person.Names(t.Context(), h.DB.Read(), []int64{c[id].PetitionerID})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(m.Words + m.Wish + m.Place + strings.Join(names[c[id].PetitionerID], ""))
		for _, e := range events {
			out.WriteString(e.Data.Text + e.Data.Title + e.Data.Facts)
		}
		for _, f := range files {
			out.WriteString(f.Name)
		}
	}
	return out.Bytes()
}

// nothingLeft looks for what a disposed case held: opened, not sealed.
func nothingLeft(t *testing.T, h *apptest.House, r apptest.Receipt, person bool) {
	t.Helper()
	c := h.Case(r.No)
	m, err := h.Intake.Matter(t.Context(), c.ID)
	if err != nil || m.Words+m.Wish+m.Place+m.SHA256 != "" {
		t.Errorf("%s: the matter is there: %+v %v", r.No, m != intake.Matter{}, err)
	}
	events, err := h.Procedure.History(t.Context(), c.ID)
	if err != nil || len(events) < 5 || c.Title != "—" || c.Outcome == "" {
		t.Errorf("%s: %d events, %q, %v: the skeleton is broken", r.No, len(events), c.Outcome, err)
	}
	for _, e := range events {
		if d := e.Data; d.Text+d.Title+d.Facts+d.Basis+d.Reason+d.Remedy+d.Evidence != "" || len(d.Requests) > 0 {
			t.Errorf("%s: %s still says something", r.No, e.Kind)
		}
	}
	for what, query := range map[string]string{
		"files": `SELECT count(*) FROM attachment WHERE case_id = $1`, "sheets": `SELECT count(*) FROM document WHERE case_id = $1 AND (pdf_key <> '' OR docx_key <> '')`,
		"addresses": `SELECT count(*) FROM contact_point WHERE case_id = $1`, "the word index": `SELECT count(*) FROM case_search WHERE rowid = $1 AND rowid IN (SELECT case_id FROM retention_disposed WHERE state <> 'done')`,
		"arrivals": `SELECT count(*) FROM arrival WHERE case_id = $1`, "signatures": `SELECT count(*) FROM likeness_signature WHERE case_id = $1`,
		"words of events": `SELECT count(*) FROM case_event WHERE case_id = $1 AND words <> ''`,
	} {
		if n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], query, c.ID); err != nil || n != 0 {
			t.Errorf("%s: %d of %s left, %v", r.No, n, what, err)
		}
	}
	if person {
		if n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], `SELECT count(*) FROM person WHERE id = $1 AND name_sealed IS NULL AND phone_sealed IS NULL AND phone_index IS NULL AND name_mask = '' AND phone_mask = ''`, c.PetitionerID); err != nil || n != 1 {
			t.Errorf("%s: the person is there, %v", r.No, err)
		}
	} else if names, err := h.Person.Names(t.Context(), h.DB.Read(), []int64{c.PetitionerID}); err != nil || names[c.PetitionerID][0] == "" {
		t.Errorf("%s: the person of another case is gone, %v", r.No, err)
	}
}
