package speech

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"time"
)

// Recorded (录音提示) speaks prompts that a person recorded. In its folder lies
// for each template and language a list zh/urged.txt, one part a line: the name
// of a WAV file, or a field in braces that is spliced in:
//
//	urged-1.wav
//	{number}
//	urged-2.wav
//
// A field is spelled from zh/spell/0.wav … zh/spell/Z.wav as far as they are
// there; otherwise, and for templates without a list, Otherwise speaks.
type Recorded struct {
	Folder    *os.Root
	Otherwise Speaker
}

// breath is the pause between two spelled characters, and twice that between
// groups.
const breath = 80 * time.Millisecond

// Speak plays the prompt.
func (r Recorded) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	lang := "zh"
	if u.Lang == "en" {
		lang = "en"
	}
	parts, err := r.list(lang, u.Template)
	if errors.Is(err, os.ErrNotExist) {
		return r.Otherwise.Speak(ctx, u)
	}
	if err != nil {
		return nil, err
	}
	var pcm []int16
	for _, part := range parts {
		sound, err := r.part(ctx, lang, part, u.Fields)
		if err != nil {
			return nil, fmt.Errorf("prompt %s: %w", u.Template, err)
		}
		pcm = append(append(pcm, sound...), Silence(breath)...)
	}
	return pcm, nil
}

// list reads which parts a prompt has.
func (r Recorded) list(lang, template string) ([]string, error) {
	if template == "" || strings.ContainsAny(template, "/\\") {
		return nil, os.ErrNotExist
	}
	f, err := r.Folder.Open(path.Join(lang, template+".txt"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var parts []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" {
			parts = append(parts, line)
		}
	}
	return parts, nil
}

// part gives the sound of a file or a field.
func (r Recorded) part(ctx context.Context, lang, part string, fields map[string]string) ([]int16, error) {
	name, ok := strings.CutPrefix(part, "{")
	if !ok {
		return r.wav(path.Join(lang, part))
	}
	value, ok := fields[strings.TrimSuffix(name, "}")]
	if !ok {
		return nil, fmt.Errorf("no field %s", part)
	}
	pcm, err := r.spell(lang, value)
	if errors.Is(err, os.ErrNotExist) {
		return r.Otherwise.Speak(ctx, Utterance{Text: value, Lang: lang})
	}
	return pcm, err
}

// spell joins the recordings of single characters.
func (r Recorded) spell(lang, value string) ([]int16, error) {
	var pcm []int16
	for _, c := range strings.ToUpper(value) {
		if c == '-' || c == ' ' {
			pcm = append(pcm, Silence(2*breath)...)
			continue
		}
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return nil, os.ErrNotExist
		}
		sound, err := r.wav(path.Join(lang, "spell", string(c)+".wav"))
		if err != nil {
			return nil, err
		}
		pcm = append(append(pcm, sound...), Silence(breath)...)
	}
	return pcm, nil
}

// wav reads a recording.
func (r Recorded) wav(name string) ([]int16, error) {
	f, err := r.Folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return ReadWAV(f)
}

// Check tells whether the voice for everything else can speak.
func (r Recorded) Check(ctx context.Context) error {
	if _, err := r.Folder.Stat("."); err != nil {
		return fmt.Errorf("recorded prompts: %w", err)
	}
	return r.Otherwise.Check(ctx)
}
