package app

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"xinqiao/internal/platform/fault"
	"xinqiao/internal/platform/i18n"
)

// rejects is the file of the rows that were not registered: the line, the
// field, and the reason in both languages, never what the row says. It is made
// with the first of them.
type rejects struct {
	path  string
	words *i18n.Catalogue

	mu   sync.Mutex
	file *os.File
	out  *bufio.Writer
}

func (r *rejects) add(b reject) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		var err error
		if r.file, err = os.Create(r.path); err != nil {
			return fmt.Errorf("the file of rejects: %w", err)
		}
		r.out = bufio.NewWriter(r.file)
		fmt.Fprintln(r.out, "line\tfield\treason\t原因")
	}
	f, ok := fault.As(b.err)
	if !ok || len(f.Fields) == 0 {
		_, err := fmt.Fprintf(r.out, "%d\t\t%s\t%s\n", b.line, oneLine(r.text("en", b.err)), oneLine(r.text("zh", b.err)))
		return err
	}
	for _, x := range f.Fields {
		key := "fault." + x.ID
		fmt.Fprintf(r.out, "%d\t%s\t%s\t%s\n", b.line, x.Name,
			oneLine(r.words.Text("en", key, x.Args...)), oneLine(r.words.Text("zh", key, x.Args...)))
	}
	return nil
}

// text tells an error that names no field.
func (r *rejects) text(lang string, err error) string {
	if f, ok := fault.As(err); ok {
		return r.words.Text(lang, "fault."+f.ID, f.Args...)
	}
	return err.Error()
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.out.Flush(), r.file.Close())
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
