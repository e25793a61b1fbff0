//go:build helper && cgo && linux

package main

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "sherpa.h"
*/
import "C"

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unsafe"

	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/speech"
)

// hearing is the rate that the networks of speech were trained at.
const hearing = 16000

// ear finds speech in a recording and writes it down.
type ear struct{ recognizer, vad unsafe.Pointer }

var (
	errLibrary = errors.New("the library of speech cannot be loaded")
	errVoice   = errors.New("the speech networks cannot be loaded")
)

// newEar loads the networks of speech. A network of another kind ends this
// whole process: that is what it is a process for.
func newEar(b bundle.Bundle) (*ear, error) {
	if err := b.Verify(bundle.Speech); err != nil {
		return nil, err
	}
	runtime, library := C.CString(b.Path(bundle.Runtime)), C.CString(b.Path(bundle.SpeechEngine))
	defer C.free(unsafe.Pointer(runtime))
	defer C.free(unsafe.Pointer(library))
	if C.xq_open(runtime, library) == 0 {
		return nil, errLibrary
	}
	// The strings live as long as the process: the library may keep them.
	model, _ := b.File(bundle.SpeechModel)
	kind := C.int(0)
	if model.Kind == "paraformer" {
		kind = 1
	}
	e := &ear{
		recognizer: C.xq_recognizer(kind, C.CString(b.Path(bundle.SpeechModel)), C.CString(b.Path(bundle.Tokens)), threads),
		vad:        C.xq_vad(C.CString(b.Path(bundle.Voice)), 60),
	}
	if e.recognizer == nil || e.vad == nil {
		return nil, errVoice
	}
	return e, nil
}

// listen writes down a WAV file, stretch of speech by stretch.
func (e *ear) listen(wav []byte) (native.Transcript, error) {
	pcm, err := speech.ReadWAVAt(bytes.NewReader(wav), hearing)
	if err != nil {
		return native.Transcript{}, err
	}
	samples := make([]float32, len(pcm))
	for i, s := range pcm {
		samples[i] = float32(s) / 32768
	}
	out := native.Transcript{Seconds: float64(len(samples)) / hearing}
	C.xq_vad_reset(e.vad)
	const window = 512
	for len(samples) >= window {
		C.xq_vad_accept(e.vad, (*C.float)(&samples[0]), window)
		samples = samples[window:]
		e.collect(&out)
	}
	C.xq_vad_flush(e.vad)
	e.collect(&out)
	texts := make([]string, len(out.Segments))
	for i, s := range out.Segments {
		texts[i] = s.Text
	}
	out.Text = strings.Join(texts, "\n")
	return out, nil
}

// collect writes down the stretches that have ended.
func (e *ear) collect(t *native.Transcript) {
	for {
		s := C.xq_vad_next(e.vad)
		if s == nil {
			return
		}
		text := e.write(s)
		start := float64(s.start) / hearing
		t.Segments = append(t.Segments, native.Segment{Start: start, End: start + float64(s.n)/hearing, Text: text})
		C.xq_vad_free(s)
	}
}

func (e *ear) write(s *C.xq_segment) string {
	answer := C.xq_recognize(e.recognizer, s.samples, C.int(s.n))
	if answer == nil {
		return ""
	}
	defer C.free(unsafe.Pointer(answer))
	var result struct{ Text string }
	if json.Unmarshal([]byte(C.GoString(answer)), &result) != nil {
		return ""
	}
	return strings.TrimSpace(result.Text)
}
