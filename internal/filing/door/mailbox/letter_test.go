package mailbox

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n"))
}

func TestCharsets(t *testing.T) {
	const text = "路灯坏了三天，没有人来修。"
	for _, c := range []struct {
		label string
		as    encoding.Encoding
	}{
		{"gb2312", simplifiedchinese.GBK}, {"gbk", simplifiedchinese.GBK}, {"GB18030", simplifiedchinese.GB18030}, {"utf-8", unicode.UTF8},
		{"UTF-8", simplifiedchinese.GB18030}, // says one thing, is another
		{"", simplifiedchinese.GB18030}, {"x-nobody-knows", simplifiedchinese.GB18030}, {"us-ascii", unicode.UTF8}, {"hz-gb-2312", unicode.UTF8},
	} {
		b, err := c.as.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		subject := "=?" + c.label + "?B?" + base64.StdEncoding.EncodeToString([]byte(b)) + "?="
		kind := "text/plain"
		if c.label == "" {
			subject = b // raw bytes in a header, as old programs write
		} else {
			kind += "; charset=" + c.label
		}
		if c.label == "hz-gb-2312" {
			continue
		}
		m := read(crlf("From: a@example.org\nSubject: "+subject+"\nContent-Type: "+kind+"\nContent-Transfer-Encoding: base64\n\n"+
			base64.StdEncoding.EncodeToString([]byte(b))+"\n"), "")
		if a := m.arrival(); a.Draft.Words != text || a.Draft.Title != text && c.label != "us-ascii" {
			t.Errorf("%q: title %q words %q", c.label, a.Draft.Title, a.Draft.Words)
		}
	}
	b, err := traditionalchinese.Big5.NewEncoder().String("路燈壞了")
	if err != nil {
		t.Fatal(err)
	}
	if a := read(append(crlf("From: a@example.org\nContent-Type: text/plain; charset=big5\nContent-Transfer-Encoding: 8bit\n\n"), b...), "").arrival(); a.Draft.Words != "路燈壞了" {
		t.Errorf("big5: %q", a.Draft.Words)
	}
}

func TestHTMLIsReadForItsWords(t *testing.T) {
	const page = `<html><head><title>no</title><style>p{color:red}</style><script>alert(1)</script></head><body>
<p>领导&nbsp;您好：</p><p>我们小区的<b>电梯</b>停了<img src="http://tracker.example.org/x.png">两周。</p>
<ul><li>老人下不了楼</li><li>物业不管</li></ul><table><tr><td>电话</td><td>13800000000</td></tr></table>
<iframe src="http://evil.example.org">in</iframe><blockquote><p>旧的话</p></blockquote></body></html>`
	m := read(crlf("From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n"+page), "")
	want := "领导 您好：\n我们小区的电梯停了两周。\n老人下不了楼\n物业不管\n 电话 13800000000"
	if got := m.arrival().Draft.Words; got != want {
		t.Errorf("words %q", got)
	}
	for _, bad := range []string{"alert", "tracker", "evil", "color", "旧的话"} {
		if strings.Contains(m.arrival().Draft.Words, bad) {
			t.Errorf("%s got through", bad)
		}
	}
}

func TestAttachmentsAndAlternatives(t *testing.T) {
	m := read(crlf(`From: "王小明" <a@example.org>
Subject: Re: =?utf-8?B?5Zue5aSN77ya55S15qKv?=
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: multipart/alternative; boundary=i

--i
Content-Type: text/plain; charset=utf-8

电梯停了两周。
姓名：王小明
联系电话：138 0000 0000
诉求：尽快修好
--i
Content-Type: text/html; charset=utf-8

<p>别的</p>
--i--
--o
Content-Type: image/jpeg; name="=?gbk?B?tefM3S5qcGc=?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="=?gbk?B?tefM3S5qcGc=?="

/9j/4AAQSkZJRg==
--o
Content-Type: application/pdf
Content-Disposition: attachment; filename="../../etc/passwd.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--o
Content-Type: message/rfc822

From: b@example.org
Subject: inner

inner words
--o--
`), "")
	a := m.arrival()
	if !strings.HasPrefix(a.Draft.Words, "电梯停了两周。") || strings.Contains(a.Draft.Words, "别的") || a.Draft.Title != "电梯" {
		t.Errorf("draft %+v", a.Draft)
	}
	if a.Draft.Person.Name != "王小明" || a.Draft.Person.Phone != "138 0000 0000" || a.Draft.Wish != "尽快修好" {
		t.Errorf("person %+v wish %q", a.Draft.Person, a.Draft.Wish)
	}
	if len(a.Files) != 3 || a.Files[0].Name != "电梯.jpg" || a.Files[0].Type != "image/jpeg" || a.Files[1].Name != "passwd.pdf" || string(a.Files[1].Data) != "%PDF-1.4\n" ||
		!strings.HasSuffix(a.Files[2].Name, ".eml") {
		t.Errorf("files %+v", a.Files)
	}
}

func TestQuotationsAreLeftOut(t *testing.T) {
	for name, quoted := range map[string]string{
		"qq":         "------------------ 原始邮件 ------------------\n发件人: \"信访局\" <x@example.org>;\n旧的话",
		"163":        "At 2026-11-20 10:00:00, \"信访局\" <x@example.org> wrote:\n>旧的话",
		"chinese":    "在 2026年11月20日 10:00，信访局 <x@example.org> 写道：\n> 旧的话",
		"gmail":      "On Fri, Nov 20, 2026 at 10:00 AM 信访局 <x@example.org> wrote:\n> 旧的话\n>\n> 又一句",
		"outlook":    "发件人: 信访局\n发送时间: 2026年11月20日\n旧的话",
		"outlook en": "________________________________\nFrom: x\nSent: y\n旧的话",
		"signature":  "-- \n旧的话",
		"bare":       "> 旧的话",
	} {
		if got := ownWords("还没有修好。\n\n请回电。\n\n" + quoted); got != "还没有修好。\n\n请回电。" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := ownWords("> 只有引用\n> 两行"); got != "> 只有引用\n> 两行" {
		t.Errorf("nothing but a quotation: %q", got)
	}
	if got := ownWords("> 你说过\n我不同意。"); got != "> 你说过\n我不同意。" {
		t.Errorf("an answer between the lines: %q", got)
	}
	if got := plainSubject("回复：Re: Fw[2]: 答复: 路灯"); got != "路灯" {
		t.Errorf("subject %q", got)
	}
}

func TestProgramsAreSetAside(t *testing.T) {
	for head, want := range map[string]string{
		"From: a@example.org":                                                                   "",
		"From: a@example.org\nAuto-Submitted: no":                                               "",
		"From: a@example.org\nAuto-Submitted: auto-replied (vacation)":                          asideAuto,
		"From: a@example.org\nAuto-Submitted: auto-generated; owner-email=x":                    asideAuto,
		"From: a@example.org\nX-Autoreply: yes":                                                 asideAuto,
		"From: a@example.org\nPrecedence: bulk":                                                 asideBulk,
		"From: a@example.org\nList-Id: <news.example.org>":                                      asideBulk,
		"From: MAILER-DAEMON@example.org":                                                       asideBounce,
		"From: a@example.org\nReturn-Path: <>":                                                  asideBounce,
		"From: a@example.org\nContent-Type: multipart/report; report-type=delivery-status":      asideBounce,
		"From: 信访局 <Mayor@example.org>\nAuto-Submitted: auto-generated":                         asideOwn,
		"From: a@example.org\nReturn-Path: <a@example.org>\nX-Auto-Response-Suppress: All, OOF": "",
	} {
		if got := read(crlf(head+"\n\nwords\n"), "mayor@example.org").arrival().Aside; got != want {
			t.Errorf("%q: %q, want %q", head, got, want)
		}
	}
}

func TestKeysKnowTheSameMailOnly(t *testing.T) {
	one := letterOf(1)
	key := func(s string) string { return read([]byte(s), "").key() }
	if key(one) != key("Received: from elsewhere\r\n"+one) {
		t.Error("a second delivery is another mail")
	}
	if key(one) == key(strings.Replace(one, "三天", "五天", 1)) {
		t.Error("a mail that borrows a Message-ID is lost")
	}
	if k := key("nothing of a mail"); k == key("something else") || len(k) > 200 {
		t.Errorf("key %q", k)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(letterOf(1)))
	f.Add(crlf("Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x--"))
	f.Add(crlf("From: =?gbk?Q?=C1=F5?= <a@b.cn>\nContent-Type: text/html; charset=gbk\n\n<p>\xc1\xf5<blockquote><script>"))
	f.Add([]byte("Content-Transfer-Encoding: nonsense\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := read(raw, "").arrival()
		for _, s := range []string{a.Draft.Words, a.Draft.Title, a.Draft.Person.Name, a.From, a.Key} {
			if !utf8.ValidString(s) {
				t.Errorf("no UTF-8: %q", s)
			}
		}
		if a.Key == "" || len(a.Key) > 200 {
			t.Errorf("key %q", a.Key)
		}
	})
}
