package gateway_test

import (
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/config"
)

// Nobody sends a command at the time: the venue's own second lets orders end.
func TestExpiresByTime(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice buy G1 5 @ 100.00 time_in_force=GTD expire_time=2025-06-02T13:31:00Z
			alice received G1 buy limit 100.00 5 GTD expire_time=2025-06-02T13:31:00.000000000Z
			alice open G1 buy 100.00 5 5
			market received G1 buy limit 100.00 5
			market open G1 buy 100.00 5
		alice buy G2 5 order_type=stop stop_price=105.00 time_in_force=GTD expire_time=2025-06-02T13:31:00Z
			alice received G2 buy stop 5 GTD stop_price=105.00 expire_time=2025-06-02T13:31:00.000000000Z
			alice open G2 buy 5 5 parked stop_price=105.00
		bob sell D1 5 @ 101.00 time_in_force=DAY
			bob received D1 sell limit 101.00 5 DAY expire_time=2025-06-03T00:00:00.000000000Z
			bob open D1 sell 101.00 5 5
			market received D1 sell limit 101.00 5
			market open D1 sell 101.00 5
		clock 1m alice
			alice done G1 buy expired 5
			alice done G2 buy expired 5
			market done G1 buy expired 100.00 5
		bob sell B1 5 @ 100.00 time_in_force=GTD expire_time=2025-06-02T13:31:00Z
			bob rejected B1 expire_time
		bob sell B2 5 @ 100.00
			bob received B2 sell limit 100.00 5 GTC
			bob open B2 sell 100.00 5 5
			market received B2 sell limit 100.00 5
			market open B2 sell 100.00 5
		clock 10h30m bob
			bob done D1 sell expired 5
			market done D1 sell expired 101.00 5
		`)
	})
}

// A halt ends in a call; the call is told of as it goes, and its uncross opens the market.
func TestHaltToContinuous(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice buy A1 10 @ 100.00
			alice received A1 buy limit 100.00 10 GTC
			alice open A1 buy 100.00 10 10
			market received A1 buy limit 100.00 10
			market open A1 buy 100.00 10
		bob sell B1 10 @ 101.00
			bob received B1 sell limit 101.00 10 GTC
			bob open B1 sell 101.00 10 10
			market received B1 sell limit 101.00 10
			market open B1 sell 101.00 10
		admin admin command=halt product_id=DEMO
			admin phase halted
			market phase halted
		alice buy A2 5 @ 102.00
			alice rejected A2 phase
		alice reduce client_oid=A1 size=8
			alice change A1 buy reduced 100.00 10 8 8
			market change A1 buy reduced 100.00 10 8
		admin admin command=open product_id=DEMO
			admin cancel_rejected phase
		admin admin command=resume product_id=DEMO
			admin phase pre_open
			market phase pre_open
		bob sell B2 5 @ 99.50
			bob received B2 sell limit 99.50 5 GTC
			bob open B2 sell 99.50 5 5
			market received B2 sell limit 99.50 5
			market open B2 sell 99.50 5
		alice buy A3 3 @ 101.00 time_in_force=IOC
			alice rejected A3 phase
		clock 1s market
			market indicative pre_open 100.00 5 buy surplus=3
		alice buy A4 4 @ 101.00
			alice received A4 buy limit 101.00 4 GTC
			alice open A4 buy 101.00 4 4
			market received A4 buy limit 101.00 4
			market open A4 buy 101.00 4
		clock 2s market
			market indicative pre_open 100.00 5 buy surplus=7
		admin admin command=open product_id=DEMO
			admin phase continuous 100.00 5
			alice match A4 buy 1 100.00 4 0 auction
			alice done A4 buy filled 0
			alice match A1 buy 2 100.00 1 7 auction
			bob match B2 sell 1 100.00 4 1 auction
			bob match B2 sell 2 100.00 1 0 auction
			bob done B2 sell filled 0
			market match 1 maker=B2 taker=A4 sell 100.00 4 auction
			market done A4 buy filled 101.00 0
			market match 2 maker=B2 taker=A1 sell 100.00 1 auction
			market done B2 sell filled 99.50 0
			market phase continuous 100.00 5
		alice buy A5 2 @ 101.00
			alice received A5 buy limit 101.00 2 GTC
			alice match A5 buy 3 101.00 2 0 taker
			alice done A5 buy filled 0
			bob match B1 sell 3 101.00 2 8 maker
			market received A5 buy limit 101.00 2
			market match 3 maker=B1 taker=A5 sell 101.00 2
			market done A5 buy filled 0
		admin admin command=instruments
			admin instrument continuous 101.00 3 count=2
			admin instrument continuous count=0
			admin instrument continuous count=0
			admin instruments_end count=3
		`)
	})
}

// In a call a market order waits without a price, unseen. The uncross serves it first;
// what is left of it ends with the call.
func TestMarketInACall(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		admin admin command=halt product_id=DEMO
			admin phase halted
			market phase halted
		admin admin command=pre_open product_id=DEMO
			admin phase pre_open
			market phase pre_open
		alice buy M1 10 order_type=market time_in_force=DAY
			alice received M1 buy market 10 DAY expire_time=2025-06-03T00:00:00.000000000Z
			alice open M1 buy 10 10 parked
		alice reduce client_oid=M1 size=8
			alice change M1 buy reduced 10 8 8 parked
		bob sell S1 4 @ 100.00
			bob received S1 sell limit 100.00 4 GTC
			bob open S1 sell 100.00 4 4
			market received S1 sell limit 100.00 4
			market open S1 sell 100.00 4
		carol buy B1 6 @ 100.00
			carol received B1 buy limit 100.00 6 GTC
			carol open B1 buy 100.00 6 6
			market received B1 buy limit 100.00 6
			market open B1 buy 100.00 6
		alice sell M2 1 order_type=market
			alice rejected M2 phase
		admin admin command=open product_id=DEMO
			admin phase continuous 100.00 4
			alice match M1 buy 1 100.00 4 4 auction
			alice done M1 buy call_over 4
			bob match S1 sell 1 100.00 4 0 auction
			bob done S1 sell filled 0
			market match 1 maker=S1 sell 100.00 4 auction
			market done S1 sell filled 100.00 0
			market phase continuous 100.00 4
		`)
	})
}

// A kill of a session cuts it, behind the ends of its orders; one of an account takes out
// all of its sessions' orders and refuses new ones, until it is lifted.
func TestKillCutsASession(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice buy A1 5 @ 99.00
			alice received A1 buy limit 99.00 5 GTC
			alice open A1 buy 99.00 5 5
			market received A1 buy limit 99.00 5
			market open A1 buy 99.00 5
		alice' buy A2 5 @ 98.00
			alice' received A2 buy limit 98.00 5 GTC
			alice' open A2 buy 98.00 5 5
			market received A2 buy limit 98.00 5
			market open A2 buy 98.00 5
		alice' sell A3 5 order_type=stop stop_price=97.00
			alice' received A3 sell stop 5 GTC stop_price=97.00
			alice' open A3 sell 5 5 parked stop_price=97.00
		bob buy B1 5 @ 97.00
			bob received B1 buy limit 97.00 5 GTC
			bob open B1 buy 97.00 5 5
			market received B1 buy limit 97.00 5
			market open B1 buy 97.00 5
		admin admin command=kill scope=session session=$alice'
			admin killed session kill count=2
			alice' done A2 buy killed 5
			alice' done A3 sell killed 5
			alice' killed session kill count=2
			alice' closed
			market done A2 buy killed 98.00 5
		alice orders
			alice open A1 buy 99.00 5 5 limit GTC
			alice orders_end count=1
		alice buy A4 5 @ 98.00
			alice received A4 buy limit 98.00 5 GTC
			alice open A4 buy 98.00 5 5
			market received A4 buy limit 98.00 5
			market open A4 buy 98.00 5
		admin admin command=kill scope=account account=alice
			admin killed account kill count=2
			alice done A1 buy killed 5
			alice done A4 buy killed 5
			market done A1 buy killed 99.00 5
			market done A4 buy killed 98.00 5
		alice buy A5 5 @ 98.00
			alice rejected A5 killed
		admin admin command=kill scope=account account=alice lift=true
			admin killed account lift count=0
		alice buy A5 5 @ 98.00
			alice received A5 buy limit 98.00 5 GTC
			alice open A5 buy 98.00 5 5
			market received A5 buy limit 98.00 5
			market open A5 buy 98.00 5
		admin admin command=kill scope=product product_id=DEMO
			admin killed product kill count=2
			alice done A5 buy killed 5
			bob done B1 buy killed 5
			market done A5 buy killed 98.00 5
			market done B1 buy killed 97.00 5
		bob buy B2 5 @ 97.00
			bob rejected B2 killed
		admin admin command=kill scope=product product_id=DEMO lift=true
			admin killed product lift count=0
		bob buy B2 5 @ 97.00
			bob received B2 buy limit 97.00 5 GTC
			bob open B2 buy 97.00 5 5
			market received B2 buy limit 97.00 5
			market open B2 buy 97.00 5
		`)
	})
}

// The day's orders end, and its client ids are free again, but for those of open orders.
func TestRollDay(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice buy D1 5 @ 99.00 time_in_force=DAY
			alice received D1 buy limit 99.00 5 DAY expire_time=2025-06-03T00:00:00.000000000Z
			alice open D1 buy 99.00 5 5
			market received D1 buy limit 99.00 5
			market open D1 buy 99.00 5
		alice buy G1 5 @ 98.00
			alice received G1 buy limit 98.00 5 GTC
			alice open G1 buy 98.00 5 5
			market received G1 buy limit 98.00 5
			market open G1 buy 98.00 5
		alice buy C1 5 @ 97.00
			alice received C1 buy limit 97.00 5 GTC
			alice open C1 buy 97.00 5 5
			market received C1 buy limit 97.00 5
			market open C1 buy 97.00 5
		alice cancel client_oid=C1
			alice done C1 buy canceled 5
			market done C1 buy canceled 97.00 5
		alice buy C1 6 @ 97.00
			alice rejected C1 duplicate_client_oid
		admin admin command=roll_day
			admin day_rolled count=1
			alice done D1 buy expired 5
			market done D1 buy expired 99.00 5
		alice buy C1 6 @ 97.00
			alice received C1 buy limit 97.00 6 GTC
			alice open C1 buy 97.00 6 6
			market received C1 buy limit 97.00 6
			market open C1 buy 97.00 6
		alice buy D1 6 @ 99.00
			alice received D1 buy limit 99.00 6 GTC
			alice open D1 buy 99.00 6 6
			market received D1 buy limit 99.00 6
			market open D1 buy 99.00 6
		alice buy G1 6 @ 98.00
			alice rejected G1 duplicate_client_oid
		alice orders
			alice open G1 buy 98.00 5 5 limit GTC
			alice open C1 buy 97.00 6 6 limit GTC
			alice open D1 buy 99.00 6 6 limit GTC
			alice orders_end count=3
		`)
	})
}

// A product goes through its day by the schedule alone.
func TestScheduledDay(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Instruments = gateway.EmbeddedInstruments()
		o.Instruments[0].Opens = engine.Closed
		o.Instruments[0].Reference = 100_00
		for at, phase := range []engine.Phase{engine.PreOpen, engine.Continuous, engine.ClosingCall, engine.Closed} {
			o.Schedule = append(o.Schedule, config.Point{At: time.Duration(14+at) * time.Hour, Phase: phase})
		}
		playScript(t, o, nil, `
		alice buy A1 10 @ 100.00
			alice rejected A1 phase
		clock 30m market
			market phase pre_open
		alice buy A1 10 @ 100.00
			alice received A1 buy limit 100.00 10 GTC
			alice open A1 buy 100.00 10 10
			market received A1 buy limit 100.00 10
			market open A1 buy 100.00 10
		bob sell B1 4 @ 99.00
			bob received B1 sell limit 99.00 4 GTC
			bob open B1 sell 99.00 4 4
			market received B1 sell limit 99.00 4
			market open B1 sell 99.00 4
		clock 1h30m alice
			alice match A1 buy 1 100.00 4 6 auction
			bob match B1 sell 1 100.00 4 0 auction
			bob done B1 sell filled 0
			market indicative pre_open 100.00 4 buy surplus=6
			market match 1 maker=B1 taker=A1 sell 100.00 4 auction
			market done B1 sell filled 99.00 0
			market phase continuous 100.00 4
		bob sell B2 2 @ 100.00
			bob received B2 sell limit 100.00 2 GTC
			bob match B2 sell 2 100.00 2 0 taker
			bob done B2 sell filled 0
			alice match A1 buy 2 100.00 2 4 maker
			market received B2 sell limit 100.00 2
			market match 2 maker=A1 taker=B2 buy 100.00 2
			market done B2 sell filled 0
		clock 2h30m market
			market phase closing_call
		bob sell B3 1 @ 98.00
			bob received B3 sell limit 98.00 1 GTC
			bob open B3 sell 98.00 1 1
			market received B3 sell limit 98.00 1
			market open B3 sell 98.00 1
		clock 3h30m bob
			bob match B3 sell 3 100.00 1 0 auction
			bob done B3 sell filled 0
			alice match A1 buy 3 100.00 1 3 auction
			market indicative closing_call 100.00 1 buy surplus=3
			market match 3 maker=B3 taker=A1 sell 100.00 1 auction
			market done B3 sell filled 98.00 0
			market phase closed 100.00 1
		bob cancel client_oid=B1
			bob cancel_rejected B1 already_filled
		alice cancel client_oid=A1
			alice done A1 buy canceled 3
			market done A1 buy canceled 100.00 3
		`)
	})
}
