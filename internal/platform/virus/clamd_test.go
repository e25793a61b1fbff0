package virus

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// eicar is the test file of the trade, in two halves so that no scanner takes
// offence at this one.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// double speaks the protocol as the daemon does, as far as Scan hears it.
func double(t *testing.T, limit int) *Clamd {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn, limit)
		}
	}()
	c, err := Open("tcp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(conn net.Conn, limit int) {
	defer conn.Close()
	command := make([]byte, 6)
	if _, err := io.ReadFull(conn, command); err != nil {
		return
	}
	if string(command) == "zPING\x00" {
		_, _ = io.WriteString(conn, "PONG\x00")
		return
	}
	_, _ = io.ReadFull(conn, make([]byte, len("zINSTREAM\x00")-6))
	var file []byte
	for {
		var n uint32
		if err := binary.Read(conn, binary.BigEndian, &n); err != nil {
			return
		}
		if n == 0 {
			break
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(conn, part); err != nil {
			return
		}
		if file = append(file, part...); len(file) > limit {
			_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
			return
		}
	}
	if bytes.Contains(file, eicar) {
		_, _ = io.WriteString(conn, "stream: Eicar-Test-Signature FOUND\x00")
		return
	}
	_, _ = io.WriteString(conn, "stream: OK\x00")
}

func exercise(t *testing.T, c *Clamd) {
	t.Helper()
	if err := c.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	for name, tc := range map[string]struct {
		file []byte
		want error
	}{
		"clean":         {[]byte("a letter"), nil},
		"one piece":     {bytes.Repeat([]byte("x"), piece), nil},
		"pieces":        {bytes.Repeat([]byte("x"), 3*piece+1), nil},
		"eicar":         {eicar, ErrFound},
		"empty":         {nil, nil},
		"much too long": {bytes.Repeat([]byte("x"), 4<<20), ErrTooLarge},
	} {
		if err := c.Scan(t.Context(), bytes.NewReader(tc.file)); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, not %v", name, err, tc.want)
		}
	}
	broken := errors.New("the disk is gone")
	if err := c.Scan(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a file that breaks off: %v", err)
	}
}

func TestDouble(t *testing.T) { exercise(t, double(t, 1<<20)) }

func TestAway(t *testing.T) {
	c := double(t, 1)
	gone, _ := Open("unix:///nowhere/clamd.ctl")
	for _, c := range []*Clamd{gone, {"tcp", "127.0.0.1:1", time.Second}} {
		if err := c.Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, ErrAway) {
			t.Error(err)
		}
	}
	_ = c
	for _, bad := range []string{"", "clamd", "tcp://", "unix://", "http://x:1"} {
		if _, err := Open(bad); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}

// TestClamd runs the real daemon with a database of one signature.
func TestClamd(t *testing.T) {
	program, err := exec.LookPath("clamd")
	if err != nil {
		t.Skip("clamd is not installed (Debian: clamav-daemon); the protocol double stands for it")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("own.ndb", "Own.Eicar:0:*:"+hex.EncodeToString(eicar)+"\n")
	socket := filepath.Join(dir, "clamd.ctl")
	write("clamd.conf", fmt.Sprintf("LocalSocket %s\nDatabaseDirectory %s\nForeground yes\nStreamMaxLength 1M\nOfficialDatabaseOnly no\nTemporaryDirectory %s\n", socket, dir, dir))
	cmd := exec.Command(program, "--config-file="+filepath.Join(dir, "clamd.conf"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	c, err := Open("unix://" + socket)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); c.Ping(t.Context()) != nil; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("clamd does not come up: %s", said.String())
		}
	}
	exercise(t, c)
}
