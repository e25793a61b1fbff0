package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
)

// invented is everybody and everything that must be readable nowhere. No two
// of a kind are alike, so that a find tells its way in.
var invented = map[string]string{
	"name on the web": "欧阳试之", "phone on the web": "13912340071", "address on the web": "和平镇试验巷七十七弄",
	"name in the words": "慕容甲乙", "phone in the words": "13912340072", "ID in the words": identity.Synthetic(9001), "landline in the words": "0451-87612345",
	"mail in the words": "murong.jiayi@mail.example.cn", "place": "青松岭北坡十三号院", "file's name": "慕容甲乙的身份证", "file's content": "司马丙丁住青松岭",
	"name at the desk": "上官戊己", "phone at the desk": "13912340073", "ID at the desk": identity.Synthetic(9002),
	"name of the API": "皇甫庚辛", "phone of the API": "13912340074", "ID of the API": identity.Synthetic(9003), "organisation": "试验明月商贸有限公司",
	"name in a file of history": "诸葛壬癸", "phone in a file of history": "13912340075",
	"name in a supplement": "令狐子丑", "phone in a supplement": "13912340076",
	"name in a record": "公孙寅卯", "name in an opinion": "轩辕辰巳", "name in a rating": "宇文午未", "name in a reason": "长孙申酉",
	"name in a letter": "尉迟戌亥", "phone in a letter": "13912340077", "mail of a letter": "yuchi@letter.example.cn", "file of a letter": "尉迟家的信",
	"mail for notices": "tell.me@notice.example.cn",
}

// TestNothingIsReadable fills an instance through its doors, drives a case
// through its life, and then reads all that lies on disk, in the database, in
// its copies, in the log and in the exports.
func TestNothingIsReadable(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		no := fill(t, h)
		h.Drain()
		for table, least := range map[string]int64{"case_file": 4, "matter": 4, "person": 4, "attachment": 1, "document": 1, "person_reveal": 1, "case_search": 4} {
			n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], `SELECT count(*) FROM `+table)
			if err != nil || n < least {
				t.Errorf("%d in %s, %v: a way in was not taken", n, table, err)
			}
		}
		places := everyPlace(t, h)
		if len(places) < 30 {
			t.Fatalf("only %d places were read", len(places))
		}
		for what, value := range invented {
			for form, needle := range forms(value) {
				for where, content := range places {
					if bytes.Contains(content, needle) {
						t.Errorf("%s (%s) is readable in %s", what, form, where)
					}
				}
			}
		}
		canFail(t, h, no)
	}, noLimit)
}

// canFail plants a name and expects to find it.
func canFail(t *testing.T, h *apptest.House, no string) {
	t.Helper()
	var b db.Batch
	b.Add(`UPDATE case_file SET title = $1 WHERE no = $2`, "夏侯植入", no)
	if err := h.DB.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, content := range everyPlace(t, h) {
		if bytes.Contains(content, []byte("夏侯植入")) {
			found++
		}
	}
	if found == 0 {
		t.Error("a planted name is not found: this test cannot fail")
	}
}

// fill lets people in by every door and a case live its life.
func fill(t *testing.T, h *apptest.House) string {
	t.Helper()
	v := invented
	words := "试验巷的路灯三个月没有亮过。" + v["name in the words"] + "在这里摔伤，身份证" + v["ID in the words"] + "，电话" + v["phone in the words"] +
		"、" + v["landline in the words"] + "，邮箱" + v["mail in the words"] + "，请联系。"
	b := h.Browser()
	r, page := fileByHand(b, url.Values{
		"words": {words}, "area": {text(h.Town)}, "place": {v["place"]}, "purpose": {"request"}, "wish": {"给" + v["name in the words"] + "修好路灯"},
		"name": {v["name on the web"]}, "phone": {v["phone on the web"]}, "address": {v["address on the web"]},
	}, v["file's name"]+".jpg", jpeg+v["file's content"])
	if r.No == "" {
		t.Fatalf("no receipt\n%.1500s", page.Body)
	}
	clerk := h.SignIn(clerkOf(h))
	clerk.Post("/desk/new", url.Values{
		"key": {"a-key-of-the-desk-77"}, "channel": {"visit"}, "purpose": {"request"}, "name": {v["name at the desk"]}, "phone": {v["phone at the desk"]}, "id_no": {v["ID at the desk"]},
		"address": {v["address on the web"]}, "words": {words}, "wish": {"修好"}, "area": {text(h.Town)}, "place": {v["place"]},
	})
	body := h.Filing(2)
	body["words"], body["title"] = words, "找"+v["name of the API"]+"，电话"+v["phone of the API"]
	body["person"] = map[string]any{"name": v["name of the API"], "phone": v["phone of the API"], "id_no": v["ID of the API"], "address": v["address on the web"], "org_name": v["organisation"]}
	h.FileAs(h.Anybody(), 2, body)
	if _, err := h.Intake.FileMany(t.Context(), []intake.Filing{{
		Actor: access.Actor{Role: access.Petitioner}, Channel: casework.Imported, Key: "history-1", Words: words, AreaID: h.Town,
		Who: intake.Petitioner{Name: v["name in a file of history"], Phone: v["phone in a file of history"]},
	}}, h.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	arrive(t, h, words)
	c := newCast(h)
	me := h.Petitioner(r.Code)
	me.Do(r.No, casework.Supplement, casework.Data{Text: "补充：" + v["name in a supplement"] + "也摔了，电话" + v["phone in a supplement"]}, "s1").Is(http.StatusOK)
	tell(t, h, r)
	said := v["name in a record"] + v["name in an opinion"] + v["place"]
	live(c, r.No, "核查情况："+said)
	clerk.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"向" + v["name in a reason"] + "核实"}}).Is(http.StatusOK).Has(v["name on the web"])
	var made sheet
	c.handler.With("Idempotency-Key", "plain-doc").Post("/api/v1/cases/"+r.No+"/documents", map[string]any{"kind": "D02"}).Is(http.StatusOK).Into(&made)
	clerk.Get("/desk/search?q=" + url.QueryEscape(v["name in the words"]))
	enter(h, r).Post("/follow/"+r.No+"/rate", url.Values{"rated_unit": {"4"}, "rated_result": {"4"}, "text": {"感谢" + v["name in a rating"]}, "_key": {"k"}})
	me.Do(r.No, casework.Contest, casework.Data{Reason: "不服，" + said}, "c1")
	return r.No
}

// quiet is a door that receives nothing by itself.
type quiet struct{}

func (quiet) Run(ctx context.Context, _ door.Sink) error { <-ctx.Done(); return nil }
func (quiet) Probe(context.Context) error                { return nil }

// arrive lets a letter into the tray of arrivals.
func arrive(t *testing.T, h *apptest.House, words string) {
	t.Helper()
	v := invented
	h.Doors.Register(door.Kind{Name: "plain", Open: func(door.Setting) (door.Door, error) { return quiet{}, nil }})
	if err := h.Doors.Save(t.Context(), access.Actor{Role: access.System}, door.Entry{Code: "plain", Kind: "plain", Channel: casework.Mail, NameZH: "试验信箱", Active: true}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := h.Doors.Take(t.Context(), door.Arrival{
		Door: "plain", Key: "letter-1", At: h.Clock.Now(), From: v["mail of a letter"],
		Raw:   door.Part{Name: v["file of a letter"] + ".eml", Type: "message/rfc822", Data: []byte(words + v["name in a letter"])},
		Files: []door.Part{{Name: v["file of a letter"] + ".jpg", Type: "image/jpeg", Data: []byte(jpeg + v["file's content"])}},
		Draft: door.Draft{Words: words, Place: v["place"], Person: door.Person{Name: v["name in a letter"], Phone: v["phone in a letter"], Mail: v["mail of a letter"]}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tell leaves an address for notices.
func tell(t *testing.T, h *apptest.House, r apptest.Receipt) {
	t.Helper()
	enter(h, r).Post("/follow/"+r.No+"/notices", url.Values{"way": {"mail"}, "mail": {invented["mail for notices"]}})
}

// forms are how a text may lie somewhere.
func forms(s string) map[string][]byte {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	var little, big []byte
	for _, u := range utf16.Encode([]rune(s)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	out := map[string][]byte{
		"UTF-8": []byte(s), "GB 18030": gb, "UTF-16 LE": little, "UTF-16 BE": big, "hexadecimal": []byte(hex.EncodeToString([]byte(s))),
		"escaped": []byte(url.QueryEscape(s)), "JSON": []byte(strings.Trim(fmt.Sprintf("%+q", s), `"`)),
	}
	for shift := range 3 { // base64 at every place
		code := base64.StdEncoding.EncodeToString(append(make([]byte, shift), s...))
		out[fmt.Sprintf("base64/%d", shift)] = []byte(code[(shift*8+5)/6 : len(code)-4])
	}
	return out
}

// everyPlace reads files, tables, a copy of the database, the log, and lists as others see them.
func everyPlace(t *testing.T, h *apptest.House) map[string][]byte {
	t.Helper()
	places := map[string][]byte{"the log": []byte(h.Log.String())}
	for path, content := range h.Files() {
		places[path] = content
	}
	eachValue(t, h, func(where string, value []byte) {
		places[where] = append(append(places[where], value...), '\n')
	})
	if h.DB.Dialect().Name() == "sqlite" {
		backup := filepath.Join(t.TempDir(), "backup.db")
		copyOf(t, h.DB.Path(), backup)
		places["the backup"], _ = os.ReadFile(backup)
	}
	for _, who := range []apptest.Post{{Role: access.Leader, Unit: h.City.City}, clerkOf(h)} {
		b := h.SignIn(who)
		for _, list := range []string{"/desk", "/desk/search?q=" + url.QueryEscape("路灯"), "/lead"} {
			places["the list "+list+" of "+string(who.Role)] = []byte(b.Get(list).Body)
		}
		places["the list of the API of "+string(who.Role)] = []byte(h.Client(who).Get("/api/v1/cases").Body)
	}
	return places
}

// copyOf makes a copy as docs/operations.md tells operators to.
func copyOf(t *testing.T, from, to string) {
	t.Helper()
	d, err := sql.Open("sqlite", from)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(t.Context(), "VACUUM INTO ?", to); err != nil {
		t.Fatal(err)
	}
}

type column struct{ table, column string }

// columns lists every column of every table.
func columns(t *testing.T, h *apptest.House) []column {
	t.Helper()
	query := `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`
	if h.DB.Dialect().Name() == "sqlite" {
		query = `SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%'`
	}
	all, err := db.List(t.Context(), h.DB.Read(), func(r db.Rows) (c column, err error) { return c, r.Scan(&c.table, &c.column) }, query)
	if err != nil {
		t.Fatal(err)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].table+all[i].column < all[j].table+all[j].column })
	return all
}

// eachValue reads every value of every table, as bytes.
func eachValue(t *testing.T, h *apptest.House, do func(where string, value []byte)) {
	t.Helper()
	for _, c := range columns(t, h) {
		as := `CAST("` + c.column + `" AS BLOB)`
		if h.DB.Dialect().Name() == "postgres" {
			as = `CASE WHEN pg_typeof("` + c.column + `")::text = 'bytea' THEN decode(replace("` + c.column + `"::text, '\x', ''), 'hex') ELSE convert_to("` + c.column + `"::text, 'UTF8') END`
		}
		values, err := db.List(t.Context(), h.DB.Read(), func(r db.Rows) ([]byte, error) {
			var b []byte
			err := r.Scan(&b)
			return bytes.Clone(b), err
		}, `SELECT `+as+` FROM "`+c.table+`" WHERE "`+c.column+`" IS NOT NULL`)
		if err != nil {
			t.Fatalf("%s.%s: %v", c.table, c.column, err)
		}
		for _, v := range values {
			do("table "+c.table+"."+c.column, v)
		}
	}
}
