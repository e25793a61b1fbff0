package config

import (
	"fmt"
	"path/filepath"
	"time"
)

// Helper is the program that reads scans and listens to recordings, where it
// is installed.
type Helper struct {
	Helper        string        `type:"path" help:"Program that reads scans and listens to recordings (make helper). Default: xinqiao-helper beside this program, else in PATH."`
	Models        string        `type:"path" help:"Folder of its models with manifest.json (make models). Default: models in the data folder."`
	HelperWorkers int           `default:"1" help:"Helpers at a time; each takes about 500 MB while it reads."`
	HelperTimeout time.Duration `default:"2m" help:"How long one page or recording may take."`
	HelperMemory  int64         `default:"2147483648" help:"Memory in bytes at which a helper is ended and started anew."`
}

// Validate finds what cannot work before anything is opened.
func (h Helper) Validate() error {
	if h.HelperWorkers < 0 || h.HelperTimeout < 0 || h.HelperMemory < 0 {
		return fmt.Errorf("--helper-workers, --helper-timeout and --helper-memory must not be negative")
	}
	return nil
}

// ModelDir gives the folder of models.
func (c Config) ModelDir() string {
	if c.Models != "" {
		return c.Models
	}
	return filepath.Join(c.Data, "models")
}
