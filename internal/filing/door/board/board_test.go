package board

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/fetch"
	"xinqiao/internal/platform/seal"
)

// sheets read CSV with the columns no, text, tel.
type sheets struct{}

type table struct {
	head []string
	rows [][]string
	at   int
}

func (t *table) Columns() []string { return t.head }
func (t *table) Expected() int     { return len(t.rows) }
func (t *table) Close() error      { return nil }
func (t *table) Next() (Row, error) {
	if t.at >= len(t.rows) {
		return Row{}, io.EOF
	}
	t.at++
	if t.rows[t.at-1][0] == "broken" {
		return Row{}, &RowError{t.at + 1, "broken"}
	}
	return Row{t.at + 1, t.rows[t.at-1]}, nil
}

func (sheets) Open(path, _ string) (Sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, errors.New(path + " is no table")
	}
	return &table{head: all[0], rows: all[1:]}, nil
}

type mapping map[string]int

func (sheets) Fields() []string { return []string{"key", "words", "phone"} }

func (sheets) Map(columns []string, asked map[string]string, _ string) (Mapping, error) {
	m := mapping{}
	for field, usual := range map[string]string{"key": "no", "words": "text", "phone": "tel"} {
		if asked[field] != "" {
			usual = asked[field]
		}
		for i, c := range columns {
			if c == usual {
				m[field] = i
			}
		}
	}
	if _, ok := m["words"]; !ok {
		return nil, errors.New("no column holds the words")
	}
	return m, nil
}

func (m mapping) Fields() map[string]int { return m }

func (m mapping) Entry(r Row) (Entry, error) {
	e := Entry{Key: r.Cells[m["key"]], Draft: door.Draft{Words: r.Cells[m["words"]]}}
	if i, ok := m["phone"]; ok {
		e.Draft.Person.Phone = r.Cells[i]
	}
	bad := fault.New(fault.Invalid, "board.invalid")
	if e.Draft.Words == "" {
		bad.Field("words", "board.row_unreadable", 10)
	}
	return e, bad.OrNil()
}

// town is the registry and what became of things.
type town struct {
	mu     sync.Mutex
	values map[string]string
	sink   *doortest.Sink
}

func (t *town) Active(context.Context, string) ([]door.Setting, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return []door.Setting{{Code: "mayor-board", Channel: casework.Board, Values: t.values}}, nil
}

func (t *town) Remember(_ context.Context, _ access.Actor, _, columns string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.values["columns"] = columns
	return nil
}

func (t *town) Became(_ context.Context, _, key string) (door.Taken, bool, error) {
	for _, a := range t.sink.All() {
		if a.Key == key {
			return door.Taken{No: "x"}, true, nil
		}
	}
	return door.Taken{}, false, nil
}

type counter struct {
	mu sync.Mutex
	n  int64
}

func (c *counter) Next() int64 { c.mu.Lock(); defer c.mu.Unlock(); c.n++; return c.n }

var admin = access.Actor{ID: 1, Role: access.SystemAdmin}

func newService(t *testing.T, d *db.DB) (*Service, *town) {
	t.Helper()
	blobs, err := blob.Open(t.TempDir(), seal.Random())
	if err != nil {
		t.Fatal(err)
	}
	place := &town{values: map[string]string{}, sink: &doortest.Sink{}}
	return New(Needs{DB: d, Blobs: blobs, Folder: t.TempDir(), IDs: &counter{}, Clock: clock.System, Log: slog.New(slog.DiscardHandler), Sheets: sheets{},
		Sink: place.sink, Fates: place, Registry: place, Feed: fetch.New(2 * time.Second), Pace: 10 * time.Millisecond}), place
}

func (s *Service) opened(t *testing.T, p *town) *source {
	t.Helper()
	all, _ := p.Active(t.Context(), kind)
	d, err := s.open(all[0])
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func settled(t *testing.T, s *Service, id int64) Import {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		i, err := s.Find(t.Context(), admin, id)
		if err != nil {
			t.Fatal(err)
		}
		if i.State == Done || i.State == Failed {
			return i
		}
	}
	t.Fatal("the file is not taken")
	return Import{}
}

func TestAFileIsShownTriedAndTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := newService(t, d)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		id, err := s.Bring(ctx, admin, "mayor-board", "留言.csv", strings.NewReader("no,text,tel,note\n1,路灯坏了,13800000000,a\n2,,,b\nbroken,x,y,z\n3,井盖翘起,,c\n"))
		if err != nil {
			t.Fatal(err)
		}
		i, err := s.Find(ctx, admin, id)
		if err != nil || i.State != Shown {
			t.Fatalf("%+v %v", i, err)
		}
		v, err := s.Preview(ctx, i)
		if err != nil || len(v.Rows) < 2 || v.Fields["words"] != 1 || v.Problem != "" {
			t.Errorf("preview %+v %v", v, err)
		}
		done := make(chan error, 1)
		go func() { done <- s.opened(t, p).Run(ctx, p.sink) }()
		if err := s.Begin(ctx, admin, id, map[string]string{"words": "text", "key": "no", "phone": "tel"}, true); err != nil {
			t.Fatal(err)
		}
		if i = settled(t, s, id); i.State != Done || !i.DryRun || i.Read != 4 || i.Taken != 2 || i.Rejected != 2 || len(p.sink.All()) != 0 {
			t.Errorf("a try: %+v, %d arrivals", i, len(p.sink.All()))
		}
		if err := s.Begin(ctx, admin, id, map[string]string{"words": "text", "key": "no", "phone": "tel"}, false); err != nil {
			t.Fatal(err)
		}
		if i = settled(t, s, id); i.State != Done || i.DryRun || i.Taken != 2 || i.Known != 0 {
			t.Errorf("taken: %+v", i)
		}
		list := i.List()
		if len(list) != 2 || list[0].Line != 3 || list[0].Field != "words" || list[1].Line != 4 || strings.Contains(i.Rejects, "井盖") {
			t.Errorf("rejects %+v", list)
		}
		a := p.sink.All()[0]
		if a.Door != "mayor-board" || a.Draft.Kind != casework.Order || a.Draft.Channel != casework.Board || !a.Ready || !strings.Contains(string(a.Raw.Data), `"note":"a"`) {
			t.Errorf("arrival %+v", a)
		}
		if p.values["columns"] != "key=no;words=text;phone=tel" {
			t.Errorf("remembered %q", p.values["columns"])
		}
		if err := s.Begin(ctx, admin, id, nil, false); !errors.Is(err, ErrNow) {
			t.Errorf("taken twice: %v", err)
		}
		again, err := s.Bring(ctx, admin, "mayor-board", "2.csv", strings.NewReader("no,text\n3,井盖翘起\n4,新的一条\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Begin(ctx, admin, again, nil, false); err != nil {
			t.Fatal(err)
		}
		if i = settled(t, s, again); i.Known != 1 || i.Taken != 1 {
			t.Errorf("another file with the same row: %+v", i)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestAFileGoesOnAfterACrash(t *testing.T) {
	s, p := newService(t, dbtest.SQLite(t))
	var text strings.Builder
	text.WriteString("no,text\n")
	for n := range 40 {
		fmt.Fprintf(&text, "%d,第%d条\n", n, n)
	}
	id, err := s.Bring(t.Context(), admin, "mayor-board", "a.csv", strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(t.Context(), admin, id, nil, false); err != nil {
		t.Fatal(err)
	}
	dying, die := context.WithCancel(t.Context())
	_ = s.opened(t, p).work(dying, sinkFunc(func(ctx context.Context, a door.Arrival) (door.Taken, error) {
		if len(p.sink.All()) == 17 {
			die()
			return door.Taken{}, context.Canceled
		}
		return p.sink.Take(ctx, a)
	}))
	if n := len(p.sink.All()); n != 17 {
		t.Fatalf("%d before the crash", n)
	}
	if err := s.opened(t, p).work(t.Context(), p.sink); err != nil {
		t.Fatal(err)
	}
	if i := settled(t, s, id); i.Known != 17 || i.Taken != 23 || len(p.sink.All()) != 40 {
		t.Errorf("%+v, %d arrivals", i, len(p.sink.All()))
	}
}

type sinkFunc func(context.Context, door.Arrival) (door.Taken, error)

func (f sinkFunc) Take(ctx context.Context, a door.Arrival) (door.Taken, error) { return f(ctx, a) }

// feed is another city's system.
type feed struct {
	mu    sync.Mutex
	items []map[string]any
	away  bool
	token string
}

func (f *feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away || r.Header.Get("Authorization") != "Bearer "+f.token {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	var list []map[string]any
	for _, x := range f.items {
		if x["at"].(string) >= r.URL.Query().Get("since") {
			list = append(list, x)
		}
	}
	from := min((page-1)*2, len(list))
	_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"items": list[from:min(from+2, len(list))]}})
}

func (f *feed) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.items {
		if x["no"] == n {
			return
		}
	}
	f.items = append(f.items, map[string]any{"no": n, "text": "第" + strconv.Itoa(n) + "条：路灯坏了", "tel": "13800000000", "at": fmt.Sprintf("2026-11-16T%02d", n), "who": map[string]any{"name": "王小明"}})
}

func TestExercise(t *testing.T) {
	s, p := newService(t, dbtest.SQLite(t))
	f := &feed{token: "an-invented-token"}
	srv := httptest.NewServer(f)
	defer srv.Close()
	p.values = map[string]string{"feed_url": srv.URL + "/messages", "feed_token": "an-invented-token", "feed_items": "data.items", "feed_page": "page", "feed_since": "since", "feed_cursor": "at"}
	doortest.Exercise(t, doortest.Subject{
		Private: []string{"路灯", "13800000000", "王小明"},
		Open: func(t *testing.T, _ door.Sink) door.Door {
			d := s.opened(t, p)
			d.every = 20 * time.Millisecond
			return patient{d}
		},
		Send:  func(n int) error { f.add(n); return nil },
		Break: func() { f.mu.Lock(); f.away = true; f.mu.Unlock() },
		Mend:  func() { f.mu.Lock(); f.away = false; f.mu.Unlock() },
	})
}

// patient opens the door again when it ends early, as the registry does.
type patient struct{ *source }

func (p patient) Run(ctx context.Context, sink door.Sink) error {
	for ctx.Err() == nil {
		_ = p.source.Run(ctx, sink)
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func TestObjects(t *testing.T) {
	o, err := readObjects([]byte(`{"data":{"items":[{"a":1,"b":{"c":"x"}},{"a":2.50,"d":[1,2],"e":null,"f":true}]}}`), "data.items")
	if err != nil || strings.Join(o.columns, " ") != "a b.c d f" || o.rows[0][1] != "x" || o.rows[1][0] != "2.50" || o.rows[1][2] != "[1,2]" {
		t.Errorf("%+v %v", o, err)
	}
	for _, bad := range []string{"", "7", `{"x":1}`, "{"} {
		if _, err := readObjects([]byte(bad), "items"); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t))
	for field, values := range map[string]map[string]string{"columns": {"columns": "words"}, "feed_url": {"feed_url": "ftp://x"}, "feed_minutes": {"feed_minutes": "0"}} {
		if _, err := s.open(door.Setting{Values: values}); err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Bring(t.Context(), access.Actor{Role: access.UnitHandler}, "mayor-board", "a.csv", strings.NewReader("x")); !errors.Is(err, ErrDenied) {
		t.Errorf("%v", err)
	}
	for name, text := range map[string]string{"a.exe": "x", "a.csv": ""} {
		if f, ok := fault.As(func() error {
			_, err := s.Bring(t.Context(), admin, "mayor-board", name, strings.NewReader(text))
			return err
		}()); !ok || len(f.Fields) != 1 {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func FuzzObjects(f *testing.F) {
	f.Add([]byte(`[{"a":{"b":[1]}}]`), "a.b")
	f.Fuzz(func(_ *testing.T, text []byte, path string) { _, _ = readObjects(text, path) })
}
