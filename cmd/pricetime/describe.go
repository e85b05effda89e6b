package main

import (
	"fmt"
	"strings"

	"pricetime/gateway/wire/jsonl"
)

// describe puts a line from the venue in words, for a terminal.
func describe(m *jsonl.Message) string {
	var what string
	switch m.Type {
	case jsonl.MessageReceived:
		what = fmt.Sprintf("%s %s %s %s", m.Side, m.Size, m.ProductID, m.OrderType)
		if len(m.Price) > 0 {
			what += fmt.Sprintf(" at %s", m.Price)
		}
		what += fmt.Sprintf(" %s", m.TimeInForce)
		if m.PostOnly {
			what += " post-only"
		}
		what += special(m)
		if len(m.ExpireTime) > 0 {
			what += fmt.Sprintf(", until %s", m.ExpireTime)
		}
	case jsonl.MessageOpen:
		what = fmt.Sprintf("%s %s", m.Side, m.RemainingSize)
		if len(m.Price) > 0 {
			what += fmt.Sprintf(" at %s", m.Price)
		}
		if m.Parked {
			what += " waits beside the book"
		} else {
			what += " rests in the book"
		}
		what += special(m)
	case jsonl.MessageTriggered:
		what = fmt.Sprintf("%s %s: its stop price was reached", m.Side, m.RemainingSize)
	case jsonl.MessageMatch:
		what = fmt.Sprintf("%s %s at %s as %s, %s left", m.Side, m.Size, m.Price, m.Liquidity, m.RemainingSize)
	case jsonl.MessageChange:
		what = fmt.Sprintf("total %s, was %s, %s left", m.NewSize, m.OldSize, m.RemainingSize)
	case jsonl.MessageReplaced:
		what = fmt.Sprintf("%s %s", m.Side, m.Size)
		if len(m.Price) > 0 {
			what += fmt.Sprintf(" at %s", m.Price)
		}
		what += fmt.Sprintf(", was %s", m.OldClientOID)
		if m.KeptPriority {
			what += ", priority kept"
		}
	case jsonl.MessageDone:
		what = fmt.Sprintf("%s, %s left", m.Reason, m.RemainingSize)
	case jsonl.MessageRejected, jsonl.MessageCancelRejected, jsonl.MessageError:
		what = refusal(m)
	case jsonl.MessageCancelAllDone, jsonl.MessageOrdersEnd:
		what = fmt.Sprintf("%d orders", m.Count)
	case jsonl.MessageLoggedIn:
		what = fmt.Sprintf("as %s, session %s, durability %s", m.Account, m.Session, m.Durability)
	}
	if m.OrderID != 0 {
		what += fmt.Sprintf("   [order %d", m.OrderID)
		if len(m.ClientOID) > 0 {
			what += fmt.Sprintf(", client %s", m.ClientOID)
		}
		what += "]"
	}
	return strings.TrimRight(fmt.Sprintf("%-15s  %s", m.TypeName, what), " ")
}

// special is what few orders have.
func special(m *jsonl.Message) (what string) {
	if len(m.StopPrice) > 0 {
		what += fmt.Sprintf(", stop %s", m.StopPrice)
	}
	if len(m.DisplaySize) > 0 {
		what += fmt.Sprintf(", showing %s", m.DisplaySize)
	}
	if m.Hidden {
		what += ", hidden"
	}
	return what
}

// refusal is why the venue said no.
func refusal(m *jsonl.Message) string {
	if len(m.Text) == 0 {
		return string(m.Reason)
	}
	return fmt.Sprintf("%s (%s)", m.Text, m.Reason)
}

// isRefusal says whether a line means that a request was not carried out.
func isRefusal(m *jsonl.Message) bool {
	switch m.Type {
	case jsonl.MessageRejected, jsonl.MessageCancelRejected, jsonl.MessageError:
		return true
	}
	return false
}
