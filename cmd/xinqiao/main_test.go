package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// try runs a command line and gives its exit code and what it wrote.
func try(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, terminal{strings.NewReader(""), &o, &e})
	return code, o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--help"}, 0, "Examples:"},
		{[]string{"serve", "--help"}, 0, "--public-url"},
		{[]string{"version"}, 0, "xinqiao dev"},
		{[]string{}, exitUsage, "expected one of"},
		{[]string{"serv"}, exitUsage, "unexpected argument serv"},
		{[]string{"serve", "--public-url", "nonsense"}, exitUsage, "--public-url"},
		{[]string{"serve", "--readers=-1"}, exitUsage, "--readers -1"},
		{[]string{"serve", "--city-code", "x"}, exitUsage, "two capital letters"},
		{[]string{"import", "no-such-file.tsv"}, exitUsage, "no-such-file.tsv"},
		{[]string{"user", "add", "zhang"}, exitUsage, "missing flags"},
	} {
		code, out, errs := try(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%v: exit %d, want %d and %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
	}
}

func TestPasswordsAreRefusedOnTheCommandLine(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--database", "postgres://u:hunter2@db/x"},
		{"serve", "--database=postgres://u:hunter2@db/x"},
	} {
		code, out, errs := try(t, args...)
		if code != exitUsage || strings.Contains(out+errs, "hunter2") || !strings.Contains(errs, "XINQIAO_DATABASE") {
			t.Errorf("%v: exit %d, %s%s", args, code, out, errs)
		}
	}
}

// parsed gives the settings that serve would start with.
func parsed(t *testing.T, args ...string) serveCmd {
	t.Helper()
	var c cli
	p, err := kong.New(&c, kong.Configuration(readFile), kong.DefaultEnvars("XINQIAO"), kong.Vars{"roles": "any"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	return c.Serve
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "xinqiao.json")
	if err := os.WriteFile(file, []byte(`{"listen": "127.0.0.1:1", "city-code": "AA", "shutdown-wait": "5m"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XINQIAO_LISTEN", "127.0.0.1:2")
	t.Setenv("XINQIAO_CITY_NAME_EN", "Elsewhere")
	c := parsed(t, "--config", file, "--city-code", "BB")
	if c.Listen != "127.0.0.1:2" || c.CityCode != "BB" || c.ShutdownWait.Minutes() != 5 ||
		c.CityNameEN != "Elsewhere" || c.UploadLimit != 20<<20 {
		t.Errorf("%+v", c)
	}
}

func TestFileWithUnknownKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "xinqiao.json")
	if err := os.WriteFile(file, []byte(`{"listn": "127.0.0.1:1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := try(t, "serve", "--config", file); code != exitUsage || !strings.Contains(errs, "listn") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// TestExamples keeps the examples of --help true: each must parse.
func TestExamples(t *testing.T) {
	letters := filepath.Join(t.TempDir(), "letters.xlsx")
	if err := os.WriteFile(letters, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^  (?:XINQIAO_\S+ )?xinqiao (.*?)(?:   .*)?$`).FindAllStringSubmatch(description, -1)
	if len(lines) < 6 {
		t.Fatalf("found %d examples", len(lines))
	}
	for _, l := range lines {
		args := strings.Fields(strings.ReplaceAll(l[1], "letters.xlsx", letters))
		p, err := newParser(terminal{nil, &bytes.Buffer{}, &bytes.Buffer{}}, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse(args); err != nil {
			t.Errorf("%s: %v", l[1], err)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, out, errs := try(t, "completion", shell)
		if code != 0 || !strings.Contains(out, "serve") || !strings.Contains(out, "public-url") {
			t.Errorf("%s: exit %d, %s", shell, code, errs)
		}
		if bin, err := exec.LookPath(shell); err == nil && shell == "bash" {
			cmd := exec.CommandContext(t.Context(), bin, "-c",
				out+"COMP_WORDS=(xinqiao migrate st); COMP_CWORD=2; _xinqiao; echo \"${COMPREPLY[@]}\"")
			if got, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(got)) != "status" {
				t.Errorf("bash completes st with %q, %v", got, err)
			}
		}
	}
}

func TestVersionJSON(t *testing.T) {
	_, out, _ := try(t, "version", "--json")
	var v map[string]string
	if err := json.Unmarshal([]byte(out), &v); err != nil || v["version"] != "dev" {
		t.Errorf("%s: %v", out, err)
	}
}

func TestPasswordFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(file, []byte("correct horse\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if pw, err := (secret{file}).read(terminal{}); pw != "correct horse" || err != nil {
		t.Errorf("%q %v", pw, err)
	}
	if pw, err := (secret{"-"}).read(terminal{in: strings.NewReader("typed")}); pw != "typed" || err != nil {
		t.Errorf("%q %v", pw, err)
	}
	if _, err := (secret{"-"}).read(terminal{in: strings.NewReader("\n")}); err == nil {
		t.Error("an empty password must be refused")
	}
	if pw, err := (secret{}).read(terminal{}); pw != "" || err != nil {
		t.Errorf("%q %v", pw, err)
	}
}
