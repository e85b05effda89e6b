package gateway

import (
	"pricetime/engine"
	"pricetime/gateway/config"
)

// account is who orders belong to.
type account struct {
	id    engine.AccountID
	admin bool // may send the operator's commands
	key   config.KeyHash
	rate  *rate // nil: no limit
}

// accounts gives every account name its account: those of the accounts file, in its
// order, or, where there is none and the door is on loopback, any name, in the order of
// first logins. I/O thread. It holds at most engine.Limits.AccountsMax, and a name stays.
type accounts struct {
	byName map[string]*account
	max    int
	open   bool // any name is open
}

// openAdmin is the account that has the admin role where any name is open.
const openAdmin = "admin"

func newAccounts(max int, file []config.Account) *accounts {
	a := &accounts{byName: make(map[string]*account, max), max: max, open: file == nil}
	for i := range file {
		f := &file[i]
		x := &account{id: engine.AccountID(i), admin: f.Role == config.RoleAdmin, key: f.Key}
		if f.MessagesPerSecond > 0 {
			x.rate = &rate{max: f.MessagesPerSecond}
		}
		a.byName[f.Name] = x
	}
	return a
}

// find is the account of a name, nil if there is none.
func (a *accounts) find(name []byte) *account { return a.byName[string(name)] }

// login returns the account that a name and a key open; nil where they do not. Who
// asks does not learn whether it is the name or the key, not by the time it takes
// either. full: there is no room for another name.
func (a *accounts) login(name, key []byte) (x *account, full bool) {
	x = a.byName[string(name)]
	if !a.open {
		h := &noKey
		if x != nil {
			h = &x.key
		}
		if !h.Opens(name, key) {
			return nil, false
		}
		return x, false
	}
	if x == nil {
		if len(a.byName) == a.max {
			return nil, true
		}
		x = &account{id: engine.AccountID(len(a.byName)), admin: string(name) == openAdmin}
		a.byName[string(name)] = x
	}
	return x, false
}

// noKey is the hash of no key.
var noKey config.KeyHash

// rate bounds an account's commands, those of all its sessions together, in each
// second of the venue's clock. I/O thread.
type rate struct {
	max    uint32
	used   uint32 // in second
	second int64
}

// take says whether the account may send another command now. A refusal takes nothing.
// hot
func (r *rate) take(nowNs int64) bool {
	if second := nowNs / 1e9; second != r.second {
		r.second, r.used = second, 0
	}
	if r.used == r.max {
		return false
	}
	r.used++
	return true
}
