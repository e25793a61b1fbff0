package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"

	"xinqiao/internal/filing/door"
)

// The limits of what is read out of a mail. What lies beyond stays in the mail
// as it came.
const (
	mostParts = 60
	mostDepth = 8
	mostText  = 1 << 20
	mostBytes = 60 << 20 // of the mail and its files together
	mostRefs  = 40
	mostIDs   = 250 // bytes of a Message-ID
)

// letter is a mail as it was understood.
type letter struct {
	raw      []byte
	id       string
	refs     []string // what it answers, the nearest first
	from     *mail.Address
	subject  string
	plain    string
	html     string
	files    []door.Part
	aside    string
	date     time.Time
	bodyHash []byte

	parts int
	size  int // of the files
}

// read understands as much of a mail as can be understood. It never fails.
func read(raw []byte, own string) *letter {
	m := &letter{raw: raw}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	sum := sha256.Sum256(body)
	m.bodyHash = sum[:]
	e, err := message.Read(bytes.NewReader(raw))
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		sum := sha256.Sum256(raw)
		m.bodyHash = sum[:]
		return m
	}
	h := &e.Header
	m.id = firstID(h.Get("Message-Id"))
	m.refs = references(h)
	m.subject = header(h.Get("Subject"))
	m.from = address(h.Get("From"))
	if at, err := mail.ParseDate(h.Get("Date")); err == nil {
		m.date = at
	}
	m.walk(e, 0)
	m.aside = automatic(h, m.from, own)
	return m
}

// MessageID reads the id out of a mail as it came; "" when it has none.
func MessageID(raw []byte) string {
	e, err := message.Read(bytes.NewReader(raw))
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return ""
	}
	return firstID(e.Header.Get("Message-Id"))
}

var ids = regexp.MustCompile(`<[^<>\s]{3,}>`)

func firstID(s string) string {
	if id := ids.FindString(s); len(id) <= mostIDs {
		return id
	}
	return ""
}

// references lists the mails that one answers: In-Reply-To, then References
// from its end, which is the nearest, to its beginning.
func references(h *message.Header) []string {
	seen := map[string]bool{}
	var out []string
	add := func(id string) {
		if len(id) <= mostIDs && !seen[id] && len(out) < mostRefs {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, id := range ids.FindAllString(h.Get("In-Reply-To"), 4) {
		add(id)
	}
	all := ids.FindAllString(h.Get("References"), -1)
	for i := len(all) - 1; i >= 0; i-- {
		add(all[i])
	}
	return out
}

// address reads the first address; a broken header gives what looks like one.
func address(s string) *mail.Address {
	p := mail.AddressParser{WordDecoder: &words}
	if list, err := p.ParseList(s); err == nil && len(list) > 0 {
		return list[0]
	}
	if a := plainAddress.FindString(s); a != "" {
		return &mail.Address{Address: a}
	}
	return nil
}

var plainAddress = regexp.MustCompile(`[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}`)

// walk goes through the parts: texts are joined, the rest are files.
func (m *letter) walk(e *message.Entity, depth int) {
	if m.parts++; m.parts > mostParts || depth > mostDepth {
		return
	}
	if parts := e.MultipartReader(); parts != nil {
		for {
			p, err := parts.NextPart()
			if p == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return
			}
			m.walk(p, depth+1)
		}
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	disposition, dparams, _ := e.Header.ContentDisposition()
	name := header(dparams["filename"])
	if name == "" {
		name = header(params["name"])
	}
	if disposition != "attachment" && name == "" && (kind == "text/plain" || kind == "text/html") {
		b, _ := io.ReadAll(io.LimitReader(e.Body, mostText)) // what could be read of a broken part
		m.addText(kind, guessed(b))
		return
	}
	room := mostBytes - len(m.raw) - m.size
	data, _ := io.ReadAll(io.LimitReader(e.Body, int64(room)+1))
	if len(data) == 0 || len(data) > room {
		return
	}
	m.size += len(data)
	if name == "" {
		name = "part-" + strconv.Itoa(m.parts) + ending(kind)
	}
	m.files = append(m.files, door.Part{Name: fileName(name), Type: kind, Data: data})
}

func (m *letter) addText(kind, text string) {
	into := &m.plain
	if kind == "text/html" {
		into = &m.html
	}
	if *into != "" {
		*into += "\n\n"
	}
	*into += text
}

func ending(kind string) string {
	if kind == "message/rfc822" {
		return ".eml"
	}
	if all, err := mime.ExtensionsByType(kind); err == nil && len(all) > 0 {
		return all[0]
	}
	return ".bin"
}

// fileName keeps the last part of a name, without what a system could mistake.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
	for len(s) > 180 {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	if strings.Trim(s, ". _") == "" {
		return "file.bin"
	}
	return s
}

// text is what the mail says: its plain part or, where that is empty, the
// words of its HTML.
func (m *letter) text() string {
	if t := tidied(m.plain); t != "" {
		return t
	}
	return textOf(m.html)
}

// key knows the same mail again, however often it is delivered.
func (m *letter) key() string {
	h := sha256.New()
	from := ""
	if m.from != nil {
		from = strings.ToLower(m.from.Address)
	}
	for _, s := range []string{m.id, from, m.date.UTC().Format(time.RFC3339), string(m.bodyHash)} {
		io.WriteString(h, s+"\n") //nolint:errcheck // a hash takes everything
	}
	return "mail:" + hex.EncodeToString(h.Sum(nil)[:24])
}

// arrival makes the mail an arrival. Nothing in it is a decision: what it says
// about its author is what its author says.
func (m *letter) arrival() door.Arrival {
	a := door.Arrival{Key: m.key(), Raw: door.Part{Name: "mail.eml", Type: "message/rfc822", Data: m.raw}, Files: m.files, Aside: m.aside}
	whole := m.text()
	a.Draft.Words, a.Draft.Title = ownWords(whole), plainSubject(m.subject)
	if a.Draft.Words == "" {
		a.Draft.Words = a.Draft.Title
	}
	if m.from != nil {
		a.From = m.from.Address
		a.Draft.Person.Mail = m.from.Address
		if isName(m.from.Name) {
			a.Draft.Person.Name = strings.TrimSpace(m.from.Name)
		}
	}
	labelled(a.Draft.Words, &a.Draft)
	return a
}
