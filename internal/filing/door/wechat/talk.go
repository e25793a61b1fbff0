package wechat

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/sender"
)

// mediaTime is how long a file may take: the answer must be there in five
// seconds.
const mediaTime = 4 * time.Second

// hear answers one message, once: its repetition gets the same answer.
func (a *account) hear(ctx context.Context, m incoming) (string, error) {
	t := Talk{Door: a.setting.Code, Who: m.FromUserName}
	if before, ok, err := a.Memory.Answered(ctx, t, m.key()); ok || err != nil {
		return before, err
	}
	d, err := a.Memory.Dialogue(ctx, t)
	if err != nil {
		return "", err
	}
	n := Note{Key: m.key(), At: a.Clock.Now()}
	if err := a.turn(ctx, t, m, d, &n); err != nil {
		return "", err
	}
	if err := a.Memory.Turn(ctx, t, n); err != nil {
		return "", err
	}
	return n.Answer, nil
}

// turn decides what a message does.
func (a *account) turn(ctx context.Context, t Talk, m incoming, d Dialogue, n *Note) error {
	switch m.MsgType {
	case "text":
		return a.text(ctx, t, m.Content, d, n)
	case "event":
		return a.event(ctx, t, m, d, n)
	case "voice":
		if m.Recognition != "" && d.Step != idle {
			if err := a.media(ctx, m, d, n); err != nil {
				return err
			}
			if n.File == nil {
				return nil
			}
			file := n.File
			err := a.text(ctx, t, m.Recognition, n.Next, n)
			n.File = file
			return err
		}
		return a.media(ctx, m, d, n)
	case "image":
		return a.media(ctx, m, d, n)
	case "location":
		return a.text(ctx, t, m.Label, d, n)
	}
	n.Next = d
	n.Answer = a.words(d, say("only_text"))
	return nil
}

var clicks = map[string]string{"FILE": "1", "QUERY": "2", "HELP": "?"}

func (a *account) event(ctx context.Context, t Talk, m incoming, d Dialogue, n *Note) error {
	switch m.Event {
	case "subscribe":
		n.Next, n.Answer = d, a.words(d, say("welcome"), d.ask())
	case "CLICK":
		return a.text(ctx, t, clicks[m.EventKey], d, n)
	case "TEMPLATESENDJOBFINISH":
		n.Next = d
		return a.report(ctx, m)
	default: // unsubscribe, and what else there is
		n.Next = d
	}
	return nil
}

// report passes on what became of a template message.
func (a *account) report(ctx context.Context, m incoming) error {
	if a.Needs.Report == nil {
		return nil
	}
	r := sender.Report{Way: sender.WeChat, ID: m.MsgID, Status: sender.Failed, At: a.Clock.Now(), Detail: sender.Scrub(m.Status)}
	if m.Status == "success" {
		r.Status = sender.Delivered
	}
	return a.Needs.Report(ctx, r)
}

// text takes a word into the dialogue and does what follows.
func (a *account) text(ctx context.Context, t Talk, text string, d Dialogue, n *Note) error {
	after, answers, does := turn(d, text, n.At)
	if after.Step != idle && after.Step != query && after.ID == "" {
		after.ID = rand.Text()
	}
	n.Next = after
	switch does {
	case register:
		return a.register(ctx, t, after, n)
	case listOwn:
		own, err := a.own(ctx, t)
		if err != nil {
			return err
		}
		answers = append(answers, own...)
	case lookUp:
		last := answers[len(answers)-1]
		code, _ := last.args[0].(string)
		found, err := a.lookUp(ctx, t, last.key, code)
		if err != nil {
			return err
		}
		answers = append(answers[:len(answers)-1], found)
	}
	n.Answer = a.words(after, answers...)
	return nil
}

// media adds a photo or a recording to the filing that is going on.
func (a *account) media(ctx context.Context, m incoming, d Dialogue, n *Note) error {
	n.Next = d
	switch {
	case d.Step == idle || d.Step == query || n.At.Sub(d.At) > patience:
		n.Answer = a.words(d, say("file_first"))
		return nil
	case d.Files >= mostFiles:
		n.Answer = a.words(d, say("files_many", mostFiles))
		return nil
	}
	short, done := context.WithTimeout(ctx, mediaTime)
	defer done()
	got, err := a.api.Media(short, m.MediaId)
	if err != nil {
		a.Log.Warn("a file from WeChat was not fetched", "door", a.setting.Code, "error", err)
		n.Answer = a.words(d, say("file_again"))
		return nil
	}
	if got.Name == "" {
		got.Name = m.MsgType + "-" + strconv.Itoa(d.Files+1) + ending(m, got.Type)
	}
	n.File = &door.Part{Name: got.Name, Type: got.Type, Data: got.Data}
	n.Next.Files++
	n.Next.At = n.At
	n.Answer = a.words(d, say("file_taken", n.Next.Files), n.Next.ask())
	return nil
}

func ending(m incoming, kind string) string {
	switch {
	case m.MsgType == "voice" && m.Format != "":
		return "." + strings.ToLower(m.Format)
	case strings.HasSuffix(kind, "png"):
		return ".png"
	case strings.HasPrefix(kind, "image/"):
		return ".jpg"
	}
	return ".bin"
}

// register hands the filing to the tray. The dialogue's id is its key, so a
// repetition after a crash registers nothing twice.
func (a *account) register(ctx context.Context, t Talk, d Dialogue, n *Note) error {
	files, err := a.Memory.Files(ctx, t, d.ID)
	if err != nil {
		return err
	}
	got, err := a.Sink.Take(ctx, door.Arrival{
		Door: a.setting.Code, Key: "wechat:" + d.ID, At: n.At, Thread: "", From: t.Who, Files: files, Ready: true,
		Draft: door.Draft{
			Channel: a.setting.Channel, Kind: casework.Petition, Purpose: "request", Words: d.What, Wish: d.Wish, Place: d.Where, AreaID: a.Areas.AreaOf(d.Where),
			Secret: d.Secret, Person: door.Person{Name: d.Name, Phone: d.Phone, Address: d.Home, OpenID: t.Who},
		},
	})
	if err != nil {
		return err
	}
	n.Next, n.Filed = d.over(), "wechat:"+d.ID
	if got.No == "" {
		n.Answer = a.words(d, say("held"))
		return nil
	}
	n.Answer = a.words(d, say("filed", got.No, got.Code, a.Base+"/follow?no="+url.QueryEscape(got.No)))
	return nil
}

// own lists how the cases stand that somebody filed here.
func (a *account) own(ctx context.Context, t Talk) ([]said, error) {
	list, err := a.numbersOf(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []said
	for _, no := range list {
		if s, err := a.Cases.State(ctx, no); err == nil {
			out = append(out, say("state", s.No, s.Title, stateWord(s.State)))
		}
	}
	if len(out) == 0 {
		out = append(out, say("none"))
	}
	return append(out, say("query_form")), nil
}

// numbersOf gives the numbers of somebody's cases; what staff have not
// registered yet has none.
func (a *account) numbersOf(ctx context.Context, t Talk) ([]string, error) {
	keys, err := a.Memory.Own(ctx, t)
	var out []string
	for _, k := range keys {
		got, ok, err := a.Fates.Became(ctx, t.Door, k)
		if err != nil {
			return nil, err
		}
		if ok && got.No != "" {
			out = append(out, got.No)
		}
	}
	return out, err
}

// stateWord is translated where it is used.
type stateWord string

func (a *account) lookUp(ctx context.Context, t Talk, no, code string) (said, error) {
	list, err := a.numbersOf(ctx, t)
	if err != nil {
		return said{}, err
	}
	if !slices.Contains(list, no) && !a.Cases.Proves(ctx, no, code, t.Who) {
		return say("not_found"), nil
	}
	s, err := a.Cases.State(ctx, no)
	if err != nil {
		return say("not_found"), nil //nolint:nilerr // who asks is told no more than that
	}
	return say("state", s.No, s.Title, stateWord(s.State)), nil
}

// words writes an answer in the person's language.
func (a *account) words(d Dialogue, all ...said) string {
	lang := d.Lang
	if lang == "" {
		lang = "zh"
	}
	var out []string
	for _, s := range all {
		args := make([]any, len(s.args))
		for i, x := range s.args {
			if w, ok := x.(stateWord); ok {
				x = a.Words.Text(lang, string(w))
			}
			args[i] = x
		}
		out = append(out, a.Words.Text(lang, s.key, args...))
	}
	return strings.Join(out, "\n\n")
}

var errUnsigned = errors.New("wechat: the call is not signed")
