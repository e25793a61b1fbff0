package speech

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// espeakProgram finds espeak-ng. Where tests must be complete its absence is a
// failure.
func espeakProgram(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("espeak-ng is not installed")
		}
		t.Skip("espeak-ng is not installed")
	}
	return path
}

const notice = "您好。您的信访事项MC26-0A1B-7K3F已于2026年11月22日受理，将在60日内办结，办理单位是住房和城乡建设局。"

// TestEspeak: the voice takes as long as a person would and is loud enough.
func TestEspeak(t *testing.T) {
	espeakProgram(t)
	var voice Speaker = Espeak{}
	if err := voice.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, u := range []Utterance{{Text: notice, Lang: "zh"}, {Text: "Your case MC26-0A1B-7K3F has been accepted. The time limit is 60 days.", Lang: "en"}} {
		pcm, err := voice.Speak(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Duration(len(pcm)) * time.Second / Rate; d < 5*time.Second || d > 40*time.Second {
			t.Errorf("%s takes %v", u.Text, d)
		}
		if l := loudness(pcm); l < 300 || l > 20000 {
			t.Errorf("%s is spoken with loudness %.0f", u.Lang, l)
		}
	}
	if _, err := voice.Speak(t.Context(), Utterance{Text: "", Lang: "zh"}); err == nil {
		t.Error("nothing was said, without an error")
	}
}

// TestPronounced asks espeak-ng for the sounds it makes: Mandarin syllables with
// tones, nothing read as English, and the right ones where characters have
// several readings.
func TestPronounced(t *testing.T) {
	program := espeakProgram(t)
	sounds := func(text string) string {
		cmd := exec.Command(program, "--stdin", "-q", "-x", "-v", voices["zh"])
		cmd.Stdin = strings.NewReader(pronounce(Aloud(text, "zh")))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if s := sounds(notice); strings.Contains(s, "(en)") || strings.Count(s, "_|") < 50 {
		t.Errorf("read as %s", s)
	}
	for text, want := range map[string]string{
		"银行":  "X'a", // háng, not xíng
		"重新":  "ts.h'ong35",
		"调解":  "thj'Au35",
		"处理":  "ts.hu35li214", // third tones in a row
		"K":   "kh'ai55",
		"1.8": "t'iE21n",
	} {
		if s := sounds(text); !strings.Contains(tight(s), tight(want)) {
			t.Errorf("%s is read as %s, want %s", text, strings.TrimSpace(s), want)
		}
	}
}

// tight leaves out stress, which espeak-ng sets by its own lights.
func tight(s string) string { return strings.ReplaceAll(s, "'", "") }

// loudness is the root mean square.
func loudness(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}

// TestMissing: a voice that is not there says so.
func TestMissing(t *testing.T) {
	err := Espeak{Program: "espeak-nowhere"}.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "espeak-nowhere is not installed") {
		t.Error(err)
	}
	if _, err := (Espeak{Program: "espeak-nowhere"}).Speak(t.Context(), Utterance{Text: "一"}); err == nil {
		t.Error("it speaks")
	}
}

// TestCommand runs a program of the operator, who gets the text on standard
// input only.
func TestCommand(t *testing.T) {
	dir := t.TempDir()
	wav := filepath.Join(dir, "one.wav")
	write(t, wav, Silence(time.Second))
	got := filepath.Join(dir, "got")
	voice := Command{Argv: []string{"sh", "-c", `cat >"$1"; echo "$0" >>"$1"; cat "$2"`, "{lang}", got, wav}}
	pcm, err := voice.Speak(t.Context(), Utterance{Text: "还剩15日", Lang: "zh"})
	if err != nil || len(pcm) != Rate {
		t.Fatal(len(pcm), err)
	}
	if b, _ := os.ReadFile(got); string(b) != "还剩十五日zh\n" {
		t.Errorf("the program got %q", b)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := (Command{Argv: []string{"sleep", "60"}}).Speak(ctx, Utterance{Text: "x"}); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("a program that hangs: %v", err)
	}
	for _, bad := range [][]string{nil, {"false"}, {"echo", "no sound"}, {"sh", "-c", "yes | head -c 80000000"}} {
		if err := (Command{Argv: bad}).Check(t.Context()); err == nil {
			t.Errorf("%v speaks", bad)
		}
	}
}

func write(t *testing.T, name string, pcm []int16) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteWAV(&b, pcm); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// echo is a voice of one sample, that of its text's length.
type echo struct{}

func (echo) Check(context.Context) error { return nil }

func (echo) Speak(_ context.Context, u Utterance) ([]int16, error) {
	return []int16{int16(len(u.Text))}, nil
}

// TestRecorded splices fields into recordings.
func TestRecorded(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "zh/hello.wav"), []int16{1000})
	write(t, filepath.Join(dir, "zh/spell/7.wav"), []int16{7})
	write(t, filepath.Join(dir, "zh/spell/K.wav"), []int16{11})
	if err := os.WriteFile(filepath.Join(dir, "zh/urged.txt"), []byte("hello.wav\n\n{number}\n{unit}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	voice := Recorded{Folder: root, Otherwise: echo{}}
	say := func(template string, fields map[string]string) []int16 {
		t.Helper()
		pcm, err := voice.Speak(t.Context(), Utterance{Text: "otherwise", Lang: "zh", Template: template, Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(pcm, func(s int16) bool { return s == 0 })
	}
	for _, c := range []struct {
		template string
		fields   map[string]string
		want     []int16
	}{
		{"urged", map[string]string{"number": "7-k7", "unit": "住建局"}, []int16{1000, 7, 11, 7, 9}},
		{"urged", map[string]string{"number": "78", "unit": "K"}, []int16{1000, 2, 11}},
		{"closed", nil, []int16{9}},
		{"../zh/urged", nil, []int16{9}},
	} {
		if got := say(c.template, c.fields); !slices.Equal(got, c.want) {
			t.Errorf("%s %v: %v, want %v", c.template, c.fields, got, c.want)
		}
	}
	if _, err := voice.Speak(t.Context(), Utterance{Template: "urged", Lang: "zh"}); err == nil {
		t.Error("a prompt without its field was spoken")
	}
	if err := voice.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// sine is a tone.
func sine(hertz float64, rate int, d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*float64(rate)))
	for i := range pcm {
		pcm[i] = int16(10000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return pcm
}

// TestResample: what the telephone carries stays, what it cannot is gone
// instead of folding back.
func TestResample(t *testing.T) {
	for _, rate := range []int{16000, 22050, 44100, 48000} {
		got, want := Resample(sine(1000, rate, time.Second), rate, Rate), sine(1000, Rate, time.Second)
		if len(got) != len(want) {
			t.Fatalf("%d Hz: %d samples", rate, len(got))
		}
		for i := 100; i < len(got)-100; i++ {
			if d := int(got[i]) - int(want[i]); d < -150 || d > 150 {
				t.Fatalf("%d Hz, sample %d: %d, want %d", rate, i, got[i], want[i])
			}
		}
		if l := loudness(Resample(sine(5500, rate, time.Second), rate, Rate)[100:7900]); l > 70 {
			t.Errorf("%d Hz: 5.5 kHz comes through with loudness %.0f", rate, l)
		}
	}
	if n := len(Resample(sine(500, 4000, time.Second), 4000, Rate)); n != Rate {
		t.Errorf("a second of 4 kHz became %d samples", n)
	}
}

// TestWAV reads what it writes, and what programs write who do not know the
// length beforehand.
func TestWAV(t *testing.T) {
	var b bytes.Buffer
	said := sine(440, Rate, 100*time.Millisecond)
	if err := WriteWAV(&b, said); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	piped := slices.Clone(whole)
	binary.LittleEndian.PutUint32(piped[40:], 0x7ffff000)
	listed := slices.Concat(whole[:36], []byte("LIST\x03\x00\x00\x00abc\x00"), whole[36:])
	for i, file := range [][]byte{whole, piped, listed} {
		if got, err := ReadWAV(bytes.NewReader(file)); err != nil || !slices.Equal(got, said) {
			t.Errorf("file %d: %d samples, %v", i, len(got), err)
		}
	}
	stereo := slices.Clone(whole)
	stereo[22] = 2
	if got, err := ReadWAV(bytes.NewReader(stereo)); err != nil || len(got) != len(said)/2 {
		t.Errorf("two channels: %d samples, %v", len(got), err)
	}
	float := slices.Clone(whole)
	float[20] = 3
	for _, bad := range [][]byte{nil, whole[:20], whole[:40], float, []byte("RIFF....WAVEdata\xff\xff\xff\xff")} {
		if _, err := ReadWAV(bytes.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad[:min(16, len(bad))])
		}
	}
}

func FuzzAloud(f *testing.F) {
	f.Add(notice)
	f.Add("2026-11-22 10:05 98.5% 1,234.5元 010-12345 00 0 100000000000000 abc")
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []string{"zh", "en"} {
			Aloud(text, lang)
		}
		if strings.ContainsAny(Aloud(text, "zh"), "0123456789[]") {
			t.Errorf("%q is read as %q", text, Aloud(text, "zh"))
		}
	})
}
