package letter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/db/dbtest"
)

// lay puts a file into the folder as scanners do: under another name first.
func lay(dir, name string, data []byte) error {
	hidden := filepath.Join(dir, "."+name)
	return errors.Join(os.WriteFile(hidden, data, 0o600), os.Rename(hidden, filepath.Join(dir, name)))
}

func TestExercise(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scans")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := set(t, dbtest.SQLite(t))
	away := dir + ".away"
	doortest.Exercise(t, doortest.Subject{
		Open: func(t *testing.T, _ door.Sink) door.Door {
			d, err := Watch(s.Service, 5*time.Millisecond).Open(door.Setting{Code: "scanner", Values: map[string]string{"folder": dir, "unit": "MC-XF", "divide": "auto", "to": toTray}})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Send: func(n int) error {
			return lay(dir, fmt.Sprintf("李四-%d.png", n), sheetPNG(t, 50+n))
		},
		Break:   func() { _ = os.Rename(dir, away) },
		Mend:    func() { _ = os.Rename(away, dir) },
		Private: []string{"李四"},
	})
}

func TestFolderToRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, dir := set(t, d), t.TempDir()
		open, err := Watch(s.Service, time.Hour).Open(door.Setting{Code: "scanner", Values: map[string]string{"folder": dir, "unit": "MC-XF", "divide": "file", "to": toDesk}})
		if err != nil {
			t.Fatal(err)
		}
		f, seen := open.(*folder), map[string]look{}
		round := func() {
			t.Helper()
			if err := f.round(t.Context(), s.sink, seen); err != nil {
				t.Fatal(err)
			}
		}
		whole := sheetPNG(t, 100)
		grow := filepath.Join(dir, "a.png")
		for _, part := range [][]byte{whole[:100], whole[:300], whole} { // the scanner still writes
			if err := os.WriteFile(grow, part, 0o600); err != nil {
				t.Fatal(err)
			}
			round()
			if len(s.list(t, Open)) != 0 {
				t.Fatal("half a file was taken")
			}
		}
		for name, data := range map[string][]byte{"b.png": []byte("no image"), ".hidden.png": whole} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.png")); err != nil {
			t.Fatal(err)
		}
		round()
		round()
		if n := len(s.list(t, Open)); n != 1 {
			t.Fatalf("%d letters", n)
		}
		if done, _ := filepath.Glob(filepath.Join(dir, doneDir, "*-a.png")); len(done) != 1 {
			t.Error("not moved to done: ", done)
		}
		if failed, _ := filepath.Glob(filepath.Join(dir, failedDir, "*-b.png")); len(failed) != 1 {
			t.Error("not moved to failed: ", failed)
		}
		// A crash before the move: the file comes again and changes nothing.
		if err := os.WriteFile(grow, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		round()
		round()
		if n := len(s.list(t, Open)); n != 1 {
			t.Errorf("%d letters after a crash", n)
		}
	})
}

func TestOpenNamesTheField(t *testing.T) {
	s := set(t, dbtest.SQLite(t))
	for field, values := range map[string]map[string]string{
		"set-folder": {"folder": "scans", "unit": "MC-XF"}, "set-unit": {"folder": "/scans", "unit": "none"},
	} {
		if _, err := Watch(s.Service, time.Hour).Open(door.Setting{Code: "scanner", Values: values}); !hasField(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
