package phone

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// Config says over which line, with which voice and how patiently to call.
type Config struct {
	Line       telephone.Config
	SecretFile string // read into Line.Secret; keeps it out of environment and command line
	Voice      speech.Speaker

	Prefix string        // put before numbers that do not begin with +, such as a digit for the outside line
	Abroad bool          // also call numbers outside of +86
	Ring   time.Duration // how long it may ring; default 40 s
	Calls  int           // at once; default 2
	Rounds int           // how often the text is read when nobody confirms it; default 2
	Pause  time.Duration // before the text and before the question; default 600 ms
	Wait   time.Duration // for a key, after each round; default 6 s

	// Heard is after how much of the text a call counts as told when the other
	// side hangs up early; 0 demands the whole text.
	Heard time.Duration
	// AgainAfterLost rings again for a message whose first call was lost
	// sight of. Otherwise a person decides.
	AgainAfterLost bool

	Clock clock.Clock
	Log   *slog.Logger
}

// complete fills in what is left open and refuses what cannot work.
func (c *Config) complete() error {
	if c.SecretFile != "" {
		b, err := os.ReadFile(c.SecretFile)
		if err != nil {
			return fmt.Errorf("phone: the secret: %w", err)
		}
		c.Line.Secret = strings.TrimSpace(string(b))
	}
	if c.Line.Register && c.Line.User == "" {
		return errors.New("phone: to register needs a user")
	}
	if p := c.Line.Ports; p[0] < 0 || p[1] < p[0] || p[1] > 65535 || p[0]%2 != 0 {
		return fmt.Errorf("phone: %d-%d is no range of ports that begins with an even one", p[0], p[1])
	}
	if c.Voice == nil {
		return errors.New("phone: no voice")
	}
	c.Ring = or(c.Ring, 40*time.Second)
	c.Wait = or(c.Wait, 6*time.Second)
	c.Pause = or(c.Pause, 600*time.Millisecond)
	c.Calls = or(c.Calls, 2)
	c.Rounds = or(c.Rounds, 2)
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return nil
}

// or gives v, or the default where nothing sensible was set.
func or[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// emergency are numbers that a program must never ring.
var emergency = map[string]bool{"110": true, "112": true, "119": true, "120": true, "122": true}

var errNumber = errors.New("not a number that is called")

// number makes what is dialled of what somebody typed.
func (c *Config) number(to string) (string, error) {
	n := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(to)
	n = strings.TrimPrefix(n, "tel:")
	digits := strings.TrimPrefix(n, "+")
	if len(digits) < 3 || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" || emergency[digits] {
		return "", errNumber
	}
	abroad := n != digits && !strings.HasPrefix(n, "+86") || strings.HasPrefix(n, "00") && !strings.HasPrefix(n, "0086")
	if abroad && !c.Abroad {
		return "", errNumber
	}
	if n != digits {
		return n, nil
	}
	return c.Prefix + n, nil
}
