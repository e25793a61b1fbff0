package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"xinqiao/internal/admin/account"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/kiosk"
	"xinqiao/internal/filing/door/kiosk/bridge"
	"xinqiao/internal/filing/intake"
)

// wireKiosk makes the door of machines in halls.
func (a *App) wireKiosk() {
	a.Kiosks = kiosk.New(kiosk.Needs{
		DB: a.DB, Doors: a.Doors, Units: a.Units, Keys: a.Keys, Clock: a.Clock, Base: a.Config.PublicURL,
		Check: func(d door.Draft, now time.Time) error {
			return a.Intake.Check(intake.Filing{
				Channel: d.Channel, Purpose: intake.Purpose(d.Purpose), Words: d.Words, Wish: d.Wish, AreaID: d.AreaID, Place: d.Place, Anonymous: d.Anonymous,
				Who: intake.Petitioner{Name: d.Person.Name, Phone: d.Person.Phone, IDNo: d.Person.IDNo, Address: d.Person.Address},
			}, now)
		},
	})
	a.kioskPages = kiosk.NewWeb(a.Kiosks, account.NewWeb(a.Account).Need)
	a.Doors.Register(kiosk.Kind(a.Kiosks))
}

// KioskBridgeOptions are those of xinqiao kiosk-bridge.
type KioskBridgeOptions struct {
	Listen   string
	Origins  []string // hosts of the platform, whose pages may ask
	Simulate bool
	Card     string // program that prints a card as JSON
	Scan     string // program that writes an image
	Printer  string // device that takes ESC/POS
}

// errNotLocal keeps the bridge on its machine.
var errNotLocal = errors.New("the bridge listens on this machine only: 127.0.0.1:port")

// KioskBridge serves the devices of a kiosk to its browser until ctx ends.
func KioskBridge(ctx context.Context, c Config, o KioskBridgeOptions) error {
	host, _, err := net.SplitHostPort(o.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return errNotLocal
	}
	var devices bridge.Devices = bridge.Commands{CardProgram: o.Card, ScanProgram: o.Scan, Printer: o.Printer}
	if o.Simulate {
		devices = &bridge.Simulator{}
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", o.Listen, err)
	}
	fmt.Fprintf(c.Err, "kiosk bridge on ws://%s for %v: %v\n", l.Addr(), o.Origins, devices.Has())
	srv := &http.Server{Handler: bridge.New(devices, o.Origins...), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close() // pages connect again
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
