package mailbox

import (
	"regexp"
	"strings"
)

// marks are the lines with which mail programs head what they quote.
var marks = []*regexp.Regexp{
	regexp.MustCompile(`^-{2,}\s*(原始邮件|原邮件|原始郵件|转发邮件|Original(\s+Message)?|Forwarded [Mm]essage|回复的原邮件|Replied Message)\s*-{2,}$`),
	regexp.MustCompile(`^(在|于)?\s*.{4,60}[，, ].{0,80}(写道|寫道|来信)\s*[:：]$`),
	regexp.MustCompile(`^On .{6,160} wrote:$`),
	regexp.MustCompile(`^At \d{4}-\d\d-\d\d .{0,120} wrote:$`),
	regexp.MustCompile(`^_{10,}$`),
}

// heads are the first lines of a quotation without a mark, as Outlook and
// Foxmail write it: two of them, one after the other.
var heads = regexp.MustCompile(`^\**(发件人|寄件者|From|发送时间|发送日期|日期|Date|Sent|收件人|To|主题|Subject)\**\s*[:：]`)

// ownWords leaves out what an answer quotes, for display; the whole is kept in
// the mail itself. A mail that is nothing but a quotation stays whole.
func ownWords(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if marked(l) || heads.MatchString(l) && i+1 < len(lines) && heads.MatchString(strings.TrimSpace(lines[i+1])) {
			end = i
			break
		}
		if strings.HasPrefix(l, ">") && quotedToTheEnd(lines[i:]) {
			end = i
			break
		}
		if l == "--" || l == "-- " { // the signature
			end = i
			break
		}
	}
	own := strings.TrimSpace(strings.Join(lines[:end], "\n"))
	if own == "" {
		return strings.TrimSpace(text)
	}
	return own
}

func marked(line string) bool {
	for _, m := range marks {
		if m.MatchString(line) {
			return true
		}
	}
	return false
}

func quotedToTheEnd(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, ">") {
			return false
		}
	}
	return true
}

var answers = regexp.MustCompile(`^(?i:re|fw|fwd|aw|回复|答复|转发|回覆|轉寄|回信)\s*(\[\d+\])?\s*[:：]\s*`)

// plainSubject takes the marks of answers away.
func plainSubject(s string) string {
	for {
		cut := answers.ReplaceAllString(s, "")
		if cut == s {
			return strings.TrimSpace(s)
		}
		s = cut
	}
}
