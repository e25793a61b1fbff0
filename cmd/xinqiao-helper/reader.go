//go:build helper && cgo && linux

package main

import (
	"fmt"
	"os"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/ocr"
)

// threads that one network may use.
const threads = 2

// newReader loads the three networks of reading.
func newReader(b bundle.Bundle) (*ocr.Reader, error) {
	ort.SetSharedLibraryPath(b.Path(bundle.Runtime))
	if err := ort.InitializeEnvironment(); err != nil {
		return nil, fmt.Errorf("the runtime of networks: %w", err)
	}
	text, err := os.ReadFile(b.Path(bundle.Keys))
	if err != nil {
		return nil, err
	}
	r := &ocr.Reader{Keys: strings.Split(strings.TrimRight(strings.ReplaceAll(string(text), "\r", ""), "\n"), "\n")}
	for use, net := range map[bundle.Use]*ocr.Net{bundle.Detect: &r.Detect, bundle.Turned: &r.Turned, bundle.Recognise: &r.Recognise} {
		if *net, err = load(b.Path(use)); err != nil {
			return nil, fmt.Errorf("%s: %w", use, err)
		}
	}
	return r, nil
}

// network is one loaded network.
type network struct{ session *ort.DynamicAdvancedSession }

func load(path string) (ocr.Net, error) {
	inputs, outputs, err := ort.GetInputOutputInfo(path)
	if err != nil {
		return nil, err
	}
	if len(inputs) != 1 || len(outputs) < 1 {
		return nil, ocr.ErrShape
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, err
	}
	// Every line has a width of its own: an arena would keep a block for each.
	if err := options.SetCpuMemArena(false); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSession(path, []string{inputs[0].Name}, []string{outputs[0].Name}, options)
	if err != nil {
		return nil, err
	}
	return network{session}, nil
}

// Run implements ocr.Net.
func (n network) Run(in ocr.Tensor) (ocr.Tensor, error) {
	shape := make(ort.Shape, len(in.Shape))
	for i, d := range in.Shape {
		shape[i] = int64(d)
	}
	input, err := ort.NewTensor(shape, in.Data)
	if err != nil {
		return ocr.Tensor{}, err
	}
	defer input.Destroy()
	outputs := []ort.Value{nil}
	if err := n.session.Run([]ort.Value{input}, outputs); err != nil {
		return ocr.Tensor{}, err
	}
	defer outputs[0].Destroy()
	t, ok := outputs[0].(*ort.Tensor[float32])
	if !ok {
		return ocr.Tensor{}, ocr.ErrShape
	}
	out := ocr.Tensor{Data: append([]float32(nil), t.GetData()...)}
	for _, d := range t.GetShape() {
		out.Shape = append(out.Shape, int(d))
	}
	return out, nil
}
