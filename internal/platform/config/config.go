// Package config says what can be configured. A setting is one struct field:
// its tags are the flag, the environment variable, the key in the file, the
// help text and the row of docs/configuration.md, so that none can drift.
//
// The command line parses the tags; the rest of the program gets the values.
package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Config is every setting of a running instance.
type Config struct {
	Storage
	Web
	City
	Senders
	Phone
	Helper
	Guards
	Log
}

// Storage is where the instance keeps what it was told.
type Storage struct {
	Data             string `default:"./data" type:"path" help:"Folder for attachments, keys and, by default, the SQLite file."`
	Database         string `help:"SQLite file, or postgres:// URL. Default: xinqiao.db in the data folder. A URL with a password belongs in the environment or in --database-file."`
	DatabaseFile     string `type:"path" help:"File that holds the database URL, for deployments that mount secrets as files."`
	KeyFile          string `type:"path" help:"Key file: the working keys that seal personal data, wrapped by the master key. Default: seal.key in the data folder, made at the first start. Lose it and the names are gone."`
	MasterKeyFile    string `type:"path" help:"File with the master key, 32 hexadecimal digits. The variable XINQIAO_MASTER_KEY may hold the key itself. Default: master.key beside the key file, made at the first start; keep it elsewhere in earnest."`
	MasterKeyCommand string `help:"Program that wraps and unwraps the working keys in place of a master key, for a device (PKCS#11) or a key service: see docs/identity.md."`
	Readers          int    `default:"0" help:"Connections for reading; 0 chooses by the number of processors."`
}

// Web is how the instance meets browsers and other systems.
type Web struct {
	Listen           string        `default:"127.0.0.1:8080" help:"Address and port to listen on. Put a reverse proxy with TLS in front."`
	PublicURL        string        `help:"Address that people type, such as https://xinfang.example.gov.cn. Used in receipts and QR codes; https makes cookies secure."`
	TrustedProxies   []string      `help:"Networks of reverse proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8."`
	UploadLimit      int64         `default:"20971520" help:"Largest attachment in bytes."`
	FilingsPerMinute int           `default:"20" help:"Filings from one address in a minute before 429 is answered; 0 sets no limit."`
	ShutdownWait     time.Duration `default:"20s" help:"How long running requests may take to finish at shutdown."`
}

// City is whose instance this is.
type City struct {
	CityCode   string `default:"MC" help:"Two letters that begin every case number."`
	CityNameZH string `name:"city-name-zh" default:"名川市" help:"Name of the city in Chinese."`
	CityNameEN string `name:"city-name-en" default:"Mingchuan" help:"Name of the city in English."`
	Fonts      string `type:"path" help:"Folder of fonts of your own for printed documents: title, fangsong, song, hei and kai, each .ttf or .ttc. A face that is not there, and characters that yours lack, are set in the bundled free fonts."`
}

// Log is what the instance tells its operators. It never holds personal data.
type Log struct {
	LogLevel     string  `default:"info" enum:"debug,info,warn,error" help:"Least level that is logged: ${enum}."`
	LogFormat    string  `default:"text" enum:"text,json" help:"Format of the log on standard error: ${enum}."`
	OTLPEndpoint string  `name:"otlp-endpoint" help:"OpenTelemetry collector for traces, such as http://127.0.0.1:4318. Empty: no traces."`
	TraceShare   float64 `default:"0.05" help:"Share of requests that are traced, 0 to 1."`
}

// DatabaseURL gives the SQLite path or postgres:// URL to open.
func (s Storage) DatabaseURL() (string, error) {
	if s.DatabaseFile != "" {
		b, err := os.ReadFile(s.DatabaseFile)
		if err != nil {
			return "", fmt.Errorf("read the database URL: %w", err)
		}
		return strings.TrimSpace(string(b)), nil
	}
	if s.Database != "" {
		return s.Database, nil
	}
	return filepath.Join(s.Data, "xinqiao.db"), nil
}

// KeyPath gives the file of the key ring.
func (s Storage) KeyPath() string {
	if s.KeyFile != "" {
		return s.KeyFile
	}
	return filepath.Join(s.Data, "seal.key")
}

// MasterEnv is the variable that may hold the master key itself.
const MasterEnv = EnvPrefix + "_MASTER_KEY"

// MasterPath gives the file of the master key.
func (s Storage) MasterPath() string {
	if s.MasterKeyFile != "" {
		return s.MasterKeyFile
	}
	return filepath.Join(filepath.Dir(s.KeyPath()), "master.key")
}

// BlobDir gives the folder of attachments. It lies outside every web root.
func (s Storage) BlobDir() string { return filepath.Join(s.Data, "attachments") }

// BaseURL gives the address that people type, by default the listener's.
func (w Web) BaseURL() string {
	if w.PublicURL != "" {
		return strings.TrimRight(w.PublicURL, "/")
	}
	return "http://" + w.Listen
}

// Secure tells whether people reach the instance by https, so that cookies can
// insist on it.
func (w Web) Secure() bool { return strings.HasPrefix(w.PublicURL, "https://") }

// Proxies gives the trusted networks.
func (w Web) Proxies() ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(w.TrustedProxies))
	for _, s := range w.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies %q is no network such as 10.0.0.0/8", s)
		}
		out = append(out, p)
	}
	return out, nil
}

// Validate finds what cannot work before anything is opened. The command line
// calls it after parsing, once for each part that a command uses.
func (s Storage) Validate() error {
	if s.Readers < 0 {
		return fmt.Errorf("--readers %d: must not be negative", s.Readers)
	}
	if s.Database != "" && s.DatabaseFile != "" {
		return errors.New("--database and --database-file: give one of them")
	}
	if s.MasterKeyFile != "" && s.MasterKeyCommand != "" {
		return errors.New("--master-key-file and --master-key-command: give one of them")
	}
	return nil
}

// Validate finds what cannot work before anything is opened.
func (w Web) Validate() error {
	if w.PublicURL != "" {
		u, err := url.Parse(w.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("--public-url %q: must be an http or https address", w.PublicURL)
		}
	}
	if w.UploadLimit < 1 {
		return fmt.Errorf("--upload-limit %d: must be positive", w.UploadLimit)
	}
	_, err := w.Proxies()
	return err
}

// Validate finds what cannot work before anything is opened.
func (c City) Validate() error {
	if len(c.CityCode) != 2 || strings.Trim(c.CityCode, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Errorf("--city-code %q: must be two capital letters", c.CityCode)
	}
	return nil
}

// Validate finds what cannot work before anything is opened.
func (l Log) Validate() error {
	if l.TraceShare < 0 || l.TraceShare > 1 {
		return fmt.Errorf("--trace-share %v: must be 0 to 1", l.TraceShare)
	}
	return nil
}

// HasPassword tells whether a database URL carries a password, which must not
// stand on a command line that every user of the machine can list.
func HasPassword(database string) bool {
	u, err := url.Parse(database)
	if err != nil || u.User == nil {
		return false
	}
	_, has := u.User.Password()
	return has
}
