package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"xinqiao/internal/platform/native/wire"
)

// child is one running helper.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     io.Reader
	timeout time.Duration
	memory  int64
	ended   chan struct{}
	tail    *tail
}

// startTime is how long a helper may take to check its models.
const startTime = time.Minute

// start runs a helper and waits for its hello.
func (e *Engine) start(ctx context.Context) (*child, wire.Hello, error) {
	cmd := exec.Command(e.program(), "--models", e.o.Models)
	// Nothing of the server's environment, which may hold passwords.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GOMEMLIMIT=" + strconv.FormatInt(e.o.Memory/2, 10)}, e.o.env...)
	c := &child{cmd: cmd, timeout: startTime, memory: e.o.Memory, ended: make(chan struct{}), tail: &tail{}}
	cmd.Stderr = c.tail
	var err error
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, wire.Hello{}, err
	}
	if c.out, err = cmd.StdoutPipe(); err != nil {
		return nil, wire.Hello{}, err
	}
	if err := cmd.Start(); err != nil {
		return nil, wire.Hello{}, fmt.Errorf("%w: %w", ErrCrashed, err)
	}
	var hello wire.Hello
	err = c.watched(ctx, func() error {
		_, err := wire.Receive(c.out, &hello)
		return err
	})
	if err == nil && hello.Version != wire.Version {
		err = ErrGarbled
	}
	if err != nil {
		c.end()
		return nil, hello, err
	}
	c.timeout = e.o.Timeout
	return c, hello, nil
}

// exchange asks one thing. After any error the helper cannot be used again:
// nobody knows what it still does.
func (c *child) exchange(ctx context.Context, r wire.Request, body []byte) (wire.Reply, error) {
	var reply wire.Reply
	err := c.watched(ctx, func() error {
		if err := wire.Send(c.in, r, body); err != nil {
			return err
		}
		_, err := wire.Receive(c.out, &reply)
		return err
	})
	return reply, err
}

// watched runs what waits for the helper, and ends the helper when it takes
// too long or too much memory, or when nobody waits any more.
func (c *child) watched(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	patience := time.NewTimer(c.timeout)
	defer patience.Stop()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-done:
			return c.why(err)
		case <-ctx.Done():
			c.kill()
			<-done
			return ctx.Err()
		case <-patience.C:
			c.kill()
			<-done
			return ErrTooSlow
		case <-look.C:
			if resident(c.cmd.Process.Pid) > c.memory {
				c.kill()
				<-done
				return ErrTooBig
			}
		}
	}
}

// why tells a crash from nonsense.
func (c *child) why(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wire.ErrFrame):
		return ErrGarbled
	}
	c.end()
	return fmt.Errorf("%w: %s %s", ErrCrashed, c.cmd.ProcessState, c.tail)
}

func (c *child) kill() { _ = c.cmd.Process.Kill() } // it may have ended by itself

// end closes the helper's input, which ends it, and kills it if that does not.
// It may be called again.
func (c *child) end() {
	select {
	case <-c.ended:
		return
	default:
	}
	_ = c.in.Close()
	late := time.AfterFunc(time.Second, c.kill)
	defer late.Stop()
	_, _ = io.Copy(io.Discard, io.LimitReader(c.out, wire.MostHead+wire.MostBody))
	if c.cmd.ProcessState == nil {
		_ = c.cmd.Wait() // how it ended is in ProcessState
	}
	close(c.ended)
}

// resident is the memory that a process holds, 0 where that is not known.
func resident(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	if f := strings.Fields(string(b)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// tail keeps the first words of a helper's complaints.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps 300 bytes and drops the rest.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b.Write(p[:min(len(p), max(0, 300-t.b.Len()))])
	return len(p), nil
}

// String is what was kept, on one line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(strings.Fields(t.b.String()), " ")
}
