package apptest

import (
	"net/http"
	"net/url"
	"strconv"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/admin/unit"
	"xinqiao/internal/core/access"
)

// City is the small invented city: units by what they are.
type City struct {
	City, CityBureau, Housing      int64 // the city, its petition bureau, a department
	East, EastBureau, School, Care int64 // a district, its bureau, two departments
	West, WestBureau, WestSchool   int64 // another district
	Town                           int64 // a town of the eastern district
}

// Password opens every account of the city.
const Password = "luhai-4512-songbai"

// found makes the city.
func (h *House) found() {
	h.t.Helper()
	ctx := access.With(h.t.Context(), access.Actor{Role: access.System})
	ids, err := h.Units.Add(ctx, []unit.Form{
		{Code: "MC", NameZH: "名川市", NameEN: "Mingchuan", Kind: access.Government},
		{ParentID: -1, Code: "MC-XF", NameZH: "市信访局", NameEN: "City Petition Bureau", Kind: access.Bureau},
		{ParentID: -1, Code: "MC-ZJ", NameZH: "市住建局", NameEN: "City Housing", Kind: access.Department},
		{ParentID: -1, Code: "DG", NameZH: "东关区", NameEN: "East", Kind: access.Government},
		{ParentID: -4, Code: "DG-XF", NameZH: "东关区信访局", NameEN: "East Petition Bureau", Kind: access.Bureau},
		{ParentID: -4, Code: "DG-JY", NameZH: "东关区教育局", NameEN: "East Education", Kind: access.Department},
		{ParentID: -4, Code: "DG-MZ", NameZH: "东关区民政局", NameEN: "East Civil Affairs", Kind: access.Department},
		{ParentID: -1, Code: "XG", NameZH: "西关区", NameEN: "West", Kind: access.Government},
		{ParentID: -8, Code: "XG-XF", NameZH: "西关区信访局", NameEN: "West Petition Bureau", Kind: access.Bureau},
		{ParentID: -8, Code: "XG-JY", NameZH: "西关区教育局", NameEN: "West Education", Kind: access.Department},
		{ParentID: -4, Code: "HP", NameZH: "和平镇", NameEN: "Heping", Kind: access.Town},
	})
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	if err := h.Settings.SetParameters(ctx, map[string]string{account.ParamSecondFactor: "false"}); err != nil {
		h.t.Fatal("apptest: ", err)
	}
	for i, to := range []*int64{
		&h.City.City, &h.CityBureau, &h.Housing, &h.East, &h.EastBureau, &h.School, &h.Care,
		&h.West, &h.WestBureau, &h.WestSchool, &h.Town,
	} {
		*to = ids[i]
	}
}

// Post is somebody's place in the city.
type Post struct {
	Role    access.Role
	Unit    int64
	Cleared bool // for the confidential lane
	Second  bool // another person in the same place
}

// login names who holds a post.
func (p Post) login() string {
	login := string(p.Role) + "-" + strconv.FormatInt(p.Unit%1_000_000, 36)
	for flag, suffix := range map[bool]string{p.Cleared: "-c", p.Second: "-2"} {
		if flag {
			login += suffix
		}
	}
	return login
}

// Hire makes the account of a post, once, and gives its login and id.
func (h *House) Hire(p Post) (login string, id int64) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	login = p.login()
	if id, ok := h.staff[login]; ok {
		return login, id
	}
	ctx := access.With(h.t.Context(), access.Actor{Role: access.System})
	id, _, err := h.Account.AddUser(ctx, account.NewUser{
		Login: login, Name: "赵试" + strconv.Itoa(len(h.staff)), UnitID: p.Unit, Role: p.Role, Cleared: p.Cleared, Password: Password,
	}, h.Clock.Now())
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	h.staff[login] = id
	return login, id
}

// SignIn opens a browser and signs in as the holder of a post.
func (h *House) SignIn(p Post) *Browser {
	h.t.Helper()
	login, _ := h.Hire(p)
	b := h.Browser()
	b.Post("/signin", url.Values{"login": {login}, "password": {Password}}).Is(http.StatusOK)
	return b
}

// Client makes an API client with a token of the holder of a post.
func (h *House) Client(p Post) *Client {
	h.t.Helper()
	login, _ := h.Hire(p)
	token, err := h.Account.UserToken(access.With(h.t.Context(), access.Actor{Role: access.System}), login, "test", 30, h.Clock.Now())
	if err != nil {
		h.t.Fatal("apptest: ", err)
	}
	c := h.Anybody()
	c.Header.Set("Authorization", "Bearer "+token)
	return c
}
