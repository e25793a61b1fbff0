package cosign

import (
	"strings"
	"testing"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

func TestQueriesAreIndexed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dbtest.Indexed(t, d, listQuery, 1, 0, 50)
		dbtest.Indexed(t, d, standingQuery, 1, 0, 50)
		query, args := ofPeopleQuery([]int64{1, 2, 3})
		dbtest.Indexed(t, d, query, args...)
		dbtest.Indexed(t, d, `SELECT seq FROM cosigner WHERE sign_key = $1 AND sign_key <> ''`, "x")
	})
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"张一 13922220001":               "1:张一/13922220001//",
		"张一，13922220001\n\n李二\t1;X  Y": "1:张一/13922220001// 3:李二/1/X/Y",
		" 张一 | 139 | 990000 | 和平镇 | 1号 ": "1:张一/139/990000/和平镇1号",
		"只有姓名": "1:只有姓名///",
	} {
		var got []string
		for _, l := range read(text) {
			got = append(got, strings.Join([]string{string(rune('0'+l.n)) + ":" + l.who.Name, l.who.Phone, l.who.IDNo, l.who.Address}, "/"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}
