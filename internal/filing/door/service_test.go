package door_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/seal"
)

// office stands for the capabilities around the tray.
type office struct {
	mu     sync.Mutex
	filed  []door.Filing
	refuse error               // of Prepare
	files  map[string][]string // by token
	staff  map[int64]access.Actor
	cases  map[string]casework.Case
	fail   error // of Receive
}

func (o *office) Prepare(_ context.Context, _ *db.Batch, f door.Filing, _ time.Time) (casework.Case, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return casework.Case{}, o.refuse
	}
	o.filed = append(o.filed, f)
	c := casework.Case{ID: int64(len(o.filed)), No: fmt.Sprintf("MC26-0000-%04d", len(o.filed)), Lane: access.LaneOpen}
	if f.Purpose == "accusation" {
		c.Lane = access.LaneConfidential
	}
	return c, nil
}

func (o *office) Code(no string) string { return "code-of-" + no }

func (o *office) Receive(_ context.Context, token, name string, r io.Reader, _ int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	data, err := io.ReadAll(r)
	o.files[token] = append(o.files[token], name+":"+string(data[:min(len(data), 5)]))
	return err
}

func (o *office) IDs(context.Context, string) ([]int64, error) { return nil, nil }

func (o *office) Actor(_ context.Context, id int64) (access.Actor, bool, error) {
	a, ok := o.staff[id]
	return a, ok, nil
}

func (o *office) Case(_ context.Context, _ access.Actor, no string) (casework.Case, error) {
	if c, ok := o.cases[no]; ok {
		return c, nil
	}
	return casework.Case{}, fault.New(fault.NotFound, "procedure.not_found")
}

func (o *office) DoAlong(context.Context, casework.Action, func(*db.Batch, casework.Case) error) (casework.Case, error) {
	return casework.Case{}, errors.New("not in this test")
}

func (o *office) Unit(int64) (access.Unit, bool) { return access.Unit{}, false }
func (o *office) All() []access.Unit             { return nil }

func (o *office) Note(context.Context, db.Queryer, string, string, string) error { return nil }

// still is a door that just waits.
type still struct{}

func (still) Run(ctx context.Context, _ door.Sink) error { <-ctx.Done(); return ctx.Err() }
func (still) Probe(context.Context) error                { return nil }

type fixture struct {
	*door.Service
	*office
	clock *clock.Manual
	db    *db.DB
	log   *bytes.Buffer
}

var root = access.Actor{ID: 1, Role: access.SystemAdmin}

func setUp(t *testing.T, d *db.DB) *fixture {
	t.Helper()
	return setUpIn(t, d, t.TempDir(), seal.Random())
}

func setUpIn(t *testing.T, d *db.DB, dir string, keys *seal.Keyring) *fixture {
	t.Helper()
	manual := clock.At(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
	f, err := assemble(d, manual, dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	f.clock = manual
	f.add(t, "mayor-mail", casework.Mail)
	return f
}

// assemble makes a service with an office around it.
func assemble(d *db.DB, now clock.Clock, dir string, keys *seal.Keyring) (*fixture, error) {
	f := &fixture{office: &office{files: map[string][]string{}, staff: map[int64]access.Actor{}, cases: map[string]casework.Case{}}, db: d, log: &bytes.Buffer{}}
	blobs, err := blob.Open(dir+"/arrivals", keys)
	if err != nil {
		return nil, err
	}
	f.Service = door.New(door.Needs{DB: d, Keys: keys, Blobs: blobs, IDs: ids.NewSource(os.Getpid()%1000, now), Clock: now,
		Log: slog.New(slog.NewTextHandler(f.log, nil)), Intake: f.office, Cases: f.office, Files: f.office, Staff: f.office, Units: f.office, Journal: f.office})
	f.Register(door.Kind{Name: "still", Open: func(s door.Setting) (door.Door, error) {
		if s.Values["host"] == "wrong" {
			return nil, fault.New(fault.Invalid, "door.invalid").Field("set-host", "door.value_unknown")
		}
		return still{}, nil
	}, Fields: []door.Field{{Name: "host", Need: true}, {Name: "password", Secret: true}}})
	return f, nil
}

func (f *fixture) add(t *testing.T, code string, c casework.Channel) {
	t.Helper()
	if err := f.Save(t.Context(), root, door.Entry{Code: code, Kind: "still", Channel: c, NameZH: "市长信箱", Active: true},
		map[string]string{"host": "mail.test", "password": "let-me-in"}); err != nil {
		t.Fatal(err)
	}
}

func arrival(key string, ready bool) door.Arrival {
	return door.Arrival{Door: "mayor-mail", Key: key, At: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), From: "zhang@mail.test", Ready: ready,
		Raw:   door.Part{Name: "mail.eml", Data: []byte("Subject: 路灯\n\n北门外的路灯坏了三天。")},
		Files: []door.Part{{Name: "a.txt", Data: []byte("small")}, {Name: "b.txt", Data: bytes.Repeat([]byte("large"), 20_000)}},
		Draft: door.Draft{Words: "北门外的路灯坏了三天，请修复。", Wish: "修复路灯", Person: door.Person{Name: "章试", Phone: "13900000000"}}}
}

func TestTake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setUp(t, d)
		first, err := f.Take(t.Context(), arrival("m1", true))
		if err != nil || first.State != door.Filed || first.No == "" || first.Code != "code-of-"+first.No || first.Again {
			t.Fatalf("%+v %v", first, err)
		}
		again, err := f.Take(t.Context(), arrival("m1", true))
		if err != nil || !again.Again || again.No != first.No || again.ID != first.ID || again.Code != first.Code {
			t.Fatalf("%+v %v", again, err)
		}
		held, err := f.Take(t.Context(), arrival("m2", false))
		if err != nil || held.State != door.Held || held.No != "" {
			t.Fatalf("%+v %v", held, err)
		}
		if len(f.filed) != 1 || f.filed[0].Channel != casework.Mail || f.filed[0].Door != "mayor-mail" {
			t.Fatalf("%+v", f.filed)
		}
		if got := f.files[f.filed[0].Files]; len(got) != 2 || got[0] != "a.txt:small" || got[1] != "b.txt:large" {
			t.Errorf("the files of the case: %v", got)
		}
		for _, bad := range []struct {
			name string
			a    door.Arrival
			want error
		}{
			{"no key", door.Arrival{Door: "mayor-mail"}, door.ErrKey},
			{"a long key", door.Arrival{Door: "mayor-mail", Key: strings.Repeat("k", 201)}, door.ErrKey},
			{"no such door", door.Arrival{Door: "nobodys", Key: "k"}, door.ErrUnknown},
		} {
			if _, err := f.Take(t.Context(), bad.a); !errors.Is(err, bad.want) {
				t.Errorf("%s: %v", bad.name, err)
			}
		}
	})
}

// TestRefused: what intake wants corrected waits for a person; what the
// machine failed at is tried again, and registers once.
func TestRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setUp(t, d)
		f.refuse = fault.New(fault.Invalid, "intake.invalid").Field("address", "intake.address_missing")
		got, err := f.Take(t.Context(), arrival("m1", true))
		if err != nil || got.State != door.Held {
			t.Fatalf("%+v %v", got, err)
		}
		f.refuse = errors.New("the disk is full")
		got, err = f.Take(t.Context(), arrival("m2", true))
		if err != nil || got.State != door.Received {
			t.Fatalf("a failure after the receipt was told to the sender: %+v %v", got, err)
		}
		f.refuse = nil
		if err := f.Sweep(t.Context()); err != nil || len(f.filed) != 0 {
			t.Fatalf("it did not back off: %d %v", len(f.filed), err)
		}
		f.clock.Advance(2 * time.Minute)
		for range 2 {
			if err := f.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got, err = f.Take(t.Context(), arrival("m2", true)); err != nil || got.State != door.Filed || !got.Again || len(f.filed) != 1 {
			t.Errorf("%+v %v, %d filings", got, err, len(f.filed))
		}
		f.refuse = errors.New("still full")
		got, _ = f.Take(t.Context(), arrival("m3", true))
		for range 8 {
			f.clock.Advance(2 * time.Hour)
			if err := f.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := f.Backlog(t.Context()); err != nil || b.Stuck != 1 || b.Held != 1 || b.Received != 1 {
			t.Errorf("%+v %v", b, err)
		}
	})
}

// TestTogether: many processes take the same message at the same moment.
func TestTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setUp(t, d)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := f.Take(t.Context(), arrival("m1", true)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		f.clock.Advance(time.Hour)
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		n, err := db.One(t.Context(), d.Read(), db.Value[int64], `SELECT count(*) FROM arrival WHERE state = 'filed'`)
		if err != nil || n != 1 {
			t.Errorf("%d arrivals, %v", n, err)
		}
	})
}

// TestSealed: nothing that somebody said or by which one could be found lies
// open in the store or in the log.
func TestSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setUp(t, d)
		f.refuse = errors.New("down")
		if _, err := f.Take(t.Context(), arrival("zhang-key@mail.test", true)); err != nil {
			t.Fatal(err)
		}
		rows, err := db.List(t.Context(), d.Read(), func(r db.Rows) (string, error) {
			var a, b, c string
			var p, k []byte
			err := r.Scan(&a, &b, &c, &p, &k)
			return a + b + c + string(p) + string(k), err
		}, `SELECT from_mask, reason, state, payload, key_index FROM arrival`)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		for _, secret := range []string{"路灯", "章试", "13900000000", "zhang@", "zhang-key"} {
			if strings.Contains(rows[0], secret) || strings.Contains(f.log.String(), secret) {
				t.Errorf("%q lies open", secret)
			}
		}
		e, err := f.Entry(t.Context(), "mayor-mail")
		if err != nil || e.Values["host"] != "mail.test" || e.Values["password"] != "" {
			t.Errorf("%+v %v", e.Values, err)
		}
		if set, err := f.Setting(t.Context(), "mayor-mail"); err != nil || set.Values["password"] != "let-me-in" {
			t.Errorf("%+v %v", set, err)
		}
	})
}
