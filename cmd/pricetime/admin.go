package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"pricetime/gateway/wire/jsonl"
)

// adminVerbs are what an operator can say, and how the venue calls it.
var adminVerbs = []struct {
	name, command string
	takes         string // the words behind it
}{
	{"halt", "halt", "PRODUCT"}, {"resume", "resume", "PRODUCT"}, {"pre-open", "pre_open", "PRODUCT"}, {"open", "open", "PRODUCT"},
	{"closing-call", "closing_call", "PRODUCT"}, {"close", "close", "PRODUCT"},
	{"kill", "kill", adminScopes}, {"lift", "kill", adminScopes}, {"roll-day", "roll_day", ""}, {"instruments", "instruments", ""},
}

const adminScopes = "venue | product NAME | account NAME | session ID"

func runAdmin(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("admin", `Sends one operator's command and prints what came of it:
  halt PRODUCT           no orders, cancels only; resume PRODUCT ends it with a call (as pre-open does)
  pre-open, open, closing-call, close PRODUCT     what the schedule does at its times
  kill venue | product NAME | account NAME | session ID    takes all its orders out and takes no more
  lift (as kill)         ends a kill
  roll-day               the next trading day
  instruments            every product: its phase, orders, last trade
The account must have the admin role. Without an accounts file that is the account admin.
Exit status: 0 it was done, 1 it was refused or failed.`, `
pricetime admin halt AAPL
pricetime admin resume AAPL --account ops --key-file ops.key
pricetime admin open AAPL
pricetime admin kill account alice
pricetime admin lift account alice
pricetime admin instruments --json`)
	addr := f.String("addr", defaultAddress, "`ADDRESS` of the venue")
	account := f.String("account", "admin", "`NAME` of an account with the admin role")
	keyFile := keyFlag(f)
	timeout := f.Duration("timeout", 10*time.Second, "`TIME` to wait for an answer, such as 10s")
	asJSON := f.Bool("json", !isTerminal(stdout), "print the venue's lines as they are; the default where stdout is no terminal")
	f.words = "COMMAND"
	words, status, done := f.parseWords(args, stdout, stderr)
	if done {
		return status
	}
	r, err := adminRequest(words)
	if err != nil {
		return f.usageError(stderr, err.Error())
	}
	conn, err := logIn(*addr, *account, *keyFile, *timeout)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer conn.Close()
	line := jsonl.AppendAdmin(nil, r)
	if err := conn.Send(line[:len(line)-1]); err != nil {
		return f.fail(stderr, err)
	}
	conn.Ping() // what fails is Flush's to say
	if err := conn.Flush(); err != nil {
		return f.fail(stderr, err)
	}
	for status := exitOK; ; {
		m, err := conn.Next()
		if err != nil {
			return f.fail(stderr, fmt.Errorf("%w; the command may or may not have been carried out", err))
		}
		if m.Type == jsonl.MessagePong {
			return status
		}
		if isRefusal(m) {
			status = exitFailed
		}
		if *asJSON {
			fmt.Fprintf(stdout, "%s\n", conn.Line())
		} else {
			fmt.Fprintln(stdout, describeAdmin(m))
		}
	}
}

// adminRequest makes a request of the words before the flags.
func adminRequest(words []string) (*jsonl.AdminRequest, error) {
	var names []string
	for _, v := range adminVerbs {
		names = append(names, v.name)
		if len(words) == 0 || words[0] != v.name {
			continue
		}
		r := &jsonl.AdminRequest{Command: v.command, Lift: v.name == "lift"}
		rest := words[1:]
		switch {
		case v.takes == "" && len(rest) == 0:
			return r, nil
		case v.takes == "PRODUCT" && len(rest) == 1:
			r.ProductID = rest[0]
			return r, nil
		case v.takes == adminScopes && len(rest) > 0:
			r.Scope = rest[0]
			switch what := strings.Join(rest[1:], " "); {
			case r.Scope == "venue" && len(rest) == 1:
				return r, nil
			case len(rest) != 2:
			case r.Scope == "product":
				r.ProductID = what
				return r, nil
			case r.Scope == "account":
				r.Account = what
				return r, nil
			case r.Scope == "session":
				r.Session = what
				return r, nil
			}
		}
		return nil, fmt.Errorf("%q is not complete, or too much; say %s", strings.Join(words, " "), strings.TrimSpace("pricetime admin "+v.name+" "+v.takes))
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("what is to be done? One of %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("there is no command %q%s", words[0], didYouMean(words[0], names))
}

// describeAdmin puts an answer to an operator in words.
func describeAdmin(m *jsonl.Message) string {
	switch m.Type {
	case jsonl.MessagePhase:
		phase := strings.ReplaceAll(string(m.Phase), "_", "-")
		if len(m.Size) > 0 {
			return fmt.Sprintf("%s is %s; the call traded %s at %s", m.ProductID, phase, m.Size, m.Price)
		}
		return fmt.Sprintf("%s is %s", m.ProductID, phase)
	case jsonl.MessageKilled:
		if string(m.Action) == "lift" {
			return fmt.Sprintf("lift of %s: orders are taken again", m.Scope)
		}
		return fmt.Sprintf("%s of %s: %d orders taken out", m.Action, m.Scope, m.Count)
	case jsonl.MessageDayRolled:
		return fmt.Sprintf("the day is rolled: %d orders expired", m.Count)
	case jsonl.MessageInstrument:
		what := fmt.Sprintf("%-16s  %-12s  %d orders", m.ProductID, strings.ReplaceAll(string(m.Phase), "_", "-"), m.Count)
		if len(m.Price) > 0 {
			what += fmt.Sprintf(", last %s, %d trades", m.Price, m.TradeID)
		}
		if len(m.Reason) > 0 {
			what += ", " + string(m.Reason)
		}
		return what
	case jsonl.MessageInstrumentsEnd:
		return fmt.Sprintf("%d products", m.Count)
	}
	return describe(m)
}
