package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/fault"
)

// Where files go when they were taken, and when they cannot be.
const (
	doneDir   = "done"
	failedDir = "failed"
)

// Ways of a watched folder: to the register of letters, or straight to the
// tray of arrivals.
const (
	toDesk = "desk"
	toTray = "tray"
)

// Watch (扫描文件夹) is the kind of door that a scanner lays files down in.
func Watch(s *Service, every time.Duration) door.Kind {
	divide := make([]string, len(Dividings))
	for i, d := range Dividings {
		divide[i] = string(d)
	}
	return door.Kind{
		Name: "scanner",
		Fields: []door.Field{
			{Name: "folder", Need: true},
			{Name: "unit", Need: true},
			{Name: "divide", Default: string(Auto), Choices: divide},
			{Name: "to", Default: toDesk, Choices: []string{toDesk, toTray}},
		},
		Open: func(set door.Setting) (door.Door, error) {
			f := &folder{Service: s, code: set.Code, dir: set.Values["folder"], divide: Dividing(set.Values["divide"]), to: set.Values["to"], every: every}
			if !filepath.IsAbs(f.dir) {
				return nil, fault.New(fault.Invalid, "door.invalid").Field("set-folder", "letter.folder_absolute")
			}
			for _, u := range s.Units.All() {
				if u.Code == set.Values["unit"] && u.Active {
					f.unit = u
				}
			}
			if f.unit.ID == 0 {
				return nil, fault.New(fault.Invalid, "door.invalid").Field("set-unit", "letter.unit_unknown")
			}
			return f, nil
		},
	}
}

// folder is one watched folder.
type folder struct {
	*Service
	code, dir, to string
	unit          access.Unit
	divide        Dividing
	every         time.Duration
}

// look is what a file was like when it was last seen.
type look struct {
	size int64
	at   time.Time
}

// Run implements door.Door: it looks into the folder again and again.
func (f *folder) Run(ctx context.Context, sink door.Sink) error {
	seen := map[string]look{}
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	for {
		if err := f.round(ctx, sink, seen); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Probe implements door.Door: files can be read and moved.
func (f *folder) Probe(context.Context) error {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return errors.New("the folder is not there or not readable")
	}
	defer root.Close()
	if err := folders(root); err != nil {
		return errors.New("the folder is not writable")
	}
	return nil
}

func folders(root *os.Root) error {
	return errors.Join(root.MkdirAll(doneDir, 0o700), root.MkdirAll(failedDir, 0o700))
}

// round takes the files that have not changed since the last look. A scanner
// writes for a while: half a file is not taken.
func (f *folder) round(ctx context.Context, sink door.Sink, seen map[string]look) error {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return errors.New("the folder is not there or not readable")
	}
	defer root.Close()
	if err := folders(root); err != nil {
		return errors.New("the folder is not writable")
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return errors.New("the folder is not readable")
	}
	there := map[string]bool{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") || info.Size() == 0 {
			continue
		}
		name, now := e.Name(), look{info.Size(), info.ModTime()}
		if there[name] = true; seen[name] != now {
			seen[name] = now
			continue
		}
		if err := f.fetch(ctx, root, sink, name); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			f.Log.WarnContext(ctx, "a scanned file waits", "door", f.code, "error", fault.KindOf(err))
			continue
		}
		delete(seen, name)
	}
	for name := range seen {
		if !there[name] {
			delete(seen, name)
		}
	}
	return nil
}

// fetch takes one file and moves it away when it is safe. A crash between the
// two takes it again, which changes nothing.
func (f *folder) fetch(ctx context.Context, root *os.Root, sink door.Sink, name string) error {
	file, err := root.Open(name)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if len(data) == 0 {
		return nil
	}
	err = f.hand(ctx, sink, name, data)
	to := doneDir
	if failure, ok := fault.As(err); ok && slices.Contains([]fault.Kind{fault.Invalid, fault.TooLarge}, failure.Kind) {
		f.Log.WarnContext(ctx, "a scanned file cannot be taken", "door", f.code, "reason", failure.ID)
		to, err = failedDir, nil
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	return root.Rename(name, path.Join(to, fmt.Sprintf("%s-%s", hex.EncodeToString(sum[:6]), name)))
}

// hand gives a file to the register or to the tray.
func (f *folder) hand(ctx context.Context, sink door.Sink, name string, data []byte) error {
	now := f.Clock.Now()
	if f.to == toTray {
		sum := sha256.Sum256(data)
		_, err := sink.Take(ctx, door.Arrival{
			Door: f.code, Key: "sha256:" + hex.EncodeToString(sum[:]), At: now, Files: []door.Part{{Name: name, Type: kindOf(data), Data: data}},
		})
		return err
	}
	_, _, err := f.Take(ctx, Source{Kind: "folder", Door: f.code, Name: name, Unit: f.unit, Divide: f.divide}, data, now)
	return err
}

// Desk (来信登记) is the kind of door that staff upload scans through. It waits.
func Desk() door.Kind {
	return door.Kind{Name: "letters", Open: func(door.Setting) (door.Door, error) { return desk{}, nil }}
}

type desk struct{}

// Run implements door.Door.
func (desk) Run(ctx context.Context, _ door.Sink) error {
	<-ctx.Done()
	return nil
}

// Probe implements door.Door: people upload and type without any machine.
func (desk) Probe(context.Context) error { return nil }
