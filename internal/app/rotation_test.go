package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xinqiao/internal/app"
	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/attachment"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// resealOnce is what the killed process does: seal anew, telling how far it is.
func resealOnce(ctx context.Context, c app.Config) error {
	_, err := app.KeysReseal(ctx, c, false, func(part string, done int64) { fmt.Println(part, done) })
	return err
}

// manyFilings are invented, with files for the first few.
func manyFilings(t *testing.T, h *apptest.House, n int) {
	t.Helper()
	list := make([]intake.Filing, n)
	for i := range list {
		list[i] = intake.Filing{
			Actor: access.Actor{Role: access.Petitioner}, Channel: casework.Imported, Purpose: intake.Request, Key: fmt.Sprintf("rotation-%06d", i),
			Words: fmt.Sprintf("第 %d 号楼的路灯坏了，晚上看不见路，请派人来修。", i), Wish: "修好路灯", Place: fmt.Sprintf("试验巷 %d 号", i), AreaID: h.Town,
			Who: intake.Petitioner{Name: "欧阳试之", Phone: fmt.Sprintf("139%08d", i), IDNo: identity.Synthetic(uint64(i)), Address: "和平镇试验巷"},
		}
	}
	bulk, err := h.Intake.FileMany(t.Context(), list, h.Clock.Now())
	if err != nil || bulk.Registered != n {
		t.Fatalf("%d registered: %v", bulk.Registered, err)
	}
}

// TestRotation: a new key is taken up by every process while people file; the
// background work is killed in its midst and goes on; when the old key is
// destroyed nothing is left that it sealed, and everything opens.
func TestRotation(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		many := 700
		if testing.Short() {
			many = 300
		}
		manyFilings(t, h, many)
		file, err := h.Attachment.Upload(t.Context(), attachment.Upload{Draft: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Name: "欧阳试之的照片.jpg", Content: strings.NewReader(jpeg)}, h.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		first := h.File(1)
		var b db.Batch
		h.Attachment.Claim(&b, []int64{file.ID}, h.Case(first.No).ID, 1)
		if err := h.DB.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		watching, stop := context.WithCancel(t.Context())
		defer stop()
		go h.Keys.Watch(watching, 20*time.Millisecond, slog.New(slog.DiscardHandler))
		var filed atomic.Int64
		done := make(chan struct{})
		go func() { // people go on filing all the while
			defer close(done)
			for n := 2; watching.Err() == nil; n++ {
				if a := h.Anybody().With("Idempotency-Key", fmt.Sprintf("a-key-while-keys-change-%d", n)).Post("/api/v1/filings", h.Filing(n)); a.Status != 201 && a.Status != 200 {
					t.Errorf("a filing during the rotation: %d", a.Status)
					return
				}
				filed.Add(1)
				time.Sleep(10 * time.Millisecond)
			}
		}()
		for _, use := range []string{"data", "index"} {
			if _, err := app.KeysRotate(t.Context(), h.Config, use, false); err != nil {
				t.Fatal(err)
			}
		}
		killReseal(t, h.Config)
		list, err := app.KeysReseal(t.Context(), h.Config, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		var anew int64
		for _, p := range list {
			if anew += p.Done; p.Stale != 0 {
				t.Errorf("%s: %d are stale", p.Part, p.Stale)
			}
		}
		stop()
		<-done
		if anew < int64(many)*8 || filed.Load() < 3 {
			t.Fatalf("%d sealed anew, %d filed meanwhile: nothing was tried", anew, filed.Load())
		}
		if left, err := reseal.Leftover(t.Context(), h.DB, 1); err != nil || len(left) > 0 {
			t.Errorf("the last look finds %v, %v", left, err)
		}
		if left, err := reseal.Leftover(t.Context(), h.DB, 2); err != nil || len(left) < 8 {
			t.Errorf("the last look is blind: it finds %v, %v", left, err)
		}
		for _, use := range []seal.Use{seal.Data, seal.Index} {
			if err := seal.Destroy(h.Config.KeyPath(), use, 1, time.Now().Add(2*seal.Settled)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Keys.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := sealedWith(t, h, 1); len(left) > 0 {
			t.Errorf("sealed with the destroyed key: %v", left)
		}
		everythingOpens(t, h, first.No, file.ID)
	})
}

// killReseal starts a process that seals anew and kills it at its first words.
func killReseal(t *testing.T, c app.Config) {
	t.Helper()
	run := exec.CommandContext(t.Context(), os.Args[0], "reseal")
	run.Env = append(os.Environ(), "XINQIAO_DATA="+c.Data, "XINQIAO_DATABASE="+c.Database)
	run.Stderr = io.Discard
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < 5 && lines.Scan(); n++ {
	}
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	run.Wait()
}

// sealedWith lists the columns that hold a value of a key.
func sealedWith(t *testing.T, h *apptest.House, key byte) []string {
	t.Helper()
	text := []byte("sm4:" + base64.RawStdEncoding.EncodeToString([]byte{1, 0, key}))
	var found []string
	eachValue(t, h, func(where string, value []byte) {
		if bytes.HasPrefix(value, text) || len(value) > seal.Overhead && bytes.HasPrefix(value, []byte{1, 0, key}) {
			found = append(found, where)
		}
	})
	for path, content := range h.Files() {
		if name := filepath.Base(path); len(name) == 26 && (bytes.Contains(content[:min(len(content), 128)], append([]byte("XQBLOB\x01"), 1, 0, key)) || !bytes.Contains(content[:min(len(content), 8)], []byte("XQBLOB"))) {
			found = append(found, path)
		}
	}
	return found
}

// everythingOpens reads every case, person and file.
func everythingOpens(t *testing.T, h *apptest.House, no string, fileID int64) {
	t.Helper()
	type pair struct{ id, person int64 }
	all, err := db.List(t.Context(), h.DB.Read(), func(r db.Rows) (p pair, err error) { return p, r.Scan(&p.id, &p.person) },
		`SELECT id, petitioner_id FROM case_file`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		m, err := h.Intake.Matter(t.Context(), c.id)
		if err != nil || !strings.Contains(m.Words+m.Wish, "修") && len(m.Words) < 10 {
			t.Fatalf("case %d: %v", c.id, err)
		}
		events, err := h.Procedure.History(t.Context(), c.id)
		if err != nil || len(events) == 0 || events[0].Data.Title == "" {
			t.Fatalf("events of %d: %v", c.id, err)
		}
		if names, err := h.Person.Names(t.Context(), h.DB.Read(), []int64{c.person}); c.person != 0 && (err != nil || names[c.person][0] == "") {
			t.Fatalf("person of %d: %v", c.id, err)
		}
	}
	for i := range 5 {
		if ids, err := h.Person.ByIDNo(t.Context(), identity.IDCard, identity.Synthetic(uint64(i))); err != nil || len(ids) == 0 {
			t.Errorf("not found by document: %v", err)
		}
	}
	clerk := access.Actor{ID: 1, Role: access.System}
	a, f, err := h.Attachment.Open(t.Context(), clerk, fileID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, _ := io.ReadAll(f); string(content) != jpeg || a.Name != "欧阳试之的照片.jpg" {
		t.Errorf("the file reads as %q of %d bytes", a.Name, len(content))
	}
}

// TestEverySealedColumnIsListed: what no part names would be lost with the key.
func TestEverySealedColumnIsListed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		listed := map[string]bool{}
		progress, err := h.Sealing.Progress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range progress {
			listed[p.Part] = true
		}
		for _, c := range columns(t, h) {
			if name := c.table + "." + c.column; strings.HasSuffix(c.column, "_sealed") && !listed[name] {
				t.Errorf("%s is sealed, and no Sealed() lists it: it is lost when its key is destroyed", name)
			}
		}
	})
}
