package attachment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/seal"
)

var start = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

const (
	png   = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
	draft = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	other = "ZYXWVUTSRQPONMLKJIHGFEDCBA"
)

type counter int64

func (c *counter) Next() int64 { *c++; return int64(*c) }

// sight lets staff 7 see case 42, except what came with event 9.
type sight struct{}

func (sight) SeesFile(_ context.Context, a access.Actor, caseID, seq int64) (bool, error) {
	return a.ID == 7 && caseID == 42 && seq != 9, nil
}

var clerk = access.Actor{ID: 7, Role: access.BureauClerk}

func service(t *testing.T, d *db.DB) (*Service, *clock.Manual) {
	t.Helper()
	keys := seal.Random()
	files, err := blob.Open(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	c := clock.At(start)
	return New(Needs{
		DB: d, Files: files, Keys: keys, IDs: new(counter), Sight: sight{}, Clock: c,
		Log: slog.New(slog.DiscardHandler), MaxSize: 1 << 20,
	}), c
}

func upload(t *testing.T, s *Service, token, name, content string) Attachment {
	t.Helper()
	a, err := s.Upload(t.Context(), Upload{Draft: token, Name: name, Content: strings.NewReader(content)}, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func send(t *testing.T, d *db.DB, add func(b *db.Batch)) error {
	t.Helper()
	var b db.Batch
	add(&b)
	return d.Send(t.Context(), &b)
}

func names(all []Attachment) string {
	var n []string
	for _, a := range all {
		n = append(n, a.Name)
	}
	return strings.Join(n, " ")
}

func TestDraftToCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		a := upload(t, s, draft, `C:\照片\现场.png`, png)
		upload(t, s, draft, "说明.txt", "占道经营")
		upload(t, s, other, "别人.png", png)
		if again := upload(t, s, draft, "现场.png", png); again.ID != a.ID {
			t.Error("the same file is kept twice")
		}
		if _, _, err := s.Open(t.Context(), clerk, a.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("a draft opens: %v", err)
		}
		drafts, err := s.Drafts(t.Context(), draft)
		if err != nil || names(drafts) != "现场.png 说明.txt" {
			t.Fatalf("drafts %s, %v", names(drafts), err)
		}
		if err := send(t, d, func(b *db.Batch) { s.ClaimDraft(b, draft, 42, 1) }); err != nil {
			t.Fatal(err)
		}
		if left, _ := s.Drafts(t.Context(), draft); len(left) != 0 {
			t.Errorf("left as drafts: %s", names(left))
		}
		all, err := s.OfCase(t.Context(), 42)
		if err != nil || names(all) != "现场.png 说明.txt" || all[0].EventSeq != 1 || all[0].Type != "image/png" {
			t.Fatalf("of the case: %+v, %v", all, err)
		}
		got, f, err := s.Open(t.Context(), clerk, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if content, _ := io.ReadAll(f); string(content) != png || got.Size != int64(len(png)) || !got.CreatedAt.Equal(start) {
			t.Errorf("opened %+v", got)
		}
		dbtest.Indexed(t, d, ofCaseQuery, 42, 10)
		dbtest.Indexed(t, d, draftsQuery, hash(draft), 10)
		dbtest.Indexed(t, d, expiredQuery, 1, 10)
		dbtest.Indexed(t, d, byIDQuery, 1)
	})
}

func TestClaimByID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		a, b := upload(t, s, draft, "a.png", png), upload(t, s, draft, "b.png", png+"b")
		claim := func(ids ...int64) error {
			return send(t, d, func(batch *db.Batch) { s.Claim(batch, ids, 42, 2) })
		}
		if err := claim(a.ID, 999); !errors.Is(err, db.ErrStale) {
			t.Errorf("claimed what is not there: %v", err)
		}
		if err := claim(a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		if err := claim(a.ID); !errors.Is(err, db.ErrStale) {
			t.Errorf("claimed twice: %v", err)
		}
		if err := claim(); err != nil {
			t.Errorf("nothing to claim: %v", err)
		}
	})
}

func TestOutOfSightIsUnknown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		inside, open := upload(t, s, draft, "a.png", png), upload(t, s, other, "b.png", png)
		err := send(t, d, func(b *db.Batch) { s.Claim(b, []int64{inside.ID}, 42, 9); s.Claim(b, []int64{open.ID}, 42, 1) })
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			actor access.Actor
			id    int64
		}{{clerk, inside.ID}, {access.Actor{}, open.ID}, {access.Actor{ID: 8}, open.ID}, {clerk, 999}} {
			if _, _, err := s.Open(t.Context(), x.actor, x.id); !errors.Is(err, ErrUnknown) {
				t.Errorf("%+v opens %d: %v", x.actor, x.id, err)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		for _, x := range []struct {
			token, name, content string
			want                 error
		}{
			{draft, "a.png", "", ErrEmpty},
			{draft, "a.exe", "MZ", ErrType},
			{draft, "a.png", "占道经营", ErrMismatch},
			{draft, "a.png", png + strings.Repeat("x", 1<<20), ErrTooLarge},
			{"short", "a.png", png, ErrDraft},
		} {
			_, err := s.Upload(t.Context(), Upload{Draft: x.token, Name: x.name, Content: strings.NewReader(x.content)}, start)
			if !errors.Is(err, x.want) || fault.KindOf(err) == fault.Internal {
				t.Errorf("%s %.10q: %v, want %v", x.name, x.content, err, x.want)
			}
		}
		for i := range MaxFiles {
			upload(t, s, draft, fmt.Sprintf("%d.png", i), png)
		}
		_, err := s.Upload(t.Context(), Upload{Draft: draft, Name: "more.png", Content: strings.NewReader(png)}, start)
		if !errors.Is(err, ErrTooMany) {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestUploadForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, name := range []string{"a.png", "b.png", "c.svg", "d.png"} {
			part, err := w.CreateFormFile("files", name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(part, png)
		}
		w.Close()
		form, err := multipart.NewReader(&body, w.Boundary()).ReadForm(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		err = s.UploadForm(t.Context(), Upload{Draft: draft, By: 7}, form.File["files"], start)
		if f, ok := fault.As(err); !ok || !errors.Is(err, ErrType) || f.Fields[0].Name != "files" {
			t.Errorf("the third is refused by name: %v", err)
		}
		if kept, _ := s.Drafts(t.Context(), draft); names(kept) != "a.png b.png" || kept[0].UploadedBy != 7 {
			t.Errorf("kept %+v", kept)
		}
	})
}

func TestDiscard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(t, d)
		a := upload(t, s, draft, "a.png", png)
		if err := s.Discard(t.Context(), other, a.ID); err != nil {
			t.Fatal(err)
		}
		if kept, _ := s.Drafts(t.Context(), draft); len(kept) != 1 {
			t.Fatal("another's token discards it")
		}
		for range 2 {
			if err := s.Discard(t.Context(), draft, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Files.Open(a.blobKey); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("the file stays: %v", err)
		}
	})
}

func TestCleaning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := service(t, d)
		// The files' own times are the machine's, so the test's clock is too.
		c.Set(time.Now())
		old, claimed := upload(t, s, draft, "old.png", png), upload(t, s, other, "claimed.png", png)
		if err := send(t, d, func(b *db.Batch) { s.Claim(b, []int64{claimed.ID}, 42, 1) }); err != nil {
			t.Fatal(err)
		}
		orphan, err := s.Files.Put(t.Context(), "a.png", strings.NewReader(png), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(draftLife - time.Minute)
		young := upload(t, s, draft, "young.png", png+"y")
		c.Advance(2 * time.Minute)
		for _, run := range []func(context.Context) error{s.Expire, s.Sweep} {
			if err := run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := s.Drafts(t.Context(), draft); names(left) != "young.png" {
			t.Errorf("left %s", names(left))
		}
		for key, want := range map[string]error{old.blobKey: blob.ErrNotFound, orphan.Key: blob.ErrNotFound, claimed.blobKey: nil, young.blobKey: nil} {
			f, err := s.Files.Open(key)
			if !errors.Is(err, want) {
				t.Errorf("file %s: %v, want %v", key, err, want)
			}
			if err == nil {
				f.Close()
			}
		}
	})
}

func TestTidyName(t *testing.T) {
	for in, want := range map[string]string{
		`..\..\现场.png`:                    "现场.png",
		"../../etc/passwd":                "passwd",
		"a\u202egnp.exe":                  "agnp.exe",
		"a\x00\r\n\"b.png":                "ab.png",
		"":                                "file",
		"...":                             "file",
		"\xff.png":                        "png",
		strings.Repeat("长", 200) + ".png": strings.Repeat("长", 116) + ".png",
	} {
		if got := tidyName(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

func FuzzTidyName(f *testing.F) {
	f.Add(`C:\a\b.png`)
	f.Fuzz(func(t *testing.T, s string) {
		name := tidyName(s)
		if name == "" || strings.ContainsAny(name, "/\\\r\n\"\x00") || len([]rune(name)) > longestName {
			t.Fatalf("%q → %q", s, name)
		}
	})
}
