package help

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/i18n"
	"xinqiao/internal/platform/web"
	"xinqiao/internal/ui"
)

var han = regexp.MustCompile(`\p{Han}`)

// words are all messages of the tree, whoever owns them.
func words(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, glob := range []string{"../../*/messages.json", "../../*/*/messages.json", "../../*/*/*/messages.json"} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			m := map[string][]string{}
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			for key, pair := range m {
				all[key] = pair
			}
		}
	}
	return all
}

func book(t *testing.T) *Book {
	t.Helper()
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTopics: every topic says something in both languages and names only
// buttons that exist.
func TestTopics(t *testing.T) {
	all, b := words(t), book(t)
	for i, lang := range []string{i18n.ZH, i18n.EN} {
		for _, topic := range b.topics[lang] {
			if len(topic.Blocks) == 0 || topic.Title == "" {
				t.Errorf("%s says nothing in %s", topic.ID, lang)
			}
			for _, block := range topic.Blocks {
				for _, l := range block.Lines {
					for _, p := range l {
						if p.Key == "" {
							if strings.ContainsAny(p.Text, "{}[]") || lang == i18n.EN && han.MatchString(p.Text) {
								t.Errorf("%s in %s: %q", topic.ID, lang, p.Text)
							}
							continue
						}
						pair := all[p.Key]
						if len(pair) != 2 || strings.ContainsAny(pair[i], "%{") {
							t.Errorf("%s in %s names %s: %q", topic.ID, lang, p.Key, pair)
						}
					}
				}
			}
		}
	}
}

// TestLanguagesNameTheSameButtons: nothing is lost in translation.
func TestLanguagesNameTheSameButtons(t *testing.T) {
	b := book(t)
	keys := func(topic Topic) []string {
		var out []string
		for _, block := range topic.Blocks {
			for _, l := range block.Lines {
				for _, p := range l {
					if p.Key != "" && !slices.Contains(out, p.Key) {
						out = append(out, p.Key)
					}
				}
			}
		}
		slices.Sort(out)
		return out
	}
	for _, zh := range b.topics[i18n.ZH] {
		en, _ := b.Find(i18n.EN, zh.ID)
		if a, c := keys(zh), keys(en); !slices.Equal(a, c) {
			t.Errorf("%s: %v in Chinese, %v in English", zh.ID, a, c)
		}
		if len(zh.Blocks) != len(en.Blocks) {
			t.Errorf("%s: %d blocks in Chinese, %d in English", zh.ID, len(zh.Blocks), len(en.Blocks))
		}
	}
}

// TestEveryVerbHasATopic: the small link beside every form leads somewhere,
// and a petitioner's link to a page that needs no sign-in.
func TestEveryVerbHasATopic(t *testing.T) {
	b := book(t)
	theirs := []casework.Verb{
		casework.Supplement, casework.Urge, casework.Withdraw, casework.Rate, casework.CoRate, casework.Contest, casework.RequestReview,
		casework.AskRecusal, casework.ConsentMediation, casework.NameSpeakers, casework.Cosign,
	}
	for _, v := range casework.Verbs() {
		if casework.ByProgram(v) {
			continue
		}
		topic, ok := b.Find(i18n.ZH, ui.VerbTopic(v))
		if !ok {
			t.Errorf("%s has no help", v)
		}
		if slices.Contains(theirs, v) && topic.For != Public {
			t.Errorf("%s is a petitioner's, its help is for %s", v, topic.For)
		}
	}
}

// TestLinks: help leads to topics and to pages that are served.
func TestLinks(t *testing.T) {
	b := book(t)
	var code strings.Builder
	for _, glob := range []string{"../../*/*.go", "../../*/*/*.go", "../../*/*/*/*.go"} {
		found, _ := filepath.Glob(glob)
		for _, f := range found {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	for _, lang := range []string{i18n.ZH, i18n.EN} {
		for _, topic := range b.topics[lang] {
			for _, block := range topic.Blocks {
				for _, l := range block.Lines {
					for _, p := range l {
						if id, ours := strings.CutPrefix(p.Href, "/help/"); ours {
							if _, ok := b.Find(lang, id); !ok {
								t.Errorf("%s leads to %s", topic.ID, p.Href)
							}
						} else if p.Href != "" && !served(code.String(), p.Href) {
							t.Errorf("%s leads to %s, which nothing serves", topic.ID, p.Href)
						}
					}
				}
			}
		}
	}
}

// served tells whether a route, named or spelled, or a board of the queue
// answers an address.
func served(code, href string) bool {
	board, isBoard := strings.CutPrefix(href, "/desk/")
	return strings.Contains(code, `"GET `+href+`"`) || strings.Contains(code, ` = "`+href+`"`) ||
		isBoard && strings.Contains(code, `ID: "`+board+`"`)
}

// TestPagesLeadToTopics: the link in a page's heading leads somewhere.
func TestPagesLeadToTopics(t *testing.T) {
	b, n := book(t), 0
	found, _ := filepath.Glob("../../*/*/*.templ")
	for _, f := range found {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`Help: "([a-z-]+)"`).FindAllStringSubmatch(string(text), -1) {
			n++
			if _, ok := b.Find(i18n.ZH, m[1]); !ok {
				t.Errorf("%s leads to %s", f, m[1])
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d pages lead to their help", n)
	}
}

func TestSearch(t *testing.T) {
	b := book(t)
	key := func(k string) string { return map[string]string{"verb.ask_park": "申请挂账"}[k] }
	if hits := b.Search(i18n.ZH, " 申请挂账 ", Audiences, key); len(hits) != 1 || hits[0].ID != "parking" {
		t.Errorf("found %v", hits)
	}
	if hits := b.Search(i18n.EN, "RECUSAL", Audiences, key); len(hits) == 0 || hits[0].ID != "recusal-desk" {
		t.Errorf("the title comes first: %v", hits)
	}
	if hits := b.Search(i18n.ZH, "申请挂账", []Audience{Public}, key); len(hits) != 0 {
		t.Errorf("the public found %v", hits)
	}
	if hits := b.Search(i18n.ZH, "  ", Audiences, key); len(hits) != 0 {
		t.Errorf("nothing finds %d", len(hits))
	}
}

// pages serves the help to somebody.
func pages(t *testing.T, a access.Actor, path string) (int, string) {
	t.Helper()
	var sources [][]byte
	found, _ := filepath.Glob("../../*/*/messages.json")
	doors, _ := filepath.Glob("../../*/*/*/messages.json")
	for _, f := range append(append(found, doors...), "../../ui/messages.json") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, text)
	}
	rt, err := web.New(web.Options{Catalogue: i18n.Must(sources...), Now: clock.System.Now, ErrorPage: ui.ErrorPage, SignIn: "/signin"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewWeb()
	if err != nil {
		t.Fatal(err)
	}
	rt.Use(func(next web.Handler) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return next(w, r.WithContext(access.With(r.Context(), a)))
		}
	})
	rt.Add(h)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestPages(t *testing.T) {
	nobody, handler := access.Actor{}, access.Actor{ID: 1, Role: access.UnitHandler, UnitID: 2, Name: "甲"}
	_, body := pages(t, nobody, "/help")
	if !strings.Contains(body, `data-testid="help-public"`) || strings.Contains(body, `data-testid="help-clerk"`) {
		t.Error("the public's contents")
	}
	status, body := pages(t, nobody, "/help/file")
	if status != http.StatusOK || !strings.Contains(body, `<strong class="named">`) || strings.Contains(body, "⟦") {
		t.Errorf("file: %d", status)
	}
	if status, _ = pages(t, nobody, "/help/parking"); status != http.StatusUnauthorized && status != http.StatusSeeOther {
		t.Errorf("staff's help without sign-in: %d", status)
	}
	if status, _ = pages(t, handler, "/help/no-such-thing"); status != http.StatusNotFound {
		t.Errorf("no such topic: %d", status)
	}
	if _, body = pages(t, handler, "/help?q=%E6%8C%82%E8%B4%A6"); !strings.Contains(body, `data-testid="help-hit"`) {
		t.Error("nothing about parking")
	}
	if unit, clerk := strings.Index(body, "help-unit"), strings.Index(body, "help-clerk"); unit < 0 || clerk < unit {
		t.Error("the own section comes first")
	}
	for _, topic := range book(t).topics[i18n.ZH] {
		if status, body := pages(t, handler, "/help/"+topic.ID); status != http.StatusOK || strings.Contains(body, "⟦") {
			t.Errorf("%s: %d", topic.ID, status)
		}
	}
}
