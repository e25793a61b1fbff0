// Command pgtmp runs a command with a throwaway PostgreSQL server, whose URL
// it finds in XINQIAO_TEST_PG:
//
//	go run ./internal/platform/db/dbtest/pgtmp -- go test ./...
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
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: pgtmp -- command [argument …]")
		os.Exit(2)
	}
	code, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtmp:", err)
	}
	os.Exit(code)
}

// run gives the exit code of the command.
func run(args []string) (int, error) {
	server, err := dbtest.Start()
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
