package bench

import (
	"testing"

	"pricetime/gateway/stamps"
)

// Stamps and the client's times become passages: every order that was alone, with the
// feed's turn behind it; not the prefill, not a warm-up, not orders of one batch. Their
// stages add up to the round trip.
func TestStampsBecomeABudget(t *testing.T) {
	c := &clock{scale: 1 << 32} // a nanosecond a tick
	client := &link{sentAt: []int64{1000, 2000, 3000, 4000}, answeredAt: []int64{0, 2500, 3500, 4500}, sent: 4}
	var all []stamps.Stamp
	at := func(t uint64, marks ...stamps.Mark) {
		for i, m := range marks {
			all = append(all, stamps.Stamp{At: t + 10*uint64(i), Mark: m})
		}
	}
	order := []stamps.Mark{stamps.ReadBegan, stamps.ReadDone, stamps.Decoded, stamps.Copied, stamps.Taken, stamps.Applied, stamps.Delivered, stamps.Encoded, stamps.WriteBegan, stamps.Written}
	at(1100, order...) // the prefill
	at(2100, order...)
	at(2300, stamps.FeedBegan, stamps.FeedDone)
	at(3100, stamps.ReadBegan, stamps.ReadDone, stamps.Decoded, stamps.Decoded, stamps.Copied, stamps.Taken) // two at once
	at(4100, order...)                                                                                       // and no feed
	whole, left := passages(c, all, client)
	if len(whole) != 2 || left != 1 {
		t.Fatalf("%d whole, %d left out, want 2 and 1", len(whole), left)
	}
	for i, p := range whole {
		sum := int64(0)
		for _, s := range way {
			sum += p[s.to] - p[s.from]
		}
		if sum != 500 || p[borderSent] != []int64{2000, 4000}[i] {
			t.Errorf("order %d: the stages add up to %d, want 500: %v", i, sum, p)
		}
	}
	if feed := whole[0][stamps.FeedDone] - whole[0][stamps.FeedBegan]; feed != 10 || whole[1][stamps.FeedDone] != 0 {
		t.Errorf("the feed took %d behind the first and %d behind the second, want 10 and no turn", feed, whole[1][stamps.FeedDone])
	}
	b := new(Budget)
	b.add(whole, left)
	share := 0.0
	for _, s := range b.Stages {
		share += s.Share
	}
	if len(b.Checks) != 1 || b.Checks[0].OK {
		t.Errorf("a third of the orders is left out, and the check says %v", b.Checks)
	}
}
