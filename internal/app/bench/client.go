package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Client is a lean HTTP/1.1 client of one kept connection, so that asking takes
// little of the machine that also answers.
type Client struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	body []byte
}

// NewClient makes a client of a server at host:port.
func NewClient(addr string) *Client { return &Client{addr: addr} }

// Request is what a client asks.
type Request struct {
	Method, Path string
	Header       []string // name, value, …
	Body         []byte
}

const patience = 30 * time.Second

// Do asks and gives status and body; the body is valid until the next call.
func (c *Client) Do(r Request) (int, []byte, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.addr, patience)
		if err != nil {
			return 0, nil, err
		}
		c.conn, c.in = conn, bufio.NewReaderSize(conn, 64<<10)
	}
	status, body, err := c.ask(r)
	if err != nil {
		c.Close()
	}
	return status, body, err
}

// Close closes the connection; Do opens it again.
func (c *Client) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *Client) ask(r Request) (int, []byte, error) {
	b := append(c.out[:0], r.Method...)
	b = append(append(append(b, ' '), r.Path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, c.addr...), "\r\n"...)
	for i := 0; i < len(r.Header); i += 2 {
		b = append(append(append(append(b, r.Header[i]...), ": "...), r.Header[i+1]...), "\r\n"...)
	}
	if r.Method != "GET" {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(r.Body)), 10), "\r\n"...)
	}
	b = append(append(b, "\r\n"...), r.Body...)
	c.out = b
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(b); err != nil {
		return 0, nil, err
	}
	return c.answer()
}

// answer reads one response: with a length, or in chunks.
func (c *Client) answer() (int, []byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, errors.New("bench: no HTTP")
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, nil, err
	}
	length, chunked := 0, false
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, nil, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	c.body = c.body[:0]
	if !chunked {
		err = c.take(length)
		return status, c.body, err
	}
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return 0, nil, err
		}
		if err := c.take(int(n)); err != nil {
			return 0, nil, err
		}
		if _, err := c.in.Discard(2); err != nil {
			return 0, nil, err
		}
		if n == 0 {
			return status, c.body, nil
		}
	}
}

func (c *Client) take(n int) error {
	at := len(c.body)
	if cap(c.body) < at+n {
		c.body = append(make([]byte, 0, 2*(at+n)), c.body...)
	}
	c.body = c.body[:at+n]
	_, err := io.ReadFull(c.in, c.body[at:])
	return err
}

// JSON posts a body and reads the answer's; another status is an error.
func (c *Client) JSON(path string, header []string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	header = append([]string{"Content-Type", "application/json"}, header...)
	status, answer, err := c.Do(Request{Method: "POST", Path: path, Header: header, Body: body})
	if err != nil {
		return err
	}
	if status < 200 || status > 299 {
		return fmt.Errorf("bench: %s answered %d: %.300s", path, status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
