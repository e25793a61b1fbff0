package document

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document/wording"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/paper"
	"xinqiao/internal/platform/seal"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

const no = "MC26-0A1B-7K3F"

// The town of the tests: a city, its bureau, a department, another one.
var units = map[int64]access.Unit{
	1:  {ID: 1, NameZH: "名城市", NameEN: "Mingcheng", Kind: access.Government, Area: 1, Areas: []int64{1}, BureauID: 10, Active: true},
	10: {ID: 10, NameZH: "名城市信访局", NameEN: "City bureau", Kind: access.Bureau, ParentID: 1, Area: 1, Areas: []int64{1}, BureauID: 10, Active: true},
	11: {ID: 11, NameZH: "名城市住房和城乡建设局", NameEN: "Housing", Kind: access.Department, ParentID: 1, Area: 1, Areas: []int64{1}, BureauID: 10, Active: true},
	12: {ID: 12, NameZH: "名城市城市管理局", NameEN: "City management", Kind: access.Department, ParentID: 1, Area: 1, Areas: []int64{1}, BureauID: 10, Active: true},
}

var (
	handler    = access.Actor{ID: 101, Name: "王承办", Role: access.UnitHandler, UnitID: 11}
	head       = access.Actor{ID: 102, Name: "陈局长", Role: access.UnitHead, UnitID: 11}
	stranger   = access.Actor{ID: 103, Name: "外人", Role: access.UnitHead, UnitID: 12}
	clerk      = access.Actor{ID: 104, Name: "李经办", Role: access.BureauClerk, UnitID: 10, AreaID: 1, AreaDepth: 1}
	chief      = access.Actor{ID: 105, Name: "周局长", Role: access.BureauHead, UnitID: 10, AreaID: 1, AreaDepth: 1}
	petitioner = access.Actor{Role: access.Petitioner, CaseID: 7}
)

type town struct{}

func (town) Unit(id int64) (access.Unit, bool) { u, ok := units[id]; return u, ok }

// desk is a case that moves by hand.
type desk struct {
	one    casework.Case
	events []casework.Event
}

func (d *desk) Case(_ context.Context, a access.Actor, number string) (casework.Case, error) {
	if number != d.one.No || !access.Visible(a).Sees(d.one.Facts()) {
		return casework.Case{}, fault.New(fault.NotFound, "procedure.case_not_found")
	}
	return d.one, nil
}

func (d *desk) Seen(ctx context.Context, a access.Actor, ids []int64) (map[int64]bool, error) {
	sees := map[int64]bool{}
	for _, id := range ids {
		_, err := d.Case(ctx, a, no)
		sees[id] = err == nil
	}
	return sees, nil
}

func (*desk) Opened(context.Context, access.Actor, casework.Case, time.Time) error { return nil }

func (d *desk) History(context.Context, int64) ([]casework.Event, error) { return d.events, nil }

func (d *desk) happens(kind casework.EventKind, data casework.Data) {
	d.events = append(d.events, casework.Event{CaseID: d.one.ID, Seq: int64(len(d.events) + 1), Kind: kind, At: noon.Add(-time.Hour), ActorUnit: 11, Data: data})
}

// told is the example case, or another view.
type told struct{ view wording.View }

func (t *told) View(context.Context, Ask) (wording.View, error) { return t.view, nil }

type drawer struct{ files map[int64]string }

func (f drawer) OfCase(context.Context, int64) ([]File, error) {
	var out []File
	for id := int64(1); id <= int64(len(f.files)); id++ {
		out = append(out, File{ID: id, Name: "材料.txt", Type: "text/plain", Size: int64(len(f.files[id]))})
	}
	return out, nil
}

func (f drawer) Open(_ context.Context, _ access.Actor, id int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f.files[id])), nil
}

type staff struct{}

func (staff) Names(context.Context, []int64) (map[int64]string, error) {
	return map[int64]string{101: "王承办", 102: "陈局长", 104: "李经办", 105: "周局长"}, nil
}

type counter int64

func (c *counter) Next() int64 { *c++; return int64(*c) }

// house is a service with one case at the department.
type house struct {
	*Service
	desk  *desk
	told  *told
	clock *clock.Manual
}

func newHouse(t testing.TB, d *db.DB) house {
	t.Helper()
	keys := seal.Random()
	blobs, err := blob.Open(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	pen, err := seal.OpenOrCreateSigner(filepath.Join(t.TempDir(), "signing.json"), keys)
	if err != nil {
		t.Fatal(err)
	}
	h := house{
		desk: &desk{one: casework.Case{
			ID: 7, No: no, Title: "小区电梯停运", State: casework.Accepted, Nature: casework.R7, Procedure: casework.Ordinary, Lane: access.LaneOpen,
			Areas: [3]int64{1}, BureauID: 10, LeadUnitID: 11, OwnerUnitID: 11, RegisteredAt: noon.Add(-24 * time.Hour),
		}},
		told: &told{wording.Example()}, clock: clock.At(noon),
	}
	ids := counter(1000)
	h.Service = New(Needs{
		DB: d, Cases: h.desk, Source: h.told, Units: town{}, Files: drawer{map[int64]string{1: "一", 2: "二二"}}, Staff: staff{},
		Keys: keys, Blobs: blobs, Signer: pen, IDs: &ids, Clock: h.clock, Fonts: paper.Bundled(), Base: "https://xinfang.example/",
		Words: func(key string) string { return key },
	})
	return h
}

// made drafts a document, or the test ends.
func (h house) made(t testing.TB, a access.Actor, kind string) Document {
	t.Helper()
	number := no
	if k, _ := wording.Find(kind); k.Unit {
		number = ""
	}
	d, err := h.Make(t.Context(), a, Wanted{CaseNo: number, Kind: kind}, noon)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return d
}

// sealed brings a document of the department to its seal.
func (h house) sealed(t testing.TB, kind string) Document {
	t.Helper()
	d := h.made(t, handler, kind)
	if _, err := h.Approve(t.Context(), head, d.ID, noon); err != nil {
		t.Fatal(err)
	}
	d, err := h.Seal(t.Context(), head, d.ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
