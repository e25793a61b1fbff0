package app

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress draws how far a long work is, with its rate and the time that
// remains.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(out io.Writer, what string, all int) *progress {
	return &progress{progressbar.NewOptions(all, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(24))}
}

func (p *progress) add(n int) { _ = p.bar.Add(n) }

func (p *progress) set(n int) { _ = p.bar.Set(n) }

func (p *progress) end() { _ = p.bar.Finish() }
