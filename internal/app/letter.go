package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	letterdoor "xinqiao/internal/filing/door/letter"
	"xinqiao/internal/platform/blob"
	"xinqiao/internal/platform/ids"
	"xinqiao/internal/platform/native"
)

// reading is what reads scans and listens to recordings.
type reading struct {
	Native      *native.Engine
	Letters     *letterdoor.Service
	letterPages *letterdoor.Web
}

func (r reading) close() {
	if r.Native != nil {
		r.Native.Close()
	}
}

// scanFolder is how often a watched folder is looked into.
const scanFolder = 3 * time.Second

// wireReading makes the helper's engine and the register of letters.
func (a *App) wireReading() error {
	c := a.Config
	a.Native = native.New(native.Options{
		Helper: c.Helper.Helper, Models: c.ModelDir(), Workers: c.HelperWorkers, Timeout: c.HelperTimeout, Memory: c.HelperMemory, Log: a.Log,
	})
	files, err := blob.Open(filepath.Join(c.Data, "letters"), a.Keys)
	if err != nil {
		return err
	}
	a.Letters = letterdoor.New(letterdoor.Needs{
		DB: a.DB, Keys: a.Keys, Files: files, Load: func(key string) (io.ReadCloser, error) { return files.Open(key) }, Reader: a.Native, Units: a.Units,
		IDs: a.IDs, Numbers: &numbers{db: a.DB, rows: map[string]*ids.Blocks{}}, Sink: a.Doors, Clock: a.Clock, Log: a.Log,
	})
	a.Doors.Register(letterdoor.Desk(), letterdoor.Watch(a.Letters, scanFolder))
	a.Letters.Schedule(a.Jobs)
	a.letterPages = letterdoor.NewWeb(a.Letters, account.NewWeb(a.Account).Need, a.letterDoor)
	return nil
}

// letterDoor is the door that uploads at the desk come through. The first
// upload opens it, so that nobody has to set it up.
func (a *App) letterDoor(ctx context.Context) (string, error) {
	const code = "letters"
	_, err := a.Doors.Entry(ctx, code)
	if !errors.Is(err, door.ErrUnknown) {
		return code, err
	}
	e := door.Entry{Code: code, Kind: letterdoor.Desk().Name, Channel: casework.Letter, NameZH: "来信登记", NameEN: "Letters", Active: true}
	err = a.Doors.Save(ctx, access.Actor{Role: access.System}, e, nil)
	if _, there := a.Doors.Entry(ctx, code); there == nil {
		return code, nil // by somebody else at the same time
	}
	return code, err
}
