package app

import (
	"fmt"
	"net"
	"os"

	"xinqiao/internal/platform/clock"
	"xinqiao/internal/platform/config"
	"xinqiao/internal/platform/sender"
	"xinqiao/internal/platform/sender/phone"
	"xinqiao/internal/platform/speech"
	"xinqiao/internal/platform/telephone"
)

// openPhone opens the line and finds the voice. Without espeak-ng the line
// opens all the same: the check names what is missing, and messages wait.
func openPhone(c config.Phone, now clock.Clock) (sender.Sender, error) {
	if c.PhoneTrunk == "" {
		return nil, nil
	}
	ports, err := c.Ports()
	if err != nil {
		return nil, err
	}
	voice, err := voiceOf(c)
	if err != nil {
		return nil, err
	}
	return opened(phone.New(phone.Config{
		Line: telephone.Config{
			Trunk: c.PhoneTrunk, Proxy: c.PhoneProxy, Transport: c.PhoneTransport, Domain: c.PhoneDomain,
			User: c.PhoneUser, CallerID: c.PhoneCallerID, Register: c.PhoneRegister,
			Local: c.PhoneLocal, Public: c.PhonePublic, Ports: ports,
		},
		SecretFile: c.PhoneSecretFile, Voice: voice, Prefix: c.PhonePrefix, Abroad: c.PhoneAbroad,
		Ring: c.PhoneRing, Calls: c.PhoneCalls, AgainAfterLost: c.PhoneAgain, Clock: now,
	}))
}

// voiceOf gives the voice that is configured.
func voiceOf(c config.Phone) (speech.Speaker, error) {
	var voice speech.Speaker = speech.Espeak{}
	if len(c.PhoneVoice) > 0 {
		voice = speech.Command{Argv: c.PhoneVoice}
	}
	if c.PhonePrompts == "" {
		return voice, nil
	}
	folder, err := os.OpenRoot(c.PhonePrompts)
	if err != nil {
		return nil, fmt.Errorf("recorded prompts: %w", err)
	}
	return speech.Recorded{Folder: folder, Otherwise: voice}, nil
}

// withoutPort leaves the port of a local address to the system.
func withoutPort(local string) string {
	if host, _, err := net.SplitHostPort(local); err == nil {
		return host
	}
	return local
}

// close ends the conversations that are on and the lines.
func (w ways) close() {
	for _, s := range w.senders {
		if p, ok := s.(*phone.Sender); ok {
			_ = p.Close()
		}
	}
}

// tell brings the ends of calls to take.
func (w ways) tell(take sender.Take) {
	for _, s := range w.senders {
		if p, ok := s.(*phone.Sender); ok {
			p.Tell(take)
		}
	}
}
