package recorded

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"pricetime/bench/recorded/realday"
)

// realDayDigest is of the real day's commands as text, without comments and with
// every run of cancels sorted: orders that leave unseen at one moment have no order.
const realDayDigest = "09b2f27e4360c57450c489d654576df38ba2262a7631b3d66414d77d26933aab"

func TestRealDayConvertsToTheKnownCommands(t *testing.T) {
	day, err := ReadDay(realday.Path(t, "AMZN_2012-06-21_message_1.csv.gz"), realday.Path(t, "AMZN_2012-06-21_orderbook_1.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Convert(day)
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[Kind]int{Enter: 34_545, Cancel: 28_013, Reduce: 21, Take: 6_582, Fill: 8_959} {
		if got := c.Count(kind); got != want {
			t.Errorf("%c: got %d records, want %d", kind, got, want)
		}
	}
	notes := 0
	for _, n := range c.Notes {
		if strings.HasPrefix(n.Text, "not FIFO on the venue: X,") {
			notes++
		}
	}
	if notes != 9 || len(c.Notes) != 9 {
		t.Errorf("got %d incoming orders that were not FIFO and %d comments, want 9 and 9", notes, len(c.Notes))
	}
	if got := digest(t, c); got != realDayDigest {
		t.Errorf("digest: got %s, want %s", got, realDayDigest)
	}
}

func TestRealCommandsFileIsTheSameDay(t *testing.T) {
	c, err := ReadCommandsFile(realday.Path(t, "AMZN_2012-06-21.commands.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if got := digest(t, c); got != realDayDigest {
		t.Errorf("digest: got %s, want %s", got, realDayDigest)
	}
}

func digest(t *testing.T, c *Commands) string {
	t.Helper()
	records := slices.Clone(c.Records)
	for i := 0; i < len(records); {
		end := i + 1
		for records[i].Kind == Cancel && end < len(records) && records[end].Kind == Cancel {
			end++
		}
		slices.SortFunc(records[i:end], func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
		i = end
	}
	var text bytes.Buffer
	if err := (&Commands{Records: records}).Write(&text); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text.Bytes())
	return hex.EncodeToString(sum[:])
}
