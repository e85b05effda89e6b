package jsonl

import "pricetime/engine"

// This file reads and builds the operator's requests, docs/protocol-json.md, Operator.
// Who may send one is the session's to say.

// Admin names whom a kill is about, where its Command does not: the door knows
// accounts by name, and sessions.
type Admin struct {
	Account []byte // of ScopeAccount; of ScopeSession the session's, empty: it is connected
	Session uint32 // of ScopeSession
}

// Commands of an admin request.
const (
	adminKill        = "kill"
	adminRollDay     = "roll_day"
	adminInstruments = "instruments"
)

// phaseCommands move a product to a phase. A halt is resumed by a call, so that the
// market does not open on one order.
var phaseCommands = [...]struct {
	name  string
	phase engine.Phase
}{
	{"halt", engine.Halted}, {"resume", engine.PreOpen}, {"pre_open", engine.PreOpen}, {"open", engine.Continuous},
	{"closing_call", engine.ClosingCall}, {"close", engine.Closed},
}

// wantCommand is what fCommand must be.
const wantCommand = `"halt", "resume", "pre_open", "open", "closing_call", "close", "kill", "roll_day" or "instruments"`

// Fields of an admin request, and of each of its commands.
var (
	adminFields = setOf(fType, fCommand, fProductID, fScope, fAccount, fSession, fLift)
	adminBare   = setOf(fType, fCommand)
	phaseFields = adminBare | fProductID.bit()
	killFields  = [...]fieldSet{
		engine.ScopeAccount:    adminBare | setOf(fScope, fLift, fAccount),
		engine.ScopeSession:    adminBare | setOf(fScope, fLift, fAccount, fSession),
		engine.ScopeInstrument: adminBare | setOf(fScope, fLift, fProductID),
		engine.ScopeVenue:      adminBare | setOf(fScope, fLift),
	}
)

var scopeNames = [...]string{
	engine.ScopeAccount: "account", engine.ScopeSession: "session", engine.ScopeInstrument: "product", engine.ScopeVenue: "venue",
}

// admin reads an operator's command.
func (d *Decoder) admin(req *Request) {
	c := &req.Command
	name, ok := d.text(fCommand)
	if !ok {
		d.missing(fCommand)
		return
	}
	takes := adminBare
	switch string(name) {
	case adminKill:
		takes = d.kill(req)
	case adminRollDay:
		c.Kind = engine.CmdRollDay
	case adminInstruments:
		c.Kind = engine.CmdInstruments
	default:
		for _, p := range phaseCommands {
			if string(name) == p.name {
				takes = phaseFields
				c.Kind, c.Phase = engine.CmdPhase, p.phase
				c.Instrument = d.needProduct()
			}
		}
		if c.Kind == 0 {
			d.bad(fCommand)
			return
		}
	}
	if extra := d.doc.seen & adminFields &^ takes; extra != 0 {
		d.fail(FaultUnknownField, extra.first(), "this command has no such field: leave it out")
	}
}

// kill reads whom a kill is about, and returns the fields that its scope has.
func (d *Decoder) kill(req *Request) fieldSet {
	c := &req.Command
	c.Kind = engine.CmdKill
	if lift, ok := d.boolean(fLift); ok && lift {
		c.Flags |= engine.CmdFlagLift
	}
	name, ok := d.text(fScope)
	if !ok {
		d.missing(fScope)
		return adminFields
	}
	for scope, text := range scopeNames {
		if text != "" && string(name) == text {
			c.Scope = engine.Scope(scope)
		}
	}
	if account, ok := d.text(fAccount); ok {
		if !validAccount(account) {
			d.bad(fAccount)
		}
		req.Admin.Account = account
	}
	switch c.Scope {
	case engine.ScopeAccount:
		if req.Admin.Account == nil {
			d.missing(fAccount)
		}
	case engine.ScopeSession:
		text, ok := d.text(fSession)
		id, good := parseID(text)
		switch {
		case !ok && d.doc.seen&fSession.bit() == 0:
			d.fail(FaultMissingField, fSession, needSession)
		case !good || id > 1<<32-1:
			d.fail(FaultBadValue, fSession, needSession)
		}
		req.Admin.Session = uint32(id)
	case engine.ScopeInstrument:
		c.Instrument = d.needProduct()
	case engine.ScopeVenue:
	default:
		d.bad(fScope)
		return adminFields
	}
	return killFields[c.Scope]
}

const needSession = `must be a string with the session that logged_in told, such as "1024"`

// needProduct reads a product that the line must have.
func (d *Decoder) needProduct() engine.InstrumentID {
	symbol, ok := d.text(fProductID)
	if !ok {
		d.missing(fProductID)
		return engine.NoInstrument
	}
	return d.product(symbol)
}

// NoSuchAccount and NoSuchSession are faults of a kill that the door finds.
func NoSuchAccount() Fault {
	return Fault{Code: FaultBadValue, Field: fieldNameBytes[fAccount], Message: "the venue has no such account"}
}

// NoSuchSession is for a session that is not connected.
func NoSuchSession() Fault {
	return Fault{Code: FaultBadValue, Field: fieldNameBytes[fSession], Message: "it is not connected: name its account too, if its orders stayed"}
}

// AdminRequest is an operator's command. What its Command does not take is empty.
type AdminRequest struct {
	Command   string // halt, resume, pre_open, open, closing_call, close, kill, roll_day, instruments
	ProductID string
	Scope     string // of a kill: account, session, product, venue
	Account   string
	Session   string
	Lift      bool // ends a kill
}

// AppendAdmin appends an operator's command.
func AppendAdmin(dst []byte, r *AdminRequest) []byte {
	dst = appendText(begin(dst, "admin"), fCommand, r.Command)
	dst = appendText(dst, fScope, r.Scope)
	dst = appendText(dst, fProductID, r.ProductID)
	dst = appendText(dst, fAccount, r.Account)
	dst = appendText(dst, fSession, r.Session)
	if r.Lift {
		dst = append(dst, `,"lift":true`...)
	}
	return endLine(dst)
}
