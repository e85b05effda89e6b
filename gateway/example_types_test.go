package gateway_test

import (
	"fmt"
	"log"
	"regexp"
	"strings"
	"time"

	"pricetime/gateway"
)

// These are the examples of docs/order-types.md, where each stands word by word
// (TestOrderTypesPage). A line with > is sent, one with < is heard.

// passedOver is what the page leaves out of the lines that are heard.
var passedOver = regexp.MustCompile(`"(sequence|time|product_id|order_id|trade_id|channel)":("[^"]*"|\d+),`)

// play runs an example on a venue of its own. last is the price of a trade before it, if
// there was one. With market, a subscriber of level2 is there.
func play(last string, market bool, lines ...string) {
	o := gateway.Options{Limits: smallLimits()}
	s := newStage(&o)
	s.fail = log.Fatalf
	v, err := gateway.Start(o)
	if err != nil {
		log.Fatal(err)
	}
	defer v.Stop()
	defer s.leave()
	s.addr = v.JSONAddr()
	if market {
		s.watch(`"level2"`)
	}
	if last != "" {
		s.tell("maker", request("sell M 1 @ "+last))
		s.tell("taker", request("buy T 1 @ "+last))
	}
	s.heard = nil // the market's snapshot
	for _, line := range lines {
		who, what, _ := strings.Cut(line, " ")
		var heard []said
		if who == "clock" {
			after, whom, _ := strings.Cut(what, " ")
			d, err := time.ParseDuration(after)
			if err != nil {
				log.Fatal(err)
			}
			at := stageTime.Add(d)
			fmt.Println("it is ", at.Format(time.RFC3339))
			heard = s.until(whom, at)
		} else {
			fmt.Printf("%-6s > %s\n", who, what)
			heard = s.tell(who, what)
		}
		for _, x := range heard {
			fmt.Printf("%-6s < %s\n", x.who, passedOver.ReplaceAllString(x.line, ""))
		}
	}
}

func Example_limit() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"15"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"15"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"101.00","size":"15","time_in_force":"GTC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"101.00","size":"15","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_market() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market","size":"15"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market","size":"15"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"market","size":"15","time_in_force":"IOC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"ioc","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_marketToLimit() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`alice {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"101.00","size":"5"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market_to_limit","size":"15"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// alice  > {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"101.00","size":"5"}
	// alice  < {"type":"received","client_oid":"S2","side":"sell","order_type":"limit","price":"101.00","size":"5","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S2","side":"sell","price":"101.00","size":"5","remaining_size":"5"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market_to_limit","size":"15"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"market_to_limit","price":"100.00","size":"15","time_in_force":"GTC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"100.00","size":"15","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_stop() {
	play("100.00", false,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"stop","stop_price":"105.00","size":"5"}`,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"105.00","size":"6"}`,
		`carol {"type":"order","client_oid":"C1","product_id":"DEMO","side":"buy","order_type":"limit","price":"105.00","size":"1"}`,
	)
	// Output:
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"stop","stop_price":"105.00","size":"5"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"stop","size":"5","time_in_force":"GTC","stop_price":"105.00"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","size":"5","remaining_size":"5","parked":true,"stop_price":"105.00"}
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"105.00","size":"6"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"105.00","size":"6","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"105.00","size":"6","remaining_size":"6"}
	// carol  > {"type":"order","client_oid":"C1","product_id":"DEMO","side":"buy","order_type":"limit","price":"105.00","size":"1"}
	// carol  < {"type":"received","client_oid":"C1","side":"buy","order_type":"limit","price":"105.00","size":"1","time_in_force":"GTC"}
	// carol  < {"type":"match","client_oid":"C1","side":"buy","price":"105.00","size":"1","remaining_size":"0","liquidity":"taker"}
	// carol  < {"type":"done","client_oid":"C1","side":"buy","reason":"filled","remaining_size":"0"}
	// bob    < {"type":"triggered","client_oid":"B1","side":"buy","size":"5","remaining_size":"5"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"105.00","size":"5","remaining_size":"0","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"105.00","size":"1","remaining_size":"5","liquidity":"maker"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"105.00","size":"5","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_stopLimit() {
	play("100.00", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"stop_limit","price":"94.00","stop_price":"95.00","size":"5"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"95.00","size":"1"}`,
		`carol {"type":"order","client_oid":"C1","product_id":"DEMO","side":"sell","order_type":"limit","price":"95.00","size":"1"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"stop_limit","price":"94.00","stop_price":"95.00","size":"5"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"stop_limit","price":"94.00","size":"5","time_in_force":"GTC","stop_price":"95.00"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"94.00","size":"5","remaining_size":"5","parked":true,"stop_price":"95.00"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"95.00","size":"1"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"95.00","size":"1","time_in_force":"GTC"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"95.00","size":"1","remaining_size":"1"}
	// carol  > {"type":"order","client_oid":"C1","product_id":"DEMO","side":"sell","order_type":"limit","price":"95.00","size":"1"}
	// carol  < {"type":"received","client_oid":"C1","side":"sell","order_type":"limit","price":"95.00","size":"1","time_in_force":"GTC"}
	// carol  < {"type":"match","client_oid":"C1","side":"sell","price":"95.00","size":"1","remaining_size":"0","liquidity":"taker"}
	// carol  < {"type":"done","client_oid":"C1","side":"sell","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"triggered","client_oid":"S1","side":"sell","size":"5","remaining_size":"5"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"94.00","size":"5","remaining_size":"5"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"95.00","size":"1","remaining_size":"0","liquidity":"maker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"filled","remaining_size":"0"}
}

func Example_takeProfit() {
	play("100.00", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"take_profit","stop_price":"105.00","size":"5"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"105.00","size":"6"}`,
		`carol {"type":"order","client_oid":"C1","product_id":"DEMO","side":"sell","order_type":"limit","price":"105.00","size":"1"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"take_profit","stop_price":"105.00","size":"5"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"take_profit","size":"5","time_in_force":"GTC","stop_price":"105.00"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","size":"5","remaining_size":"5","parked":true,"stop_price":"105.00"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"105.00","size":"6"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"105.00","size":"6","time_in_force":"GTC"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"105.00","size":"6","remaining_size":"6"}
	// carol  > {"type":"order","client_oid":"C1","product_id":"DEMO","side":"sell","order_type":"limit","price":"105.00","size":"1"}
	// carol  < {"type":"received","client_oid":"C1","side":"sell","order_type":"limit","price":"105.00","size":"1","time_in_force":"GTC"}
	// carol  < {"type":"match","client_oid":"C1","side":"sell","price":"105.00","size":"1","remaining_size":"0","liquidity":"taker"}
	// carol  < {"type":"done","client_oid":"C1","side":"sell","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"triggered","client_oid":"S1","side":"sell","size":"5","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"105.00","size":"5","remaining_size":"0","liquidity":"taker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"105.00","size":"1","remaining_size":"5","liquidity":"maker"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"105.00","size":"5","remaining_size":"0","liquidity":"maker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"filled","remaining_size":"0"}
}

func Example_takeProfitLimit() {
	play("100.00", false,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"take_profit_limit","price":"96.00","stop_price":"95.00","size":"5"}`,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"95.00","size":"1"}`,
		`carol {"type":"order","client_oid":"C1","product_id":"DEMO","side":"buy","order_type":"limit","price":"95.00","size":"1"}`,
	)
	// Output:
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"take_profit_limit","price":"96.00","stop_price":"95.00","size":"5"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"take_profit_limit","price":"96.00","size":"5","time_in_force":"GTC","stop_price":"95.00"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"96.00","size":"5","remaining_size":"5","parked":true,"stop_price":"95.00"}
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"95.00","size":"1"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"95.00","size":"1","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"95.00","size":"1","remaining_size":"1"}
	// carol  > {"type":"order","client_oid":"C1","product_id":"DEMO","side":"buy","order_type":"limit","price":"95.00","size":"1"}
	// carol  < {"type":"received","client_oid":"C1","side":"buy","order_type":"limit","price":"95.00","size":"1","time_in_force":"GTC"}
	// carol  < {"type":"match","client_oid":"C1","side":"buy","price":"95.00","size":"1","remaining_size":"0","liquidity":"taker"}
	// carol  < {"type":"done","client_oid":"C1","side":"buy","reason":"filled","remaining_size":"0"}
	// bob    < {"type":"triggered","client_oid":"B1","side":"buy","size":"5","remaining_size":"5"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","price":"96.00","size":"5","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"95.00","size":"1","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_ioc() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"15","time_in_force":"IOC"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"15","time_in_force":"IOC"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"100.00","size":"15","time_in_force":"IOC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"ioc","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_fok() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"5"}`,
		`alice {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"101.00","size":"5"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"11","time_in_force":"FOK"}`,
		`bob {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"8","time_in_force":"FOK"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"5"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"5","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"5","remaining_size":"5"}
	// alice  > {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"101.00","size":"5"}
	// alice  < {"type":"received","client_oid":"S2","side":"sell","order_type":"limit","price":"101.00","size":"5","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S2","side":"sell","price":"101.00","size":"5","remaining_size":"5"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"11","time_in_force":"FOK"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"101.00","size":"11","time_in_force":"FOK"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"fok","remaining_size":"11"}
	// bob    > {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"8","time_in_force":"FOK"}
	// bob    < {"type":"received","client_oid":"B2","side":"buy","order_type":"limit","price":"101.00","size":"8","time_in_force":"FOK"}
	// bob    < {"type":"match","client_oid":"B2","side":"buy","price":"100.00","size":"5","remaining_size":"3","liquidity":"taker"}
	// bob    < {"type":"match","client_oid":"B2","side":"buy","price":"101.00","size":"3","remaining_size":"0","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B2","side":"buy","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"5","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S2","side":"sell","price":"101.00","size":"3","remaining_size":"2","liquidity":"maker"}
}

func Example_gtd() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTD","expire_time":"2025-06-02T13:31:00Z"}`,
		`clock 1m alice`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTD","expire_time":"2025-06-02T13:31:00Z"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTD","expire_time":"2025-06-02T13:31:00.000000000Z"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// it is  2025-06-02T13:31:00Z
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"expired","remaining_size":"10"}
}

func Example_day() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"DAY"}`,
		`clock 10h30m alice`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"DAY"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"DAY","expire_time":"2025-06-03T00:00:00.000000000Z"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// it is  2025-06-03T00:00:00Z
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"expired","remaining_size":"10"}
}

func Example_iceberg() {
	play("", true,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"30","display_size":"10"}`,
		`alice {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"25"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"30","display_size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"30","time_in_force":"GTC","display_size":"10"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"30","remaining_size":"30","display_size":"10"}
	// market < {"type":"l2update","changes":[["sell","100.00","10"]]}
	// alice  > {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S2","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S2","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// market < {"type":"l2update","changes":[["sell","100.00","20"]]}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"25"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"100.00","size":"25","time_in_force":"GTC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"15","liquidity":"taker"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"5","remaining_size":"0","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"20","liquidity":"maker"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"30","remaining_size":"20","display_size":"10"}
	// alice  < {"type":"match","client_oid":"S2","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S2","side":"sell","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"5","remaining_size":"15","liquidity":"maker"}
	// market < {"type":"l2update","changes":[["sell","100.00","5"]]}
}

func Example_hidden() {
	play("", true,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","hidden":true}`,
		`alice {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"15"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10","hidden":true}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC","hidden":true}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10","hidden":true}
	// alice  > {"type":"order","client_oid":"S2","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S2","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S2","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// market < {"type":"l2update","changes":[["sell","100.00","10"]]}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"15"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"100.00","size":"15","time_in_force":"GTC"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"taker"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"5","remaining_size":"0","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S2","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S2","side":"sell","reason":"filled","remaining_size":"0"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"5","remaining_size":"5","liquidity":"maker"}
	// market < {"type":"l2update","changes":[["sell","100.00","0"]]}
}

func Example_postOnly() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"5","post_only":true}`,
		`bob {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"5","post_only":"slide"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"5","post_only":true}
	// bob    < {"type":"rejected","client_oid":"B1","reason":"would_trade","message":"price: a post-only order would trade at this price"}
	// bob    > {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"101.00","size":"5","post_only":"slide"}
	// bob    < {"type":"received","client_oid":"B2","side":"buy","order_type":"limit","price":"99.99","size":"5","time_in_force":"GTC","post_only":true}
	// bob    < {"type":"open","client_oid":"B2","side":"buy","price":"99.99","size":"5","remaining_size":"5"}
}

func Example_minSize() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC","min_size":"20"}`,
		`bob {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC","min_size":"10"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC","min_size":"20"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"min_size","remaining_size":"30"}
	// bob    > {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC","min_size":"10"}
	// bob    < {"type":"received","client_oid":"B2","side":"buy","order_type":"limit","price":"100.00","size":"30","time_in_force":"IOC"}
	// bob    < {"type":"match","client_oid":"B2","side":"buy","price":"100.00","size":"10","remaining_size":"20","liquidity":"taker"}
	// bob    < {"type":"done","client_oid":"B2","side":"buy","reason":"ioc","remaining_size":"20"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"maker"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}

func Example_selfTrade() {
	play("", false,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`alice {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"cn"}`,
		`alice {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"dc"}`,
		`alice {"type":"order","client_oid":"B3","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"co"}`,
	)
	// Output:
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// alice  > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"cn"}
	// alice  < {"type":"received","client_oid":"B1","side":"buy","order_type":"limit","price":"100.00","size":"4","time_in_force":"GTC"}
	// alice  < {"type":"done","client_oid":"B1","side":"buy","reason":"self_trade","remaining_size":"4"}
	// alice  > {"type":"order","client_oid":"B2","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"dc"}
	// alice  < {"type":"received","client_oid":"B2","side":"buy","order_type":"limit","price":"100.00","size":"4","time_in_force":"GTC"}
	// alice  < {"type":"change","client_oid":"S1","side":"sell","reason":"self_trade","price":"100.00","old_size":"10","new_size":"6","remaining_size":"6"}
	// alice  < {"type":"done","client_oid":"B2","side":"buy","reason":"self_trade","remaining_size":"4"}
	// alice  > {"type":"order","client_oid":"B3","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"4","stp":"co"}
	// alice  < {"type":"received","client_oid":"B3","side":"buy","order_type":"limit","price":"100.00","size":"4","time_in_force":"GTC"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"self_trade","remaining_size":"6"}
	// alice  < {"type":"open","client_oid":"B3","side":"buy","price":"100.00","size":"4","remaining_size":"4"}
}

func Example_call() {
	play("", false,
		`admin {"type":"admin","command":"halt","product_id":"DEMO"}`,
		`admin {"type":"admin","command":"resume","product_id":"DEMO"}`,
		`bob {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market","size":"15","time_in_force":"DAY"}`,
		`alice {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}`,
		`admin {"type":"admin","command":"open","product_id":"DEMO"}`,
	)
	// Output:
	// admin  > {"type":"admin","command":"halt","product_id":"DEMO"}
	// admin  < {"type":"phase","phase":"halted"}
	// admin  > {"type":"admin","command":"resume","product_id":"DEMO"}
	// admin  < {"type":"phase","phase":"pre_open"}
	// bob    > {"type":"order","client_oid":"B1","product_id":"DEMO","side":"buy","order_type":"market","size":"15","time_in_force":"DAY"}
	// bob    < {"type":"received","client_oid":"B1","side":"buy","order_type":"market","size":"15","time_in_force":"DAY","expire_time":"2025-06-03T00:00:00.000000000Z"}
	// bob    < {"type":"open","client_oid":"B1","side":"buy","size":"15","remaining_size":"15","parked":true}
	// alice  > {"type":"order","client_oid":"S1","product_id":"DEMO","side":"sell","order_type":"limit","price":"100.00","size":"10"}
	// alice  < {"type":"received","client_oid":"S1","side":"sell","order_type":"limit","price":"100.00","size":"10","time_in_force":"GTC"}
	// alice  < {"type":"open","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"10"}
	// admin  > {"type":"admin","command":"open","product_id":"DEMO"}
	// admin  < {"type":"phase","phase":"continuous","price":"100.00","size":"10"}
	// bob    < {"type":"match","client_oid":"B1","side":"buy","price":"100.00","size":"10","remaining_size":"5","liquidity":"auction"}
	// bob    < {"type":"done","client_oid":"B1","side":"buy","reason":"call_over","remaining_size":"5"}
	// alice  < {"type":"match","client_oid":"S1","side":"sell","price":"100.00","size":"10","remaining_size":"0","liquidity":"auction"}
	// alice  < {"type":"done","client_oid":"S1","side":"sell","reason":"filled","remaining_size":"0"}
}
