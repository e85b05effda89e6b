package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pricetime/gateway"
)

func TestOrderToAnswer(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		alice, bob := v.login(t, "alice"), v.login(t, "bob")
		alice.send(order("a1", "sell", "100.02", "5"))
		alice.expect("received", "client_oid=a1", "sequence=1", "product_id=DEMO", "price=100.02", "size=5")
		id := alice.expect("open", "remaining_size=5", "sequence=2")["order_id"]
		bob.send(order("b1", "buy", "100.05", "7"))
		bob.expect("received", "client_oid=b1")
		bob.expect("match", "price=100.02", "size=5", "remaining_size=2", "liquidity=taker")
		bob.expect("open", "remaining_size=2", "price=100.05")
		alice.expect("match", "price=100.02", "size=5", "remaining_size=0", "liquidity=maker", fmt.Sprint("order_id=", id))
		alice.expect("done", "reason=filled")
		bob.send(`{"type":"cancel","client_oid":"b1"}`)
		bob.expect("done", "reason=canceled", "remaining_size=2")
		bob.send(`{"type":"cancel","client_oid":"b1"}`)
		bob.expect("cancel_rejected", "reason=already_canceled")
		alice.send(`{"type":"cancel","client_oid":"a1"}`)
		alice.expect("cancel_rejected", "reason=already_filled")
	})
}

func TestAnswersComeInLineOrder(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		var lines []string
		for i := range 50 {
			lines = append(lines, order(fmt.Sprint("o", i), "buy", "1.00", "1"), `{"type":"ping"}`, `{"type":"nonsense"}`, order(fmt.Sprint("o", i), "buy", "2.00", "1"))
		}
		p.send(lines...)
		for i := range 50 {
			p.expect("received", fmt.Sprint("client_oid=o", i))
			p.expect("open")
			p.expect("pong")
			p.expect("error", "reason=unknown_type")
			p.expect("rejected", "reason=duplicate_client_oid")
		}
	})
}

func TestOrdersNeedALogin(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.dial(t)
		p.send(order("a1", "buy", "1.00", "1"), `{"type":"ping"}`)
		p.expect("error", "reason=not_logged_in")
		p.expect("pong")
		p.send(`{"type":"login","account":"alice"}`, `{"type":"login","account":"alice"}`)
		p.expect("logged_in", "account=alice", "next_sequence=1", "durability=memory")
		p.expect("error", "reason=already_logged_in")
		p.send(`{"type":"login","account":"alice","session":"x"}`)
		p.expect("error", "reason=unsupported", "field=session")
	})
}

// A line may come in any pieces, end in \r\n, and break off in the middle.
func TestLinesInPieces(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		text := order("a1", "buy", "1.00", "1") + "\r\n" + order("a2", "buy", "1.00", "1") + "\n"
		for i := range len(text) {
			p.conn.Write([]byte{text[i]})
			if i%7 == 0 {
				time.Sleep(100 * time.Microsecond)
			}
		}
		for _, id := range []string{"a1", "a2"} {
			p.expect("received", "client_oid="+id)
			p.expect("open")
		}
		p.conn.Write([]byte(`{"type":"order","client_oid":"a3"`))
		p.conn.Close()
		q := v.login(t, "alice")
		for range 200 { // until the venue has noticed
			q.send(`{"type":"orders"}`)
			if l := q.next(); l["type"] == "orders_end" {
				if fmt.Sprint(l["count"]) != "0" {
					t.Fatalf("got %v, want no orders", l)
				}
				return
			}
			for q.next()["type"] != "orders_end" {
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Fatal("orders of a lost session stay in the book")
	})
}

func TestOversizedLineIsSkipped(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		for _, n := range []int{1025, 1026, 1027, 5000, 100_000} {
			p.send(`{"type":"`+strings.Repeat("x", n-len(`{"type":""}`))+`"}`, `{"type":"ping"}`)
			p.expect("error", "reason=too_long")
			p.expect("pong")
		}
		// The same behind commands that are still on their way.
		var lines []string
		for i := range 30 {
			lines = append(lines, order(fmt.Sprint("a", i), "buy", "1.00", "1"), strings.Repeat("x", 100_000), `{"type":"ping"}`)
		}
		go p.send(lines...)
		for range 30 {
			p.expect("received")
			p.expect("open")
			p.expect("error", "reason=too_long")
			p.expect("pong")
		}
	})
}

// What a client sends before it closes its sending side is carried out and
// answered: echo ... | nc works.
func TestEndOfFileIsAnswered(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.dial(t)
		p.send(`{"type":"login","account":"alice","cancel_on_disconnect":false}`)
		for i := range 100 {
			p.send(order(fmt.Sprint("a", i), "buy", "1.00", "1"))
		}
		p.conn.(interface{ CloseWrite() error }).CloseWrite()
		if got := p.ends(); len(got) != 201 {
			t.Fatalf("%d answers, want 201", len(got))
		}
		q := v.login(t, "alice")
		q.send(`{"type":"cancel_all"}`)
		for range 100 {
			q.expect("done", "reason=canceled")
		}
		q.expect("cancel_all_done", "count=100")
	})
}

func TestCancelOnDisconnect(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		watcher := v.dial(t)
		watcher.send(`{"type":"subscribe","channels":["full"],"product_ids":["DEMO"]}`)
		watcher.expect("subscriptions")
		watcher.expect("snapshot")
		p := v.login(t, "alice")
		p.send(order("a1", "buy", "1.00", "1"), order("a2", "buy", "1.01", "1"))
		for range 2 {
			p.expect("received")
			p.expect("open")
			watcher.expect("received")
			watcher.expect("open")
		}
		p.conn.Close()
		watcher.expect("done", "reason=disconnect", "price=1.00")
		watcher.expect("done", "reason=disconnect", "price=1.01")
	})
}

// An order of one session canceled by another of the same account: both are told.
// Another account's order does not exist.
func TestOwnerAndRequesterAreAnswered(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		a, b, stranger := v.login(t, "alice"), v.login(t, "alice"), v.login(t, "mallory")
		a.send(order("a1", "buy", "1.00", "3"))
		a.expect("received")
		id := a.expect("open")["order_id"]
		for _, kind := range []string{`"cancel"`, `"status"`, `"reduce","size":"1"`, `"replace","size":"1"`} {
			stranger.send(fmt.Sprintf(`{"type":%s,"order_id":%q}`, kind, id))
			real := stranger.expect("cancel_rejected", "reason=unknown_order")
			stranger.send(fmt.Sprintf(`{"type":%s,"order_id":"123456789"}`, kind))
			none := stranger.expect("cancel_rejected", "reason=unknown_order")
			for _, l := range []line{real, none} {
				delete(l, "order_id")
				delete(l, "time")
				delete(l, "sequence")
			}
			if real.String() != none.String() {
				t.Fatalf("another's order answers %v, an unknown one %v", real, none)
			}
		}
		b.send(`{"type":"reduce","client_oid":"a1","size":"2"}`)
		for _, p := range []*peer{a, b} {
			p.expect("change", "new_size=2", "old_size=3")
		}
		b.send(`{"type":"replace","client_oid":"a1","new_client_oid":"a2","price":"1.01"}`)
		for _, p := range []*peer{a, b} {
			p.expect("replaced", "client_oid=a2", "old_client_oid=a1")
			p.expect("open", "price=1.01")
		}
		stranger.send(order("m1", "sell", "1.01", "2", `,"time_in_force":"IOC"`))
		stranger.expect("received")
		stranger.expect("match")
		stranger.expect("done", "reason=filled")
		b.expect("match", "liquidity=maker") // b owns it now
		b.expect("done", "reason=filled")
		a.send(`{"type":"ping"}`)
		a.expect("pong")
	})
}

func TestResendIsAnsweredOnce(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		for range 3 {
			p.send(order("a1", "buy", "1.00", "3"))
		}
		p.expect("received")
		p.expect("open")
		p.expect("open", "remaining_size=3", "resent=true")
		p.expect("open", "remaining_size=3", "resent=true")
		p.send(`{"type":"orders"}`)
		p.expect("open", "client_oid=a1")
		p.expect("orders_end", "count=1")
	})
}

func TestHeartbeats(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice", `,"heartbeat_ms":100`)
		n := 0
		for _, l := range p.ends() { // a silent client is cut after 15 of them
			if l["type"] != "heartbeat" {
				t.Fatalf("got %v", l)
			}
			n++
		}
		if n < 5 {
			t.Fatalf("%d heartbeats before the cut", n)
		}
	})
}

func TestTooManyErrorsCutsTheSession(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.ErrorsMax = 10
		v := start(t, o)
		good, bad := v.login(t, "good"), v.dial(t)
		bad.send(strings.Split(strings.Repeat("garbage\n", 9)+"garbage", "\n")...)
		got := bad.ends()
		if len(got) != 11 || got[10]["reason"] != "too_many_errors" {
			t.Fatalf("%d lines, last %v", len(got), got[len(got)-1])
		}
		good.send(`{"type":"ping"}`)
		good.expect("pong")
	})
}

func TestOneConnectionTooMany(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.ConnectionsMax = 4
		v := start(t, o)
		var peers []*peer
		for i := range 4 {
			peers = append(peers, v.login(t, fmt.Sprint("a", i)))
		}
		extra := v.dial(t)
		extra.expect("error", "reason=busy")
		extra.ends()
		peers[0].conn.Close()
		deadline := time.Now().Add(10 * time.Second)
		for { // the slot is free again soon
			p := v.dial(t)
			p.send(`{"type":"ping"}`)
			if l, err := p.read(); err == nil && l["type"] == "pong" {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the slot of a closed connection is not freed")
			}
			time.Sleep(time.Millisecond)
		}
	})
}

// Who unsubscribes while the snapshot is being written gets nothing of the channel
// behind the answer; who then subscribes again gets one whole snapshot.
func TestUnsubscribeDuringTheSnapshot(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		maker := v.login(t, "maker")
		const n = 2000
		var lines []string
		for i := range n {
			lines = append(lines, order(fmt.Sprint("m", i), "sell", fmt.Sprintf("%d.00", 10+i), "1"))
		}
		go maker.send(append(lines, `{"type":"ping"}`)...)
		maker.skipTo("pong")
		p := v.dial(t)
		rest := `"channels":["full"],"product_ids":["DEMO"]}`
		p.send(`{"type":"subscribe",`+rest, `{"type":"unsubscribe",`+rest, `{"type":"subscribe",`+rest)
		for p.next()["action"] != "unsubscribe" {
		}
		p.expect("subscriptions", "action=subscribe")
		entries := 0
		for more := true; more; {
			l := p.expect("snapshot")
			entries += len(l["asks"].([]any))
			more = l["more"] == true
		}
		if entries != n {
			t.Fatalf("%d orders in the snapshot, want %d", entries, n)
		}
		p.send(`{"type":"unsubscribe",`+rest, `{"type":"ping"}`)
		p.expect("subscriptions", "action=unsubscribe")
		p.expect("pong")
	})
}
