package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/platform/logx"
	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/ocr"
)

// ModelReport says what the helper can do.
type ModelReport struct {
	Reading string `json:"reading"`
	Speech  string `json:"speech"`
	Detail  string `json:"detail,omitempty"`
}

func helper(c Config) *native.Engine {
	return native.New(native.Options{Helper: c.Helper.Helper, Models: c.ModelDir(), Timeout: c.HelperTimeout, Memory: c.HelperMemory, Log: logx.New(c.Err, c.LogFormat, c.LogLevel)})
}

// CheckModels starts the helper, which checks its models by their sums.
func CheckModels(ctx context.Context, c Config) (ModelReport, error) {
	e := helper(c)
	defer e.Close()
	s, err := e.Check(ctx)
	if err == nil && s.Reading != native.Ready && s.Speech != native.Ready {
		err = fmt.Errorf("nothing can be read: %s (%s); see docs/helper.md", s.Reading, s.Detail)
	}
	return ModelReport{string(s.Reading), string(s.Speech), s.Detail}, err
}

// Measured is how one file was read. The row "all" sums them up.
type Measured struct {
	File       string  `json:"file"`
	Characters int     `json:"characters"`
	Wrong      int     `json:"wrong"`
	Seconds    float64 `json:"seconds"`
}

// Rate is the share of wrong characters (字错率).
func (m Measured) Rate() float64 { return float64(m.Wrong) / float64(max(m.Characters, 1)) }

// kinds of files that are measured.
var kinds = map[string][]string{"ocr": {".png", ".jpg", ".jpeg"}, "speech": {".wav"}}

// MeasureModels reads every file of a folder and compares it with the text
// beside it.
func MeasureModels(ctx context.Context, c Config, what, folder string) ([]Measured, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	e := helper(c)
	defer e.Close()
	var out []Measured
	all := Measured{File: "all"}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		ext := filepath.Ext(path)
		if !slices.Contains(kinds[what], strings.ToLower(ext)) {
			continue
		}
		want, err := os.ReadFile(strings.TrimSuffix(path, ext) + ".txt")
		if err != nil {
			return out, err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return out, err
		}
		begun := time.Now()
		got, err := readWith(ctx, e, what, data)
		if err != nil {
			return out, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		m := Measured{File: entry.Name(), Seconds: time.Since(begun).Seconds()}
		m.Wrong, m.Characters = ocr.Rate(string(want), got)
		all.Wrong, all.Characters, all.Seconds = all.Wrong+m.Wrong, all.Characters+m.Characters, all.Seconds+m.Seconds
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, errors.New("the folder holds no such files")
	}
	return append(out, all), nil
}

func readWith(ctx context.Context, e *native.Engine, what string, data []byte) (string, error) {
	if what == "speech" {
		t, err := e.Transcribe(ctx, data)
		return t.Text, err
	}
	p, err := e.Read(ctx, data)
	return p.Text(), err
}
