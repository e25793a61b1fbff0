package i18n

import (
	"strings"
	"testing"
	"time"
)

var sample = Must(Messages, []byte(`{
	"a.plain": ["催办", "Urge"],
	"a.count": ["%d 件", "%d {case|cases}"],
	"a.until": ["%[1]s 须在 %[2]s 前完成", "%[1]s must be done by %[2]s"],
	"a.rate": ["100%", "100%"]
}`))

func TestText(t *testing.T) {
	at := time.Date(2026, 4, 12, 1, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{ZH, "a.plain", nil, "催办"},
		{EN, "a.plain", nil, "Urge"},
		{EN, "a.plain", []any{1}, "Urge"},
		{ZH, "a.count", []any{3}, "3 件"},
		{EN, "a.count", []any{1}, "1 case"},
		{EN, "a.count", []any{int64(3)}, "3 cases"},
		{ZH, "a.until", []any{Key("a.plain"), at}, "催办 须在 2026年4月12日 09:30 前完成"},
		{EN, "a.until", []any{Key("a.plain"), at}, "Urge must be done by 12 Apr 2026, 09:30"},
		{EN, "a.rate", nil, "100%"},
		{EN, "a.none", nil, "⟦a.none⟧"},
	} {
		if got := sample.Text(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.key, got, c.want)
		}
	}
	if err := sample.Check(); err != nil {
		t.Error(err)
	}
}

func TestCatalogueRefuses(t *testing.T) {
	if _, err := New([]byte(`{"a": ["x", "y"]}`), []byte(`{"a": ["x", "y"]}`)); err == nil {
		t.Error("a key in two sources was taken")
	}
	if _, err := New([]byte(`{"a": 1}`)); err == nil {
		t.Error("broken messages were taken")
	}
	for _, src := range []string{`{"a": ["%d", "%s"]}`, `{"a": ["x", ""]}`, `{"a": ["%[2]s", "%[1]s"]}`, `{"a": ["%d %d", "%d"]}`} {
		if Must([]byte(src)).Check() == nil {
			t.Errorf("%s passed the check", src)
		}
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 4, 9, 10, 30, 0, 0, Beijing)
	midnight := func(d int) time.Time { return time.Date(2026, 4, d, 0, 0, 0, 0, Beijing) }
	for _, c := range []struct {
		due    time.Time
		zh, en string
	}{
		{midnight(13), "3 天后到期 (4月12日 周日 24:00)", "in 3 days (Sun 12 Apr, 24:00)"},
		{midnight(11), "明天到期 (4月10日 周五 24:00)", "due tomorrow (Fri 10 Apr, 24:00)"},
		{midnight(10), "今天到期 (4月9日 周四 24:00)", "due today (Thu 9 Apr, 24:00)"},
		{midnight(9), "已超期 1 天 (4月8日 周三 24:00)", "1 day overdue (Wed 8 Apr, 24:00)"},
		{midnight(7), "已超期 3 天 (4月6日 周一 24:00)", "3 days overdue (Mon 6 Apr, 24:00)"},
		{now.Add(5 * time.Hour), "今天到期 (4月9日 周四 15:30)", "due today (Thu 9 Apr, 15:30)"},
		{time.Time{}, "无期限", "no deadline"},
	} {
		zh, en := Due(With(t.Context(), sample, ZH), c.due, now), Due(With(t.Context(), sample, EN), c.due, now)
		if zh != c.zh || en != c.en {
			t.Errorf("%v: %q %q", c.due, zh, en)
		}
	}
	ctx := With(t.Context(), sample, EN)
	for _, c := range []struct {
		t    time.Time
		want string
	}{
		{now.Add(-10 * time.Second), "just now"},
		{now.Add(-time.Minute), "1 minute ago"},
		{now.Add(-3 * time.Hour), "today 07:30"},
		{now.Add(-24 * time.Hour), "yesterday 10:30"},
		{now.AddDate(0, 0, -3), "3 days ago"},
		{now.AddDate(0, -2, 0), "Mon 9 Feb"},
		{now.AddDate(-1, 0, 0), "9 Apr 2025"},
	} {
		if got := Ago(ctx, c.t, now); got != c.want {
			t.Errorf("%v: %q, want %q", c.t, got, c.want)
		}
	}
	if Number(int64(-1234567)) != "-1,234,567" || Number(12) != "12" || Percent(1, 3) != "33.3%" || Percent(0, 0) != "—" {
		t.Error(Number(int64(-1234567)), Percent(1, 3))
	}
}

func TestOutsideRequest(t *testing.T) {
	if Lang(t.Context()) != ZH || !strings.HasPrefix(T(t.Context(), "x"), "⟦") || Has(t.Context(), "x") {
		t.Error("a bare context is Chinese and knows nothing")
	}
}
