package letter

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/pdf"
)

// batchPDF is a scan of several sheets.
func batchPDF(t *testing.T, sheets ...[]byte) []byte {
	t.Helper()
	doc := pdf.New("批")
	for _, sheet := range sheets {
		p, err := pdf.DecodePicture(sheet)
		if err != nil {
			t.Fatal(err)
		}
		doc.NewSheet(0).Image(p, pdf.Rect{W: pdf.PageWidth, H: pdf.PageHeight})
	}
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s stage) take(t *testing.T, divide Dividing, data []byte) Scan {
	t.Helper()
	u, _ := s.Units.Unit(cityBureau)
	got, _, err := s.Take(t.Context(), Source{Kind: "desk", Door: "letters", Name: "张三来信.pdf", Unit: u, By: clerk.ID, Divide: divide}, data, start)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (s stage) list(t *testing.T, state State) []Letter {
	t.Helper()
	out, err := s.store.letters(t.Context(), s.DB.Read(), span{city, state, 1 << 62, 100})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

func TestSplitAtCovers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		data := batchPDF(t, coverPNG(t), sheetPNG(t, 100), sheetPNG(t, 200), blankPNG(t), coverPNG(t), sheetPNG(t, 300))
		got := s.take(t, Auto, data)
		if list := s.list(t, Open); len(list) != 2 || list[0].Pages != 2 || list[1].Pages != 1 || list[0].No == list[1].No {
			t.Fatalf("letters: %+v", list)
		}
		u, _ := s.Units.Unit(cityBureau)
		again, known, err := s.Take(t.Context(), Source{Kind: "desk", Door: "letters", Name: "other.pdf", Unit: u, Divide: Auto}, data, start)
		if err != nil || !known || again.ID != got.ID || len(s.list(t, Open)) != 2 {
			t.Errorf("the same file again: %+v %v %v", again, known, err)
		}
	})
}

func TestSplitByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		got := s.take(t, Auto, batchPDF(t, sheetPNG(t, 100), sheetPNG(t, 200), sheetPNG(t, 300)))
		if len(s.list(t, Open)) != 0 {
			t.Fatal("it was split without separating sheets")
		}
		_, sheets, err := s.Scan(t.Context(), clerk, got.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []access.Actor{east, handler} {
			if _, _, err := s.Scan(t.Context(), other, got.ID); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s sees it: %v", other.Role, err)
			}
		}
		all := map[int64]bool{sheets[0].ID: true, sheets[1].ID: true, sheets[2].ID: true}
		if _, err := s.SplitScan(t.Context(), clerk, got.ID, Division{Leave: all}, start); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		n, err := s.SplitScan(t.Context(), clerk, got.ID, Division{Begins: map[int64]bool{sheets[2].ID: true}, Leave: map[int64]bool{sheets[1].ID: true}}, start)
		if list := s.list(t, Open); err != nil || n != 2 || list[0].Pages != 1 || list[1].Pages != 1 {
			t.Fatal(n, err, list)
		}
		if _, err := s.SplitScan(t.Context(), clerk, got.ID, Division{}, start); !errors.Is(err, errStale) {
			t.Error("split twice: ", err)
		}
	})
}

func TestReadCorrectRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		s.take(t, ByFile, sheetPNG(t, 100))
		if err := s.ReadWaiting(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := s.list(t, Open)[0]
		_, sheets, err := s.Letter(t.Context(), clerk, l.No)
		if err != nil || sheets[0].Reading != Done {
			t.Fatalf("%+v %v", sheets, err)
		}
		draft, err := s.Draft(t.Context(), l, sheets, start)
		if err != nil || draft.Title != words[0].Text || draft.Phone != "" || !strings.Contains(draft.Words, "1390000l234，维修") {
			t.Errorf("%+v %v", draft, err)
		}
		if err := s.Correct(t.Context(), clerk, Place{l.No, 1}, []Line{{words[0].Text, true}, {"柳岸路12号门前的路灯坏了，电话13900001234，", true}, {"维修花了35元。", false}}, start); err != nil {
			t.Fatal(err)
		}
		l, sheets, _ = s.Letter(t.Context(), clerk, l.No)
		if draft, err = s.Draft(t.Context(), l, sheets, start); err != nil || draft.Phone != "13900001234" {
			t.Fatalf("%+v %v", draft, err)
		}
		if len(sheets[0].Read.Lines) != 3 || sheets[0].Read.Lines[1].Text != words[1].Text {
			t.Error("the reading of the machine changed")
		}
		draft.Name, draft.Wish, draft.AreaID = "陈雨桐", "修好路灯", city
		draft.Seen = []string{"13900001234", "12号"}
		if _, err := s.Register(t.Context(), clerk, l.No, draft, start); !hasField(err, "seen") {
			t.Fatal("registered without a look at the sum: ", err)
		}
		draft.Seen = append(draft.Seen, "35元")
		s.sink.Lose(1)
		if _, err := s.Register(t.Context(), clerk, l.No, draft, start); err == nil {
			t.Fatal("a lost answer is no success")
		}
		l, _, _ = s.Letter(t.Context(), clerk, l.No)
		taken, err := s.Register(t.Context(), clerk, l.No, draft, start)
		if err != nil || taken.No == "" || len(s.sink.All()) != 1 {
			t.Fatal(taken, err, len(s.sink.All()))
		}
		a := s.sink.All()[0]
		if a.Draft.Channel != casework.Letter || a.Draft.Staff != clerk.ID || !a.Ready || len(a.Files) != 1 || !bytes.Equal(a.Files[0].Data, sheetPNG(t, 100)) {
			t.Errorf("%+v", a.Draft)
		}
		if l, _, _ = s.Letter(t.Context(), clerk, l.No); l.State != Registered || l.CaseNo != taken.No {
			t.Errorf("%+v", l)
		}
		if _, err := s.Register(t.Context(), clerk, l.No, draft, start); !errors.Is(err, errDone) {
			t.Error(err)
		}
	})
}

func hasField(err error, name string) bool {
	f, ok := fault.As(err)
	return ok && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == name })
}

func TestMachineFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := set(t, d)
		s.take(t, ByFile, sheetPNG(t, 100))
		l := s.list(t, Open)[0]
		reading := func() Sheet {
			t.Helper()
			if err := s.ReadWaiting(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, sheets, err := s.Letter(t.Context(), clerk, l.No)
			if err != nil {
				t.Fatal(err)
			}
			return sheets[0]
		}
		if s.m.state = native.NotInstalled; reading().Reading != Waiting || s.m.calls != 0 {
			t.Error("it was asked though it is not there")
		}
		s.m.state = native.Ready
		if s.m.err = native.ErrResting; reading().Attempts != 0 {
			t.Error("a rest counts as an attempt")
		}
		s.m.err = native.ErrCrashed
		if got := reading(); got.Reading != Waiting || got.Attempts != 1 {
			t.Errorf("after a crash: %+v", got)
		}
		if got := reading(); got.Reading != Failed {
			t.Errorf("a page that crashes it again: %+v", got)
		}
		typed := []Line{{"手工录入的内容", true}}
		if err := s.Correct(t.Context(), clerk, Place{l.No, 1}, typed, start); err != nil {
			t.Fatal(err)
		}
		_, sheets, _ := s.Letter(t.Context(), clerk, l.No)
		if got := text(sheets); got != "手工录入的内容" {
			t.Errorf("%q", got)
		}
		if err := s.SetAside(t.Context(), clerk, l.No, "广告", start); err != nil || len(s.list(t, Aside)) != 1 {
			t.Error(err)
		}
	})
}

func TestSealed(t *testing.T) {
	d := dbtest.SQLite(t)
	s := set(t, d)
	s.take(t, ByFile, sheetPNG(t, 100))
	if err := s.ReadWaiting(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"SELECT name_sealed FROM letter_scan", "SELECT read_sealed FROM letter_sheet"} {
		b, err := db.One(t.Context(), d.Read(), func(r db.Rows) (b []byte, err error) { return b, r.Scan(&b) }, q)
		if err != nil || len(b) == 0 || bytes.Contains(b, []byte("张三")) || bytes.Contains(b, []byte("路灯")) {
			t.Errorf("%s: %v", q, err)
		}
	}
	if err := s.Sweep(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, sheets, err := s.Letter(t.Context(), clerk, s.list(t, Open)[0].No); err != nil || len(sheets) != 1 {
		t.Fatal(err)
	} else if _, err := s.load(sheets[0].blobKey); err != nil {
		t.Error("the sweep took a page: ", err)
	}
}

func TestMarks(t *testing.T) {
	var got []string
	for _, m := range Marks("电话1382345G78和１３９００００１２３４，身份证990101198507120019，501室，每吨.8元、7250.5元，7号楼，2026年", start) {
		got = append(got, string(m.Sort)+" "+m.Text+map[bool]string{true: "", false: " ✗"}[m.Fits])
	}
	want := "number 1382345G78 ✗|phone 13900001234|id 990101198507120019 ✗|house 501室|amount .8元 ✗|amount 7250.5元|house 7号楼"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}
