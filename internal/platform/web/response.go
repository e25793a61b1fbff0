package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// smallest is the size below which compressing costs more than it saves.
const smallest = 1024

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	return z
}}

// response counts what is sent and compresses text. The first bytes are kept
// back until it is known whether compression pays.
type response struct {
	http.ResponseWriter
	secure bool
	zips   bool // the asker reads gzip
	status int
	sent   int64
	head   bytes.Buffer // kept back
	zip    *gzip.Writer
	wrote  bool // header is out
}

func newResponse(w http.ResponseWriter, r *http.Request, secure bool) *response {
	zips := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" && r.Method != http.MethodHead
	return &response{ResponseWriter: w, secure: secure, zips: zips}
}

// WriteHeader notes the status; it goes out with the first bytes.
func (w *response) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.sent += int64(len(b))
	switch {
	case w.zip != nil:
		return w.zip.Write(b)
	case w.wrote:
		return w.ResponseWriter.Write(b)
	case !w.zips || !w.compressible():
		w.emit()
		return w.ResponseWriter.Write(b)
	case w.head.Len()+len(b) < smallest:
		return w.head.Write(b)
	}
	w.startZip()
	if _, err := w.zip.Write(w.head.Bytes()); err != nil {
		return 0, err
	}
	w.head.Reset()
	return w.zip.Write(b)
}

func (w *response) startZip() {
	h := w.Header()
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	h.Del("Content-Length")
	w.emit()
	w.zip = zippers.Get().(*gzip.Writer)
	w.zip.Reset(w.ResponseWriter)
}

func (w *response) compressible() bool {
	h := w.Header()
	if h.Get("Content-Encoding") != "" || w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return false
	}
	kind := h.Get("Content-Type")
	return strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "text/plain") ||
		strings.HasPrefix(kind, "text/csv") || strings.Contains(kind, "json")
}

// emit sends the header once.
func (w *response) emit() {
	if w.wrote {
		return
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.wrote = true
	w.ResponseWriter.WriteHeader(w.status)
}

// started tells that it is too late for another answer.
func (w *response) started() bool { return w.wrote }

// forget drops what was kept back, to answer differently.
func (w *response) forget() {
	if w.wrote {
		return
	}
	w.head.Reset()
	w.status, w.sent = 0, 0
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Disposition", "Cache-Control", "Location"} {
		w.Header().Del(name)
	}
}

// Flush sends what there is, for streams.
func (w *response) Flush() {
	w.emit()
	if w.zip != nil {
		w.zip.Flush()
	} else if w.head.Len() > 0 {
		w.ResponseWriter.Write(w.head.Bytes())
		w.head.Reset()
	}
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach deadlines.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish sends the rest.
func (w *response) finish() {
	w.emit()
	if w.head.Len() > 0 {
		w.ResponseWriter.Write(w.head.Bytes())
	}
	if w.zip != nil {
		w.zip.Close()
		w.zip.Reset(io.Discard)
		zippers.Put(w.zip)
		w.zip = nil
	}
}

// responseOf finds the router's writer beneath other wrappers.
func responseOf(w http.ResponseWriter) *response {
	for {
		switch v := w.(type) {
		case *response:
			return v
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return &response{}
		}
	}
}
