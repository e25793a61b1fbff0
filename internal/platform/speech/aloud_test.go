package speech

import "testing"

func TestAloud(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"您的信访事项MC26-0A1B-7K3F已受理", "您的信访事项艾姆西二六，零诶幺比，七开三艾付已受理"},
		{"请于2026年11月22日前答复", "请于二零二六年十一月二十二日前答复"},
		{"截止2026-01-05 14:05", "截止二零二六年一月五日 十四点零五分"},
		{"上午9:00到10:30", "上午九点整到十点三十分"},
		{"2026年度", "二零二六年度"},
		{"按期率98.5%", "按期率百分之九十八点五"},
		{"涨了1.8倍", "涨了一点八倍"},
		{"拨打12345", "拨打幺二三四五"},
		{"电话010-99900000", "电话零幺零，九九九零零零零零"},
		{"共2件、12人、102户、1010米", "共两件、十二人、一百零二户、一千零一十米"},
		{"补偿12,500.50元", "补偿一万二千五百点五零元"},
		{"补偿30000元", "补偿三万元"},
		{"100020003元", "一亿零二万零三元"},
		{"还剩15日", "还剩十五日"},
		{"2月2日", "二月二日"},
		{"按1确认，按2重听", "按一确认，按二重听"},
		{"编号007", "编号零零七"},
		{"用APP办理", "用诶批批办理"},
		{"０和10", "零和十"},
		{"见 https://xf.example.cn/f?a=1 。", "见  。"},
		{"[[h@]]《条例》", "，，艾尺@，，《条例》"},
	} {
		if got := Aloud(c.text, "zh"); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"Your case MC26-0A1B-7K3F is accepted. See https://x.cn/a": "Your case M C 2 6, 0 A 1 B, 7 K 3 F is accepted. See",
		"Call 12345 within 15 days":                                "Call 1 2 3 4 5 within 15 days",
	} {
		if got := Aloud(text, "en"); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
