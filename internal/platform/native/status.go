package native

import (
	"os"
	"os/exec"
	"path/filepath"

	"xinqiao/internal/platform/native/bundle"
	"xinqiao/internal/platform/native/wire"
)

// State says whether something can be used. Its words are "native.state.<state>"
// and what to do "native.advice.<state>".
type State string

// The states.
const (
	Ready        State = "ready"
	NotInstalled State = "not_installed" // no helper program
	ModelMissing State = "model_missing"
	Mismatch     State = "mismatch" // a file is not the one of the manifest
	Broken       State = "broken"   // the helper fails again and again
)

// brokenAfter so many failures in a row the pages say so.
const brokenAfter = 3

// Status is what the helper can do now.
type Status struct {
	Reading State
	Speech  State
	Detail  string // the file that is missing or wrong; in English, for operators
}

func (s Status) ready(op string) bool {
	if op == wire.Read {
		return s.Reading == Ready || s.Reading == Broken // it is tried again
	}
	return s.Speech == Ready || s.Speech == Broken
}

// Status tells what can be used, without starting anything: by what the helper
// said when it started, before that by what lies in the folder.
func (e *Engine) Status() Status {
	if e.program() == "" {
		return Status{Reading: NotInstalled, Speech: NotInstalled, Detail: "xinqiao-helper"}
	}
	e.mu.Lock()
	hello, failures := e.hello, e.failures
	e.mu.Unlock()
	var s Status
	if hello != nil {
		s = Status{State(hello.Reading), State(hello.Speech), hello.Detail}
	} else {
		s = Look(e.o.Models)
	}
	if failures >= brokenAfter {
		if s.Reading == Ready {
			s.Reading = Broken
		}
		if s.Speech == Ready {
			s.Speech = Broken
		}
	}
	return s
}

// Look tells by names and sizes what a folder of models is good for.
func Look(dir string) Status { return inspect(dir, bundle.Bundle.Look) }

// Verify tells the same by the sums of all files; it takes a while.
func Verify(dir string) Status { return inspect(dir, bundle.Bundle.Verify) }

func inspect(dir string, check func(bundle.Bundle, []bundle.Use) error) Status {
	b, err := bundle.Open(dir)
	if err != nil {
		return Status{state(err), state(err), err.Error()}
	}
	reading, speech := check(b, bundle.Reading), check(b, bundle.Speech)
	s := Status{Reading: state(reading), Speech: state(speech)}
	if reading != nil {
		s.Detail = reading.Error()
	} else if speech != nil {
		s.Detail = speech.Error()
	}
	return s
}

// program finds the helper: as configured, beside this program, in PATH.
func (e *Engine) program() string {
	if e.o.Helper != "" {
		if info, err := os.Stat(e.o.Helper); err == nil && !info.IsDir() {
			return e.o.Helper
		}
		return ""
	}
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), "xinqiao-helper")
		if info, err := os.Stat(beside); err == nil && !info.IsDir() {
			return beside
		}
	}
	path, err := exec.LookPath("xinqiao-helper")
	if err != nil {
		return ""
	}
	return path
}
