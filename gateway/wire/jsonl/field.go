package jsonl

// field is a name in a JSON object, in a request or in a message.
type field uint8

// Fields of requests; some are in messages too.
const (
	fType field = iota
	fClientOID
	fOrderID
	fProductID
	fSide
	fOrderType
	fPrice
	fSize
	fTimeInForce
	fPostOnly
	fNewClientOID
	fRequeue
	fAccount
	fKey
	fSession
	fNextSequence
	fCancelOnDisconnect
	fHeartbeatMs
	fChannels
	fProductIDs
	fSTP
	fExpireTime
	fDisplaySize
	fHidden
	fMinSize
	fStopPrice
	fTrail
	fPeg
	fPegOffset
	fOCO
	fCommand
	fScope
	fLift

	requestFields // how many fields requests have
)

// Fields of messages alone.
const (
	fChannel field = requestFields + iota
	fSequence
	fTime
	fTradeID
	fRemainingSize
	fLiquidity
	fReason
	fMessage
	fField
	fOldSize
	fNewSize
	fOldClientOID
	fKeptPriority
	fResent
	fCount
	fDurability
	fAction
	fMakerOrderID
	fTakerOrderID
	fBids
	fAsks
	fChanges
	fMore
	fBestBid
	fBestBidSize
	fBestAsk
	fBestAskSize
	fLastSize
	fParked
	fPhase
	fSurplus

	fields // how many there are
	noField
)

// fieldSet has a bit per field of requests, which is all that the door looks at. The
// fields of messages alone have a set of their own, in a document, so that each of the
// two kinds has 64 to grow to.
type fieldSet uint64

var (
	_ = [1]struct{}{}[(requestFields-1)>>6]
	_ = [1]struct{}{}[(fields-requestFields-1)>>6]
)

// bit is of a field of requests.
func (f field) bit() fieldSet { return 1 << f }

func setOf(fs ...field) (s fieldSet) {
	for _, f := range fs {
		s |= f.bit()
	}
	return s
}

var fieldNames = [fields]string{
	fType: "type", fClientOID: "client_oid", fOrderID: "order_id", fProductID: "product_id", fSide: "side",
	fOrderType: "order_type", fPrice: "price", fSize: "size", fTimeInForce: "time_in_force", fPostOnly: "post_only",
	fNewClientOID: "new_client_oid", fRequeue: "requeue", fAccount: "account", fKey: "key", fSession: "session",
	fNextSequence: "next_sequence", fCancelOnDisconnect: "cancel_on_disconnect", fHeartbeatMs: "heartbeat_ms",
	fChannels: "channels", fProductIDs: "product_ids", fSTP: "stp", fExpireTime: "expire_time",
	fDisplaySize: "display_size", fHidden: "hidden", fMinSize: "min_size", fStopPrice: "stop_price",
	fTrail: "trail", fPeg: "peg", fPegOffset: "peg_offset", fOCO: "oco",
	fCommand: "command", fScope: "scope", fLift: "lift",

	fChannel: "channel", fSequence: "sequence", fTime: "time", fTradeID: "trade_id", fRemainingSize: "remaining_size",
	fLiquidity: "liquidity", fReason: "reason", fMessage: "message", fField: "field", fOldSize: "old_size",
	fNewSize: "new_size", fOldClientOID: "old_client_oid", fKeptPriority: "kept_priority", fResent: "resent",
	fCount: "count", fDurability: "durability", fAction: "action", fMakerOrderID: "maker_order_id",
	fTakerOrderID: "taker_order_id", fBids: "bids", fAsks: "asks", fChanges: "changes", fMore: "more",
	fBestBid: "best_bid", fBestBidSize: "best_bid_size", fBestAsk: "best_ask", fBestAskSize: "best_ask_size",
	fLastSize: "last_size", fParked: "parked", fPhase: "phase", fSurplus: "surplus",
}

// fieldIndex finds fields by name: open addressing, a slot holds the field whose
// name hashes there. A line has ten names, and most are found by one comparison.
type fieldIndex struct {
	slots [fieldIndexSlots]field
}

const fieldIndexSlots = 256

func newFieldIndex() *fieldIndex {
	x := &fieldIndex{}
	for i := range x.slots {
		x.slots[i] = noField
	}
	for f, name := range fieldNames {
		i := fieldHash([]byte(name))
		for x.slots[i] != noField {
			i = (i + 1) % fieldIndexSlots
		}
		x.slots[i] = field(f)
	}
	return x
}

// fieldHash mixes what tells field names apart: length, both ends and the middle.
func fieldHash(name []byte) int {
	n := len(name)
	return (n*7 + int(name[0])*3 + int(name[n/2])*31 + int(name[n-1])*13) % fieldIndexSlots
}

// find returns the field of that name, or noField.
// hot
func (x *fieldIndex) find(name []byte) field {
	if len(name) == 0 {
		return noField
	}
	for i := fieldHash(name); ; i = (i + 1) % fieldIndexSlots {
		f := x.slots[i]
		if f == noField || string(name) == fieldNames[f] {
			return f
		}
	}
}
