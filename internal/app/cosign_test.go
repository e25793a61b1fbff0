package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"xinqiao/internal/app/apptest"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/cosign"
)

// signer is the n-th person who signs.
func signer(token string, n int) cosign.JoinBody {
	return cosign.JoinBody{Token: token, Name: "李联名", Phone: fmt.Sprintf("1391111%04d", n), Address: "名川市东关区和平镇 2 号", Agreed: true}
}

// opened opens the join link of a case and gives its token.
func opened(h *apptest.House, r apptest.Receipt) string {
	var l cosign.LinkBody
	h.Petitioner(r.Code).Post("/api/v1/cases/"+r.No+"/join_link", map[string]bool{"open": true}).Is(http.StatusOK).Into(&l)
	return l.Token
}

func join(h *apptest.House, no, token string, n int) apptest.Answer {
	return h.Anybody().With("Idempotency-Key", fmt.Sprintf("join-key-of-test-%08d", n)).Post("/api/v1/cases/"+no+"/join", signer(token, n))
}

// concluded takes a case to its end.
func concluded(h *apptest.House, no string) {
	at := func(role access.Role, unit int64) *apptest.Client {
		return h.Client(apptest.Post{Role: role, Unit: unit})
	}
	clerk, handler, head := at(access.BureauClerk, h.EastBureau), at(access.UnitHandler, h.School), at(access.UnitHead, h.School)
	for i, step := range []struct {
		who  *apptest.Client
		verb casework.Verb
		data casework.Data
	}{
		{clerk, casework.Forward, casework.Data{UnitID: h.School, Category: "0101", Nature: casework.R7}},
		{handler, casework.SignFor, casework.Data{}},
		{handler, casework.Accept, casework.Data{}},
		{handler, casework.Draft, casework.Data{Facts: "电梯停用属实", Text: "已责成物业修复", Basis: "《物业管理条例》", Remedy: "可以申请复查", Result: casework.Supported}},
		{head, casework.Approve, casework.Data{}},
		{handler, casework.Serve, casework.Data{Method: "electronic"}},
		{handler, casework.ConcludeCase, casework.Data{Outcome: casework.Resolved, Evidence: "电梯已恢复运行"}},
	} {
		step.who.Do(no, step.verb, step.data, fmt.Sprintf("%s-%d", no, i)).Is(http.StatusOK)
	}
}

// TestCosign: 66 people sign, eight at a time and some of them twice; none is
// doubled or lost, each opens this case only, each rates once.
func TestCosign(t *testing.T) {
	const people = 66
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r, other := h.File(1), h.File(2)
		token := opened(h, r)
		codes := make([]string, people)
		work := make(chan int)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for n := range work {
					var got, twice cosign.SignedBody
					join(h, r.No, token, n).Is(http.StatusCreated).Into(&got)
					join(h, r.No, token, n).Is(http.StatusCreated).Into(&twice)
					if !twice.Again || twice.Code != got.Code || twice.Seq != got.Seq {
						t.Errorf("signer %d twice: %+v, then %+v", n, got, twice)
					}
					codes[n] = got.Code
				}
			})
		}
		for n := range people {
			work <- n
		}
		close(work)
		all.Wait()
		distinct := map[string]bool{}
		for _, c := range codes {
			distinct[c] = true
		}
		if c := h.Case(r.No); c.People != people+1 || len(distinct) != people {
			t.Fatalf("%d people, %d codes", c.People, len(distinct))
		}
		taken := join(h, r.No, token, 3)
		taken.Is(http.StatusCreated)
		h.Anybody().Post("/api/v1/cases/"+r.No+"/join", signer(token, 3)).Problem(http.StatusConflict, "cosign.signed")
		h.Anybody().With("Idempotency-Key", "join-key-of-test-00000004").Post("/api/v1/cases/"+r.No+"/join", signer(token, 5)).Problem(http.StatusConflict, "cosign.key_reused")
		own := signer(token, 0)
		own.Phone = "13800000001"
		h.Anybody().Post("/api/v1/cases/"+r.No+"/join", own).Problem(http.StatusConflict, "cosign.own")
		own.Phone, own.Agreed, own.Address = "1", false, ""
		if fields := h.Anybody().Post("/api/v1/cases/"+r.No+"/join", own).Problem(http.StatusUnprocessableEntity, "cosign.invalid"); len(fields) != 3 {
			t.Errorf("fields %v", fields)
		}

		one := h.Petitioner(codes[0])
		one.Get("/api/v1/cases/" + r.No).Is(http.StatusOK)
		one.Get("/api/v1/cases/" + other.No).Is(http.StatusUnprocessableEntity)
		one.Do(r.No, casework.Withdraw, casework.Data{Reason: "x"}, "w").Problem(http.StatusForbidden, "casework.not_yours")
		one.Do(r.No, casework.Urge, casework.Data{}, "u").Problem(http.StatusForbidden, "casework.not_yours")
		one.Get("/api/v1/cases/"+r.No+"/join_link").Problem(http.StatusNotFound, "cosign.no_link")
		one.Post("/api/v1/cases/"+r.No+"/join_link", map[string]bool{"open": false}).Problem(http.StatusNotFound, "cosign.no_link")
		for _, c := range []*apptest.Client{one, h.Petitioner(r.Code), h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})} {
			c.Post("/api/v1/cases/"+r.No+"/cosign", casework.Data{People: 1000}).Is(http.StatusNotFound)
		}

		concluded(h, r.No)
		join(h, r.No, token, 900).Problem(http.StatusNotFound, "cosign.no_link")
		h.Petitioner(r.Code).Post("/api/v1/cases/"+r.No+"/co_rate", cosign.RatingBody{RatedUnit: 4, RatedResult: 4}).Is(http.StatusForbidden)
		for n, code := range codes {
			c := h.Petitioner(code)
			c.Post("/api/v1/cases/"+r.No+"/co_rate", cosign.RatingBody{RatedUnit: 4, RatedResult: 1 + n%4, Text: "联名评价"}).Is(http.StatusOK)
			if n < 3 {
				c.Post("/api/v1/cases/"+r.No+"/co_rate", cosign.RatingBody{RatedUnit: 1, RatedResult: 1}).Problem(http.StatusConflict, "cosign.rated")
			}
		}
		h.Petitioner(r.Code).Do(r.No, casework.Rate, casework.Data{RatedUnit: 4, RatedResult: 4}, "main").Is(http.StatusOK)
		one.Post("/api/v1/cases/"+r.No+"/take_back", struct{}{}).Is(http.StatusOK)
		one.Get("/api/v1/cases/" + r.No).Is(http.StatusUnprocessableEntity)

		var list cosign.SignerList
		seen, after := 0, int64(0)
		for {
			list = cosign.SignerList{}
			h.Client(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau}).Get(fmt.Sprintf("/api/v1/cases/%s/cosigners?limit=20&after=%d", r.No, after)).Is(http.StatusOK).Into(&list)
			for _, s := range list.Signers {
				if s.Seq != int64(seen+2) || strings.Contains(s.Name, "联名") || strings.Contains(s.Phone, "1391111") {
					t.Errorf("signer %d: %+v", seen, s)
				}
				seen++
			}
			if after = list.Next; after == 0 {
				break
			}
		}
		if seen != people || list.People != people || list.Rated != people || list.Unit["4"] != people {
			t.Errorf("%d listed, %d people, %d rated: %v %v", seen, list.People, list.Rated, list.Unit, list.Result)
		}
		if rest, err := h.Cosign.Recipients(t.Context(), h.Case(r.No).ID, 0, 100); err != nil || len(rest) != people-1 {
			t.Errorf("%d recipients, %v", len(rest), err)
		}
	}, noLimit)
}

// TestCosignInTurn: one who takes the signature back may sign again; numbers
// are never used twice, and the people are those who stand.
func TestCosignInTurn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		token := opened(h, r)
		seqs := map[int64]bool{}
		signed, withdrawn := 0, 0
		for n := range 30 {
			body := signer(token, n%7)
			var got cosign.SignedBody
			switch a := h.Anybody().Post("/api/v1/cases/"+r.No+"/join", body); a.Status {
			case http.StatusCreated:
				signed++
				a.Into(&got)
				if seqs[got.Seq] {
					t.Errorf("number %d twice", got.Seq)
				}
				seqs[got.Seq] = true
				if n%3 == 0 {
					withdrawn++
					h.Petitioner(got.Code).Post("/api/v1/cases/"+r.No+"/take_back", struct{}{}).Is(http.StatusOK)
				}
			default:
				a.Problem(http.StatusConflict, "cosign.signed")
			}
			c := h.Case(r.No)
			tally, err := h.Cosign.Tally(t.Context(), c)
			if err != nil || c.People != 1+signed || tally.People != 1+signed-withdrawn || tally.Withdrawn != withdrawn {
				t.Fatalf("after %d: %d people in the case, %+v, %d signed, %d withdrew, %v", n, c.People, tally, signed, withdrawn, err)
			}
		}
	}, noLimit)
}

// TestCosignLinks: only the one who filed opens, renews and closes; a renewed
// link makes the old one useless, and what is confidential has none.
func TestCosignLinks(t *testing.T) {
	h := apptest.Start(t, "sqlite", noLimit)
	r := h.File(1)
	path := "/api/v1/cases/" + r.No + "/join_link"
	join(h, r.No, "aaaaaaaaaaaaaaaaaaaaaaaa", 1).Problem(http.StatusNotFound, "cosign.no_link")
	first := opened(h, r)
	second := opened(h, r)
	if first == second || len(first) < 20 {
		t.Fatalf("tokens %q %q", first, second)
	}
	join(h, r.No, first, 1).Problem(http.StatusNotFound, "cosign.no_link")
	join(h, r.No, second, 1).Is(http.StatusCreated)
	h.Petitioner(r.Code).Post(path, map[string]bool{"open": false}).Is(http.StatusOK)
	join(h, r.No, second, 2).Problem(http.StatusNotFound, "cosign.no_link")
	h.Anybody().Get(path).Is(http.StatusUnauthorized)
	accusing := h.Filing(3)
	accusing["purpose"] = "accusation"
	secret := h.FileAs(h.Anybody(), 3, accusing)
	h.Petitioner(secret.Code).Post("/api/v1/cases/"+secret.No+"/join_link", map[string]bool{"open": true}).Problem(http.StatusConflict, "cosign.not_open")
}

var joinLink = regexp.MustCompile(`/join/[^"]+/[a-z0-9]{20,}`)

// TestCosignPages goes the whole way in a browser without script.
func TestCosignPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		filer := enter(h, r)
		filer.Get("/follow/" + r.No).Is(http.StatusOK).Has(`data-testid="open-link"`).Lacks(`data-testid="join-link"`)
		p := filer.Post("/follow/"+r.No+"/joint/open", nil).Is(http.StatusOK).At("/follow/"+r.No).Has(`data-testid="join-link"`, "data:image/png")
		link := joinLink.FindString(p.Body)
		visitor := h.Browser()
		form := visitor.Get(link).Is(http.StatusOK).Has("尽快修好电梯", "目前 1 人").Lacks("王小明", "和平镇 1 号").Hidden()
		visitor.Post(link, form).Is(http.StatusUnprocessableEntity).Has("请勾选同意", "请填手机号")
		form.Set("name", "李联名")
		form.Set("phone", "13911110001")
		form.Set("address", "和平镇 2 号")
		form.Set("agreed", "1")
		p = visitor.Post(link, form).Is(http.StatusOK).Has(`data-testid="joined-code"`)
		visitor.Post(link, form).Is(http.StatusOK).Has(`data-testid="joined-code"`)
		key := visitor.Get(link).Hidden()
		form.Set("_key", key.Get("_key"))
		visitor.Post(link, form).Is(http.StatusUnprocessableEntity).Has("已经签过了")
		visitor.Get(link).Has("目前 2 人")
		visitor.Get("/join/" + r.No + "/" + strings.Repeat("a", 24)).Is(http.StatusNotFound).Has("联名链接不能用")

		see := p.Hidden()
		visitor.Post("/follow", url.Values{"no": see["no"], "code": see["code"]}).Is(http.StatusOK).At("/follow/"+r.No).
			Has("尽快修好电梯", "您和其他人一起联名，共 2 人", `data-testid="take-back"`).
			Lacks("老人下不了楼。找过物业", `data-testid="do-urge"`, `data-testid="do-withdraw"`, `data-testid="do-supplement"`, `data-testid="notices"`, `data-testid="join-link"`)
		visitor.Post("/follow/"+r.No+"/withdraw", url.Values{"reason": {"x"}}).Is(http.StatusForbidden)
		visitor.Post("/follow/"+r.No+"/joint/open", nil).Is(http.StatusNotFound)
		if p := visitor.Get("/follow/" + r.No + "/notices"); p.Path == "/follow/"+r.No+"/notices" {
			t.Error("a signer chooses how the filer is told")
		}
		filer.Get("/follow/"+r.No).Has("2 人联名（含您）").Lacks("李联名", "李*")

		concluded(h, r.No)
		visitor.Get("/follow/"+r.No).Has(`data-testid="do-co_rate"`, "电梯已恢复运行").Lacks(`data-testid="do-rate"`, `data-testid="do-contest"`)
		rate := visitor.Get("/follow/" + r.No + "/co_rate").Is(http.StatusOK).Hidden()
		rate.Set("rated_unit", "3")
		rate.Set("rated_result", "4")
		visitor.Post("/follow/"+r.No+"/co_rate", rate).Is(http.StatusOK).Has(`data-testid="own-rating"`).Lacks(`data-testid="do-co_rate"`)
		visitor.Post("/follow/"+r.No+"/co_rate", rate).Is(http.StatusConflict)
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		clerk.Get("/desk/cases/"+r.No).Is(http.StatusOK).Has("2 人联名（含提交人），1 人已评价", `data-testid="cosign-ratings"`)
		clerk.Get("/desk/cases/"+r.No+"/cosigners").Is(http.StatusOK).Has("李**").Lacks("李联名", "13911110001")
		visitor.Post("/follow/"+r.No+"/joint/take-back", nil).Is(http.StatusOK).At("/follow")
		visitor.Get("/follow/" + r.No).At("/follow")
		clerk.Get("/desk/cases/"+r.No).Has("1 人联名（含提交人），0 人已评价", "1 人撤回了签名")
	}, noLimit)
}

// TestCosignByStaff: the signers of a letter come as a list; one wrong line
// and none is added, with every mistake named by its line.
func TestCosignByStaff(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := h.File(1)
		at := "/desk/cases/" + r.No + "/cosigners/new"
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.EastBureau})
		form := clerk.Get(at).Is(http.StatusOK).Hidden()
		form.Set("lines", "张一 13922220001\n李二\n\n王三，13922220001\n赵四 123\n钱五 13800000001")
		clerk.Post(at, form).Is(http.StatusUnprocessableEntity).Has("第 2 行", "请填手机号", "和第 1 行是同一个人", "第 5 行", "第 6 行", "提交人自己", "王三，13922220001")
		if c := h.Case(r.No); c.People != 1 {
			t.Errorf("%d people", c.People)
		}
		form.Set("lines", "张一 13922220001\n李二\t13922220002\n王三，13922220003")
		p := clerk.Post(at, form).Is(http.StatusOK).Has("已添加 3 名", "张*")
		again := clerk.Post(at, form).Is(http.StatusOK)
		codes := regexp.MustCompile(`case-no" translate="no">([0-9A-Z]{4}-[0-9A-Z]{4})<`)
		if a, b := codes.FindAllString(p.Body, -1), codes.FindAllString(again.Body, -1); len(a) != 3 || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("codes %v, then %v", a, b)
		}
		if c := h.Case(r.No); c.People != 4 {
			t.Errorf("%d people", c.People)
		}
		code := codes.FindStringSubmatch(p.Body)[1]
		h.Browser().Post("/follow", url.Values{"no": {r.No}, "code": {code}}).Is(http.StatusOK).At("/follow/" + r.No)
		handler := h.SignIn(apptest.Post{Role: access.UnitHandler, Unit: h.School})
		handler.Get(at).Is(http.StatusForbidden)
		west := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.WestBureau})
		west.Get(at).Is(http.StatusNotFound)
		west.Get("/desk/cases/" + r.No + "/cosigners").Is(http.StatusNotFound)
	}, noLimit)
}

// TestVisitAtTheDesk: several visitors name at most five representatives, a
// visit that came too high is registered with guidance, and the desk takes
// hotline orders and complaints of retaliation.
func TestVisitAtTheDesk(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		clerk := h.SignIn(apptest.Post{Role: access.BureauClerk, Unit: h.CityBureau, Cleared: true})
		number := regexp.MustCompile(`data-testid="filed-no">\s*<span class="case-no" translate="no">([^<]+)<`)
		register := func(more url.Values) (apptest.Page, casework.Case) {
			form := clerk.Get("/desk/new").Is(http.StatusOK).Hidden()
			for k, v := range (url.Values{
				"channel": {"visit"}, "purpose": {"request"}, "words": {"小区的电梯停了三个星期，老人下不了楼。"}, "wish": {"修好电梯"},
				"name": {"王小明"}, "phone": {"13800000001"}, "area": {text(h.Town)}, "looked": {"1"},
			}) {
				form[k] = v
			}
			for k, v := range more {
				form[k] = v
			}
			p := clerk.Post("/desk/new", form)
			if m := number.FindStringSubmatch(p.Body); p.Status == http.StatusOK && m != nil {
				return p, h.Case(m[1])
			}
			return p, casework.Case{}
		}
		for _, speakers := range []string{"", "0", "6", "-1"} {
			p, _ := register(url.Values{"persons": {"12"}, "speakers": {speakers}})
			p.Is(http.StatusUnprocessableEntity).Has("1 到 5 人")
		}
		p, c := register(url.Values{"persons": {"12"}, "speakers": {"5"}})
		p.Is(http.StatusOK).Has(`data-testid="above"`, "东关区信访局", "照常登记")
		if c.People != 12 || c.Speakers != 5 {
			t.Errorf("%d people, %d representatives", c.People, c.Speakers)
		}
		if _, c = register(url.Values{"persons": {"3"}, "area": {text(h.City.City)}}); c.Speakers != 3 {
			t.Errorf("three who all speak: %d", c.Speakers)
		}
		p, c = register(url.Values{"kind": {"order"}, "channel": {"phone"}, "persons": {"12"}})
		p.Is(http.StatusOK).Lacks(`data-testid="above"`)
		if c.Kind != casework.Order || c.Speakers != 0 {
			t.Errorf("an order: %+v", c)
		}
		if _, c = register(url.Values{"purpose": {"retaliation"}, "accused": {text(h.School)}}); c.Lane != access.LaneConfidential || c.BarredUnitID != h.School || !c.Retaliation {
			t.Errorf("retaliation: lane %q, barred %d", c.Lane, c.BarredUnitID)
		}
		again := clerk.Get("/desk/new").Has(`value="retaliation"`, `value="order"`)
		again.Is(http.StatusOK)
	}, noLimit)
}
