package jsonl

import (
	"fmt"
	"strings"
	"testing"
)

func TestParsePublicLines(t *testing.T) {
	p := NewParser()
	for _, c := range []struct {
		line string
		want string
	}{
		{`{"type":"snapshot","channel":"level2","product_id":"AAPL","sequence":9,"bids":[["585.30","10"],["585.29","1"]],"asks":[["585.31","2"]],"more":true}`,
			"snapshot level2 9 bids 585.30 10 0, 585.29 1 0 asks 585.31 2 0 more true"},
		{`{"type":"snapshot","channel":"full","product_id":"AAPL","sequence":9,"bids":[["585.30","10","1048577"]],"asks":[]}`,
			"snapshot full 9 bids 585.30 10 1048577 asks more false"},
		{`{"type":"l2update","channel":"level2","product_id":"AAPL","sequence":10,"time":"x","changes":[["buy","585.33","0"],["sell","585.40","7"]]}`,
			"l2update level2 10 bids asks changes buy 585.33 0, sell 585.40 7 more false"},
	} {
		var m Message
		if err := p.Parse([]byte(c.line), &m); err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		got := fmt.Sprintf("%s %s %d bids%s asks%s", m.Type, m.Channel, m.Sequence, entries(m.Bids), entries(m.Asks))
		for i, x := range m.Changes {
			got += []string{" changes", ","}[min(i, 1)] + fmt.Sprintf(" %s %s %s", x.Side, x.Price, x.Size)
		}
		if got += fmt.Sprintf(" more %v", m.More); got != c.want {
			t.Errorf("%s\nreads  %s\nwanted %s", c.line, got, c.want)
		}
	}
	var m Message
	line := `{"type":"ticker","channel":"ticker","product_id":"AAPL","sequence":3,"time":"x","trade_id":"3","side":"buy","price":"585.33","last_size":"40","best_bid":"585.30","best_bid_size":"10","best_ask":"585.34","best_ask_size":"5"}`
	if err := p.Parse([]byte(line), &m); err != nil || m.Type != MessageTicker || m.TradeID != 3 || string(m.LastSize) != "40" ||
		string(m.BestBid)+string(m.BestBidSize)+string(m.BestAsk)+string(m.BestAskSize) != "585.3010585.345" {
		t.Errorf("the ticker reads %+v, %v", m, err)
	}
	line = `{"type":"match","channel":"matches","product_id":"AAPL","sequence":3,"time":"x","trade_id":"3","maker_order_id":"5","taker_order_id":"7","side":"sell","price":"585.33","size":"40"}`
	if err := p.Parse([]byte(line), &m); err != nil || m.Type != MessageMatch || m.MakerOrderID != 5 || m.TakerOrderID != 7 || string(m.Channel) != "matches" {
		t.Errorf("the match reads %+v, %v", m, err)
	}
}

func entries(list []BookEntry) (s string) {
	for i, x := range list {
		s += []string{"", ","}[min(i, 1)] + fmt.Sprintf(" %s %s %d", x.Price, x.Size, x.OrderID)
	}
	return s
}

func TestParseIsTolerantOfWhatIsNew(t *testing.T) {
	p := NewParser()
	var m Message
	if err := p.Parse([]byte(`{"type":"news","price":"1","deep":{"a":[1]},"x":null}`+"\r\n"), &m); err != nil || m.Type != MessageOther || string(m.TypeName) != "news" || string(m.Price) != "1" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestParseRefuses(t *testing.T) {
	p := NewParser()
	for _, line := range []string{
		``, `x`, `[]`, `{}`, `{"type":1}`, `{"sequence":1}`, `{"type":"open","type":"done"}`, `{"type":"open"} {}`,
		`{"type":"open","price":1}`, `{"type":"open","sequence":"1"}`, `{"type":"open","sequence":-1}`, `{"type":"open","sequence":1.5}`,
		`{"type":"open","order_id":7}`, `{"type":"open","order_id":"x"}`, `{"type":"open","order_id":""}`, `{"type":"open","resent":"true"}`,
		`{"type":"open","count":99999999999999999999}`, `{"type":"open","price":nan}`,
		`{"type":"snapshot","bids":1}`, `{"type":"snapshot","bids":[1]}`, `{"type":"snapshot","bids":[["1"]]}`, `{"type":"snapshot","bids":[[1,2]]}`,
		`{"type":"snapshot","asks":[["1","2","3","4"]]}`, `{"type":"l2update","changes":[["buy","1"]]}`, `{"type":"l2update","changes":{}}`,
	} {
		var m Message
		if err := p.Parse([]byte(line), &m); err == nil {
			t.Errorf("%s is taken: %+v", line, m)
		}
	}
}

func TestMessageTypes(t *testing.T) {
	for mt := MessageOther + 1; mt < messageTypes; mt++ {
		if got := messageType([]byte(mt.String())); got != mt || mt.String() == "" {
			t.Errorf("type %d %q is found as %d", mt, mt, got)
		}
	}
	if got := messageType([]byte(strings.Repeat("x", 50))); got != MessageOther {
		t.Errorf("an unknown type is found as %s", got)
	}
}
