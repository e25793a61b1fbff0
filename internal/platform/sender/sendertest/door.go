package sendertest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Door is a web server that can be shut and opened again at its address.
type Door struct {
	URL   string
	Roots *x509.CertPool // that know its certificate, when it has one

	t       *testing.T
	handler http.Handler
	addr    string
	tls     *tls.Config
	server  *http.Server

	listener net.Listener
}

// NewDoor opens a door, with TLS if secure.
func NewDoor(t *testing.T, handler http.Handler, secure bool) *Door {
	d := &Door{t: t, handler: handler, addr: "127.0.0.1:0", Roots: x509.NewCertPool()}
	if secure {
		s := httptest.NewTLSServer(nil) // lends its certificate, which names 127.0.0.1
		d.Roots.AddCert(s.Certificate())
		d.tls = &tls.Config{Certificates: s.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}
		s.Close()
	}
	d.Up()
	d.URL = "http://" + d.addr
	if secure {
		d.URL = "https://" + d.addr
	}
	t.Cleanup(d.Down)
	return d
}

// Up opens it.
func (d *Door) Up() {
	l, err := net.Listen("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	d.addr = l.Addr().String()
	s := &http.Server{Handler: d.handler, ErrorLog: log.New(io.Discard, "", 0), TLSConfig: d.tls.Clone()}
	d.server, d.listener = s, l
	if d.tls != nil {
		go func() { _ = s.ServeTLS(l, "", "") }()
		return
	}
	go func() { _ = s.Serve(l) }()
}

// Down shuts it: connections are refused.
func (d *Door) Down() {
	_ = d.listener.Close() // the server may not have got to it yet
	_ = d.server.Close()
}
