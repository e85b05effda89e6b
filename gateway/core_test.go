package gateway

import (
	"runtime"
	"testing"

	"pricetime/engine"
	"pricetime/gateway/ring"
)

// A reader releases slots of a full event ring at any moment, also between the
// core's two looks at it. Every event comes once, in order.
func TestCoreDeliversWhileAReaderReleases(t *testing.T) {
	const commands = 300_000
	limits := engine.Limits{OrdersMax: 64, AccountsMax: 1, LevelsPerSideMax: 8, OrdersPerDay: commands, ClOrdIDsPerDay: 1}
	e, err := engine.New(limits, EmbeddedInstruments())
	if err != nil {
		t.Fatal(err)
	}
	in := ring.New[engine.Command](64, ring.Single)
	out := ring.New[engine.Event](4, ring.Single)
	reader := out.NewConsumer()
	c := &core{engine: e, commands: in.NewConsumer(), events: out, batchMax: 16, out: engine.NewEvents(limits.EventsPerCommandMax())}
	done := make(chan bool)
	go func() { // 2 sells, then a buy that takes both: 1, 1 and 3 events
		seq, last := engine.Seq(0), true
		for seq < commands || !last {
			lo, n := reader.Poll(1)
			if n == 0 {
				runtime.Gosched()
				continue
			}
			ev := reader.Slot(lo)
			if last {
				seq++
			}
			if ev.Seq != seq {
				t.Errorf("an event of command %d, want %d", ev.Seq, seq)
				break
			}
			last = ev.Flags&engine.FlagLast != 0
			reader.Release(lo)
		}
		done <- true
	}()
	for i := 0; i < commands; {
		if lo, ok := in.TryClaim(1); ok {
			cmd := engine.Command{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Limit, TimeInForce: engine.GTC, Price: 100, Qty: 1}
			if i%3 == 2 {
				cmd.Side, cmd.Qty = engine.Buy, 2
			}
			*in.Slot(lo) = cmd
			in.Publish(lo, 1)
			i++
		}
		c.Poll()
	}
	for {
		c.Poll()
		select {
		case <-done:
			return
		default:
		}
	}
}
