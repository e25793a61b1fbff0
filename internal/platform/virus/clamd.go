// Package virus asks a ClamAV daemon whether a file is harmful, by its INSTREAM
// command: the file travels over the connection, so the daemon needs no access
// to ours.
package virus

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// What callers compare with errors.Is.
var (
	// ErrFound: the daemon knows the file as harmful.
	ErrFound = errors.New("virus: the file is harmful")
	// ErrAway: the daemon does not answer, so nothing is known.
	ErrAway = errors.New("virus: the scanner does not answer")
	// ErrTooLarge: the file is over the daemon's own limit (StreamMaxLength).
	ErrTooLarge = errors.New("virus: the file is over the scanner's limit")
)

// Clamd is the daemon at an address. It may be shared.
type Clamd struct {
	network, address string
	patience         time.Duration
}

// Open reads an address, tcp://host:port or unix:///path; it calls nobody.
func Open(address string) (*Clamd, error) {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "tcp" && u.Port() != "":
		return &Clamd{"tcp", u.Host, time.Minute}, nil
	case err == nil && u.Scheme == "unix" && u.Path != "":
		return &Clamd{"unix", u.Path, time.Minute}, nil
	}
	return nil, fmt.Errorf("virus: %q is neither tcp://host:port nor unix:///path", address)
}

func (c *Clamd) dial(ctx context.Context) (net.Conn, func(), error) {
	ctx, done := context.WithTimeout(ctx, c.patience)
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, c.network, c.address)
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, func() { stop(); done(); _ = conn.Close() }, nil
}

// Ping tells whether the daemon is there.
func (c *Clamd) Ping(ctx context.Context) error {
	conn, done, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := io.WriteString(conn, "zPING\x00"); err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	if said, err := answer(conn); err != nil || said != "PONG" {
		return errors.Join(ErrAway, err)
	}
	return nil
}

// piece is how much of a file goes at once.
const piece = 64 << 10

// Scan sends a file and waits for the verdict: nil, ErrFound, ErrTooLarge, or
// ErrAway. An error of the reader comes back as it is.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) error {
	conn, done, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer done()
	if sent, err := stream(conn, r); err != nil && sent {
		return err // the file could not be read
	}
	// A daemon that had enough closes its ear but says why.
	said, err := answer(conn)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrAway, err)
	case strings.HasSuffix(said, " FOUND"):
		return ErrFound
	case strings.HasSuffix(said, ": OK"):
		return nil
	case strings.Contains(said, "size limit exceeded"):
		return ErrTooLarge
	}
	return fmt.Errorf("%w: it said %q", ErrAway, said)
}

// stream writes the file in pieces with their lengths; the error is the
// reader's when reading is true.
func stream(w io.Writer, r io.Reader) (reading bool, err error) {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return false, err
	}
	buffer := make([]byte, 4+piece)
	for {
		n, err := io.ReadFull(r, buffer[4:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return true, err
		}
		binary.BigEndian.PutUint32(buffer, uint32(n))
		if _, writeErr := w.Write(buffer[:4+n]); writeErr != nil {
			return false, writeErr
		}
		if n == 0 {
			return false, nil
		}
		if err != nil {
			_, err = w.Write([]byte{0, 0, 0, 0})
			return false, err
		}
	}
}

func answer(r io.Reader) (string, error) {
	said, err := bufio.NewReader(io.LimitReader(r, 4<<10)).ReadString(0)
	if err == io.EOF && said != "" {
		err = nil
	}
	return strings.TrimRight(said, "\x00\r\n"), err
}
