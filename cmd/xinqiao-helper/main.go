//go:build helper && cgo && linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg" // scans
	_ "image/png"  // scans
	"io"
	"os"
	"syscall"

	"xinqiao/internal/platform/native"
	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/native/wire"
	"xinqiao/internal/platform/ocr"
)

func main() {
	models := flag.String("models", "models", "folder of models with manifest.json")
	check := flag.Bool("check", false, "check the models by their sums, say what can be used, and end")
	flag.Parse()
	status := native.Verify(*models)
	if *check {
		fmt.Printf("reading: %s\nspeech: %s\n%s\n", status.Reading, status.Speech, status.Detail)
		return
	}
	out, err := ownOutput()
	if err == nil {
		err = serve(*models, status, out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "xinqiao-helper:", err)
		os.Exit(1)
	}
}

// ownOutput takes standard output for the protocol alone: what libraries print
// there goes to standard error.
func ownOutput() (*os.File, error) {
	fd, err := syscall.Dup(1)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "protocol"), syscall.Dup3(2, 1, 0)
}

// engine loads each half when it is first asked for.
type engine struct {
	models bundle.Bundle
	reader *ocr.Reader
	ear    *ear
}

// serve answers until the input ends.
func serve(dir string, status native.Status, out io.Writer) error {
	b, _ := bundle.Open(dir) // what is wrong with it stands in status
	e := &engine{models: b}
	hello := wire.Hello{Version: wire.Version, Reading: string(status.Reading), Speech: string(status.Speech), Detail: status.Detail}
	if err := wire.Send(out, hello, nil); err != nil {
		return err
	}
	for {
		var r wire.Request
		body, err := wire.Receive(os.Stdin, &r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		result, err := e.answer(r.Op, body)
		var reply wire.Reply
		if err != nil {
			reply.Error = err.Error()
		} else if reply.Result, err = json.Marshal(result); err != nil {
			return err
		}
		if err := wire.Send(out, reply, nil); err != nil {
			return err
		}
	}
}

// answer does one operation.
func (e *engine) answer(op string, body []byte) (any, error) {
	switch op {
	case wire.Read:
		return e.read(body)
	case wire.Transcribe:
		return e.transcribe(body)
	}
	return nil, errors.New("no such operation")
}

// mostPixels bounds what a small file may unfold to.
const mostPixels = 60_000_000

func (e *engine) read(body []byte) (ocr.Page, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return ocr.Page{}, err
	}
	if config.Width*config.Height > mostPixels {
		return ocr.Page{}, ocr.ErrSize
	}
	m, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return ocr.Page{}, err
	}
	if e.reader == nil {
		if e.reader, err = newReader(e.models); err != nil {
			return ocr.Page{}, err
		}
	}
	return e.reader.Read(context.Background(), m) // the server ends what takes too long
}

func (e *engine) transcribe(body []byte) (native.Transcript, error) {
	if e.ear == nil {
		var err error
		if e.ear, err = newEar(e.models); err != nil {
			return native.Transcript{}, err
		}
	}
	return e.ear.listen(body)
}
