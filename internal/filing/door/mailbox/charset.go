package mailbox

import (
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func init() { message.CharsetReader = decoded }

// decoded reads text of any charset as UTF-8. It never fails: a mail whose
// charset nobody knows still has words.
//
// What calls itself GB2312 is usually GBK or GB18030, which hold all of it.
func decoded(charset string, in io.Reader) (io.Reader, error) {
	e := encodingOf(charset)
	if e == nil {
		b, err := io.ReadAll(in)
		return strings.NewReader(guessed(b)), err
	}
	return e.NewDecoder().Reader(in), nil
}

func encodingOf(charset string) encoding.Encoding {
	switch c := strings.ToLower(strings.TrimSpace(charset)); c {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "8bit", "x-unknown", "default", "default_charset":
		return nil // many a program says so and sends something else
	case "gb2312", "gbk", "x-gbk", "gb_2312-80", "cp936", "ms936", "euc-cn", "gb18030", "gb18030-2022", "chinese":
		return simplifiedchinese.GB18030
	case "big5", "big5-hkscs", "cp950", "x-big5":
		return traditionalchinese.Big5
	default:
		e, err := htmlindex.Get(c)
		if err != nil {
			return nil
		}
		return e
	}
}

// guessed reads bytes as UTF-8 if they are, else as GB18030.
func guessed(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "�")
	}
	return string(text)
}

var words = mime.WordDecoder{CharsetReader: decoded}

// header decodes a header: encoded words, and the raw bytes that some programs
// write.
func header(s string) string {
	if text, err := words.DecodeHeader(s); err == nil {
		s = text
	}
	return strings.TrimSpace(guessed([]byte(s)))
}
