package hotline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/calendar"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/rest"
	"xinqiao/internal/platform/seal"
	"xinqiao/internal/platform/speech"
)

const (
	secret = "an invented secret of the line"
	caller = "13900000042"
	caseNo = "MC26-0000-0001"
)

var (
	start    = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC) // ten o'clock
	operator = access.Actor{ID: 7, Name: "话务员", Role: access.Operator, UnitID: 10, AreaID: 1, AreaDepth: 1}
	handler  = access.Actor{ID: 8, Role: access.UnitHandler, UnitID: 20, AreaID: 1, AreaDepth: 1}
)

// house is everything around the door.
type house struct {
	files   map[string][]byte
	sounds  map[string][]byte // by address
	barred  bool              // the case is in the confidential lane
	text    string            // what the speech model hears; "" there is none
	lines   []door.Setting
	fetched int
}

func (h *house) Keep(_ context.Context, r io.Reader, _ int64) (blob.Ref, error) {
	b, err := io.ReadAll(r)
	key := sumOf(b)
	h.files[key] = b
	return blob.Ref{Key: key, Size: int64(len(b))}, err
}

func (h *house) Load(_ context.Context, key string) ([]byte, error) {
	if b, ok := h.files[key]; ok {
		return b, nil
	}
	return nil, blob.ErrNotFound
}

func (h *house) Delete(key string) error {
	delete(h.files, key)
	return nil
}

func (h *house) Sweep(ctx context.Context, _ time.Time, known blob.Known) (int, error) {
	kept, err := known(ctx, slices.Collect(maps.Keys(h.files)))
	before := len(h.files)
	maps.DeleteFunc(h.files, func(key string, _ []byte) bool { return !kept[key] })
	return before - len(h.files), err
}

func (h *house) Fetch(_ context.Context, origin, address string, _ int64) ([]byte, error) {
	h.fetched++
	b, ok := h.sounds[address]
	if !ok || !strings.HasPrefix(address, origin) {
		return nil, errors.New("not there")
	}
	return b, nil
}

func (h *house) Active(context.Context, string) ([]door.Setting, error) { return h.lines, nil }

func (h *house) CaseID(context.Context, string) (int64, error) { return 99, nil }

func (h *house) Words(_ context.Context, _ access.Actor, no string) (Words, error) {
	if h.barred {
		return Words{}, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return Words{No: no, Title: "暖气不热", Text: "三号楼暖气不热已有一周。", Wish: "尽快修好", Place: "幸福小区"}, nil
}

func (h *house) Earlier(_ context.Context, _ access.Actor, phone string) ([]Earlier, error) {
	if phone != caller {
		return nil, nil
	}
	return []Earlier{{No: "MC26-0000-0002", Title: "路灯不亮", State: casework.Accepted, Day: start, Opens: true}}, nil
}

func (h *house) Candidates(context.Context, access.Actor, string, string) ([]Candidate, error) {
	return []Candidate{{Earlier: Earlier{No: "MC26-0000-0003", Title: "供热"}, Why: []string{"同一号码"}}}, nil
}

func (h *house) Ready(context.Context) error {
	if h.text == "" {
		return errors.New("no model")
	}
	return nil
}

func (h *house) Transcribe(context.Context, []byte) (string, error) { return h.text, nil }

type scene struct {
	*Service
	*house
	now *clock.Manual
	api http.Handler
}

func arrange(t testing.TB, d *db.DB) scene {
	t.Helper()
	h := &house{files: map[string][]byte{}, sounds: map[string][]byte{}, lines: []door.Setting{{Code: "hotline", Channel: casework.Phone,
		Values: map[string]string{"secret": secret, "recordings": "https://pbx.example/rec/"}}}}
	now := clock.At(start)
	s := New(Needs{DB: d, IDs: ids.NewSource(1, now), Clock: now, Log: slog.New(slog.DiscardHandler), Keys: seal.Random(), Files: h, Fetcher: h,
		Doors: h, Cases: h, History: h, Candidates: h, Transcriber: h})
	api, mux := rest.New("test", "1")
	NewAPI(s).Register(api)
	return scene{s, h, now, mux}
}

// wav is a second of an invented recording.
func wav(t testing.TB, n int16) []byte {
	t.Helper()
	pcm := make([]int16, speech.Rate)
	for i := range pcm {
		pcm[i] = n * int16(i%50)
	}
	var b bytes.Buffer
	if err := speech.WriteWAV(&b, pcm); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sumOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// post sends a signed request of the call centre.
func (s scene) post(method, path, call string, body []byte) (int, string) {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	at := s.now.Now()
	r.Header.Set("Content-Type", "application/json")
	if call != "" {
		r.Header.Set("Content-Type", "audio/wav")
	}
	r.Header.Set("X-Xinqiao-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("X-Xinqiao-Signature", "v1=00 "+Sign(secret, at, call, body))
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (s scene) event(t testing.TB, b CallEventBody) (int, string) {
	t.Helper()
	body, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return s.post("POST", "/api/v1/calls/events", "", body)
}

func life(recording string) []CallEventBody {
	return []CallEventBody{
		{ID: "1", Type: "ringing", Call: "c1", At: start, From: caller},
		{ID: "2", Type: "answered", Call: "c1", At: start.Add(9 * time.Second), Agent: "801"},
		{ID: "3", Type: "ended", Call: "c1", At: start.Add(3 * time.Minute)},
		{ID: "4", Type: "recording", Call: "c1", At: start.Add(4 * time.Minute), Recording: &CallSoundBody{URL: recording}},
	}
}

// TestAnyOrder: however the events come, and however often, one call comes of
// them and it is the same.
func TestAnyOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := arrange(t, d)
		s.now.Advance(5 * time.Minute)
		for n := range 12 {
			events := life("https://pbx.example/rec/1.wav")
			for i := range events {
				events[i].ID, events[i].Call = fmt.Sprintf("%d-%s", n, events[i].ID), fmt.Sprintf("call-%d", n)
			}
			events = append(events, events...)
			rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			again := 0
			for _, e := range events {
				code, body := s.event(t, e)
				if code != 200 {
					t.Fatalf("%d %s", code, body)
				}
				if strings.Contains(body, `"again":true`) {
					again++
				}
			}
			if again != 4 {
				t.Errorf("%d of 4 repetitions were seen", again)
			}
		}
		list, err := s.Service.store.list(t.Context(), today, start, 0, 0)
		if err != nil || len(list) != 12 {
			t.Fatal(len(list), err)
		}
		for _, c := range list {
			waited, ok := c.Waited()
			if !ok || waited != 9*time.Second || c.EndedAt.Sub(c.AnsweredAt) != 171*time.Second || c.Seat != "801" || c.Recording != "wanted" ||
				c.Mask == "" || strings.Contains(c.Mask, caller) || s.phone(c) != caller {
				t.Errorf("%+v", c)
			}
		}
	})
}

func TestRefusedPosts(t *testing.T) {
	s := arrange(t, dbtest.SQLite(t))
	good, _ := json.Marshal(life("")[0])
	ask := func(change func(*http.Request)) int {
		r := httptest.NewRequest("POST", "/api/v1/calls/events", bytes.NewReader(good))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Xinqiao-Timestamp", strconv.FormatInt(start.Unix(), 10))
		r.Header.Set("X-Xinqiao-Signature", Sign(secret, start, "", good))
		change(r)
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), caller) {
			t.Error("an answer repeats the number")
		}
		return w.Code
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"forged": {func(r *http.Request) {
			r.Header.Set("X-Xinqiao-Signature", Sign("another secret, long enough", start, "", good))
		}, 401},
		"no signature": {func(r *http.Request) { r.Header.Del("X-Xinqiao-Signature") }, 422},
		"another time": {func(r *http.Request) { r.Header.Set("X-Xinqiao-Timestamp", strconv.FormatInt(start.Unix()+1, 10)) }, 401},
		"another body": {func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(good), "c1", "c2", 1)))
		}, 401},
		"no such line":    {func(r *http.Request) { r.Header.Set("X-Xinqiao-Line", "other") }, 404},
		"too old":         {func(*http.Request) { s.now.Set(start.Add(window + time.Second)) }, 401},
		"from the future": {func(*http.Request) { s.now.Set(start.Add(-window - time.Second)) }, 401},
	} {
		s.now.Set(start)
		if got := ask(c.change); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	s.now.Set(start)
	for _, bad := range []CallEventBody{
		{ID: "x y", Type: "ringing", Call: "c", At: start}, {ID: "x", Type: "ringing", Call: "", At: start},
		{ID: "x", Type: "ringing", Call: "c", At: start.Add(time.Hour)}, {ID: "x", Type: "ringing", Call: "c", At: start.AddDate(0, 0, -8)},
		{ID: "x", Type: "recording", Call: "c", At: start, Recording: &CallSoundBody{URL: "https://pbx.example/rec/1", SHA256: "zz"}},
		{ID: "x", Type: "transferred", Call: "c", At: start},
	} {
		if code, body := s.event(t, bad); code != 422 {
			t.Errorf("%+v: %d %s", bad, code, body)
		}
	}
}

// TestRecording is fetched once, kept sealed and unchanged, and written down.
func TestRecording(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := arrange(t, d)
		s.now.Advance(5 * time.Minute)
		const address = "https://pbx.example/rec/1.wav"
		for _, e := range life(address) {
			if code, body := s.event(t, e); code != 200 {
				t.Fatal(body)
			}
		}
		ctx := t.Context()
		for range 2 { // not there yet, then not due yet
			if err := s.FetchRecordings(ctx); err != nil || s.fetched != 1 {
				t.Fatal(s.fetched, err)
			}
		}
		sound := wav(t, 3)
		s.sounds[address] = sound
		s.now.Advance(time.Hour)
		if err := s.FetchRecordings(ctx); err != nil {
			t.Fatal(err)
		}
		list, _ := s.Service.store.list(ctx, today, start, 0, 0)
		c, got, err := s.Sound(ctx, operator, list[0].ID)
		if err != nil || !bytes.Equal(got, sound) || c.RecordingSum != sumOf(sound) || c.url != nil {
			t.Fatal(err, c.Recording)
		}
		s.files["orphan"] = sound
		if err := s.Service.Sweep(ctx); err != nil || len(s.files) != 1 {
			t.Errorf("%d files after the sweep, %v", len(s.files), err)
		}
		if code, _ := s.post("PUT", "/api/v1/calls/c1/recording", "c1", sound); code != 200 {
			t.Errorf("the same recording pushed: %d", code)
		}
		if code, _ := s.post("PUT", "/api/v1/calls/c1/recording", "c1", wav(t, 4)); code != 409 {
			t.Errorf("another recording pushed: %d", code)
		}
		if code, _ := s.post("PUT", "/api/v1/calls/c1/recording", "other", sound); code != 401 {
			t.Errorf("a recording signed for another call: %d", code)
		}
		if code, _ := s.post("PUT", "/api/v1/calls/none/recording", "none", sound); code != 404 {
			t.Errorf("of no call: %d", code)
		}
		written(t, s, c)
		if _, _, err := s.Sound(ctx, handler, c.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a unit hears a call without a case: %v", err)
		}
	})
}

func written(t *testing.T, s scene, c Call) {
	t.Helper()
	ctx := t.Context()
	if err := s.Hear(ctx); err != nil { // no model: it waits
		t.Fatal(err)
	}
	s.text = "三号楼暖气不热"
	if err := s.Hear(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := s.Call(ctx, operator, c.ID)
	if err != nil || c.Transcript != "machine" || s.transcript(c) != s.text {
		t.Fatal(c.Transcript, err)
	}
	if err := s.Write(ctx, operator, c.ID, "三号楼暖气不热。"); err != nil {
		t.Fatal(err)
	}
	if err := s.writeDown(ctx, c.ID, "machine", "胡说"); err != nil {
		t.Fatal(err)
	}
	if c, _ = s.Call(ctx, operator, c.ID); c.Transcript != "person" || s.transcript(c) != "三号楼暖气不热。" {
		t.Error("a machine overwrote a person")
	}
}

// TestFromCallToCase follows a call to its case and the words read back.
func TestFromCallToCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := arrange(t, d), t.Context()
		s.now.Advance(5 * time.Minute)
		for _, e := range life("")[:3] {
			s.event(t, e)
		}
		list, _ := s.Service.store.list(ctx, loose, start, 0, 0)
		c, now := list[0], s.now.Now()
		if err := s.ReadBack(ctx, operator, c.ID, now); !errors.Is(err, errEarly) {
			t.Errorf("read back before it was registered: %v", err)
		}
		token := s.Link(operator, c, now)
		if strings.Contains(token, caller) {
			t.Error("the link holds the number")
		}
		if _, _, err := s.Begin(ctx, handler, token, now); !errors.Is(err, errLink) {
			t.Errorf("somebody else's link: %v", err)
		}
		if _, _, err := s.Begin(ctx, operator, token, now.Add(linkLife+time.Second)); !errors.Is(err, errLink) {
			t.Errorf("an old link: %v", err)
		}
		phone, key, err := s.Begin(ctx, operator, token, now)
		if err != nil || phone != caller || key != "hotline:"+number(c.ID) {
			t.Fatal(phone, key, err)
		}
		for range 2 {
			if path, err := s.Registered(ctx, operator, token, caseNo, now); err != nil || path != pathOf(c.ID) {
				t.Fatal(path, err)
			}
		}
		if err := s.Settle(ctx, operator, c.ID, Settling{Nothing, ""}); !errors.Is(err, errDone) {
			t.Errorf("a registered call was dropped: %v", err)
		}
		if err := s.ReadBack(ctx, operator, c.ID, now); err != nil {
			t.Fatal(err)
		}
		of, err := s.OfCase(ctx, 99)
		if err != nil || len(of) != 1 || of[0].ReadBackBy != operator.ID || of[0].CaseNo != caseNo || of[0].Outcome != Filed {
			t.Errorf("%+v %v", of, err)
		}
		s.barred = true
		if _, hears, err := s.Hears(ctx, operator, of[0]); hears || err != nil {
			t.Error("an operator hears what went into the confidential lane", err)
		}
	})
}

// TestMissed: who was not answered is rung back, unless it rang once only or
// the caller got through later.
func TestMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := arrange(t, d), t.Context()
		call := func(id, from string, at time.Time, rings time.Duration, answered bool) {
			s.event(t, CallEventBody{ID: id + "r", Type: "ringing", Call: id, At: at, From: from})
			if answered {
				s.event(t, CallEventBody{ID: id + "a", Type: "answered", Call: id, At: at.Add(rings)})
			}
			s.event(t, CallEventBody{ID: id + "e", Type: "ended", Call: id, At: at.Add(rings)})
		}
		s.now.Advance(20 * time.Minute)
		call("missed", "13900000001", start, 40*time.Second, false)
		call("short", "13900000002", start, 3*time.Second, false)
		call("later", "13900000003", start, 40*time.Second, false)
		call("through", "13900000003", start.Add(time.Minute), 5*time.Second, true)
		call("hidden", "", start, 40*time.Second, false)
		call("now", "13900000004", s.now.Now().Add(-time.Minute), 40*time.Second, false)
		l, err := s.line(ctx, "hotline")
		if err != nil {
			t.Fatal(err)
		}
		var sink doortest.Sink
		for range 2 {
			if err := l.pass(ctx, &sink); err != nil {
				t.Fatal(err)
			}
		}
		all := sink.All()
		if len(all) != 1 || all[0].Key != "missed" || all[0].From != "13900000001" || all[0].Ready {
			t.Errorf("%d arrivals", len(all))
		}
	})
}

func TestFigures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := arrange(t, d)
		s.now.Advance(3 * time.Hour)
		for i, wait := range []int{5, 15, 16, -1} { // -1: gave up
			id, at := fmt.Sprint(i), start.Add(time.Duration(i)*30*time.Minute)
			s.event(t, CallEventBody{ID: id + "r", Type: "ringing", Call: id, At: at})
			if wait >= 0 {
				s.event(t, CallEventBody{ID: id + "a", Type: "answered", Call: id, At: at.Add(time.Duration(wait) * time.Second)})
			}
			s.event(t, CallEventBody{ID: id + "e", Type: "ended", Call: id, At: at.Add(2 * time.Minute)})
		}
		s.event(t, CallEventBody{ID: "5", Type: "ringing", Call: "still", At: s.now.Now()})
		all, parts, err := s.Count(t.Context(), "hotline", calendar.On(start), 1)
		if err != nil || len(parts) != 24 {
			t.Fatal(len(parts), err)
		}
		talk, _ := all.AverageTalk()
		if all.Offered != 4 || all.Answered != 3 || all.Prompt != 2 || all.Missed != 1 || talk != 108*time.Second {
			t.Errorf("%+v, %v a talk", all, talk)
		}
		if h := parts[10]; h.Offered != 2 || h.Prompt != 2 || parts[11].Missed != 1 {
			t.Errorf("by the hour: %+v %+v", h, parts[11])
		}
		week, days, err := s.Count(t.Context(), "", calendar.On(start), 7)
		if err != nil || week.Offered != 4 || len(days) != 7 || days[6].Offered != 4 {
			t.Errorf("%+v %v", week, err)
		}
		if none, _, err := s.Count(t.Context(), "other", calendar.On(start), 31); err != nil || none.Offered != 0 {
			t.Errorf("%+v %v", none, err)
		}
		dbtest.Indexed(t, d, `SELECT count(*) FROM hotline_call WHERE first_at >= $1 AND first_at < $2`, 1, 2)
	})
}

// TestConformance: missed calls are what this door hands over.
func TestConformance(t *testing.T) {
	s := arrange(t, dbtest.SQLite(t))
	doortest.Exercise(t, doortest.Subject{
		Open: func(t *testing.T, _ door.Sink) door.Door {
			l, err := s.Service.open(s.lines[0])
			if err != nil {
				t.Fatal(err)
			}
			l.tick = 10 * time.Millisecond
			return l
		},
		Send: func(n int) error {
			id, at := fmt.Sprint(n), s.now.Now().Add(-time.Hour)
			for _, e := range []CallEventBody{{ID: id + "r", Type: "ringing", Call: id, At: at, From: caller}, {ID: id + "e", Type: "ended", Call: id, At: at.Add(time.Minute)}} {
				if code, body := s.event(t, e); code != 200 {
					return errors.New(body)
				}
			}
			return nil
		},
		Private: []string{caller, secret},
	})
}

func TestKind(t *testing.T) {
	k := Kind(arrange(t, dbtest.SQLite(t)).Service)
	for _, v := range []map[string]string{{}, {"secret": "short"}, {"secret": secret, "recordings": "file:///etc"}, {"secret": secret, "missed_seconds": "many"}} {
		if _, err := k.Open(door.Setting{Code: "hotline", Values: v}); err == nil {
			t.Errorf("%v was taken", v)
		}
	}
}

// FuzzEvent: whatever is posted, signed or not, nothing but an answer comes of
// it, and no number is repeated in it.
func FuzzEvent(f *testing.F) {
	s := arrange(f, dbtest.SQLite(f))
	for _, e := range life("https://pbx.example/rec/1.wav") {
		b, _ := json.Marshal(e)
		f.Add(b)
	}
	f.Add([]byte(`{"id":"1","type":"ringing","call":"c","at":"2026-03-02T02:00:00Z","from":"\u0000+86 139-0000-0042","agent":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if code, text := s.post("POST", "/api/v1/calls/events", "", body); code >= 500 || strings.Contains(text, caller) {
			t.Errorf("%d %s", code, text)
		}
	})
}

func FuzzGenuine(f *testing.F) {
	f.Add("1772416800", "v1=00", "c", []byte("body"))
	f.Fuzz(func(t *testing.T, stamp, signature, call string, body []byte) {
		if genuine(secret, post{stamp, signature, call, body}, start) {
			t.Error("a signature was guessed")
		}
	})
}
