package client_test

import (
	"fmt"
	"log"
	"time"

	"pricetime/gateway/client"
)

// Two orders meet. The connection sees both sides, because both are its own.
func ExampleConn() {
	addr := client.VenueForExample() // any venue; `pricetime serve` listens on 127.0.0.1:7001
	c, err := client.Dial(addr, time.Second)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Login(&client.Login{Account: "alice"}); err != nil {
		log.Fatal(err)
	}
	c.Order(&client.Order{ClientOID: "s1", ProductID: "AAPL", Side: "sell", Price: "585.33", Size: "100"})
	c.Order(&client.Order{ClientOID: "b1", ProductID: "AAPL", Side: "buy", Price: "585.40", Size: "40", TimeInForce: "IOC"})
	c.Ping() // its pong comes after all answers to what was sent before
	if err := c.Flush(); err != nil {
		log.Fatal(err)
	}
	for {
		m, err := c.Next()
		if err != nil {
			log.Fatal(err)
		}
		switch m.Type.String() {
		case "match":
			fmt.Printf("%s: %s %s at %s, %s left, as %s\n", m.ClientOID, m.Side, m.Size, m.Price, m.RemainingSize, m.Liquidity)
		case "pong":
			return
		case "done":
			fmt.Printf("%s: done, %s\n", m.ClientOID, m.Reason)
		default:
			fmt.Printf("%s: %s\n", m.ClientOID, m.Type)
		}
	}
	// Output:
	// s1: received
	// s1: open
	// b1: received
	// b1: buy 40 at 585.33, 0 left, as taker
	// b1: done, filled
	// s1: sell 40 at 585.33, 60 left, as maker
}
