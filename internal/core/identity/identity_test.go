package identity

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var today = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

func idOf(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return strings.TrimPrefix(p.ID, "identity.")
	}
	return ""
}

func TestParseID(t *testing.T) {
	for _, x := range []struct{ in, want, problem string }{
		{"11010519491231002X", "11010519491231002X", ""},   // the standard's own example
		{"１１０１０５　１９４９１２３１　００２ｘ", "11010519491231002X", ""}, // full width
		{"110105 19491231 002x", "11010519491231002X", ""},
		{"440524188001010014", "440524188001010014", ""}, // 146 years are within a lifetime
		{"110105491231002", "11010519491231002X", ""},    // first generation
		{"110105194912310021", "", "id_check"},
		{"11010519491231002", "", "id_length"},
		{"", "", "id_length"},
		{"1101051949123100AX", "", "id_characters"},
		{"11010519491231Ｘ02X", "", "id_characters"},
	} {
		got, err := ParseID(x.in, today)
		if got.Number != x.want || idOf(err) != x.problem {
			t.Errorf("%q: %q %v, want %q %q", x.in, got.Number, err, x.want, x.problem)
		}
	}
}

// withCheck closes 17 digits, to reach the checks behind the check digit.
func withCheck(body string) string { return body + string(checkDigit(body)) }

func TestParseIDChecksContent(t *testing.T) {
	for _, x := range []struct{ body, problem string }{
		{"99000019900230001", "id_date"},
		{"99000019901301001", "id_date"},
		{"99000020261123001", "id_future"},
		{"99000020261122001", ""},
		{"99000018701122001", "id_date"},
		{"99000020240229001", ""},
		{"99000020230229001", "id_date"},
		{"98000019900101001", "id_region"},
	} {
		if _, err := ParseID(withCheck(x.body), today); idOf(err) != x.problem {
			t.Errorf("%s: %v, want %q", x.body, err, x.problem)
		}
	}
	// Beijing is already a day further than UTC.
	evening := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC)
	if _, err := ParseID(withCheck("99000020261123001"), evening); err != nil {
		t.Errorf("born today in Beijing: %v", err)
	}
	id, _ := ParseID(withCheck("99000019900307002"), today)
	if id.Birth != "1990-03-07" || id.Male || !id.Synthetic || id.Region != "990000" {
		t.Errorf("read as %+v", id)
	}
}

func TestParseDocument(t *testing.T) {
	for _, x := range []struct {
		kind          DocumentKind
		in, want, bad string
	}{
		{IDCard, "11010519491231002x", "11010519491231002X", ""},
		{ResidencePermit, withCheck("81000019900307002"), withCheck("81000019900307002"), ""},
		{ResidencePermit, "11010519491231002X", "", "permit_region"},
		{HKMacaoPass, "h12345678", "H12345678", ""},
		{HKMacaoPass, "M1234567801", "M1234567801", ""},
		{HKMacaoPass, "A12345678", "", "document_form"},
		{TaiwanPass, "12345678", "12345678", ""},
		{TaiwanPass, "1234567", "", "document_form"},
		{PermanentResident, "CAN110085081901", "CAN110085081901", ""},
		{PermanentResident, withCheck("91112419900307002"), withCheck("91112419900307002"), ""},
		{PermanentResident, "911124199003070021", "", "id_check"},
		{ChinesePassport, "E12345678", "E12345678", ""},
		{ChinesePassport, "EA1234567", "EA1234567", ""},
		{ForeignPassport, "ab 123456", "AB123456", ""},
		{OfficerCard, "军字第（1234567）号", "军字第(1234567)号", ""},
		{CreditCode, "91350100m000100y43", "91350100M000100Y43", ""},
		{"library_card", "1", "", "document_kind"},
	} {
		got, err := ParseDocument(x.kind, x.in, today)
		if got != x.want || idOf(err) != x.bad {
			t.Errorf("%s %q: %q %v", x.kind, x.in, got, err)
		}
	}
}

func TestParseCredit(t *testing.T) {
	for in, bad := range map[string]string{
		"91350100M000100Y43": "",
		"９１３５０１００Ｍ０００１００Ｙ４３": "",
		"91350100-M000100Y4-3": "",
		"91350100M000100Y44":   "credit_check",
		"91350100M000100YO3":   "credit_characters",
		"91350100M000100":      "credit_length",
	} {
		if _, err := ParseCredit(in); idOf(err) != bad {
			t.Errorf("%q: %v, want %q", in, err, bad)
		}
	}
}

func TestParsePhone(t *testing.T) {
	for _, x := range []struct {
		in, want string
		kind     PhoneKind
	}{
		{"13800000000", "13800000000", Mobile},
		{"＋86 138-0000-0000", "13800000000", Mobile},
		{"0086 138 0000 0000", "13800000000", Mobile},
		{"（0451）87654321", "0451-87654321", Landline},
		{"045187654321转12", "0451-87654321-12", Landline},
		{"010 6234 5678", "010-62345678", Landline},
		{"0715-8765432", "0715-8765432", Landline},
		{"12345", "12345", Service},
		{"95588", "95588", Service},
		{"400-123-4567", "4001234567", Service},
		{"+852 2123 4567", "+85221234567", Foreign},
		{"12800000000", "", ""},
		{"1380000000", "", ""},
		{"87654321", "", ""},
		{"", "", ""},
		{"电话没有", "", ""},
	} {
		got, err := ParsePhone(x.in)
		if got.Number != x.want || got.Kind != x.kind || (err != nil) != (x.want == "") {
			t.Errorf("%q: %+v %v", x.in, got, err)
		}
	}
}

func TestParseName(t *testing.T) {
	for _, x := range []struct{ in, want, bad string }{
		{" 王　小 明 ", "王小明", ""},
		{"买买提•艾力", "买买提·艾力", ""},
		{"John  Smith", "John Smith", ""},
		{"𠮷田", "𠮷田", ""},
		{"O'Brien-Kelly", "O'Brien-Kelly", ""},
		{"　", "", "name_empty"},
		{"王小明1", "", "name_characters"},
		{"<b>王</b>", "", "name_characters"},
		{"··", "", "name_characters"},
		{strings.Repeat("王", 51), "", "name_long"},
	} {
		got, err := ParseName(x.in)
		if got != x.want || idOf(err) != x.bad {
			t.Errorf("%q: %q %v", x.in, got, err)
		}
	}
}

func TestMasks(t *testing.T) {
	for _, x := range []struct {
		mask     func(string) string
		in, want string
	}{
		{MaskDocument, "11010519491231002X", "110105********002X"},
		{MaskDocument, "E12345678", "E1*****78"},
		{MaskDocument, "12345", "1***5"},
		{MaskDocument, "123", "***"},
		{MaskPhone, "13800000000", "138****0000"},
		{MaskPhone, "0451-87654321-12", "0451-******21"},
		{MaskPhone, "12345", "12345"},
		{MaskPhone, "+85221234567", "+85*******67"},
		{MaskName, "王小明", "王**"},
		{MaskName, "王明", "王*"},
		{MaskName, "欧阳修", "欧阳*"},
		{MaskName, "欧阳", "欧*"},
		{MaskName, "买买提·艾力", "买***"},
		{MaskName, "John Smith", "J***"},
		{MaskName, "王", "*"},
		{MaskName, "", ""},
		{MaskOrganisation, "咸宁市明月商贸有限公司", "咸宁市****有限公司"},
		{MaskOrganisation, "明月店", "明****店"},
		{MaskAddress, "湖北省咸宁市通山县南林桥镇石门村3组12号", "湖北省咸宁市通山县南林桥镇***"},
		{MaskAddress, "北京市海淀区中关村街道27号院", "北京市海淀区中关村街道***"},
		{MaskAddress, "北京市海淀区中关村大街27号", "北京市海淀区***"},
		{MaskAddress, "江西省景德镇市珠山区新村街道1号", "江西省景德镇市珠山区新村街道***"},
		{MaskAddress, "江苏省镇江市京口区象山街道", "江苏省镇江市京口区象山街道***"},
		{MaskAddress, "陕西省汉中市西乡县城关镇", "陕西省汉中市西乡县城关镇***"},
		{MaskAddress, "深圳市宝安区西乡街道", "深圳市宝安区西乡街道***"},
		{MaskAddress, "唐山市路北区学院路5号", "唐山市路北区***"},
		{MaskAddress, "杭州市文一路1号", "杭州市***"},
		{MaskAddress, "鄂尔多斯市乌审旗嘎鲁图镇", "鄂尔多斯市乌审旗嘎鲁图镇***"},
		{MaskAddress, "内蒙古自治区锡林郭勒盟西乌珠穆沁旗吉仁高勒苏木", "内蒙古自治区锡林郭勒盟西乌珠穆沁旗吉仁高勒苏木***"},
		{MaskAddress, "幸福小区3号楼", "***"},
		{MaskAddress, "", ""},
	} {
		if got := x.mask(x.in); got != x.want {
			t.Errorf("%s → %s, want %s", x.in, got, x.want)
		}
	}
}

func TestSynthetic(t *testing.T) {
	seen := map[string]bool{}
	for n := range uint64(40000) {
		s := Synthetic(n)
		if id, err := ParseID(s, today); err != nil || !id.Synthetic {
			t.Fatalf("Synthetic(%d) = %s: %v", n, s, err)
		}
		if seen[s] {
			t.Fatalf("Synthetic(%d) = %s came before", n, s)
		}
		seen[s] = true
	}
}

// One wrong character and two swapped neighbours are always noticed.
func TestCheckDigitsCatchSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(Synthetic(rapid.Uint64().Draw(t, "n")))
		i := rapid.IntRange(0, 16).Draw(t, "place")
		wrong := append([]byte(nil), s...)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "slip")))%10
		if checkDigit(string(wrong[:17])) == s[17] {
			t.Fatalf("%s passes for %s", wrong, s)
		}
		swapped := append([]byte(nil), s...)
		j := min(i, 15)
		swapped[j], swapped[j+1] = swapped[j+1], swapped[j]
		if s[j] != s[j+1] && checkDigit(string(swapped[:17])) == s[17] {
			t.Fatalf("%s passes for %s", swapped, s)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"11010519491231002X", "１１０", "91350100M000100Y43", "(0451)87654321-1", "欧阳修",
		"咸宁市通山县南林桥镇石门村", "\x80", "110105491231002", "区", "街道",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		steady := func(parse func(string) (string, error)) {
			once, err := parse(s)
			if err != nil {
				return
			}
			if twice, err := parse(once); err != nil || twice != once || !utf8.ValidString(once) {
				t.Fatalf("%q → %q → %q %v", s, once, twice, err)
			}
		}
		for _, kind := range append(DocumentKinds, CreditCode) {
			steady(func(s string) (string, error) { return ParseDocument(kind, s, today) })
		}
		steady(ParseName)
		steady(ParseOrganisation)
		steady(func(s string) (string, error) { p, err := ParsePhone(s); return p.Number, err })
		for _, mask := range []func(string) string{MaskDocument, MaskPhone, MaskName, MaskOrganisation, MaskAddress} {
			mask(s)
		}
	})
}
