package engine_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pricetime/engine"
)

// parseCommand reads one command of a script.
func parseCommand(w []string) (c engine.Command, err error) {
	c.Session = 1
	if len(w) > 0 && strings.HasSuffix(w[0], ":") { // who
		c.Account, c.Session = parseWho(strings.TrimSuffix(w[0], ":"))
		w = w[1:]
	}
	if n := len(w); n >= 2 && w[n-2] == "in" {
		c.Instrument = engine.InstrumentID(number(w[n-1], &err))
		if w[0] == "cancel-all" {
			c.Flags |= engine.CmdFlagByInstrument
		}
		w = w[:n-2]
	}
	need := map[string]int{
		"buy": 4, "sell": 4, "cancel": 2, "reduce": 3, "replace": 5, "cancel-all": 2, "lost": 1, "status": 2, "orders": 1,
		"at": 2, "phase": 2, "kill": 2, "lift": 2, "account": 4, "roll-day": 1, "instruments": 1,
	}
	if len(w) == 0 || need[w[0]] == 0 || len(w) < need[w[0]] {
		return c, fmt.Errorf("no command: %q", w)
	}
	verb, w := w[0], w[1:]
	switch verb {
	case "buy", "sell":
		parseEnter(&c, verb, w, &err)
	case "cancel", "status":
		c.Kind = map[string]engine.CommandKind{"cancel": engine.CmdCancel, "status": engine.CmdStatus}[verb]
		parseName(&c, w[0], &err)
	case "reduce":
		c.Kind = engine.CmdReduce
		parseName(&c, w[0], &err)
		c.Qty = engine.Qty(number(w[1], &err))
	case "replace":
		parseReplace(&c, w, &err)
	case "cancel-all":
		parseCancelAll(&c, w, &err)
	case "lost":
		c.Kind = engine.CmdSessionLost
		if len(w) == 0 {
			c.Flags = engine.CmdFlagCancelOnDisconnect
		}
	case "orders":
		c.Kind = engine.CmdOrders
	default:
		parseVenue(&c, verb, w, &err)
	}
	return c, err
}

// parseVenue reads one of the venue's own commands.
func parseVenue(c *engine.Command, verb string, w []string, err *error) {
	switch verb {
	case "at":
		c.Kind, c.Time = engine.CmdTime, seconds(w[0], err)
	case "phase":
		c.Kind = engine.CmdPhase
		at := slices.Index(phaseText, w[0])
		if at < 0 {
			*err = fmt.Errorf("what is phase %q?", w[0])
		}
		c.Phase = engine.Phase(at)
	case "kill", "lift":
		c.Kind = engine.CmdKill
		if verb == "lift" {
			c.Flags |= engine.CmdFlagLift
		}
		c.Scope = map[string]engine.Scope{
			"account": engine.ScopeAccount, "session": engine.ScopeSession, "instrument": engine.ScopeInstrument, "venue": engine.ScopeVenue,
		}[w[0]]
		if len(w) > 1 {
			account, session := parseWho(w[1])
			c.Account, c.Target = account, uint32(session)
		}
	case "account":
		c.Kind = engine.CmdAccount
		c.Account, _ = parseWho(w[0])
		for w = w[1:]; len(w) > 1; w = w[2:] {
			switch n := number(w[1], err); w[0] {
			case "group":
				c.Target = uint32(n)
			case "cap":
				c.Qty = engine.Qty(n)
			}
		}
	case "roll-day":
		c.Kind = engine.CmdRollDay
	case "instruments":
		c.Kind = engine.CmdInstruments
	}
}

// phaseText has the words for phases.
var phaseText = []string{"continuous", "closed", "pre-open", "halted", "closing-call"}

// parseWho reads an account, A, or one of its sessions, A2.
func parseWho(w string) (engine.AccountID, engine.SessionID) {
	account := engine.AccountID(w[0] - 'A')
	session := engine.SessionID(account)*10 + 1
	if len(w) > 1 {
		session += engine.SessionID(w[1] - '1')
	}
	return account, session
}

func seconds(w string, err *error) engine.Time { return engine.Time(number(w, err)) * 1_000_000_000 }

func parseEnter(c *engine.Command, verb string, w []string, err *error) {
	c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.GTC
	if verb == "sell" {
		c.Side = engine.Sell
	}
	if w[0] != "-" {
		c.ClOrdID = clOrdID(w[0])
	}
	c.Qty = engine.Qty(number(w[1], err))
	for w = w[2:]; len(w) > 0; w = w[1:] {
		if tif := slices.Index(tifText, w[0]); tif > 0 {
			c.TimeInForce = engine.TimeInForce(tif)
		}
		switch w[0] {
		case "market":
			c.Type, c.TimeInForce = engine.Market, engine.IOC
		case "mtl":
			c.Type = engine.MarketToLimit
		case "post":
			c.Flags |= engine.CmdFlagPostOnly
		case "slide":
			c.Flags |= engine.CmdFlagPostOnly | engine.CmdFlagSlide
		case "hidden":
			c.Flags |= engine.CmdFlagHidden
		case "gtc", "ioc", "fok", "day":
		default: // the rest come with a value
			if len(w) < 2 {
				*err = fmt.Errorf("what is %q?", w[0])
				return
			}
			parseValue(c, w[0], w[1], err)
			w = w[1:]
		}
	}
}

// parseValue reads a part of an enter that has a value.
func parseValue(c *engine.Command, what, value string, err *error) {
	switch what {
	case "@":
		c.Price = engine.Price(number(value, err))
		if c.Type.Triggers() {
			c.Type++ // a limit behind the trigger
		}
	case "stop":
		c.Type, c.StopPrice = engine.Stop, engine.Price(number(value, err))
	case "take":
		c.Type, c.StopPrice = engine.TakeProfit, engine.Price(number(value, err))
	case "gtd":
		c.ExpireTime = seconds(value, err)
	case "display":
		c.DisplayQty = engine.Qty(number(value, err))
	case "min":
		c.MinQty = engine.Qty(number(value, err))
	case "stp":
		mode := slices.Index([]string{"", "none", "cn", "co", "cb", "dc"}, value)
		if c.SelfTrade = engine.SelfTrade(mode); mode < 0 {
			*err = fmt.Errorf("what is self-trade mode %q?", value)
		}
	default:
		*err = fmt.Errorf("what is %q?", what)
	}
}

// tifText has the words for times in force.
var tifText = []string{"", "gtc", "ioc", "fok", "day", "gtd"}

func parseReplace(c *engine.Command, w []string, err *error) {
	c.Kind = engine.CmdReplace
	parseName(c, w[0], err)
	if w[1] == "-" {
		c.Flags |= engine.CmdFlagKeepQty
	} else {
		c.Qty = engine.Qty(number(w[1], err))
	}
	if w[3] == "-" {
		c.Flags |= engine.CmdFlagKeepPrice
	} else {
		c.Price = engine.Price(number(w[3], err))
	}
	for w = w[4:]; len(w) > 0; w = w[1:] {
		switch {
		case w[0] == "requeue":
			c.Flags |= engine.CmdFlagRequeue
		case w[0] == "as" && len(w) > 1:
			c.NewClOrdID = clOrdID(w[1])
			w = w[1:]
		case w[0] == "stop" && len(w) > 1:
			c.Flags |= engine.CmdFlagNewStop
			c.StopPrice = engine.Price(number(w[1], err))
			w = w[1:]
		case w[0] == "display" && len(w) > 1:
			c.DisplayQty = engine.Qty(number(w[1], err))
			w = w[1:]
		default:
			*err = fmt.Errorf("what is %q?", w[0])
		}
	}
}

func parseCancelAll(c *engine.Command, w []string, err *error) {
	c.Kind = engine.CmdMassCancel
	switch w[0] {
	case "account":
		c.Scope = engine.ScopeAccount
	case "session":
		c.Scope = engine.ScopeSession
	case "instrument":
		c.Scope = engine.ScopeInstrument
		c.Flags |= engine.CmdFlagByInstrument
	}
	for w = w[1:]; len(w) > 0; w = w[1:] {
		switch {
		case w[0] == "buy" || w[0] == "sell":
			c.Flags |= engine.CmdFlagBySide
			if w[0] == "sell" {
				c.Side = engine.Sell
			}
		case w[0] == "@" && len(w) > 1:
			low, high, _ := strings.Cut(w[1], "..")
			c.Flags |= engine.CmdFlagByPrice
			c.Price, c.PriceHigh = engine.Price(number(low, err)), engine.Price(number(high, err))
			w = w[1:]
		default:
			*err = fmt.Errorf("what is %q?", w[0])
		}
	}
}

func parseName(c *engine.Command, w string, err *error) {
	if n, ok := strings.CutPrefix(w, "#"); ok {
		c.OrderID = engine.OrderID(number(n, err))
	} else if w != "-" {
		c.ClOrdID = clOrdID(w)
	}
}

func number(w string, err *error) int64 {
	n, e := strconv.ParseInt(w, 10, 64)
	if e != nil {
		*err = e
	}
	return n
}
