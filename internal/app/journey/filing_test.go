package journey_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/intake"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
	"xinqiao/internal/platform/fault"
)

const words = "小区 3 号楼的电梯停了三个星期，老人下不了楼。找过物业两次，都说没有钱修。"

func filing(key string) intake.Filing {
	return intake.Filing{
		Key: key, Channel: casework.Web, Purpose: intake.Request, Words: words, Wish: "尽快修好电梯", AreaID: town,
		Who: intake.Petitioner{Name: "王小明", Phone: "13800000001", Address: "明川市东关区和平街道 1 号"},
	}
}

func key(n int) string { return fmt.Sprintf("KEYKEYKEYKEYKEYKEY%08d", n) }

func count(t *testing.T, d *db.DB, table string) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d.Read(), db.Value[int64], "SELECT count(*) FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		got, err := h.intake.File(t.Context(), filing(key(1)), monday)
		if err != nil {
			t.Fatal(err)
		}
		c := got.Case
		if c.State != casework.Registered || c.BureauID != districtBureau || c.Areas != [3]int64{city, district, town} || c.Lane != access.LaneOpen {
			t.Errorf("case %+v", c)
		}
		if c.Title != "小区 3 号楼的电梯停了三个星期，老人下不了楼" {
			t.Errorf("title %q", c.Title)
		}
		if !h.intake.Codes().Check(got.No, got.Code) || got.No == "" {
			t.Errorf("receipt %s %s", got.No, got.Code)
		}
		m, err := h.intake.Matter(t.Context(), c.ID)
		if err != nil || m.Words != words || m.AreaID != town || len(m.SHA256) != 64 || !m.ReceivedAt.Equal(monday) {
			t.Errorf("matter %+v %v", m, err)
		}
		again, err := h.intake.File(t.Context(), filing(key(1)), monday.Add(time.Minute))
		if err != nil || !again.Again || again.No != got.No || again.Code != got.Code {
			t.Errorf("the same key again: %+v %v", again, err)
		}
		for _, table := range []string{"case_file", "matter", "person", "case_event", "obligation"} {
			if n := count(t, d, table); n != 1 {
				t.Errorf("%d rows of %s", n, table)
			}
		}
	})
}

func TestAccusation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		f := filing(key(1))
		f.Purpose, f.AccusedID, f.Anonymous = intake.Accusation, edu, true
		got, err := h.intake.File(t.Context(), f, monday)
		if err != nil {
			t.Fatal(err)
		}
		c := got.Case
		if c.Lane != access.LaneConfidential || c.Nature != casework.R1 || c.BarredUnitID != edu || c.PetitionerID != 0 {
			t.Errorf("case %+v", c)
		}
		if n := count(t, d, "person"); n != 0 {
			t.Errorf("an anonymous filing left %d persons", n)
		}
		f.Key, f.AccusedID = key(2), districtBureau
		if got, err = h.intake.File(t.Context(), f, monday); err != nil || got.Case.BureauID != cityBureau {
			t.Errorf("an accusation of the bureau goes to %d, %v", got.Case.BureauID, err)
		}
	})
}

func TestRefusedFilings(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	for name, try := range map[string]struct {
		change func(*intake.Filing)
		field  string
	}{
		"short":            {func(f *intake.Filing) { f.Words = "太短" }, "words"},
		"long":             {func(f *intake.Filing) { f.Words = strings.Repeat("长", intake.MaxWords+1) }, "words"},
		"NUL":              {func(f *intake.Filing) { f.Words += "\x00" }, "words"},
		"not UTF-8":        {func(f *intake.Filing) { f.Words += "\xd6\xd0" }, "words"},
		"no wish":          {func(f *intake.Filing) { f.Wish = " " }, "wish"},
		"no name":          {func(f *intake.Filing) { f.Who.Name = "" }, "name"},
		"no address":       {func(f *intake.Filing) { f.Who.Address = "" }, "address"},
		"phone":            {func(f *intake.Filing) { f.Who.Phone = "12" }, "phone"},
		"anonymous":        {func(f *intake.Filing) { f.Anonymous = true }, "anonymous"},
		"office as place":  {func(f *intake.Filing) { f.AreaID = housing }, "area"},
		"unknown place":    {func(f *intake.Filing) { f.AreaID = 999 }, "area"},
		"tomorrow":         {func(f *intake.Filing) { f.OccurredOn = "2026-03-03" }, "occurred_on"},
		"no date":          {func(f *intake.Filing) { f.OccurredOn = "2026-02-30" }, "occurred_on"},
		"purpose":          {func(f *intake.Filing) { f.Purpose = "war" }, "purpose"},
		"accused":          {func(f *intake.Filing) { f.AccusedID = edu }, "accused"},
		"weak key":         {func(f *intake.Filing) { f.Key = "1" }, "key"},
		"received in 2027": {func(f *intake.Filing) { f.ReceivedAt = monday.AddDate(1, 0, 0) }, "received_at"},
	} {
		f := filing(key(1))
		try.change(&f)
		_, err := h.intake.File(t.Context(), f, monday)
		e, ok := fault.As(err)
		if !ok || e.Kind != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Name != try.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := filing(key(2))
	f.Words, f.Wish, f.Who = "x", "", intake.Petitioner{Phone: "1"}
	_, err := h.intake.File(t.Context(), f, monday)
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) != 5 {
		t.Errorf("all corrections come at once: %v", err)
	}
	if n := count(t, h.db, "case_file"); n != 0 {
		t.Errorf("%d cases of refused filings", n)
	}
}

func TestFileMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		list := make([]intake.Filing, 620)
		for i := range list {
			list[i] = filing(key(i))
			list[i].Channel, list[i].ReceivedAt = casework.Imported, monday.AddDate(0, -2, 0)
			list[i].Actor = access.Actor{Role: access.System}
		}
		list[7].Words = ""
		list[300].Who.Phone = "abc"
		list[301].Key = list[10].Key
		first, err := h.intake.FileMany(t.Context(), list[:400], monday)
		if err != nil || first.Registered != 397 || first.Known != 1 || len(first.Rejects) != 2 || first.Rejects[1].Index != 300 {
			t.Fatalf("first run %+v %v", first, err)
		}
		second, err := h.intake.FileMany(t.Context(), list, monday)
		if err != nil || second.Registered != 220 || second.Known != 398 || len(second.Rejects) != 2 {
			t.Fatalf("second run %+v %v", second, err)
		}
		third, err := h.intake.FileMany(t.Context(), list, monday)
		if err != nil || third.Registered != 0 || third.Known != 618 {
			t.Fatalf("third run %+v %v", third, err)
		}
		if n := count(t, d, "case_file"); n != 617 {
			t.Errorf("%d cases", n)
		}
		c, _, err := h.procedure.WasFiled(t.Context(), "imported:0:"+key(0))
		if o, ok := c.Running(casework.T1); err != nil || !ok || !o.OpenedAt.Equal(monday.AddDate(0, -2, 0)) {
			t.Errorf("T1 of a letter received before: %+v %v", o, err)
		}
	})
}

// steps fills in the guided filing up to the read-back.
func (v *visitor) steps(answers url.Values) page {
	v.t.Helper()
	p := v.get("/file").is(http.StatusOK).has("发生了什么事")
	for _, to := range []string{"where", "wish", "you", "files", "check"} {
		form := p.hidden()
		for _, name := range stepFields[form.Get("at")] {
			for _, value := range answers[name] {
				form.Add(name, value)
			}
		}
		p = v.post("/file/"+to, form).is(http.StatusOK)
	}
	return p
}

var stepFields = map[string][]string{
	"what": {"words"}, "where": {"area", "place", "occurred_on"}, "wish": {"purpose", "wish"},
	"you": {"name", "phone", "address", "id_no", "anonymous", "accused", "secret"},
}

func answers() url.Values {
	return url.Values{
		"words": {words + "<script>alert(1)</script>"}, "area": {fmt.Sprint(town)}, "place": {"幸福小区"}, "purpose": {"request"}, "wish": {"尽快修好"},
		"name": {"王小明"}, "phone": {"138 0000 0001"}, "address": {"和平街道 1 号"}, "secret": {"1"},
	}
}

func TestGuidedFiling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		v := h.visitor()
		check := v.steps(answers()).has("&lt;script&gt;", "和平街道", "王小明", "尽快修好").lacks("<script>alert")
		form := check.hidden()
		receipt := v.post("/file/send", form).is(http.StatusOK).has("查询码", "data:image/png")
		no, code := receipt.marked("receipt-no"), receipt.marked("receipt-code")
		if receipt.path != "/receipt/"+no || strings.Contains(receipt.path, code) {
			t.Errorf("the receipt of %s is at %s", no, receipt.path)
		}
		twice := v.post("/file/send", form).is(http.StatusOK).has("没有重复登记")
		if twice.marked("receipt-no") != no || count(t, d, "case_file") != 1 {
			t.Errorf("a second click doubled")
		}
		stranger := h.visitor()
		if p := stranger.get("/receipt/" + no); p.path != "/follow" || strings.Contains(p.body, code) {
			t.Errorf("a stranger sees the receipt at %s", p.path)
		}
	})
}

func TestGuidedFilingKeepsWhatWasTyped(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	v := h.visitor()
	first := v.get("/file").hidden()
	first.Set("words", "太短")
	p := v.post("/file/where", first).is(http.StatusUnprocessableEntity).has("太短", `href="#f-words"`, "至少写 10 个字")
	form := p.hidden()
	form.Set("words", strings.Repeat("长", intake.MaxWords+5))
	v.post("/file/where", form).is(http.StatusUnprocessableEntity).has("现在有 20005 字")
	form.Set("words", words)
	p = v.post("/file/where", form).is(http.StatusOK).has("在什么地方")
	back := p.hidden()
	back.Set("place", "幸福小区")
	p = v.post("/file/what", back).is(http.StatusOK).has(words)
	if p.hidden().Get("place") != "幸福小区" {
		t.Error("going back lost the place")
	}
	if p := v.post("/file/send", url.Values{"_key": {key(1)}, "at": {"check"}, "words": {words}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("an unfinished filing: %d", p.status)
	}
	if p := v.get("/file/check"); p.path != "/file" {
		t.Errorf("a step by itself leads to %s", p.path)
	}
	for _, raw := range []string{"_key=" + key(1) + "&at=what&words=%D6%D0%B9%FA", "_key=" + key(1) + "&at=what&words=%00%01%02"} {
		res, err := v.Post(v.base+"/file/where", "application/x-www-form-urlencoded", strings.NewReader(raw))
		if p := v.take(res, err); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", raw, p.status)
		}
	}
}

func TestGuidedFilingTakesFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		v := h.visitor()
		form := v.steps(answers()).hidden()
		form.Set("at", "files")
		p := v.upload("/file/check", form, "说明.txt", "电梯停用通知").is(http.StatusOK).has("说明.txt")
		bad := p.hidden()
		bad.Set("at", "files")
		v.upload("/file/check", bad, "病毒.exe", "MZ\x90\x00").is(http.StatusUnprocessableEntity).has("病毒.exe", "说明.txt")
		receipt := v.post("/file/send", p.hidden()).is(http.StatusOK)
		no := receipt.marked("receipt-no")
		follow := v.post("/follow", url.Values{"no": {no}, "code": {receipt.marked("receipt-code")}}).is(http.StatusOK).has("说明.txt")
		href := follow.body[strings.Index(follow.body, "/follow/"+no+"/files/"):]
		href = href[:strings.IndexByte(href, '"')]
		v.get(href).is(http.StatusOK).has("电梯停用通知")
		if p := h.visitor().get(href); p.path != "/follow" {
			t.Errorf("a stranger gets the file at %s", p.path)
		}
	})
}

// upload posts a form with one file.
func (v *visitor) upload(path string, fields url.Values, name, content string) page {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, list := range fields {
		for _, value := range list {
			w.WriteField(k, value)
		}
	}
	part, _ := w.CreateFormFile("files", name)
	part.Write([]byte(content))
	w.Close()
	return v.take(v.Post(v.base+path, w.FormDataContentType(), &body))
}
