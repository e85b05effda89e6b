package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestServeCheck(t *testing.T) {
	r := pricetime(t, "", "serve", "--check", "--instruments", "../../docs/examples/instruments.conf", "--accounts", "../../docs/examples/accounts.conf").expect(t, exitOK)
	if r.stdout != "3 products, 5 points of schedule, 3 accounts\n" {
		t.Errorf("stdout %q", r.stdout)
	}
	dir := t.TempDir()
	bad, worse := filepath.Join(dir, "bad.conf"), filepath.Join(dir, "worse.conf")
	os.WriteFile(bad, []byte("[product A]\ntick = 0.01\nlot = 1\nquantity-max = 0.5\n[product A]\n"), 0o600)
	os.WriteFile(worse, []byte("[account a]\nkey = secret\nrole = king\n"), 0o600)
	for _, args := range [][]string{{"--check"}, {"--json", "127.0.0.1:0"}} { // without --check it does not start either
		r = pricetime(t, "", append([]string{"serve", "--instruments", bad, "--accounts", worse}, args...)...).expect(t, exitFailed)
		for _, want := range []string{bad + ":4: quantity-max: ", bad + ":5: ", worse + ":2: key: ", worse + ":3: role: "} {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%v: no %q in\n%s", args, want, r.stderr)
			}
		}
		if r.stdout != "" {
			t.Errorf("%v: stdout %q", args, r.stdout)
		}
	}
	pricetime(t, "", "serve", "--check", "--accounts", filepath.Join(dir, "nosuch")).expect(t, exitFailed)
}

// A key that the program makes opens the account whose lines it prints, and no other.
func TestKeyAndAdmin(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "accounts.conf"), filepath.Join(dir, "ops.key")
	r := pricetime(t, "", "key", "--account", "ops", "--out", key).expect(t, exitOK)
	if info, err := os.Stat(key); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	pricetime(t, "", "key", "--account", "ops", "--out", key).expect(t, exitFailed) // it is not overwritten
	pricetime(t, "", "key", "--account", "a b").expect(t, exitUsage)
	alice := filepath.Join(dir, "alice.key")
	other := pricetime(t, "", "key", "--account", "alice", "--out", alice).expect(t, exitOK)
	os.WriteFile(file, []byte(other.stdout+r.stdout+"role = admin\n"), 0o600)
	_, address := startVenue(t, "--accounts", file)
	to := []string{"--addr", address, "--account"}
	r = pricetime(t, "", append([]string{"admin", "halt", "DEMO"}, append(to, "ops")...)...).expect(t, exitFailed)
	if !strings.Contains(r.stderr, "login_refused") {
		t.Errorf("without a key: %s", r.stderr)
	}
	r = pricetime(t, "", append([]string{"admin", "halt", "DEMO"}, append(to, "alice", "--key-file", alice)...)...).expect(t, exitFailed)
	if !strings.Contains(r.stdout, "not_allowed") {
		t.Errorf("without the role: %s%s", r.stdout, r.stderr)
	}
	r = pricetime(t, "", append([]string{"admin", "kill", "account", "carol"}, append(to, "ops", "--key-file", key)...)...).expect(t, exitFailed)
	if !strings.Contains(r.stdout, "no such account") {
		t.Errorf("an unknown account: %s%s", r.stdout, r.stderr)
	}
}

// A venue with accounts takes orders from who has the key.
func TestSendWithAKey(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "accounts.conf"), filepath.Join(dir, "alice.key")
	r := pricetime(t, "", "key", "--account", "alice", "--out", key).expect(t, exitOK)
	os.WriteFile(file, []byte(r.stdout), 0o600)
	_, address := startVenue(t, "--accounts", file)
	send := func(args ...string) result {
		return pricetime(t, "", append([]string{"send", "--addr", address, "--side", "buy", "--price", "1.00", "--size", "1"}, args...)...)
	}
	send("--account", "alice", "--key-file", key).expect(t, exitOK)
	for _, c := range []struct {
		args []string
		hint string
	}{
		{nil, "--account NAME --key-file FILE"},
		{[]string{"--account", "bob", "--key-file", key}, "is " + key + " the key of account bob?"},
		{[]string{"--account", "alice", "--key-file", key + "s"}, key + "s"},
	} {
		if r := send(c.args...).expect(t, exitFailed); !strings.Contains(r.stderr, c.hint) {
			t.Errorf("%q: no %q in %s", c.args, c.hint, r.stderr)
		}
	}
}

func TestAdminWords(t *testing.T) {
	for _, words := range []string{"", "hlt DEMO", "halt", "halt A B", "kill", "kill everybody", "kill account", "kill venue now", "roll-day now"} {
		if r := pricetime(t, "", append([]string{"admin"}, strings.Fields(words)...)...).expect(t, exitUsage); r.stderr == "" {
			t.Errorf("%q: nothing said", words)
		}
	}
}
