// Package telephone holds conversations over SIP (RFC 3261) and RTP (RFC 3550):
// it dials, answers, plays and records sound at 8 kHz in G.711, and hears keys
// (RFC 4733). It knows nothing of what is said.
//
// Errors name no number and log nothing: numbers are personal data, and the SIP
// library likes to quote them.
package telephone

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// The library logs to one place for the whole process, numbers included. What
// matters of it comes back as errors.
func init() { sip.SetDefaultLogger(slog.New(slog.DiscardHandler)) }

// Config (线路配置) is the account at an operator's trunk or at the house's own
// exchange.
type Config struct {
	Trunk     string // host or host:port
	Proxy     string // host:port that requests are sent through; empty sends to the trunk
	Transport string // udp (default), tcp, tls
	Domain    string // of our own address; default the trunk's host
	User      string
	Secret    string
	CallerID  string         // the number that is shown; default User
	Register  bool           // tell the trunk where we are, where it does not know
	Local     string         // ip, or ip:port for SIP; default the address towards the trunk and any port
	Public    string         // IP address to announce, where a network translates it
	Roots     *x509.CertPool // for tls; nil takes the system's
	Ports     [2]int         // first and last UDP port of sound; zero takes any

	Reply time.Duration // how long a first answer to any request may take; default 5 s
}

// Line (线路) is an open telephone line with room for many calls.
type Line struct {
	c         Config
	host      string // the trunk's
	port      int
	local     netip.Addr
	announced netip.Addr
	laddr     sip.Addr // of our one UDP port; zero for other transports
	ua        *sipgo.UserAgent
	client    *sipgo.Client
	dialogs   sipgo.DialogUA
	answer    func(context.Context, *Call)

	ctx   context.Context // ends when the line closes
	stop  context.CancelFunc
	hang  context.CancelFunc // of our UDP port
	group sync.WaitGroup
	home  sync.WaitGroup // of being registered

	registration  sip.CallIDHeader
	registrations atomic.Uint32

	mu         sync.Mutex
	calls      map[string]*Call // by dialog
	registered error
}

// errUnregistered is the state of a line before its first registration.
var errUnregistered = errors.New("not registered")

// Open prepares a line; it talks to nobody but, with Register, in the
// background to the trunk. Calls from outside go to answer; nil declines them.
func Open(c Config, answer func(context.Context, *Call)) (*Line, error) {
	l := &Line{c: c, answer: answer, calls: map[string]*Call{}, registered: errUnregistered, hang: func() {}}
	l.registration = sip.CallIDHeader(rand.Text())
	if l.c.Reply <= 0 {
		l.c.Reply = 5 * time.Second
	}
	if l.c.Transport = strings.ToLower(c.Transport); l.c.Transport == "" {
		l.c.Transport = "udp"
	}
	if l.c.Transport != "udp" && l.c.Transport != "tcp" && l.c.Transport != "tls" {
		return nil, errors.New("the transport is none of udp, tcp, tls")
	}
	if l.host, l.port = split(c.Trunk); l.host == "" {
		return nil, errors.New("no trunk")
	}
	if l.c.Domain == "" {
		l.c.Domain = l.host
	}
	if l.c.CallerID == "" {
		l.c.CallerID = c.User
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	if err := l.bind(); err != nil {
		l.stop()
		l.hang()
		return nil, fmt.Errorf("opening the telephone line: %w", err)
	}
	if c.Register {
		l.home.Go(l.keepRegistered)
	}
	return l, nil
}

// bind opens our end of the line.
func (l *Line) bind() error {
	port, err := l.findLocal()
	if err != nil {
		return err
	}
	if l.ua, err = sipgo.NewUA(
		sipgo.WithUserAgenTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: l.c.Roots}),
		sipgo.WithUserAgent("xinqiao"), sipgo.WithUserAgentHostname(l.c.Domain),
	); err != nil {
		return err
	}
	options := []sipgo.ClientOption{sipgo.WithClientNAT(), sipgo.WithClientHostname(l.announced.String())}
	server, err := sipgo.NewServer(l.ua)
	if err != nil {
		return err
	}
	l.serve(server)
	contact := sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: l.c.User, Host: l.announced.String()}}
	if l.c.Transport == "udp" {
		// One port for both directions: what the trunk sends us finds the way
		// back through firewalls, and Contact stays right.
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(l.local, port)))
		if err != nil {
			return err
		}
		l.hang = func() { conn.Close() }
		at := conn.LocalAddr().(*net.UDPAddr)
		contact.Address.Port = at.Port
		l.laddr = sip.Addr{IP: at.IP, Port: at.Port}
		options = append(options, sipgo.WithClientPort(at.Port), sipgo.WithClientConnectionAddr(at.String()))
		l.group.Go(func() { server.ServeUDP(conn) })
		if err := l.served(at.String()); err != nil {
			return err
		}
	} else {
		contact.Address.UriParams.Add("transport", l.c.Transport)
	}
	if l.client, err = sipgo.NewClient(l.ua, options...); err != nil {
		return err
	}
	l.dialogs = sipgo.DialogUA{Client: l.client, ContactHDR: contact}
	return nil
}

// served waits for the library to use our port: a request before that would
// try to open it anew.
func (l *Line) served(addr string) error {
	for range 1000 {
		if conn, err := l.ua.TransportLayer().GetConnection("udp", addr); err == nil && conn != nil {
			conn.TryClose()
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("the port is not served")
}

// findLocal fills in our addresses and gives the port for SIP, 0 for any.
func (l *Line) findLocal() (uint16, error) {
	ip, port := l.c.Local, 0
	if host, p, err := net.SplitHostPort(ip); err == nil {
		if port, err = strconv.Atoi(p); err != nil {
			return 0, errors.New("no such port to listen on")
		}
		ip = host
	}
	if ip == "" {
		// A connected UDP socket sends nothing, but the system has chosen the
		// interface.
		conn, err := net.Dial("udp", net.JoinHostPort(l.host, strconv.Itoa(max(l.port, 5060))))
		if err != nil {
			return 0, errors.New("no way to the trunk")
		}
		defer conn.Close()
		ip = conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().String()
	}
	var err error
	if l.local, err = netip.ParseAddr(ip); err != nil {
		return 0, errors.New("the local address is no IP address")
	}
	l.announced = l.local
	if l.c.Public != "" {
		if l.announced, err = netip.ParseAddr(l.c.Public); err != nil {
			return 0, errors.New("the public address is no IP address")
		}
	}
	return uint16(port), nil
}

// split separates the port from an address; 0 leaves it to the transport.
func split(addr string) (string, int) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return addr, 0
	}
	port, _ := strconv.Atoi(p)
	return host, port
}

// request starts a request to the trunk; user is who is meant there.
func (l *Line) request(method sip.RequestMethod, user string) *sip.Request {
	to := sip.Uri{Scheme: "sip", User: user, Host: l.host, Port: l.port}
	if l.c.Transport != "udp" {
		to.UriParams.Add("transport", l.c.Transport)
	}
	req := sip.NewRequest(method, to)
	req.SetTransport(strings.ToUpper(l.c.Transport))
	if l.c.Proxy != "" {
		host, port := split(l.c.Proxy)
		via := sip.RouteHeader{Address: sip.Uri{Scheme: "sip", Host: host, Port: port}}
		via.Address.UriParams.Add("lr", "")
		req.AppendHeader(&via)
	}
	return req
}

// Close ends the line; calls on it fall silent.
func (l *Line) Close() error {
	l.stop()
	l.home.Wait()
	l.hang()
	err := l.ua.Close()
	l.group.Wait()
	return err
}

// keep makes a call findable for the other side's requests; drop ends that.
func (l *Line) keep(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[c.dialogID] = c
}

func (l *Line) drop(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.calls, c.dialogID)
}

// find gives the call that a request belongs to. The library writes the tags
// of a dialog in one order for the caller, in the other for the called.
func (l *Line) find(req *sip.Request) *Call {
	caller, err1 := sip.DialogIDFromRequestUAC(req)
	called, err2 := sip.DialogIDFromRequestUAS(req)
	if err1 != nil || err2 != nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.calls[caller]; c != nil {
		return c
	}
	return l.calls[called]
}
