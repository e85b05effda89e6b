package main

import (
	"fmt"
	"io"
	"net"
)

// A first session, as a newcomer types it, and what an empty venue answers. A test
// sends these lines and compares; "..." stands for what is different every time.
const (
	helloRequests = `{"type":"login","account":"alice"}
{"type":"order","client_oid":"a1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"10"}
{"type":"order","client_oid":"a2","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"4"}
`
	helloAnswers = `<- {"type":"logged_in","account":"alice","session":"...","next_sequence":1,"durability":"memory"}
<- {"type":"received","sequence":1,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a1","side":"buy","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
<- {"type":"open","sequence":2,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a1","side":"buy","price":"100.00","size":"10","remaining_size":"10"}
<- {"type":"received","sequence":3,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a2","side":"sell","order_type":"limit","price":"100.00","size":"4","time_in_force":"GTC"}
<- {"type":"match","sequence":4,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a2","side":"sell","trade_id":"1","price":"100.00","size":"4","remaining_size":"0","liquidity":"taker"}
<- {"type":"done","sequence":5,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a2","side":"sell","reason":"filled","remaining_size":"0"}
<- {"type":"match","sequence":6,"time":"...","product_id":"DEMO","order_id":"...","client_oid":"a1","side":"buy","trade_id":"1","price":"100.00","size":"4","remaining_size":"6","liquidity":"maker"}
`
)

// printHello tells how to send a first order to a venue that listens on address.
func printHello(w io.Writer, address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, ""
	}
	fmt.Fprintf(w, `
A first order, from another terminal:  nc %s %s
and paste these lines:

%s
The venue answers:

%s
alice's order for 10 has bought 4 and leaves with the connection. The book to look at:
pricetime book --addr %s    (Ctrl-C here ends the venue)

`, host, port, helloRequests, helloAnswers, address)
}
