package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// ladder is what a watcher knows of one product: the price levels of both sides and
// the last trade. Numbers stay the decimals that the venue sent.
//
// Its law: bids fall and asks rise in price, and no level is empty.
type ladder struct {
	product  string
	bids     []level
	asks     []level
	sequence uint64 // of the product's stream, of the last message seen
	last     lastTrade
	time     string    // of the last change, as sent
	phase    string    // of the market; "": continuous
	call     *callJSON // what an uncross would do now; nil: not said
}

type level struct {
	key   int64 // the price in 1/engine.DecimalOne
	price string
	size  string
	share float64 // the size again, for the length of a bar only
}

type lastTrade struct {
	price, size, side string // side: the taker's, "" of an auction; all "" before the first trade
}

// set gives a level its size; a size of zero takes the level away. It fails on what
// is no decimal.
func (l *ladder) set(side engine.Side, price, size string) error {
	key, fault := wire.ParseDecimal([]byte(price))
	if fault != wire.DecimalOK {
		return fmt.Errorf("the venue sent a price %q", price)
	}
	share, err := strconv.ParseFloat(size, 64)
	if err != nil {
		return fmt.Errorf("the venue sent a size %q", size)
	}
	levels, best := &l.bids, -1 // the order of bids is that of falling keys
	if side == engine.Sell {
		levels, best = &l.asks, +1
	}
	at, found := slices.BinarySearchFunc(*levels, key, func(v level, key int64) int {
		return best * cmp.Compare(v.key, key)
	})
	switch {
	case share == 0 && found:
		*levels = slices.Delete(*levels, at, at+1)
	case share == 0:
	case found:
		(*levels)[at].size, (*levels)[at].share = size, share
	default:
		*levels = slices.Insert(*levels, at, level{key, price, size, share})
	}
	return nil
}

// Columns of a picture.
const (
	priceColumns = 14
	sizeColumns  = 16
	barColumns   = 40
)

// picture draws the ladder: asks above, best price nearest to the middle, bids
// below. depth is how many levels a side are shown; the picture always has the
// same number of rows, so that prices do not jump about.
func (l *ladder) picture(depth int) []row {
	asks, bids := l.asks[:min(depth, len(l.asks))], l.bids[:min(depth, len(l.bids))]
	most := 0.0
	for _, side := range [][]level{asks, bids} {
		for _, v := range side {
			most = max(most, v.share)
		}
	}
	picture := []row{
		{l.title(), bold},
		{fmt.Sprintf("%*s%*s", priceColumns, "price", sizeColumns, "size"), faint},
	}
	for i := depth - 1; i >= 0; i-- {
		picture = append(picture, levelRow(asks, i, most, red))
	}
	picture = append(picture, row{l.middle(), faint})
	for i := range depth {
		picture = append(picture, levelRow(bids, i, most, green))
	}
	return picture
}

// pictureRows is how many rows a picture of a depth has.
func pictureRows(depth int) int { return 2*depth + 3 }

func (l *ladder) title() string {
	title := l.product
	if l.last.price != "" {
		title += fmt.Sprintf("   last %s x %s, %s", l.last.price, l.last.size, takerDid(l.last.side))
	} else {
		title += "   no trade yet"
	}
	if l.phase != "" {
		title += "   " + strings.ReplaceAll(l.phase, "_", "-")
	}
	switch {
	case l.call == nil:
	case l.call.Price == "":
		title += ": nothing would trade"
	default:
		title += fmt.Sprintf(": %s would trade at %s", l.call.Size, l.call.Price)
	}
	return title
}

func takerDid(side string) string {
	switch side {
	case "sell":
		return "sold"
	case "buy":
		return "bought"
	}
	return "auction"
}

// middle is the row between the sides.
func (l *ladder) middle() string {
	if len(l.bids) == 0 || len(l.asks) == 0 {
		return fmt.Sprintf("%*s", priceColumns, "--")
	}
	spread := l.asks[0].key - l.bids[0].key
	decimals := 0
	if point := strings.IndexByte(l.asks[0].price, '.'); point >= 0 {
		decimals = len(l.asks[0].price) - point - 1
	}
	return fmt.Sprintf("%*s", priceColumns+sizeColumns,
		"spread "+strconv.FormatFloat(float64(spread)/engine.DecimalOne, 'f', decimals, 64))
}

func levelRow(levels []level, i int, most float64, s style) row {
	if i >= len(levels) {
		return row{}
	}
	v := &levels[i]
	bar := strings.Repeat("█", max(1, int(v.share/most*barColumns)))
	return row{fmt.Sprintf("%*s%*s  %s", priceColumns, v.price, sizeColumns, v.size, bar), s}
}

// ladderJSON is a ladder as a JSON object: levels from the best, prices and sizes
// as decimal strings.
type ladderJSON struct {
	Product  string         `json:"product_id"`
	Sequence uint64         `json:"sequence"`
	Time     string         `json:"time,omitempty"`
	Last     *lastTradeJSON `json:"last,omitempty"`
	Phase    string         `json:"phase,omitempty"` // but for continuous
	Call     *callJSON      `json:"indicative,omitempty"`
	Bids     [][2]string    `json:"bids"`
	Asks     [][2]string    `json:"asks"`
}

type lastTradeJSON struct {
	Price string `json:"price"`
	Size  string `json:"size"`
	Side  string `json:"side,omitempty"` // the taker's; of an auction there is none
}

// callJSON is what an uncross would trade, and how much it would leave of which side.
type callJSON struct {
	Price   string `json:"price,omitempty"` // without one nothing would trade
	Size    string `json:"size,omitempty"`
	Side    string `json:"side,omitempty"`
	Surplus string `json:"surplus,omitempty"`
}

// writeJSON writes the best levels of each side as one line.
func (l *ladder) writeJSON(w io.Writer, depth int) error {
	pairs := func(levels []level) [][2]string {
		out := [][2]string{}
		for _, v := range levels[:min(depth, len(levels))] {
			out = append(out, [2]string{v.price, v.size})
		}
		return out
	}
	j := ladderJSON{Product: l.product, Sequence: l.sequence, Time: l.time, Bids: pairs(l.bids), Asks: pairs(l.asks), Phase: l.phase, Call: l.call}
	if l.last.price != "" {
		j.Last = &lastTradeJSON{l.last.price, l.last.size, l.last.side}
	}
	return json.NewEncoder(w).Encode(j)
}
