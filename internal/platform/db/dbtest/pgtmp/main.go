// Command pgtmp runs a command with a throwaway PostgreSQL server, whose URL
// it finds in XINQIAO_TEST_PG:
//
//	go run ./internal/platform/db/dbtest/pgtmp -- go test ./...
//
// With -durable first, the server syncs what it acknowledges, for benchmarks.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"xinqiao/internal/platform/db/dbtest"
)

func main() {
	args, start := os.Args[1:], dbtest.Start
	if len(args) > 0 && args[0] == "-durable" {
		args, start = args[1:], dbtest.StartDurable
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: pgtmp [-durable] -- command [argument …]")
		os.Exit(2)
	}
	code, err := run(start, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtmp:", err)
	}
	os.Exit(code)
}

// run gives the exit code of the command.
func run(start func() (*dbtest.Server, error), args []string) (int, error) {
	server, err := start()
	if err != nil {
		return 1, err
	}
	// The command gets the interrupt too; we stay to stop the server.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "XINQIAO_TEST_PG="+server.URL)
	err = cmd.Run()
	stopped := server.Stop()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(1, exit.ExitCode()), stopped
	}
	if err != nil {
		return 1, errors.Join(err, stopped)
	}
	return 0, stopped
}
