package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/config"
)

func runKey(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("key", "Makes a key for an account: writes it to a file that only you can read, and prints the\n"+
		"account's lines for the accounts file, which has the key's hash alone.", `
pricetime key --account alice >> accounts.conf
pricetime key --account ops --out ops.key`)
	account := f.String("account", "", "`NAME` of the account: 1 to 16 of A-Z a-z 0-9 _ . -")
	out := f.String("out", "", "`FILE` for the key, which must not exist; NAME.key without it")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if !config.ValidAccount(*account) {
		return f.usageError(stderr, fmt.Sprintf("--account is %q, must be 1 to 16 of A-Z a-z 0-9 _ . -", *account))
	}
	if *out == "" {
		*out = *account + ".key"
	}
	key := config.NewKey()
	file, err := os.OpenFile(*out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		err = fmt.Errorf("%s is there already and is not overwritten; --out names another file", *out)
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	_, err = fmt.Fprintln(file, key)
	if err = errors.Join(err, file.Close()); err != nil {
		return f.fail(stderr, err)
	}
	fmt.Fprintf(stdout, "\n[account %s]\nkey = %s\n", *account, config.HashKey([]byte(*account), []byte(key)))
	fmt.Fprintf(stderr, "the key is in %s\n", *out)
	return exitOK
}

// keyFlag is the flag of commands that log in.
func keyFlag(f *flags) *string {
	return f.String("key-file", "", "`FILE` with the account's key (pricetime key makes one); a venue without an accounts file\nasks for none")
}

// readKey is the key in a file; "" where no file is named.
func readKey(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	key, err := os.ReadFile(path)
	return strings.TrimSpace(string(key)), err
}

// logIn connects to a venue and logs in; the orders stay when the connection ends. The deadline
// of the connection is the timeout's.
func logIn(addr, account, keyFile string, timeout time.Duration) (*client.Conn, error) {
	key, err := readKey(keyFile)
	if err != nil {
		return nil, err
	}
	conn, err := client.Dial(addr, timeout)
	if err != nil {
		return nil, noVenue(addr, err)
	}
	conn.SetDeadline(time.Now().Add(timeout))
	if _, err := conn.Login(&client.Login{Account: account, Key: key, OrdersStay: true}); err != nil {
		conn.Close()
		return nil, loginRefused(err, account, keyFile)
	}
	return conn, nil
}

// loginRefused says which key to use where the venue wants another one.
func loginRefused(err error, account, keyFile string) error {
	if !strings.Contains(err.Error(), "login_refused") {
		return err
	}
	if keyFile == "" {
		return fmt.Errorf("%w; the venue has an accounts file: --account NAME --key-file FILE", err)
	}
	return fmt.Errorf("%w; is %s the key of account %s?", err, keyFile, account)
}
