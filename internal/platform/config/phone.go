package config

import (
	"errors"
	"fmt"
	"time"
)

// Phone is the line over which the house rings people up. Without a trunk it
// stays shut.
type Phone struct {
	PhoneTrunk      string        `help:"SIP trunk of phone calls as host or host:port. Empty: nobody is rung."`
	PhoneProxy      string        `help:"Host and port that calls are sent through, where it is not the trunk."`
	PhoneTransport  string        `default:"udp" enum:"udp,tcp,tls" help:"How SIP travels: ${enum}."`
	PhoneDomain     string        `help:"Domain of our own SIP address. Default: the trunk's host."`
	PhoneUser       string        `help:"Account at the trunk. Empty: no sign-in."`
	PhoneSecretFile string        `type:"path" help:"File with the account's secret."`
	PhoneRegister   bool          `help:"Register with the trunk, where it does not know our address by itself."`
	PhoneCallerID   string        `name:"phone-caller-id" help:"Number that is shown to those who are rung. Default: the account."`
	PhoneLocal      string        `help:"Address, or address and port, that SIP listens on. Default: the one towards the trunk, any port."`
	PhonePublic     string        `help:"Our address as the trunk sees it, behind address translation."`
	PhonePorts      string        `help:"UDP ports of sound, such as 20000-20099. Default: any."`
	PhonePrefix     string        `help:"Put before every number that does not begin with +, such as a digit for the outside line."`
	PhoneAbroad     bool          `help:"Ring numbers outside of +86, too."`
	PhoneRing       time.Duration `default:"40s" help:"How long it may ring."`
	PhoneCalls      int           `default:"2" help:"Calls at once."`
	PhoneAgain      bool          `help:"Ring again when a call was lost sight of in the middle. Otherwise a person decides."`
	PhoneVoice      []string      `help:"Program and arguments, separated by commas, that read text and write WAV; {lang} becomes zh or en. Default: espeak-ng."`
	PhonePrompts    string        `type:"path" help:"Folder of recorded prompts. What it has no recording of, the voice speaks."`
}

// Validate finds what cannot work before anything is opened.
func (p Phone) Validate() error {
	if p.PhoneTrunk == "" {
		return nil
	}
	if p.PhoneRegister && p.PhoneUser == "" {
		return errors.New("--phone-register needs --phone-user")
	}
	if p.PhoneUser != "" && p.PhoneSecretFile == "" && p.PhoneRegister {
		return errors.New("--phone-register needs --phone-secret-file")
	}
	_, err := p.Ports()
	return err
}

// Ports gives the first and the last UDP port of sound, zeros for any.
func (p Phone) Ports() (ports [2]int, err error) {
	if p.PhonePorts == "" {
		return ports, nil
	}
	if n, err := fmt.Sscanf(p.PhonePorts+";", "%d-%d;", &ports[0], &ports[1]); err != nil || n != 2 {
		return ports, fmt.Errorf("--phone-ports %q is no range such as 20000-20099", p.PhonePorts)
	}
	return ports, nil
}
