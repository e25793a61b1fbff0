package dbtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Server is a throwaway PostgreSQL server: a unix socket only, and no durability
// unless asked for.
type Server struct {
	URL   string // of the database "postgres", as superuser
	stdin io.Closer
	wait  func() error
}

// keeper starts a server and stops it when its standard input closes: when
// Stop is called or when the process that holds the other end dies, however it
// dies.
const keeper = `
bin=$1 dir=$2
shift 2
trap '' INT TERM HUP
"$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 -N >"$dir/log" 2>&1 ||
	{ cat "$dir/log"; rm -rf "$dir"; exit 1; }
"$bin/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" -c max_connections=400 \
	-c max_wal_size=4GB -c deadlock_timeout=200ms "$@" >>"$dir/log" 2>&1 </dev/null &
pid=$!
until "$bin/pg_isready" -q -h "$dir"; do
	kill -0 $pid 2>/dev/null || { cat "$dir/log"; rm -rf "$dir"; exit 1; }
	sleep 0.05
done
echo ready
cat >/dev/null
kill -QUIT $pid
wait $pid
rm -rf "$dir"
`

// The settings of a server for tests, which may lose everything, and of one
// for benchmarks, which keeps what it acknowledged and has memory as in use.
var (
	careless = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "autovacuum=off", "checkpoint_timeout=1h"}
	durable  = []string{"fsync=on", "synchronous_commit=on", "shared_buffers=1GB", "effective_cache_size=4GB"}
)

// Start starts a server for tests.
func Start() (*Server, error) { return start(careless) }

// StartDurable starts a server for benchmarks.
func StartDurable() (*Server, error) { return start(durable) }

func start(settings []string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "xqpg")
	if err != nil {
		return nil, err
	}
	args := []string{"-c", keeper, "keeper", bin, dir}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	cmd := exec.Command("sh", args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := unprivileged(cmd, dir); err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	first, _ := bufio.NewReader(out).ReadString('\n')
	if strings.TrimSpace(first) != "ready" {
		rest, _ := io.ReadAll(out)
		return nil, fmt.Errorf("start PostgreSQL: %w: %s%s", cmd.Wait(), first, rest)
	}
	return &Server{URL: "postgres://postgres@/postgres?host=" + dir, stdin: in, wait: cmd.Wait}, nil
}

// Stop stops the server and removes its files.
func (s *Server) Stop() error { return errors.Join(s.stdin.Close(), s.wait()) }

// binaries finds the newest PostgreSQL on this machine.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("no PostgreSQL server on this machine: install one (apt-get install postgresql) or set XINQIAO_TEST_PG to the URL of one")
}

// unprivileged makes the command run as the user postgres when we are root,
// because the server refuses root.
func unprivileged(cmd *exec.Cmd, dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, uid, gid)
}
