package gateway_test

import (
	"bytes"
	"fmt"
	"testing"

	"pricetime/gateway"
	"pricetime/gateway/stamps"
)

// In a build with stamps every order leaves the marks of its way, in their order; in an
// ordinary build there are none.
func TestStampsOfAnOrder(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		const orders = 20
		for i := range orders {
			p.send(order(fmt.Sprintf("a%d", i), "buy", "10.00", "1"))
			p.expect("received")
			p.expect("open")
		}
		v.Stop()
		var file bytes.Buffer
		if err := v.WriteStamps(&file); err != nil {
			t.Fatal(err)
		}
		if !stamps.Enabled {
			if file.Len() > 0 {
				t.Errorf("%d bytes of stamps in an ordinary build", file.Len())
			}
			return
		}
		all, dropped, err := stamps.Read(&file)
		if err != nil || dropped > 0 {
			t.Fatal(err, dropped)
		}
		whole, next := 0, stamps.Marks
		for _, s := range all {
			switch s.Mark {
			case stamps.FeedBegan, stamps.FeedDone:
			case stamps.ReadBegan:
				next = stamps.ReadDone
			case next:
				if next++; s.Mark == stamps.Written {
					whole++
				}
			default:
				next = stamps.Marks
			}
		}
		if whole != orders {
			t.Errorf("%d orders left all marks in their order, want %d: %v", whole, orders, all)
		}
	})
}
