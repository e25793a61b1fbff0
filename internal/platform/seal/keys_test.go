package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var moment = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// house is a key file with its master key beside it.
func house(t *testing.T) (path string, master Master, k *Keyring) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data", "seal.key")
	master, err := MasterBeside(path+".master", path)
	if err != nil {
		t.Fatal(err)
	}
	if k, err = OpenOrCreate(t.Context(), path, master, moment); err != nil {
		t.Fatal(err)
	}
	return path, master, k
}

func opens(t *testing.T, k *Keyring, sealed []byte, want string) {
	t.Helper()
	if got, err := k.Unseal("p", sealed); err != nil || string(got) != want {
		t.Fatalf("opens as %q, %v; want %q", got, err, want)
	}
}

// A process that has not looked at the key file yet opens what another one
// sealed with the new key, and goes on to seal with it.
func TestRotationReachesEveryProcess(t *testing.T) {
	path, master, one := house(t)
	other, err := Open(t.Context(), path, master)
	if err != nil {
		t.Fatal(err)
	}
	before := one.Seal("p", []byte("before"))
	next, err := Rotate(t.Context(), path, master, Data, moment)
	if err != nil || next.ID != 2 || next.State != Active {
		t.Fatalf("%+v %v", next, err)
	}
	if changed, err := one.Reload(t.Context()); err != nil || !changed {
		t.Fatal(changed, err)
	}
	after := one.Seal("p", []byte("after"))
	if !one.Stale(before) || one.Stale(after) || !bytes.Equal(after[1:3], one.Mark()) {
		t.Fatal("which key sealed what is mistaken")
	}
	opens(t, other, after, "after")
	opens(t, other, before, "before")
	if other.Stale(other.Seal("p", nil)) || !other.Stale(before) {
		t.Error("the other process seals with the old key")
	}
}

func TestDestroying(t *testing.T) {
	path, master, k := house(t)
	sealed := k.Seal("p", []byte("x"))
	if err := Destroy(path, Data, 1, moment.Add(time.Hour)); !errors.Is(err, ErrInUse) {
		t.Errorf("the active key: %v", err)
	}
	if _, err := Rotate(t.Context(), path, master, Data, moment); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(path, Data, 1, moment.Add(time.Second)); !errors.Is(err, ErrTooFresh) {
		t.Errorf("just out of use: %v", err)
	}
	if err := Destroy(path, Data, 1, moment.Add(Settled)); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(path, Data, 1, moment.Add(time.Hour)); !errors.Is(err, ErrNoKey) {
		t.Errorf("twice: %v", err)
	}
	if _, err := k.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Unseal("p", sealed); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a destroyed key opens: %v", err)
	}
	if next, err := Rotate(t.Context(), path, master, Data, moment); err != nil || next.ID != 3 {
		t.Errorf("an id is given twice: %+v %v", next, err)
	}
}

func TestStagedKeysOnlyOpen(t *testing.T) {
	path, master, k := house(t)
	for range 2 {
		if s, err := Stage(t.Context(), path, master, Data, moment); err != nil || s.ID != 2 || s.State != Staged {
			t.Fatalf("%+v %v", s, err)
		}
	}
	if _, err := k.Reload(t.Context()); err != nil || k.Stale(k.Seal("p", nil)) {
		t.Fatal("a staged key seals", err)
	}
	if next, err := Rotate(t.Context(), path, master, Data, moment); err != nil || next.ID != 2 {
		t.Fatalf("%+v %v", next, err)
	}
	list, err := List(path)
	if err != nil || len(list) != 4 || list[0].State != Old || list[3].State != Active {
		t.Fatalf("%+v %v", list, err)
	}
	if _, err := Rotate(t.Context(), path, master, Derive, moment); err == nil {
		t.Error("the key of codes was changed")
	}
}

func TestIndexKeysRotateToo(t *testing.T) {
	path, master, k := house(t)
	blind, code := k.Blind("phone", "13800000000"), k.Index("code", "1")
	if _, err := Rotate(t.Context(), path, master, Index, moment); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	both := k.Blinds("phone", "13800000000")
	if len(both) != 2 || bytes.Equal(both[0], blind) || !bytes.Equal(both[1], blind) || !bytes.Equal(both[0], k.Blind("phone", "13800000000")) || k.IndexKey() != 2 {
		t.Error("the indexes of both keys are not looked for")
	}
	if !bytes.Equal(code, k.Index("code", "1")) {
		t.Error("a code changed")
	}
}

// A key file of the first version goes on to open what it sealed and to make
// the same indexes; its clear keys are gone from the disk.
func TestOldKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.key")
	secret, index := randomBytes(keySize), randomBytes(indexSize)
	text, _ := json.Marshal(map[string]any{"active": 3, "sm3_hmac": index, "keys": []map[string]any{{"id": 3, "sm4": secret}}})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	gcm, _ := newGCM(secret)
	sealed := append([]byte{version, 0, 3}, make([]byte, nonceSize)...)
	sealed = gcm.Seal(sealed, make([]byte, nonceSize), []byte("x"), []byte("p"))

	var wg sync.WaitGroup
	for range 6 { // processes that start at once
		wg.Go(func() {
			master, err := MasterBeside(path+".master", path)
			if err != nil {
				t.Error(err)
				return
			}
			k, err := OpenOrCreate(t.Context(), path, master, moment)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := k.Unseal("p", sealed); err != nil || string(got) != "x" {
				t.Errorf("%q %v", got, err)
			}
			want := newMACs(1, index).of("phone", "1")
			if !bytes.Equal(k.Index("phone", "1"), want) || !bytes.Equal(k.Blind("phone", "1"), want) {
				t.Error("an index changed")
			}
		})
	}
	wg.Wait()
	left, _ := os.ReadFile(path)
	if f, err := readFile(path); err != nil || f.Format != format || bytes.Contains(left, []byte("sm4\"")) {
		t.Errorf("the file is still %s %v", left, err)
	}
}

func TestMasterKeys(t *testing.T) {
	path, master, k := house(t)
	sealed := k.Seal("p", []byte("x"))
	stranger, _ := MasterText(strings.Repeat("ab", keySize))
	if _, err := Open(t.Context(), path, stranger); !errors.Is(err, ErrMaster) {
		t.Errorf("another master key: %v", err)
	}
	if _, err := Rotate(t.Context(), path, stranger, Data, moment); !errors.Is(err, ErrMaster) {
		t.Errorf("another master key adds a key: %v", err)
	}
	if err := Rewrap(t.Context(), path, master, stranger); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path, stranger)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, again, sealed, "x")
	opens(t, k, sealed, "x") // running processes go on
	if _, err := Open(t.Context(), path, master); !errors.Is(err, ErrMaster) {
		t.Errorf("the old master key still opens: %v", err)
	}
	os.Remove(path + ".master")
	if _, err := MasterBeside(path+".master", path); err == nil {
		t.Error("a lost master key was made anew")
	}
	for _, bad := range []string{"", "xyz", strings.Repeat("a", 31), strings.Repeat("ab", 32)} {
		if _, err := MasterText(bad); err == nil {
			t.Errorf("%q was taken as a master key", bad)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	path, master, _ := house(t)
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 2 {
		t.Fatalf("files left: %v %v", left, err)
	}
	for _, p := range []string{path, path + ".master"} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("mode %v %v", info.Mode(), err)
		}
		if err := os.Chmod(p, 0o604); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.Context(), path, master); err == nil {
		t.Error("a key file that others can read was accepted")
	}
	if _, err := MasterFile(path + ".master"); err == nil {
		t.Error("a master key that others can read was accepted")
	}
}

func TestDamagedKeyFile(t *testing.T) {
	master, _ := MasterText(strings.Repeat("ab", keySize))
	for name, text := range map[string]string{
		"no JSON": "x", "nothing": "{}", "short index key": `{"active":1,"keys":[{"id":1,"sm4":"AAAAAAAAAAAAAAAAAAAAAA=="}],"sm3_hmac":"AAA="}`,
		"short key":            `{"active":1,"keys":[{"id":1,"sm4":"AAA="}],"sm3_hmac":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`,
		"active key missing":   `{"active":9,"keys":[{"id":1,"sm4":"AAAAAAAAAAAAAAAAAAAAAA=="}],"sm3_hmac":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`,
		"of a later version":   `{"format":3,"keys":[{"id":1}]}`,
		"wrapped by something": `{"format":2,"keys":[{"id":1,"use":"data","state":"active","wrapped":"AAAA"}]}`,
	} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenOrCreate(t.Context(), path, master, moment); err == nil {
			t.Errorf("%s was accepted", name)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%s: the file was touched", name)
		}
	}
}

// A device that a command speaks for: the protocol, with openssl in its place.
func TestMasterCommand(t *testing.T) {
	script := filepath.Join(t.TempDir(), "device")
	text := "#!/bin/sh\nread in\ncase $1 in fail) echo no card >&2; exit 3;; esac\necho $in | tr 0123456789abcdef fedcba9876543210\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	master, err := MasterCommand(script)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "seal.key")
	k, err := OpenOrCreate(t.Context(), path, master, moment)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path, master)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, again, k.Seal("p", []byte("x")), "x")
	broken, _ := MasterCommand(script + " fail")
	if _, err := Open(t.Context(), path, broken); err == nil || !strings.Contains(err.Error(), "no card") {
		t.Errorf("what the device says is lost: %v", err)
	}
	if _, err := MasterCommand(" "); err == nil {
		t.Error("an empty command")
	}
}

// The master key lies in a PKCS#11 token and never leaves it: SoftHSM stands
// for the device, tools/pkcs11-master.sh speaks to it.
func TestMasterInToken(t *testing.T) {
	const module = "/usr/lib/softhsm/libsofthsm2.so"
	for _, need := range []string{"softhsm2-util", "pkcs11-tool", "openssl", "xxd"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Skip("needs the Debian packages softhsm2, opensc, openssl and xxd: ", err)
		}
	}
	dir := t.TempDir()
	conf, pin := filepath.Join(dir, "softhsm2.conf"), filepath.Join(dir, "pin")
	os.Mkdir(filepath.Join(dir, "tokens"), 0o700)
	os.WriteFile(conf, []byte("directories.tokendir = "+dir+"/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600)
	os.WriteFile(pin, []byte("493817\n"), 0o600)
	t.Setenv("SOFTHSM2_CONF", conf)
	t.Setenv("XINQIAO_PKCS11_MODULE", module)
	t.Setenv("XINQIAO_PKCS11_PIN_FILE", pin)
	t.Setenv("XINQIAO_PKCS11_TOKEN", "xinqiao")
	for _, line := range []string{
		"softhsm2-util --init-token --free --label xinqiao --so-pin 000000 --pin 493817",
		"pkcs11-tool --module " + module + " --token-label xinqiao --login --pin 493817 --keygen --key-type aes:32 --label xinqiao-master --sensitive",
	} {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", line, err, out)
		}
	}
	master, err := MasterCommand("sh ../../../tools/pkcs11-master.sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "seal.key")
	k, err := OpenOrCreate(t.Context(), path, master, moment)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Rotate(t.Context(), path, master, Data, moment); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path, master)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, again, k.Seal("p", []byte("x")), "x")
	wrapped, err := master.Wrap(t.Context(), "xinqiao/data/1", randomBytes(keySize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := master.Unwrap(t.Context(), "xinqiao/data/2", wrapped); err == nil {
		t.Error("a wrapped key that was moved opens")
	}
}
