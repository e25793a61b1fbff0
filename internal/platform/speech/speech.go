// Package speech (语音合成) turns text into sound for the telephone: 8 kHz, 16 bit,
// one channel. Voices: espeak-ng, a program of the operator's choice, and
// recorded prompts with spelled fields.
//
// Texts reach programs through standard input, never as arguments, which every
// user of the machine could read.
package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Rate is the sampling rate of all sound here.
const Rate = 8000

// Utterance is what is to be said. Recorded prompts go by template and fields,
// other voices read the text.
type Utterance struct {
	Text     string
	Lang     string // zh or en
	Template string
	Fields   map[string]string
}

// Speaker is a voice.
type Speaker interface {
	Speak(ctx context.Context, u Utterance) ([]int16, error)
	// Check tells whether the voice can speak, with what is missing.
	Check(ctx context.Context) error
}

// ErrSilent means that a voice gave no sound.
var ErrSilent = errors.New("the voice gave no sound")

// Silence is a pause.
func Silence(d time.Duration) []int16 { return make([]int16, int(d.Seconds()*Rate)) }

const (
	// patience is how long a program may take for one text.
	patience = 20 * time.Second
	// most is the longest sound taken: ten minutes at 48 kHz.
	most = 10 * 60 * 48000 * 2
)

// program runs a child that reads a text and writes a WAV file.
func program(ctx context.Context, text, name string, args ...string) ([]int16, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = time.Second
	out := &limited{most: most}
	cmd.Stdout = out
	// What it complains about on standard error may quote the text.
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", name, ctx.Err())
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	pcm, err := ReadWAV(&out.Buffer)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pcm, nil
}

// limited is a buffer that refuses to grow beyond reason.
type limited struct {
	bytes.Buffer
	most int
}

// Write refuses what is too much, which ends the program.
func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.most {
		return 0, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}

// Command (外接语音程序) is a voice that the operator configures: a program that
// reads UTF-8 text and writes a WAV file of 16-bit samples. The argument {lang}
// becomes the language. Numbers are written out for it as for espeak-ng, since
// not every voice reads case numbers well.
type Command struct {
	Argv []string
}

// Speak runs the program.
func (c Command) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	if len(c.Argv) == 0 {
		return nil, errors.New("no speech program is configured")
	}
	args := make([]string, len(c.Argv)-1)
	for i, a := range c.Argv[1:] {
		args[i] = strings.ReplaceAll(a, "{lang}", u.Lang)
	}
	return program(ctx, Aloud(u.Text, u.Lang), c.Argv[0], args...)
}

// Check lets the program say one word.
func (c Command) Check(ctx context.Context) error {
	pcm, err := c.Speak(ctx, Utterance{Text: "一", Lang: "zh"})
	if err == nil && len(pcm) == 0 {
		err = ErrSilent
	}
	return err
}
