package person

import (
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func TestMobileIsOpenedForANoticeAndWrittenDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := service(d)
		mobile, landline := record(t, d, s, wang), record(t, d, s, Person{Kind: Individual, Name: "李四光", Phone: "0451-87654321"})
		for id, want := range map[int64]string{mobile: "13800000000", landline: "", 999: ""} {
			got, err := s.Mobile(t.Context(), id, 42, now)
			if err != nil || got != want {
				t.Errorf("person %d: %q, %v", id, got, err)
			}
		}
		list, err := s.Disclosures(t.Context(), mobile)
		if err != nil || len(list) != 1 || list[0].StaffID != 0 || list[0].CaseID != 42 || list[0].Fields != "phone" || list[0].Reason != serviceReason {
			t.Errorf("%+v, %v", list, err)
		}
		if list, _ = s.Disclosures(t.Context(), landline); len(list) != 0 {
			t.Errorf("nothing was opened, yet %+v", list)
		}
	})
}
