package app

import (
	"context"
	"os"

	"xinqiao/internal/platform/config"
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
