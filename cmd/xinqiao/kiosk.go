package main

import (
	"context"

	"xinqiao/internal/app"
)

// kioskBridgeCmd runs beside the browser of a kiosk.
type kioskBridgeCmd struct {
	Listen   string   `default:"127.0.0.1:17890" help:"Address on this machine; its port is set at the kiosk's door."`
	Origin   []string `required:"" placeholder:"HOST" help:"Host of the platform, with its port if it has one; only its pages get an answer."`
	Simulate bool     `help:"No hardware: an invented card, an invented page, a printer that keeps nothing."`
	Card     string   `placeholder:"PROGRAM" help:"Prints the card on the reader as JSON: name, id_no, address, sex."`
	Scan     string   `placeholder:"PROGRAM" help:"Writes the scanned page as PNG or JPEG."`
	Printer  string   `placeholder:"DEVICE" help:"Takes ESC/POS, such as /dev/usb/lp0."`
}

// Run serves until it is interrupted.
func (k kioskBridgeCmd) Run(ctx context.Context, t terminal) error {
	var c app.Config
	c.Out, c.Err = t.out, t.err
	return app.KioskBridge(ctx, c, app.KioskBridgeOptions{
		Listen: k.Listen, Origins: k.Origin, Simulate: k.Simulate, Card: k.Card, Scan: k.Scan, Printer: k.Printer,
	})
}
