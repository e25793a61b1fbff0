package person

import (
	"testing"
	"time"

	"xinqiao/internal/core/identity"
	"xinqiao/internal/core/matching"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// TestAlike: whoever shares a phone, a number, or a name with a birth date is
// near, through an index; comparing says how well fields agree and no value.
func TestAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, now := service(d), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
		add := func(p Person) int64 { return record(t, d, s, p) }
		a := add(Person{Name: "王小明", Phone: "13800001111", IDNo: identity.Synthetic(1), Address: "明川市东区河口镇1号"})
		byPhone := add(Person{Name: "王小亮", Phone: "13800001111", Address: "明川市东区河口镇2号"})
		byNumber := add(Person{Name: "王小明", Phone: "13900002222", IDNo: identity.Synthetic(1)})
		add(Person{Name: "李大海", Phone: "13700003333", IDNo: identity.Synthetic(2)})
		near, err := s.Near(t.Context(), a)
		if err != nil || len(near) != 2 || near[0] != byNumber || near[1] != byPhone {
			t.Fatalf("near %v %v", near, err)
		}
		dbtest.Indexed(t, d, nearQuery, a, mostNear)
		r, err := s.Compare(t.Context(), a, byNumber, now)
		if err != nil || matching.Defaults.Band(r) != matching.High {
			t.Errorf("the same number: %+v %v", r, err)
		}
		if r, err = s.Compare(t.Context(), a, byPhone, now); err != nil || matching.Defaults.Band(r) != matching.Middle {
			t.Errorf("a brother on the same phone: %+v %v", r, err)
		}
	})
}
