package telephone

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// certificate is signed by itself.
func certificate(t *testing.T, ip string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP(ip)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// TestTLS talks to a trunk over TLS and refuses one that is not who it says.
func TestTLS(t *testing.T) {
	for _, c := range []struct {
		name, ip string
		known    bool
	}{{"known", loop, true}, {"of nobody we know", loop, false}, {"for somebody else", "192.0.2.1", true}} {
		t.Run(c.name, func(t *testing.T) {
			cert, pool := certificate(t, c.ip)
			listener, err := tls.Listen("tcp", loop+":0", &tls.Config{Certificates: []tls.Certificate{cert}})
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			ua, err := sipgo.NewUA()
			if err != nil {
				t.Fatal(err)
			}
			defer ua.Close()
			server, err := sipgo.NewServer(ua)
			if err != nil {
				t.Fatal(err)
			}
			server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) { reply(tx, req, sip.StatusOK) })
			go server.ServeTLS(listener)
			config := Config{Trunk: listener.Addr().String(), Transport: "tls", User: "10086", Local: loop, Reply: time.Second}
			if c.known {
				config.Roots = pool
			}
			line, err := Open(config, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer line.Close()
			if err := line.Check(t.Context()); (err == nil) != (c.name == "known") || err != nil && !errors.Is(err, ErrNoReply) {
				t.Error(err)
			}
		})
	}
}
