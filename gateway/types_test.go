package gateway_test

import (
	"testing"

	"pricetime/gateway"
	"pricetime/gateway/config"
)

// A stop's own trade reaches the next one's stop price, and so on, all in the command of
// whoever made the first print. The market hears of a stop when it is triggered.
func TestStopCascade(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice buy A1 5 @ 100.00
			alice received A1 buy limit 100.00 5 GTC
			alice open A1 buy 100.00 5 5
			market received A1 buy limit 100.00 5
			market open A1 buy 100.00 5
		alice buy A2 5 @ 99.00
			alice received A2 buy limit 99.00 5 GTC
			alice open A2 buy 99.00 5 5
			market received A2 buy limit 99.00 5
			market open A2 buy 99.00 5
		alice buy A3 5 @ 98.00
			alice received A3 buy limit 98.00 5 GTC
			alice open A3 buy 98.00 5 5
			market received A3 buy limit 98.00 5
			market open A3 buy 98.00 5
		alice buy A4 20 @ 97.00
			alice received A4 buy limit 97.00 20 GTC
			alice open A4 buy 97.00 20 20
			market received A4 buy limit 97.00 20
			market open A4 buy 97.00 20
		bob sell B0 1 @ 100.00
			bob received B0 sell limit 100.00 1 GTC
			bob match B0 sell 1 100.00 1 0 taker
			bob done B0 sell filled 0
			alice match A1 buy 1 100.00 1 4 maker
			market received B0 sell limit 100.00 1
			market match 1 maker=A1 taker=B0 buy 100.00 1
			market done B0 sell filled 0
		bob sell B1 4 order_type=stop stop_price=99.50
			bob received B1 sell stop 4 GTC stop_price=99.50
			bob open B1 sell 4 4 parked stop_price=99.50
		carol sell C1 6 order_type=stop stop_price=98.50
			carol received C1 sell stop 6 GTC stop_price=98.50
			carol open C1 sell 6 6 parked stop_price=98.50
		dave sell D1 5 @ 97.00 order_type=stop_limit stop_price=98.00
			dave received D1 sell stop_limit 97.00 5 GTC stop_price=98.00
			dave open D1 sell 97.00 5 5 parked stop_price=98.00
		bob sell B2 8 @ 99.00
			bob received B2 sell limit 99.00 8 GTC
			bob match B2 sell 2 100.00 4 4 taker
			bob match B2 sell 3 99.00 4 0 taker
			bob done B2 sell filled 0
			bob triggered B1 sell 4 4
			bob match B1 sell 4 99.00 1 3 taker
			bob match B1 sell 5 98.00 3 0 taker
			bob done B1 sell filled 0
			alice match A1 buy 2 100.00 4 0 maker
			alice done A1 buy filled 0
			alice match A2 buy 3 99.00 4 1 maker
			alice match A2 buy 4 99.00 1 0 maker
			alice done A2 buy filled 0
			alice match A3 buy 5 98.00 3 2 maker
			alice match A3 buy 6 98.00 2 0 maker
			alice done A3 buy filled 0
			alice match A4 buy 7 97.00 4 16 maker
			alice match A4 buy 8 97.00 5 11 maker
			carol triggered C1 sell 6 6
			carol match C1 sell 6 98.00 2 4 taker
			carol match C1 sell 7 97.00 4 0 taker
			carol done C1 sell filled 0
			dave triggered D1 sell 5 5
			dave match D1 sell 8 97.00 5 0 taker
			dave done D1 sell filled 0
			market received B2 sell limit 99.00 8
			market match 2 maker=A1 taker=B2 buy 100.00 4
			market done A1 buy filled 100.00 0
			market match 3 maker=A2 taker=B2 buy 99.00 4
			market done B2 sell filled 0
			market received B1 sell market 4
			market match 4 maker=A2 taker=B1 buy 99.00 1
			market done A2 buy filled 99.00 0
			market match 5 maker=A3 taker=B1 buy 98.00 3
			market done B1 sell filled 0
			market received C1 sell market 6
			market match 6 maker=A3 taker=C1 buy 98.00 2
			market done A3 buy filled 98.00 0
			market match 7 maker=A4 taker=C1 buy 97.00 4
			market done C1 sell filled 0
			market received D1 sell limit 97.00 5
			market match 8 maker=A4 taker=D1 buy 97.00 5
			market done D1 sell filled 0
		`)
	})
}

// An owner sees an iceberg whole, and each slice; the market sees slices alone, each a new
// order at the back of its price.
func TestIcebergShowsSlices(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice sell S1 30 @ 100.00 display_size=10
			alice received S1 sell limit 100.00 30 GTC display_size=10
			alice open S1 sell 100.00 30 30 display_size=10
			market received S1 sell limit 100.00 10
			market open S1 sell 100.00 10
		bob sell S2 10 @ 100.00
			bob received S2 sell limit 100.00 10 GTC
			bob open S2 sell 100.00 10 10
			market received S2 sell limit 100.00 10
			market open S2 sell 100.00 10
		carol buy B1 15 @ 100.00
			carol received B1 buy limit 100.00 15 GTC
			carol match B1 buy 1 100.00 10 5 taker
			carol match B1 buy 2 100.00 5 0 taker
			carol done B1 buy filled 0
			alice match S1 sell 1 100.00 10 20 maker
			alice open S1 sell 100.00 30 20 display_size=10
			bob match S2 sell 2 100.00 5 5 maker
			market received B1 buy limit 100.00 15
			market match 1 maker=S1 taker=B1 sell 100.00 10
			market open S1 sell 100.00 10
			market match 2 maker=S2 taker=B1 sell 100.00 5
			market done B1 buy filled 0
		carol buy B2 8 @ 100.00
			carol received B2 buy limit 100.00 8 GTC
			carol match B2 buy 3 100.00 5 3 taker
			carol match B2 buy 4 100.00 3 0 taker
			carol done B2 buy filled 0
			alice match S1 sell 4 100.00 3 17 maker
			bob match S2 sell 3 100.00 5 0 maker
			bob done S2 sell filled 0
			market received B2 buy limit 100.00 8
			market match 3 maker=S2 taker=B2 sell 100.00 5
			market done S2 sell filled 100.00 0
			market match 4 maker=S1 taker=B2 sell 100.00 3
			market done B2 buy filled 0
		alice reduce client_oid=S1 size=20
			alice change S1 sell reduced 100.00 30 20 7 display_size=7
		alice replace client_oid=S1 display_size=2
			alice replaced S1 S1 sell 100.00 20 20 7 kept_priority display_size=2
			alice open S1 sell 100.00 20 7 display_size=2
			market change S1 sell replaced 100.00 7 2
		alice orders
			alice open S1 sell 100.00 20 7 display_size=2 limit GTC
			alice orders_end count=1
		carol buy B3 4 @ 100.00 time_in_force=IOC
			carol received B3 buy limit 100.00 4 IOC
			carol match B3 buy 5 100.00 2 2 taker
			carol match B3 buy 6 100.00 2 0 taker
			carol done B3 buy filled 0
			alice match S1 sell 5 100.00 2 5 maker
			alice open S1 sell 100.00 20 5 display_size=2
			alice match S1 sell 6 100.00 2 3 maker
			alice open S1 sell 100.00 20 3 display_size=2
			market received B3 buy limit 100.00 4
			market match 5 maker=S1 taker=B3 sell 100.00 2
			market open S1 sell 100.00 2
			market match 6 maker=S1 taker=B3 sell 100.00 2
			market done B3 buy filled 0
			market open S1 sell 100.00 2
		`)
	})
}

// A hidden order is not in any public line or book, and its trades have no id of it.
func TestHiddenIsNeverShown(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		playScript(t, o, nil, `
		alice sell H1 10 @ 100.00 hidden=true
			alice received H1 sell limit 100.00 10 GTC hidden
			alice open H1 sell 100.00 10 10 hidden
		bob sell S1 10 @ 100.00
			bob received S1 sell limit 100.00 10 GTC
			bob open S1 sell 100.00 10 10
			market received S1 sell limit 100.00 10
			market open S1 sell 100.00 10
		carol buy B1 15 @ 100.00
			carol received B1 buy limit 100.00 15 GTC
			carol match B1 buy 1 100.00 10 5 taker
			carol match B1 buy 2 100.00 5 0 taker
			carol done B1 buy filled 0
			alice match H1 sell 2 100.00 5 5 maker
			bob match S1 sell 1 100.00 10 0 maker
			bob done S1 sell filled 0
			market received B1 buy limit 100.00 15
			market match 1 maker=S1 taker=B1 sell 100.00 10
			market done S1 sell filled 100.00 0
			market match 2 taker=B1 sell 100.00 5
			market done B1 buy filled 0
		alice sell H2 3 @ 100.00 hidden=true
			alice received H2 sell limit 100.00 3 GTC hidden
			alice open H2 sell 100.00 3 3 hidden
		alice reduce client_oid=H2 size=2
			alice change H2 sell reduced 100.00 3 2 2 hidden
		alice replace client_oid=H2 price=99.50
			alice replaced H2 H2 sell 99.50 2 2 2 hidden
			alice open H2 sell 99.50 2 2 hidden
		carol buy H3 7 @ 100.00 hidden=true
			carol received H3 buy limit 100.00 7 GTC hidden
			carol match H3 buy 3 99.50 2 5 taker
			carol match H3 buy 4 100.00 5 0 taker
			carol done H3 buy filled 0
			alice match H2 sell 3 99.50 2 0 maker
			alice done H2 sell filled 0
			alice match H1 sell 4 100.00 5 0 maker
			alice done H1 sell filled 0
			market match 3 sell 99.50 2
			market match 4 sell 100.00 5
		alice cancel client_oid=H1
			alice cancel_rejected H1 already_filled
		carol cancel client_oid=H3
			carol cancel_rejected H3 already_filled
		`)
	})
}

// Two accounts of a group, from the accounts file, do not trade with each other, in any of
// the ways to prevent it; with others they do.
func TestGroupDoesNotTradeWithItself(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		logins := withAccounts(&o, config.Account{Name: "alice", Group: 1}, config.Account{Name: "alice-2", Group: 1},
			config.Account{Name: "bob"}, config.Account{Name: theMarker})
		playScript(t, o, logins, `
		alice sell S1 10 @ 100.00
			alice received S1 sell limit 100.00 10 GTC
			alice open S1 sell 100.00 10 10
			market received S1 sell limit 100.00 10
			market open S1 sell 100.00 10
		alice-2 buy B1 5 @ 100.00 stp=cn
			alice-2 received B1 buy limit 100.00 5 GTC
			alice-2 done B1 buy self_trade 5
			market received B1 buy limit 100.00 5
			market done B1 buy self_trade 5
		bob sell S2 4 @ 100.00
			bob received S2 sell limit 100.00 4 GTC
			bob open S2 sell 100.00 4 4
			market received S2 sell limit 100.00 4
			market open S2 sell 100.00 4
		alice-2 buy B2 8 @ 100.00 stp=co
			alice-2 received B2 buy limit 100.00 8 GTC
			alice-2 match B2 buy 1 100.00 4 4 taker
			alice-2 open B2 buy 100.00 8 4
			alice done S1 sell self_trade 10
			bob match S2 sell 1 100.00 4 0 maker
			bob done S2 sell filled 0
			market received B2 buy limit 100.00 8
			market done S1 sell self_trade 100.00 10
			market match 1 maker=S2 taker=B2 sell 100.00 4
			market done S2 sell filled 100.00 0
			market open B2 buy 100.00 4
		alice sell S3 1 @ 100.00 stp=dc
			alice received S3 sell limit 100.00 1 GTC
			alice done S3 sell self_trade 1
			alice-2 change B2 buy self_trade 100.00 8 7 3
			market received S3 sell limit 100.00 1
			market change B2 buy self_trade 100.00 4 3
			market done S3 sell self_trade 1
		alice sell S4 1 @ 100.00 stp=cb
			alice received S4 sell limit 100.00 1 GTC
			alice done S4 sell self_trade 1
			alice-2 done B2 buy self_trade 3
			market received S4 sell limit 100.00 1
			market done B2 buy self_trade 100.00 3
			market done S4 sell self_trade 1
		alice-2 buy B3 4 @ 100.00
			alice-2 received B3 buy limit 100.00 4 GTC
			alice-2 open B3 buy 100.00 4 4
			market received B3 buy limit 100.00 4
			market open B3 buy 100.00 4
		alice sell S5 4 @ 100.00 stp=none
			alice received S5 sell limit 100.00 4 GTC
			alice match S5 sell 2 100.00 4 0 taker
			alice done S5 sell filled 0
			alice-2 match B3 buy 2 100.00 4 0 maker
			alice-2 done B3 buy filled 0
			market received S5 sell limit 100.00 4
			market match 2 maker=B3 taker=S5 buy 100.00 4
			market done B3 buy filled 100.00 0
			market done S5 sell filled 0
		`)
	})
}
