package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Serve runs the platform until ctx ends, then lets running requests finish.
func Serve(ctx context.Context, c Config, o ServeOptions) error {
	begun := time.Now()
	c.Demo = o.Demo
	a, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	if o.Demo {
		a.Tracking.Demo = true // one-time codes are shown on the page
		if err := a.demoOnce(ctx, DemoOptions{Cases: o.Cases, Seed: 1}); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	a.Log.Info("ready", "listen", "http://"+l.Addr().String(), "database", a.DB.Dialect().Name(), "after", time.Since(begun).Round(time.Millisecond))
	return a.serve(ctx, l)
}

// serve answers on a listener until ctx ends.
func (a *App) serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: a.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	wait, done := context.WithTimeout(context.WithoutCancel(ctx), a.Config.ShutdownWait)
	defer done()
	if err := srv.Shutdown(wait); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	a.Log.Info("stopped")
	return nil
}
