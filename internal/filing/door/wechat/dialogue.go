package wechat

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
)

// step is the question that a dialogue has asked last.
type step string

// The steps of a filing.
const (
	idle    step = ""
	what    step = "what"    // 反映什么
	wish    step = "wish"    // 希望怎么办
	where   step = "where"   // 在哪里
	name    step = "name"    // 姓名, with the notice
	phone   step = "phone"   // 电话
	address step = "address" // 住址
	confirm step = "confirm" // 确认
	query   step = "query"   // 查询
)

var filing = []step{what, wish, where, name, phone, address, confirm}

// patience is how long a dialogue waits for the next word.
const patience = 30 * time.Minute

// The limits of a dialogue; what a filing may hold is intake's to say.
const (
	leastWords = 10
	mostWords  = 5000
	mostLine   = 200
	mostFiles  = 6
)

// Dialogue (对话) is where somebody's filing stands.
type Dialogue struct {
	ID     string    `json:"id"` // key of the filing
	Step   step      `json:"step"`
	At     time.Time `json:"at"`
	Lang   string    `json:"lang,omitempty"`
	What   string    `json:"what,omitempty"`
	Wish   string    `json:"wish,omitempty"`
	Where  string    `json:"where,omitempty"`
	Name   string    `json:"name,omitempty"`
	Phone  string    `json:"phone,omitempty"`
	Home   string    `json:"home,omitempty"`
	Files  int       `json:"files,omitempty"`
	Secret bool      `json:"secret,omitempty"` // 请求保密

	version int64
}

// said is one thing to answer: the key of a message, or a text as it is.
type said struct {
	key  string
	args []any
}

func say(key string, args ...any) said { return said{"wechat." + key, args} }

// act is what a turn asks the account to do beside answering.
type act int

const (
	nothing act = iota
	register
	listOwn
	lookUp
)

// The words that lead, in both languages.
var commands = map[string]string{
	"0": "cancel", "取消": "cancel", "退出": "cancel", "cancel": "cancel",
	"返回": "back", "上一步": "back", "back": "back",
	"1": "start", "我要反映": "start", "反映": "start", "投诉": "start", "信访": "start", "file": "start", "start": "start",
	"2": "query", "查询": "query", "进度": "query", "我的": "query", "query": "query",
	"帮助": "help", "help": "help", "?": "help", "？": "help",
	"english": "english", "中文": "chinese", "zh": "chinese",
	"保密": "secret", "secret": "secret",
	"确认": "yes", "是": "yes", "yes": "yes", "ok": "yes", "提交": "yes",
}

// turn is one word of a person and what follows from it. It is pure: the same
// dialogue and text give the same turn.
func turn(d Dialogue, text string, now time.Time) (Dialogue, []said, act) {
	text = strings.TrimSpace(text)
	command := commands[strings.ToLower(identity.Narrow(text))]
	var before []said
	if d.Step != idle && now.Sub(d.At) > patience {
		d = Dialogue{Lang: d.Lang, version: d.version}
		before = []said{say("timed_out")}
	}
	d.At = now
	after, answers, does := d.next(command, text)
	return after, append(before, answers...), does
}

func (d Dialogue) next(command, text string) (Dialogue, []said, act) {
	switch command {
	case "english", "chinese":
		d.Lang = map[string]string{"english": "en", "chinese": "zh"}[command]
		return d, []said{d.ask()}, nothing
	case "cancel":
		if d.Step == idle {
			return d, []said{say("menu")}, nothing
		}
		return d.over(), []said{say("cancelled")}, nothing
	case "help":
		return d, []said{say("help"), d.ask()}, nothing
	}
	switch d.Step {
	case idle:
		return d.begin(command, text)
	case query:
		if no, code, ok := numbers(text); ok {
			return d.over(), []said{{key: no, args: []any{code}}}, lookUp
		}
		return d, []said{say("query_form")}, nothing
	}
	if command == "back" {
		if i := slices.Index(filing, d.Step); i > 0 {
			d.Step = filing[i-1]
			if d.Step == what {
				d.What = "" // told anew
			}
		}
		return d, []said{d.ask()}, nothing
	}
	return d.hear(command, text)
}

// over is an empty dialogue with the same person.
func (d Dialogue) over() Dialogue { return Dialogue{At: d.At, Lang: d.Lang, version: d.version} }

func (d Dialogue) begin(command, text string) (Dialogue, []said, act) {
	if no, code, ok := numbers(text); ok {
		return d, []said{{key: no, args: []any{code}}}, lookUp
	}
	switch command {
	case "start":
		d.Step = what
		return d, []said{d.ask()}, nothing
	case "query":
		d.Step = query
		return d, nil, listOwn
	}
	if utf8.RuneCountInString(text) >= leastWords { // somebody begins to tell without being asked
		d.Step = what
		return d.hear("", text)
	}
	return d, []said{say("menu")}, nothing
}

// numbers finds the number and the query code of a case in a text.
func numbers(text string) (no, code string, ok bool) {
	fields := strings.Fields(strings.ToUpper(identity.Narrow(text)))
	for _, f := range fields {
		if n, valid := casework.CheckNumber(f); valid {
			no = n
		} else if code == "" && len(f) >= 6 {
			code = f
		}
	}
	return no, code, no != ""
}

// hear takes the answer to the question that was asked.
func (d Dialogue) hear(command, text string) (Dialogue, []said, act) {
	n := utf8.RuneCountInString(text)
	if d.Step != confirm && d.Step != what && n > mostLine && d.Step != wish || n > mostWords {
		return d, []said{say("too_long", limit(d.Step))}, nothing
	}
	if text == "" {
		return d, []said{d.ask()}, nothing
	}
	switch d.Step {
	case what:
		if d.What != "" {
			d.What += "\n"
		}
		d.What += text
		if n := utf8.RuneCountInString(d.What); n < leastWords {
			return d, []said{say("more", leastWords)}, nothing
		} else if n > mostWords {
			return d, []said{say("too_long", mostWords)}, nothing
		}
	case wish:
		d.Wish = text
	case where:
		d.Where = text
	case name:
		if command == "secret" {
			d.Secret = !d.Secret
			return d, []said{say("secret"), d.ask()}, nothing
		}
		if _, err := identity.ParseName(text); err != nil {
			return d, []said{say("name_form")}, nothing
		}
		d.Name = text
	case phone:
		p, err := identity.ParsePhone(text)
		if err != nil {
			return d, []said{say("phone_form")}, nothing
		}
		d.Phone = p.Number
	case address:
		d.Home = text
	case confirm:
		if command == "yes" || command == "start" {
			return d, nil, register
		}
		return d, []said{say("confirm_form")}, nothing
	}
	d.Step = filing[slices.Index(filing, d.Step)+1]
	return d, []said{d.ask()}, nothing
}

func limit(s step) int {
	if s == what || s == wish {
		return mostWords
	}
	return mostLine
}

var wide = regexp.MustCompile(`\s+`)

// ask is the question of the step.
func (d Dialogue) ask() said {
	switch d.Step {
	case idle:
		return say("menu")
	case confirm:
		short := wide.ReplaceAllString(d.What, " ")
		if r := []rune(short); len(r) > 120 {
			short = string(r[:120]) + "…"
		}
		return say("ask_confirm", short, d.Wish, d.Where, d.Name, identity.MaskPhone(d.Phone), d.Home, d.Files)
	}
	return say("ask_" + string(d.Step))
}
