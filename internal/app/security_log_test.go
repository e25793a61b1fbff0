package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// TestLogsHoldNobody: from filing to rating, with every mistake on the way, no
// log line says who somebody is, what they wrote or how they prove themselves.
func TestLogsHoldNobody(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		const name, phone, idNo, address, words, search = "欧阳试之", "13912340077", "990000199001010013", "和平镇试验巷 77 号", "试验巷的路灯三个月没有亮过，晚上摔了人。", "绝密搜索词"
		b := h.Browser()
		b.Post("/file/where", url.Values{"words": {"短"}, "at": {"what"}})
		answers := url.Values{
			"words": {words}, "area": {text(h.Town)}, "place": {"试验巷"}, "purpose": {"request"}, "wish": {"修好路灯"},
			"name": {name}, "phone": {phone}, "address": {address}, "secret": {"1"},
		}
		r, page := fileByHand(b, answers, "外人不知的文件名.jpg", jpeg)
		if r.No == "" || r.Code == "" {
			t.Fatalf("no receipt\n%.2000s", page.Body)
		}
		c := newCast(h)
		b.Post("/follow", url.Values{"no": {r.No}, "code": {"3333-3333"}}).Is(http.StatusUnprocessableEntity)
		me := enter(h, r)
		p := h.Browser().Post("/phone", url.Values{"phone": {phone}}).Is(http.StatusOK)
		oneTime := regexp.MustCompile(`\b\d{6}\b`).FindString(p.Body[strings.Index(p.Body, "演示环境"):])
		form := p.Hidden()
		form.Set("code", oneTime)
		h.Browser().Post("/phone/code", form).Is(http.StatusOK)
		login, _ := h.Hire(clerkOf(h))
		h.Browser().Post("/signin", url.Values{"login": {login}, "password": {"a-wrong-password-77"}}).Is(http.StatusUnprocessableEntity)
		clerk := h.SignIn(clerkOf(h))
		live(c, r.No, "核查"+words)
		h.Drain()
		clerk.Get("/desk/search?q=" + url.QueryEscape(search)).Is(http.StatusOK)
		clerk.Get("/desk/search?q=" + url.QueryEscape(name)).Is(http.StatusOK)
		clerk.Get("/desk/cases/" + r.No).Is(http.StatusOK)
		clerk.Post("/desk/cases/"+r.No+"/reveal", url.Values{"reason": {"电话核实情况"}}).Is(http.StatusOK).Has(name, phone)
		clerk.Post("/desk/new", url.Values{"name": {name}, "phone": {"x" + phone}, "words": {words}, "id_no": {idNo}}).Is(http.StatusUnprocessableEntity)
		clerk.Get("/desk/search?q=%zz" + phone)
		me.Post("/follow/"+r.No+"/rate", url.Values{"rated_unit": {"4"}, "rated_result": {"4"}, "text": {"谢谢"}, "_key": {"k"}}).Is(http.StatusOK)
		body := h.Filing(2)
		body["person"] = map[string]any{"name": name, "phone": phone, "id_no": idNo, "address": address}
		h.Anybody().With("Idempotency-Key", "a-key-for-the-log-test").Post("/api/v1/filings", body)
		h.Anybody().With("Authorization", "Bearer xqt_wrongtokenwrongtoken").Get("/api/v1/cases/" + r.No)
		h.Petitioner(r.Code).Do(r.No, casework.Contest, casework.Data{Reason: words}, "k2").Is(http.StatusOK)
		c.clerk.Get("/api/v1/cases?q=" + url.QueryEscape(search)).Is(http.StatusOK)
		clerk.Get("/desk/cases/" + r.No + "?who=" + url.QueryEscape(name))
		clerk.Get("/files/1?name=" + url.QueryEscape(name)).Is(http.StatusNotFound)
		admin := h.SignIn(apptest.Post{Role: access.SecAdmin, Unit: h.City.City})
		admin.Get("/admin/staff?words=" + url.QueryEscape(name))
		h.DB.Close()
		h.Browser().Post("/follow", url.Values{"no": {r.No}, "code": {r.Code}})
		h.Browser().Post("/signin", url.Values{"login": {login}, "password": {apptest.Password}})
		h.Anybody().With("Idempotency-Key", "a-key-when-all-is-lost").Post("/api/v1/filings", body)

		log := h.Log.String()
		if strings.Count(log, "\n") < 50 || !strings.Contains(log, `"level":"ERROR"`) {
			t.Fatalf("there is hardly a log: %.500s", log)
		}
		told := map[string]string{
			"a name": name, "a phone": phone, "an ID number": idNo, "an address": "试验巷", "words": "路灯", "a question": search, "a file": "外人不知", "a code": r.Code,
			"a code without its dash": strings.ReplaceAll(r.Code, "-", ""), "a case number": r.No, "a one-time code": `"` + oneTime, "a password": apptest.Password,
			"a wrong password": "a-wrong-password-77", "a token": "xqt_", "a session": cookie(clerk, "session"), "an escaped name": url.QueryEscape(name),
			"an address of the network": "127.0.0.1:",
		}
		for what, secret := range told {
			if i := strings.Index(log, secret); i >= 0 {
				t.Errorf("the log tells %s: …%s…", what, log[max(0, i-200):min(len(log), i+100)])
			}
		}
		onDisk(t, h, told)
	})
}

// onDisk: where names lie sealed, they lie nowhere in clear.
func onDisk(t *testing.T, h *apptest.House, told map[string]string) {
	t.Helper()
	for _, what := range []string{"a name", "a phone", "an ID number", "a code", "a password"} {
		for path, content := range h.Files() {
			if bytes.Contains(content, []byte(told[what])) {
				t.Errorf("%s holds %s in clear", path, what)
			}
		}
	}
}
