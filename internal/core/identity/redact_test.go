package identity

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedact(t *testing.T) {
	id := Synthetic(77)
	for in, want := range map[string]string{
		"请打13912340077，急":                       "请打***，急",
		"电话１３９１２３４００７７":                         "电话***",
		"139-1234-0077 或 139 1234 0077":         "*** 或 ***",
		"+86 13912340077、0086-13912340077":      "+***、0086-***",
		"身份证" + id + "电话13912340077":            "身份证***电话***",
		id[:6] + " " + id[6:14] + " " + id[14:]: "***",
		"旧证110105491231002":                     "旧证***",
		"号码11010519491231002x。":                 "号码***。",
		"卡号6222 0000 0000 0000 000":             "卡号6222 0000 0000 0000 000",
		"卡号6222021234567890123":                 "卡号***",
		"卡4111 1111 1111 1111":                  "卡***",
		"代码91350100M000100Y43的公司":               "代码***的公司",
		"0451-87654321，（010）62345678":           "***，（***",
		"座机：87654321":                           "座机：***",
		"拖欠12000000元，2026年3月":                   "拖欠12000000元，2026年3月",
		"2026-03-22 13912340077":                "2026-03-22 ***",
		"20260322到20260401":                     "20260322到20260401",
		"3号楼2单元1201，12345热线":                    "3号楼2单元1201，12345热线",
		"信箱 a.b-c@mail.example.cn 谢谢":           "信箱 *** 谢谢",
		"微信号 wx_abc77，QQ：12345678":              "微信号 ***，QQ：***",
		"护照E12345678":                           "护照***",
		"通行证 H12345678":                         "通行证 ***",
		"王小明的邻居王小明家":                            "***的邻居***家",
		"MC26-0A1B-7K3F":                        "MC26-0A1B-7K3F",
		"GB 32100-2015、ISO 9001":                "GB 32100-2015、ISO 9001",
		"":                                      "",
	} {
		if got := Redact(in, "王小明", "", "王"); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

// Whatever stands around them, these never come through.
func TestRedactHidesNumbersAnywhere(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		secret := rapid.OneOf(
			rapid.StringMatching(`1[3-9][0-9]{9}`),
			rapid.Map(rapid.Uint64Range(0, 1<<30), Synthetic),
			rapid.StringMatching(`[a-z]{3,9}@[a-z]{3,9}\.cn`),
			rapid.StringMatching(`0[1-9][0-9]{1,2}-[2-8][0-9]{6,7}`),
		).Draw(r, "secret")
		around := rapid.StringMatching(`[路灯坏了，。 ]{0,6}`)
		text := around.Draw(r, "before") + secret + around.Draw(r, "after")
		if got := Redact(text); strings.Contains(got, secret) {
			r.Fatalf("%q comes through as %q", text, got)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("请打13912340077")
	f.Fuzz(func(t *testing.T, text string) {
		once := Redact(text)
		if again := Redact(once); len(again) > len(once)+len(hidden)*8 {
			t.Fatalf("%q grows to %q", once, again)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat("试验巷的路灯三个月没有亮过，联系13912340077，", 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Redact(text, "王小明")
	}
}
