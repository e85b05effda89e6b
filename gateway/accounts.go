package gateway

import "pricetime/engine"

// accounts gives every account name its id, in the order of first logins. While
// the door is on loopback and there is no accounts file, any name is open. I/O
// thread. It holds at most engine.Limits.AccountsMax names, and a name stays.
type accounts struct {
	ids map[string]engine.AccountID
	max int
}

func newAccounts(max int) *accounts {
	return &accounts{ids: make(map[string]engine.AccountID, max), max: max}
}

// open returns the id of a name, a new one for a new name; false when the table is full.
func (a *accounts) open(name []byte) (engine.AccountID, bool) {
	if id, ok := a.ids[string(name)]; ok {
		return id, true
	}
	if len(a.ids) == a.max {
		return 0, false
	}
	id := engine.AccountID(len(a.ids))
	a.ids[string(name)] = id
	return id, true
}
