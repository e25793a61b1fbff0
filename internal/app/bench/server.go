package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Server is a running xinqiao in a process of its own.
type Server struct {
	Addr  string        // host:port
	Ready time.Duration // from its start to its first answer
	cmd   *exec.Cmd
	done  chan struct{}
	last  atomic.Pointer[string] // line of its log
}

// Start runs this very program with the arguments of serve.
func Start(ctx context.Context, args, env []string) (*Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: exec.CommandContext(ctx, self, append([]string{"serve", "--listen=127.0.0.1:0", "--log-format=json"}, args...)...), done: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(log)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			text := lines.Text()
			s.last.Store(&text)
			var e struct{ Msg, Listen string }
			if json.Unmarshal(lines.Bytes(), &e) == nil && e.Msg == "ready" {
				found <- strings.TrimPrefix(e.Listen, "http://")
			}
		}
	}()
	select {
	case s.Addr = <-found:
	case <-s.done:
		return nil, fmt.Errorf("the server ended: %w: %s", s.cmd.Wait(), s.lastLine())
	case <-time.After(2 * time.Minute):
		s.Stop()
		return nil, fmt.Errorf("the server does not get ready: %s", s.lastLine())
	}
	status, _, err := NewClient(s.Addr).Do(Request{Method: "GET", Path: "/readyz"})
	if err != nil || status != 200 {
		s.Stop()
		return nil, fmt.Errorf("the server is not ready: %d %w", status, err)
	}
	s.Ready = time.Since(begun)
	return s, nil
}

func (s *Server) lastLine() string {
	if l := s.last.Load(); l != nil {
		return *l
	}
	return ""
}

// Stop ends the server as an operator does.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.done
	_ = s.cmd.Wait()
}

// Memory gives the resident memory of the server in bytes, now and at most.
func (s *Server) Memory() (now, peak int64) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kb << 10
		case "VmHWM":
			peak = kb << 10
		}
	}
	return now, peak
}

// CPU gives the processor time that the server has used. On PostgreSQL that of
// the database comes on top.
func (s *Server) CPU() time.Duration {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // the kernel counts in hundredths
}

// Kill ends the server as a power cut does.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
	_ = s.cmd.Wait()
}
