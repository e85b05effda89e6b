package config

import (
	"encoding/hex"
	"strconv"
	"strings"

	"pricetime/engine"
)

// Role is what an account may do.
type Role uint8

// Roles.
const (
	RoleTrader Role = iota // orders
	RoleAdmin              // orders, and the operator's commands
)

// Account is an account that may log in.
type Account struct {
	Name              string // 1 to 16 of A-Z a-z 0-9 _ . -
	Key               KeyHash
	Group             uint32 // accounts of one group do not trade with each other; 0: none
	Role              Role
	OpenOrdersMax     engine.Qty // 0: no cap of its own
	MessagesPerSecond uint32     // 0: no limit
}

var accountKinds = []kind{
	{name: "account", named: true, fields: []string{"key", "role", "group", "open-orders-max", "messages-per-second"}},
}

// ReadAccounts reads an accounts file. The error is the system's, or [Errors].
func ReadAccounts(path string) ([]Account, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return ParseAccounts(path, text)
}

// ParseAccounts reads the text of an accounts file; file is its name in errors. The
// place in the list is the account's id.
func ParseAccounts(file string, text []byte) ([]Account, error) {
	r := &report{file: file}
	var accounts []Account
	groups := map[string]uint32{}
	for _, s := range r.parse(text, accountKinds) {
		accounts = append(accounts, r.account(&s, groups))
	}
	if len(r.errs) == 0 && len(accounts) == 0 {
		r.add(0, "", "has no account, so nobody could log in: pricetime key --account NAME makes one")
	}
	if err := r.result(); err != nil {
		return nil, err
	}
	return accounts, nil
}

// account reads an account. Groups get numbers in the order in which they come.
func (r *report) account(s *section, groups map[string]uint32) Account {
	a := Account{Name: s.name}
	if !ValidAccount(s.name) {
		r.add(s.line, "", "the account's name %q must be 1 to 16 of A-Z a-z 0-9 _ . -", s.name)
	}
	if f := s.get("key"); f == nil {
		r.add(s.line, "key", "is missing: pricetime key --account %s makes one", s.name)
	} else if text, ok := strings.CutPrefix(f.value, keyScheme); !ok || len(text) != 2*len(a.Key) {
		r.add(f.line, "key", "must be %s and %d hexadecimal digits: pricetime key --account %s makes it", keyScheme, 2*len(a.Key), s.name)
	} else if _, err := hex.Decode(a.Key[:], []byte(text)); err != nil {
		r.add(f.line, "key", "must be %s and %d hexadecimal digits: pricetime key --account %s makes it", keyScheme, 2*len(a.Key), s.name)
	}
	if f := s.get("role"); f != nil {
		switch f.value {
		case "trader":
		case "admin":
			a.Role = RoleAdmin
		default:
			r.add(f.line, f.name, "is %q, must be trader or admin", f.value)
		}
	}
	if f := s.get("group"); f != nil {
		if !ValidAccount(f.value) {
			r.add(f.line, f.name, "is %q, must be a name of 1 to 16 of A-Z a-z 0-9 _ . -", f.value)
		} else if groups[f.value] == 0 {
			groups[f.value] = uint32(len(groups) + 1)
		}
		a.Group = groups[f.value]
	}
	a.OpenOrdersMax = engine.Qty(r.count(s, "open-orders-max"))
	a.MessagesPerSecond = r.count(s, "messages-per-second")
	return a
}

// count reads a whole number from 1; 0 where the section has none.
func (r *report) count(s *section, name string) uint32 {
	f := s.get(name)
	if f == nil {
		return 0
	}
	n, err := strconv.ParseUint(f.value, 10, 31)
	if err != nil || n == 0 {
		r.add(f.line, name, "is %q, must be a whole number from 1 to %d, or left out for no limit", f.value, 1<<31-1)
	}
	return uint32(n)
}

// ValidAccount says whether a name can be an account's, or a group's.
func ValidAccount(name string) bool {
	if len(name) == 0 || len(name) > 16 {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return true
}
