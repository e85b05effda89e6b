package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pricetime/engine"
)

func newTestLadder(t *testing.T) *ladder {
	t.Helper()
	l := &ladder{product: "DEMO"}
	for _, v := range []struct {
		side        engine.Side
		price, size string
	}{
		{engine.Buy, "99.98", "60"}, {engine.Buy, "100.00", "10"}, {engine.Buy, "99.99", "200"}, {engine.Buy, "9.00", "5"},
		{engine.Sell, "100.05", "40"}, {engine.Sell, "100.02", "80"}, {engine.Sell, "100.03", "1"},
		{engine.Buy, "99.99", "120"}, // a new size
		{engine.Sell, "100.03", "0"}, // gone
		{engine.Sell, "100.04", "0"}, // never was there
	} {
		if err := l.set(v.side, v.price, v.size); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestLadderKeepsLevelsInOrder(t *testing.T) {
	l := newTestLadder(t)
	prices := func(levels []level) (out []string) {
		for _, v := range levels {
			out = append(out, v.price+" x "+v.size)
		}
		return out
	}
	if got, want := prices(l.bids), []string{"100.00 x 10", "99.99 x 120", "99.98 x 60", "9.00 x 5"}; !slices.Equal(got, want) {
		t.Errorf("bids %q, want %q", got, want)
	}
	if got, want := prices(l.asks), []string{"100.02 x 80", "100.05 x 40"}; !slices.Equal(got, want) {
		t.Errorf("asks %q, want %q", got, want)
	}
	for _, bad := range [][2]string{{"x", "1"}, {"1", "x"}, {"", ""}} {
		if l.set(engine.Buy, bad[0], bad[1]) == nil {
			t.Errorf("price %q and size %q are taken", bad[0], bad[1])
		}
	}
}

func TestLadderPicture(t *testing.T) {
	l := newTestLadder(t)
	l.last = lastTrade{price: "100.00", size: "3", side: "sell"}
	var b bytes.Buffer
	if err := printRows(&b, l.picture(3)); err != nil {
		t.Fatal(err)
	}
	full, part := strings.Repeat("█", barColumns), func(n int) string { return strings.Repeat("█", n) }
	want := strings.Join([]string{
		"DEMO   last 100.00 x 3, sold",
		"         price            size",
		"        100.05              40  " + part(40*barColumns/120),
		"        100.02              80  " + part(80*barColumns/120),
		"                   spread 0.02",
		"        100.00              10  " + part(10*barColumns/120),
		"         99.99             120  " + full,
		"         99.98              60  " + part(60*barColumns/120),
		"",
	}, "\n")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	for _, depth := range []int{1, 3, 20} {
		if got := len(l.picture(depth)); got != pictureRows(depth) {
			t.Errorf("a picture of depth %d has %d rows, not %d", depth, got, pictureRows(depth))
		}
	}
	empty := (&ladder{product: "AAPL"}).picture(2)
	if len(empty) != pictureRows(2) || !strings.Contains(empty[0].text, "no trade yet") {
		t.Errorf("an empty book is drawn as %q", empty)
	}
}

func TestLadderJSON(t *testing.T) {
	l := newTestLadder(t)
	l.sequence = 12
	var b bytes.Buffer
	if err := l.writeJSON(&b, 2); err != nil {
		t.Fatal(err)
	}
	want := `{"product_id":"DEMO","sequence":12,"bids":[["100.00","10"],["99.99","120"]],"asks":[["100.02","80"],["100.05","40"]]}` + "\n"
	if b.String() != want {
		t.Errorf("got %swant %s", b.String(), want)
	}
}

func TestCutTo(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{{"abc", 3, "abc"}, {"abc", 2, "ab"}, {"a██", 2, "a█"}, {"██", 0, ""}, {"", 5, ""}} {
		if got := cutTo(c.text, c.columns); got != c.want {
			t.Errorf("cutTo(%q, %d) = %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}
