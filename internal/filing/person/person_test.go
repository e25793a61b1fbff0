package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/seal"
)

var now = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

type counter int64

func (c *counter) Next() int64 { *c++; return int64(*c) }

// gate lets staff 7 through, for case 42.
type gate struct{}

func (gate) CaseOfPerson(_ context.Context, a access.Actor, _ int64) (int64, error) {
	if a.ID == 7 {
		return 42, nil
	}
	return 0, nil
}

// Confidential: case 77 is, which nobody but the tests of custody meet.
func (gate) Confidential(_ context.Context, caseID int64) (bool, error) { return caseID == 77, nil }

func service(d *db.DB) *Service { return New(d, seal.Random(), new(counter), gate{}) }

var wang = Person{
	Kind: Individual, Name: "王小明", Phone: "13800000000",
	IDType: identity.IDCard, IDNo: identity.Synthetic(1), Address: "哈尔滨市道里区新发镇五星村",
	Sex: "2", Household: "哈尔滨市道里区榆树镇",
}

func record(t *testing.T, d *db.DB, s *Service, p Person) int64 {
	t.Helper()
	var b db.Batch
	id, err := s.Record(&b, p, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRecordAndMask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		typed := wang
		typed.Name, typed.Phone, typed.IDNo = " 王　小明", "＋86 138 0000 0000", strings.ToLower(wang.IDNo)
		first := record(t, d, s, typed)
		shop := record(t, d, s, Person{Kind: Organisation, Name: "李四光", OrgName: "道里区明月商贸有限公司", Phone: "0451-87654321"})
		got, err := s.Masked(t.Context(), []int64{first, shop, 0, 999})
		if err != nil {
			t.Fatal(err)
		}
		want := map[int64]Masked{
			first: {ID: first, Kind: Individual, Name: "王**", Phone: "138****0000", IDType: identity.IDCard,
				IDNo: identity.MaskDocument(wang.IDNo), Address: "哈尔滨市道里区新发镇***", Household: "哈尔滨市道里区榆树镇***"},
			shop: {ID: shop, Kind: Organisation, Name: "李**", Phone: "0451-******21", OrgName: "道里区****有限公司"},
		}
		if !maps.Equal(got, want) {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
	})
}

func TestNothingClearIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		record(t, d, s, wang)
		r, err := byID(t.Context(), d.Read(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, value := range wang.fields() {
			if value != "" && (string(r.sealed[i]) == value || len(value) > 1 && strings.Contains(string(r.sealed[i]), value)) {
				t.Errorf("%s lies in clear", fieldNames[i])
			}
		}
		// A cell that was moved to another row does not open.
		other := record(t, d, s, wang)
		r.id = other
		if _, err := s.open(r); !errors.Is(err, errSealed) {
			t.Errorf("a moved value opens: %v", err)
		}
	})
}

func TestAnonymousLeavesNoRow(t *testing.T) {
	var b db.Batch
	id, err := service(nil).Record(&b, Person{Kind: Individual}, now)
	if id != 0 || err != nil || b.Len() != 0 {
		t.Fatalf("id %d, %d statements, %v", id, b.Len(), err)
	}
}

func TestReveal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		id := record(t, d, s, wang)
		clerk, stranger := access.Actor{ID: 7, Role: access.BureauClerk}, access.Actor{ID: 8, Role: access.UnitHandler}

		for name, x := range map[string]struct {
			actor  access.Actor
			id     int64
			reason string
			want   error
		}{
			"no reason":   {clerk, id, "  ", errNoReason},
			"long reason": {clerk, id, strings.Repeat("因", 201), errLongReason},
			"stranger":    {stranger, id, "电话回访", ErrNotYours},
			"nobody":      {access.Actor{CaseID: 42, Role: access.Petitioner}, id, "电话回访", ErrNotYours},
			"unknown":     {clerk, 999, "电话回访", ErrUnknown},
		} {
			if got, err := s.Reveal(t.Context(), x.actor, x.id, x.reason, now); !errors.Is(err, x.want) || !got.Anonymous() {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		}
		if notes, err := s.Disclosures(t.Context(), id); err != nil || len(notes) != 0 {
			t.Errorf("refusals left notes: %v %v", notes, err)
		}

		got, err := s.Reveal(t.Context(), clerk, id, " 电话回访 ", now)
		if err != nil || got != wang {
			t.Fatalf("clear values differ: %v", err)
		}
		notes, err := s.Disclosures(t.Context(), id)
		if err != nil || len(notes) != 1 {
			t.Fatalf("%d notes, %v", len(notes), err)
		}
		notes[0].ID = 0
		if want := (Disclosure{PersonID: id, CaseID: 42, StaffID: 7, Reason: "电话回访", Fields: "name,phone,id_no,address,sex,household", At: now}); notes[0] != want {
			t.Errorf("noted %+v", notes[0])
		}
	})
}

func TestByPhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		first, second := record(t, d, s, wang), record(t, d, s, wang)
		got, err := s.ByPhoneIndex(t.Context(), "138-0000-0000")
		if err != nil || fmt.Sprint(got) != fmt.Sprint([]int64{second, first}) {
			t.Errorf("%v %v", got, err)
		}
		for _, phone := range []string{"13800000001", "x", ""} {
			if got, err := s.ByPhoneIndex(t.Context(), phone); err != nil || len(got) != 0 {
				t.Errorf("%q: %v %v", phone, got, err)
			}
		}
		for _, column := range []string{"phone_index", "id_no_index", "name_birth_index"} {
			dbtest.Indexed(t, d, byIndexQuery(column, 2), []byte("x"), []byte("y"))
		}
		dbtest.Indexed(t, d, disclosuresQuery, 1, 10)
	})
}

func TestMaskedInBatches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		var b db.Batch
		var ids []int64
		for range 2*batchSize + 1 {
			id, err := s.Record(&b, wang, now)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		if err := d.Send(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Masked(t.Context(), ids); err != nil || len(got) != len(ids) {
			t.Errorf("%d of %d, %v", len(got), len(ids), err)
		}
	})
}

func TestCheck(t *testing.T) {
	for name, x := range map[string]struct {
		p      Person
		fields string
	}{
		"anonymous":           {Person{}, ""},
		"whole":               {wang, ""},
		"name and address":    {Person{Name: "王小明", Address: "道里区"}, ""},
		"old number":          {Person{Name: "王小明", Phone: "13800000000", IDNo: "110105491231002"}, ""},
		"a name alone":        {Person{Name: "王小明"}, ""},
		"no name":             {Person{Phone: "13800000000"}, "name"},
		"everything wrong":    {Person{Kind: "x", Name: "1", Phone: "1", IDNo: "1", Address: strings.Repeat("址", 201)}, "kind name phone address id_no"},
		"organisation":        {Person{Kind: Organisation, Name: "王小明", Phone: "13800000000"}, "org_name"},
		"credit code":         {Person{Kind: Organisation, Name: "王小明", OrgName: "明月店", Phone: "12345", IDType: identity.CreditCode, IDNo: "91350100M000100Y43"}, ""},
		"credit code, person": {Person{Name: "王小明", Phone: "12345", IDType: identity.CreditCode, IDNo: "91350100M000100Y43"}, "id_type"},
	} {
		err := Check(x.p, now)
		var names []string
		if f, ok := fault.As(err); ok {
			for _, field := range f.Fields {
				names = append(names, field.Name)
			}
		}
		if got := strings.Join(names, " "); got != x.fields || (err != nil) != (x.fields != "") {
			t.Errorf("%s: fields %q (%v), want %q", name, got, err, x.fields)
		}
	}
}

func TestShowsNothingOfItself(t *testing.T) {
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("x", "person", wang, "list", []Person{wang})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "person", wang, "pointer", &wang)
	text, err := json.Marshal(map[string]any{"p": wang})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, wang)
		fmt.Fprintf(&out, verb, &wang)
		fmt.Fprintf(&out, verb, []any{wang})
	}
	for _, value := range wang.fields() {
		if len(value) > 1 && strings.Contains(out.String(), value) { // a digit is everywhere
			t.Errorf("a value shows in %s", out.String())
		}
	}
}

// Every fault that Check can name has words in both languages.
func TestMessages(t *testing.T) {
	var messages map[string][2]string
	if err := json.Unmarshal(Messages, &messages); err != nil {
		t.Fatal(err)
	}
	for key, text := range messages {
		if text[0] == "" || text[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
	for _, kind := range append(identity.DocumentKinds, identity.CreditCode) {
		if _, ok := messages["person.document."+string(kind)]; !ok {
			t.Errorf("no words for %s", kind)
		}
	}
	for _, p := range []string{"", "1", strings.Repeat("9", 18), "1101051949123100AX"} {
		for _, kind := range append(identity.DocumentKinds, identity.CreditCode, "x") {
			if _, err := identity.ParseDocument(kind, p, now); err != nil {
				if _, ok := messages["fault."+err.Error()]; !ok {
					t.Errorf("no words for %s", err)
				}
			}
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	s := service(nil)
	for b.Loop() {
		var batch db.Batch
		if _, err := s.Record(&batch, wang, now); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSexComesFromTheIDCardWhereNobodySaysIt(t *testing.T) {
	p := wang
	p.Sex = ""
	got, err := normalise(p, now)
	if err != nil || got.Sex != "1" && got.Sex != "2" {
		t.Errorf("sex %q, %v", got.Sex, err)
	}
	id, _ := identity.ParseID(p.IDNo, now)
	if (got.Sex == "1") != id.Male {
		t.Error("the card says otherwise")
	}
	p.Sex = "x"
	if err := Check(p, now); err == nil {
		t.Error("an unknown code passed")
	}
}
