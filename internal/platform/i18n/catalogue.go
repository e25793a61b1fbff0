package i18n

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// The two languages. Chinese comes first and is the default.
const (
	ZH = "zh"
	EN = "en"
)

// Messages are the words for times.
//
//go:embed messages.json
var Messages []byte

// Key is a message argument that is itself the key of a message.
type Key string

// Catalogue holds every message in both languages. It is immutable.
type Catalogue struct {
	zh, en map[string]string
}

// New reads catalogues in the form {"key": ["中文", "English"]}. A key may
// stand in one source only.
func New(sources ...[]byte) (*Catalogue, error) {
	c := &Catalogue{zh: map[string]string{}, en: map[string]string{}}
	for i, src := range sources {
		var pairs map[string][2]string
		if err := json.Unmarshal(src, &pairs); err != nil {
			return nil, fmt.Errorf("read messages %d: %w", i, err)
		}
		for key, pair := range pairs {
			if _, twice := c.zh[key]; twice {
				return nil, fmt.Errorf("message %q stands in two catalogues", key)
			}
			c.zh[key], c.en[key] = pair[0], pair[1]
		}
	}
	return c, nil
}

// Must is New for sources that are embedded and therefore tested.
func Must(sources ...[]byte) *Catalogue {
	c, err := New(sources...)
	if err != nil {
		panic(err)
	}
	return c
}

// Has tells whether the key is known.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.zh[key]
	return ok
}

// Keys lists every key in order.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.zh))
	for k := range c.zh {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Text gives one message in a language.
func (c *Catalogue) Text(lang, key string, args ...any) string {
	m := c.zh
	if lang == EN {
		m = c.en
	}
	text, ok := m[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 || strings.IndexByte(text, '%') < 0 {
		return text
	}
	return fmt.Sprintf(plural(text, args), c.localise(lang, args)...)
}

// localise replaces the arguments that are words or times. It copies only when
// there is something to replace.
func (c *Catalogue) localise(lang string, args []any) []any {
	out := args
	for i, a := range args {
		var text string
		switch v := a.(type) {
		case Key:
			text = c.Text(lang, string(v))
		case time.Time:
			text = moment(lang, v)
		default:
			continue
		}
		if &out[0] == &args[0] {
			out = append([]any(nil), args...)
		}
		out[i] = text
	}
	return out
}

// plural resolves {one|many} by the first whole number among the arguments.
func plural(text string, args []any) string {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return text
	}
	one := firstWhole(args) == 1
	var b strings.Builder
	for open >= 0 {
		end := strings.IndexByte(text[open:], '}')
		bar := strings.IndexByte(text[open:], '|')
		if end < 0 || bar < 0 || bar > end {
			break
		}
		b.WriteString(text[:open])
		if one {
			b.WriteString(text[open+1 : open+bar])
		} else {
			b.WriteString(text[open+bar+1 : open+end])
		}
		text = text[open+end+1:]
		open = strings.IndexByte(text, '{')
	}
	b.WriteString(text)
	return b.String()
}

func firstWhole(args []any) int64 {
	for _, a := range args {
		switch n := a.(type) {
		case int:
			return int64(n)
		case int64:
			return n
		case int32:
			return int64(n)
		}
	}
	return 0
}

// Check reports every message that lacks a language or whose two texts use
// different arguments. Tests of the composition root call it.
func (c *Catalogue) Check() error {
	var errs []error
	for _, key := range c.Keys() {
		zh, en := c.zh[key], c.en[key]
		if strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "" {
			errs = append(errs, fmt.Errorf("%s: a language is missing", key))
		}
		if a, b := verbs(zh), verbs(en); a != b {
			errs = append(errs, fmt.Errorf("%s: arguments differ: zh %s, en %s", key, a, b))
		}
	}
	return errors.Join(errs...)
}

// verbs lists the arguments that a text uses as "1d 2s", in argument order.
func verbs(text string) string {
	used := map[string]bool{}
	next := 1
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		i++
		arg := 0
		for ; i < len(text) && strings.IndexByte("+-# 0123456789.[]", text[i]) >= 0; i++ {
			if text[i] == '[' {
				fmt.Sscanf(text[i:], "[%d]", &arg)
			}
		}
		if i >= len(text) || text[i] == '%' {
			continue
		}
		if arg > 0 {
			next = arg
		}
		used[fmt.Sprintf("%02d%c", next, text[i])] = true
		next++
	}
	list := make([]string, 0, len(used))
	for v := range used {
		list = append(list, v)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

type localeKey struct{}

type locale struct {
	catalogue *Catalogue
	lang      string
}

// With puts a catalogue and a language into a context.
func With(ctx context.Context, c *Catalogue, lang string) context.Context {
	if lang != EN {
		lang = ZH
	}
	return context.WithValue(ctx, localeKey{}, &locale{c, lang})
}

var nowhere = &locale{&Catalogue{}, ZH}

func from(ctx context.Context) *locale {
	if l, ok := ctx.Value(localeKey{}).(*locale); ok {
		return l
	}
	return nowhere
}

// T gives a message in the language of the request.
func T(ctx context.Context, key string, args ...any) string {
	l := from(ctx)
	return l.catalogue.Text(l.lang, key, args...)
}

// Has tells whether the request's catalogue knows the key.
func Has(ctx context.Context, key string) bool { return from(ctx).catalogue.Has(key) }

// Lang gives the language of the request, "zh" or "en".
func Lang(ctx context.Context) string { return from(ctx).lang }

// Pick chooses between two texts that are data rather than messages.
func Pick(ctx context.Context, zh, en string) string {
	if Lang(ctx) == EN && en != "" {
		return en
	}
	return zh
}
