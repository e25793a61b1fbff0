// Package wire is what the server and its helper program say to each other over
// the helper's standard input and output: a frame is the length of its head,
// the length of its body, the head as JSON and the body as bytes.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// What a frame may hold.
const (
	MostHead = 8 << 20
	MostBody = 64 << 20
)

// Version of the protocol. A helper of another version is not used.
const Version = 1

// Operations.
const (
	Read       = "read"
	Transcribe = "transcribe"
)

// Hello is what the helper says first: what it can do, or why not. The words
// are states of package native.
type Hello struct {
	Version int    `json:"version"`
	Reading string `json:"reading"`
	Speech  string `json:"speech"`
	Detail  string `json:"detail,omitempty"` // of the file that is missing or wrong
}

// Request asks for one operation on the body.
type Request struct {
	Op string `json:"op"`
}

// Reply answers a request. Error is for the log and holds nothing of the body.
type Reply struct {
	Error  string          `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// ErrFrame means that the other side does not keep to the protocol.
var ErrFrame = errors.New("wire: not a frame")

// Send writes one frame.
func Send(w io.Writer, head any, body []byte) error {
	h, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	if len(h) > MostHead || len(body) > MostBody {
		return ErrFrame
	}
	frame := make([]byte, 8, 8+len(h)+len(body))
	binary.BigEndian.PutUint32(frame, uint32(len(h)))
	binary.BigEndian.PutUint32(frame[4:], uint32(len(body)))
	_, err = w.Write(append(append(frame, h...), body...))
	return err
}

// Receive reads one frame into head and gives its body.
func Receive(r io.Reader, head any) ([]byte, error) {
	var lengths [8]byte
	if _, err := io.ReadFull(r, lengths[:]); err != nil {
		return nil, err
	}
	h, b := binary.BigEndian.Uint32(lengths[:]), binary.BigEndian.Uint32(lengths[4:])
	if h == 0 || h > MostHead || b > MostBody {
		return nil, ErrFrame
	}
	text := make([]byte, h)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, head); err != nil {
		return nil, ErrFrame
	}
	body := make([]byte, b)
	_, err := io.ReadFull(r, body)
	return body, err
}
