package mailbox

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/platform/clock"
)

// dovecot is a mail server of its own in a folder of the test.
type dovecot struct {
	t     *testing.T
	dir   string
	imap  string
	imaps string
	roots *x509.CertPool
	cmd   *exec.Cmd
	mails int
	own   int // uid of the mailbox
}

// give makes the mailbox's user the owner.
func (d *dovecot) give(path string) {
	d.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	err := filepath.Walk(path, func(p string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(p, d.own, -1)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// child marks the process that reads and is killed.
const child = "XINQIAO_MAILBOX_CHILD"

func newDovecot(t *testing.T) *dovecot {
	t.Helper()
	if _, err := exec.LookPath("dovecot"); err != nil {
		t.Skip("no dovecot here (Debian: dovecot-imapd); the server in memory stands in for it")
	}
	dir, err := os.MkdirTemp("", "xinqiao-dovecot-") // its sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b, err := os.ReadFile(filepath.Join(dir, "log")); err == nil && t.Failed() {
			t.Logf("dovecot: %s", b)
		}
		_ = os.RemoveAll(dir)
	})
	d := &dovecot{t: t, dir: dir, imap: freePort(t), imaps: freePort(t)}
	d.certify()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	login, internal, internalGroup, uid, gid := me.Username, me.Username, group.Name, me.Uid, me.Gid
	if me.Uid == "0" { // then it insists on users other than root: those of its package
		own, err := user.Lookup("dovecot")
		if err != nil {
			t.Fatal(err)
		}
		login, internal, internalGroup, uid, gid = "dovenull", "dovecot", "dovecot", own.Uid, own.Gid
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, port, _ := net.SplitHostPort(d.imap)
	_, tlsPort, _ := net.SplitHostPort(d.imaps)
	text := strings.NewReplacer("DIR", dir, "PORT", port, "TLS", tlsPort, "USER", internal, "GROUP", internalGroup, "LOGIN", login, "UID", uid, "GID", gid).Replace(`
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
protocols = imap
listen = 127.0.0.1
default_internal_user = USER
default_internal_group = GROUP
default_login_user = LOGIN
first_valid_uid = 1
ssl = yes
ssl_cert = <DIR/cert.pem
ssl_key = <DIR/key.pem
disable_plaintext_auth = yes
mail_location = maildir:~/Maildir
passdb {
  driver = static
  args = password=an-invented-password
}
userdb {
  driver = static
  args = uid=UID gid=GID home=DIR/home
}
service imap-login {
  chroot =
  inet_listener imap {
    port = PORT
  }
  inet_listener imaps {
    port = TLS
    ssl = yes
  }
}
service anvil {
  chroot =
}
`)
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, "home", "Maildir", f), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.own, _ = strconv.Atoi(uid)
	d.give(filepath.Join(dir, "home"))
	d.start()
	t.Cleanup(d.stop)
	return d
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func (d *dovecot) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail of a test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		d.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		d.t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, b := range map[string][]byte{"cert.pem": cert, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(d.dir, name), b, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	d.roots = x509.NewCertPool()
	d.roots.AppendCertsFromPEM(cert)
}

func (d *dovecot) start() {
	d.t.Helper()
	d.cmd = exec.Command("dovecot", "-F", "-c", filepath.Join(d.dir, "conf"))
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	eventually(d.t, "dovecot answers", func() bool {
		conn, err := net.Dial("tcp", d.imaps)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

func (d *dovecot) stop() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	_ = d.cmd.Wait()
	d.cmd = nil
}

func (d *dovecot) deliver(mail string) {
	d.t.Helper()
	d.mails++
	name := strconv.Itoa(d.mails) + ".test"
	box := filepath.Join(d.dir, "home", "Maildir")
	if err := os.WriteFile(filepath.Join(box, "tmp", name), []byte(mail), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.give(filepath.Join(box, "tmp", name))
	if err := os.Rename(filepath.Join(box, "tmp", name), filepath.Join(box, "new", name)); err != nil {
		d.t.Fatal(err)
	}
}

// processed counts what was moved.
func (d *dovecot) processed() int {
	n := 0
	for _, f := range []string{"new", "cur"} {
		list, _ := os.ReadDir(filepath.Join(d.dir, "home", "Maildir", ".Processed", f))
		n += len(list)
	}
	return n
}

func (d *dovecot) setting(security string) func(*door.Setting) {
	return func(s *door.Setting) {
		s.Values["security"], s.Values["password"], s.Values["server"] = security, "an-invented-password", d.imap
		if security == overTLS {
			s.Values["server"] = d.imaps
		}
	}
}

func TestDovecot(t *testing.T) {
	d := newDovecot(t)
	for i, security := range []string{overTLS, startTLS} {
		b := openBox(t, &notes{}, d.imap, d.setting(security))
		if err := b.Probe(context.Background()); err == nil {
			t.Errorf("%s: a certificate of nobody is believed", security)
		}
		b.Roots = d.roots
		if err := b.Probe(context.Background()); err != nil {
			t.Fatalf("%s: %v", security, err)
		}
		d.deliver(letterOf(10 * i))
		s := &tray{}
		stop := run(t, b, s)
		eventually(t, security+": the first is taken", func() bool { return len(s.arrivals()) == 1 })
		d.deliver(letterOf(10*i + 1))
		eventually(t, security+": the second is taken while it idles", func() bool { return len(s.arrivals()) == 2 })
		d.stop() // the server is restarted
		d.deliver(letterOf(10*i + 2))
		d.start()
		eventually(t, security+": the third is taken from the server that came back", func() bool { return len(s.arrivals()) == 3 })
		eventually(t, security+": all are moved", func() bool { return d.processed() == 3*(i+1) })
		stop()
	}
}

// diskTray keeps arrivals as files, one a key, and kills its own process now
// and then: before it has written, or after.
type diskTray struct {
	dir  string
	left int
	when string
}

func (s *diskTray) Take(_ context.Context, a door.Arrival) (door.Taken, error) {
	s.left--
	if s.left == 0 && s.when == "before" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	f, err := os.OpenFile(filepath.Join(s.dir, hex.EncodeToString([]byte(a.Key))), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, _ = f.WriteString(a.Draft.Title)
		_ = f.Close()
	}
	if s.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return door.Taken{Again: os.IsExist(err)}, nil
}

// fileNotes keep the mark on disk.
type fileNotes struct {
	notes
	path string
}

func (n *fileNotes) Mark(context.Context, string) (m Mark, err error) {
	b, err := os.ReadFile(n.path)
	if os.IsNotExist(err) {
		return m, nil
	}
	_, err = fmt.Sscanf(string(b), "%d/%d", &m.Validity, &m.UID)
	return m, err
}

func (n *fileNotes) SetMark(_ context.Context, _ string, m Mark) error {
	return os.WriteFile(n.path, fmt.Appendf(nil, "%d/%d", m.Validity, m.UID), 0o600)
}

func TestKilledBetweenFetchAndCommit(t *testing.T) {
	if spec := os.Getenv(child); spec != "" {
		runChild(t, strings.Split(spec, "|"))
		return
	}
	d := newDovecot(t)
	const mails = 30
	for i := range mails {
		d.deliver(letterOf(i))
	}
	out := t.TempDir()
	killed := 0
	for i := 0; ; i++ {
		when := []string{"before", "after"}[i%2]
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledBetweenFetchAndCommit$")
		cmd.Env = append(os.Environ(), child+"="+strings.Join([]string{d.imaps, d.dir, out, when, strconv.Itoa(1 + i%5)}, "|"))
		err := cmd.Run()
		if list, _ := os.ReadDir(out); err == nil {
			if len(list) != mails+1 { // and the mark
				t.Fatalf("%d of %d are there", len(list)-1, mails)
			}
			break
		}
		if killed++; killed > 3*mails {
			t.Fatal("it comes to no end")
		}
	}
	titles := map[string]int{}
	list, _ := os.ReadDir(out)
	for _, f := range list {
		b, _ := os.ReadFile(filepath.Join(out, f.Name()))
		titles[string(b)]++
	}
	for i := range mails {
		if n := titles[fmt.Sprintf("路灯 %d", i)]; n != 1 {
			t.Errorf("mail %d is there %d times", i, n)
		}
	}
	t.Logf("%d mails, killed %d times: each is there once", mails, killed)
	if d.processed() != mails {
		t.Errorf("%d of %d were moved", d.processed(), mails)
	}
}

// runChild reads until nothing has come for a moment.
func runChild(t *testing.T, spec []string) {
	left, _ := strconv.Atoi(spec[4])
	pemBytes, err := os.ReadFile(filepath.Join(spec[1], "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pemBytes)
	b, err := open(Needs{Memory: &fileNotes{path: filepath.Join(spec[2], "mark")}, Clock: clock.System, Log: slog.New(slog.DiscardHandler), Roots: roots},
		door.Setting{Code: "mayor-mail", Values: map[string]string{"server": spec[0], "security": overTLS, "user": "mayor@example.org", "password": "an-invented-password", "done": "Processed"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := b.Run(ctx, &diskTray{dir: spec[2], left: left, when: spec[3]}); err != nil {
		t.Fatal(err)
	}
}
