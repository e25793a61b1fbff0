package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"xinqiao/internal/filing/door/open311"
	"xinqiao/internal/filing/door/wechat"
	"xinqiao/internal/handling/worklist"
	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// master gives the master key that the configuration names: a command, the
// environment, a file, or the file beside the key file that the first start
// makes.
func master(c config.Storage) (seal.Master, error) {
	switch text := os.Getenv(config.MasterEnv); {
	case c.MasterKeyCommand != "":
		return seal.MasterCommand(c.MasterKeyCommand)
	case text != "":
		return seal.MasterText(text)
	case c.MasterKeyFile != "":
		return seal.MasterFile(c.MasterKeyFile)
	}
	return seal.MasterBeside(c.MasterPath(), c.KeyPath())
}

// openRing opens the key file, and makes it at the first start.
func (a *App) openRing(ctx context.Context) error {
	m, err := master(a.Config.Storage)
	if err != nil {
		return err
	}
	a.Keys, err = seal.OpenOrCreate(ctx, a.Config.KeyPath(), m, a.Clock.Now())
	return err
}

// wireSealing lists everything that lies sealed, and has it sealed anew in the
// background after a rotation, or after an upgrade from before it was sealed.
func (a *App) wireSealing() {
	a.Sealing = reseal.New(a.DB, a.Keys, a.Log)
	for _, keeper := range []interface {
		Sealed(keys *seal.Keyring) []reseal.Part
	}{a.Person, a.Intake, a.Attachment, a.Procedure, a.Documents, a.Cosign, a.Account, a.Notify, a.Hotline, a.Doors, a.Network, a.Letters, a.Retention, wechat.Store{DB: a.DB, Keys: a.Keys}, open311.Store{DB: a.DB, Keys: a.Keys}} {
		a.Sealing.Add(keeper.Sealed(a.Keys)...)
	}
	a.Sealing.Add(signing{seal.SigningPath(a.Config.KeyPath()), a.Keys}, worklist.Redacted{Service: a.Worklist})
	a.Sealing.Schedule(a.Jobs)
}

// signing are the keys that sign documents, as a part of what is sealed.
type signing struct {
	path string
	keys *seal.Keyring
}

// Name implements reseal.Part.
func (signing) Name() string { return "signing keys" }

// Stale implements reseal.Part.
func (s signing) Stale(context.Context) (int64, error) { return seal.StaleSigners(s.path, s.keys) }

// Step implements reseal.Part.
func (s signing) Step(context.Context, string, int) (string, int, error) {
	changed, err := seal.ResealSigner(s.path, s.keys)
	if changed {
		return "", 1, err
	}
	return "", 0, err
}

// KeysList tells the working keys.
func KeysList(c Config) ([]seal.Key, error) { return seal.List(c.KeyPath()) }

// KeysRotate makes a new key active, or with stage only adds it.
func KeysRotate(ctx context.Context, c Config, use string, stage bool) (seal.Key, error) {
	m, err := master(c.Storage)
	if err != nil {
		return seal.Key{}, err
	}
	do := seal.Rotate
	if stage {
		do = seal.Stage
	}
	return do(ctx, c.KeyPath(), m, seal.Use(use), clock.System.Now())
}

// KeysReseal seals anew what is stale, beside a running server if there is one,
// and tells how far everything is.
func KeysReseal(ctx context.Context, c Config, again bool, tell func(part string, done int64)) (list []reseal.Progress, err error) {
	err = accounts(ctx, c, func(ctx context.Context, a *App) error {
		if again {
			if err := a.Sealing.Again(ctx); err != nil {
				return err
			}
		}
		if err := a.Sealing.Run(ctx, tell); err != nil {
			return err
		}
		list, err = a.Sealing.Progress(ctx)
		return err
	})
	return list, err
}

// ErrStillSealed: something is still sealed with the key.
var ErrStillSealed = errors.New("values are still sealed with keys that are not active: run xinqiao keys reseal --again first")

// KeysDestroy forgets an old key for good, once nothing is sealed with it.
func KeysDestroy(ctx context.Context, c Config, use string, id int) error {
	return accounts(ctx, c, func(ctx context.Context, a *App) error {
		list, err := a.Sealing.Progress(ctx)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.Stale > 0 {
				return fmt.Errorf("%w (%s: %d)", ErrStillSealed, p.Part, p.Stale)
			}
		}
		if seal.Use(use) == seal.Data {
			left, err := reseal.Leftover(ctx, a.DB, id)
			if err != nil {
				return err
			}
			if len(left) > 0 {
				return fmt.Errorf("%w, and these are not among what reseal does: %s", ErrStillSealed, strings.Join(left, ", "))
			}
		}
		return seal.Destroy(c.KeyPath(), seal.Use(use), id, clock.System.Now())
	})
}

// KeysMaster puts the working keys under another master key: a file, which is
// made if it is not there, or a command.
func KeysMaster(ctx context.Context, c Config, file, command string) error {
	before, err := master(c.Storage)
	if err != nil {
		return err
	}
	var after seal.Master
	if command != "" {
		after, err = seal.MasterCommand(command)
	} else {
		if _, missing := os.Stat(file); errors.Is(missing, fs.ErrNotExist) {
			if err := seal.NewMasterFile(file); err != nil {
				return err
			}
		}
		after, err = seal.MasterFile(file)
	}
	if err != nil {
		return err
	}
	return seal.Rewrap(ctx, c.KeyPath(), before, after)
}
