package sms

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
)

// command is a word that is carried out at once.
type command int

const (
	tell command = iota // no command: something to tell
	query
	urge
	explain
)

// words are how the commands are written.
var words = map[string]command{
	"查询": query, "CX": query, "QUERY": query, "STATUS": query,
	"催办": urge, "CB": urge, "URGE": urge,
	"帮助": explain, "BZ": explain, "HELP": explain, "?": explain,
}

// ask is what a message asks for.
type ask struct {
	what     command
	no, code string
}

var gap = regexp.MustCompile(`[\s,，、:：;；+]+`)

// read finds a command at the beginning of a message. One without its number
// and code is something to tell, except for the help.
func read(text string) ask {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > 60 {
		return ask{}
	}
	text = strings.ToUpper(identity.Narrow(text))
	for word, what := range words {
		rest, ok := strings.CutPrefix(text, word)
		if !ok {
			continue
		}
		if what == explain {
			if strings.TrimSpace(rest) == "" {
				return ask{what: explain}
			}
			continue
		}
		if a, ok := proof(rest); ok {
			a.what = what
			return a
		}
	}
	return ask{}
}

// proof finds a case number and a query code, whatever stands between them.
// Both may be typed with or without their hyphens.
func proof(text string) (ask, bool) {
	parts := strings.Fields(gap.ReplaceAllString(text, " "))
	for i := 1; i < len(parts); i++ {
		no, ok := casework.CheckNumber(strings.Join(parts[:i], ""))
		if code := strings.Join(parts[i:], ""); ok && len(code) >= 4 && len(code) <= 20 {
			return ask{no: no, code: code}, true
		}
	}
	return ask{}, false
}
