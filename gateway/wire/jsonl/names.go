package jsonl

import "pricetime/engine"

// The words of the protocol for the engine's, by its numbers; "" is no word.
var (
	orderTypeNames = [...]string{
		engine.Limit: "limit", engine.Market: "market", engine.MarketToLimit: "market_to_limit", engine.Stop: "stop",
		engine.StopLimit: "stop_limit", engine.TakeProfit: "take_profit", engine.TakeProfitLimit: "take_profit_limit",
	}
	timeInForceNames = [...]string{
		engine.GTC: "GTC", engine.IOC: "IOC", engine.FOK: "FOK", engine.DAY: "DAY", engine.GTD: "GTD",
	}
	selfTradeNames = [...]string{
		engine.SelfTradeNone: "none", engine.SelfTradeNewest: "cn", engine.SelfTradeOldest: "co",
		engine.SelfTradeBoth: "cb", engine.SelfTradeDecrement: "dc",
	}
	phaseNames = [...]string{
		engine.Continuous: "continuous", engine.Closed: "closed", engine.PreOpen: "pre_open", engine.Halted: "halted",
		engine.ClosingCall: "closing_call",
	}
)
