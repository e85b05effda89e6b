package gateway

import (
	"time"

	"pricetime/engine"
	"pricetime/gateway/config"
)

// timetable is what the venue does by itself, as commands in the ring like any other's:
// it tells the engine its accounts and where in their day its products are, before
// anybody can log in; then that a second has passed, and what the schedule says. So
// a replay of the commands sees all of it, and nothing but a command changes a book.
//
// It is looked at when timers are (tickEvery), with one reading of the clock, and never
// on the order path. A command is of session 0, whom nobody answers. I/O thread.
//
// Law: a point of the schedule comes due once a day and is carried out then or, if the
// venue stood still, as soon as it goes on; of a longer time than a day, the last day's.
type timetable struct {
	points   []config.Point // by time of day
	accounts []config.Account
	setup    []engine.Command // what is left of the way to where the products are

	account int   // accounts[:account] are told
	timeNs  int64 // when the next CmdTime is due
	next    int   // the point that is due next
	dayNs   int64 // 00:00 UTC of the day on which it is
	toldNs  int64 // the time of the last CmdTime
}

const dayNs = int64(24 * time.Hour)

// newTimetable begins at nowNs.
func newTimetable(points []config.Point, accounts []config.Account, nowNs int64) *timetable {
	t := &timetable{points: points, accounts: accounts, timeNs: nextSecond(nowNs), dayNs: nowNs / dayNs * dayNs, toldNs: -1}
	for t.next < len(points) && t.dayNs+int64(points[t.next].At) <= nowNs {
		t.next++
	}
	t.setup = catchUp(points, t.next)
	t.wrap()
	return t
}

func nextSecond(nowNs int64) int64 { return nowNs - nowNs%int64(time.Second) + int64(time.Second) }

// catchUp is how products get from Closed, in which a product with a schedule begins,
// to where they are before the next point of the schedule: for each one the points from
// its last way out of Closed on.
func catchUp(points []config.Point, next int) []engine.Command {
	var commands []engine.Command
	for i := range points {
		p := &points[i]
		if p.RollDay || p.Phase != engine.PreOpen {
			continue
		}
		// The day of this product, from its call to the next: what of it is over?
		from := (i - next + len(points)) % len(points) // how old its call is: the largest is the youngest
		path := []engine.Command{phaseCommand(p)}
		for k := from + 1; k < len(points); k++ {
			if q := &points[(next+k)%len(points)]; !q.RollDay && q.Product == p.Product {
				path = append(path, phaseCommand(q))
			}
		}
		if last := path[len(path)-1]; last.Phase != engine.Closed {
			commands = append(commands, path...)
		}
	}
	return commands
}

func phaseCommand(p *config.Point) engine.Command {
	if p.RollDay {
		return engine.Command{Kind: engine.CmdRollDay}
	}
	return engine.Command{Kind: engine.CmdPhase, Instrument: p.Product, Phase: p.Phase}
}

// wrap goes to the next day behind the last point.
func (t *timetable) wrap() {
	if t.next == len(t.points) {
		t.next = 0
		t.dayNs += dayNs
	}
}

// due says whether there is a command at nowNs.
func (t *timetable) due(nowNs int64) bool {
	return t.account < len(t.accounts) || len(t.setup) > 0 || nowNs >= t.timeNs || t.pointDue(nowNs)
}

func (t *timetable) pointDue(nowNs int64) bool {
	return len(t.points) > 0 && nowNs >= t.dayNs+int64(t.points[t.next].At)
}

// fill writes the next command that is due at nowNs into c, all but its time.
func (t *timetable) fill(nowNs int64, c *engine.Command) {
	switch {
	case t.account < len(t.accounts):
		a := &t.accounts[t.account]
		*c = engine.Command{Kind: engine.CmdAccount, Account: engine.AccountID(t.account), Target: a.Group, Qty: a.OpenOrdersMax}
		t.account++
	case len(t.setup) > 0:
		*c = t.setup[0]
		t.setup = t.setup[1:]
	case nowNs >= t.timeNs || t.toldNs != nowNs: // a point has a CmdTime before it: what a call would do, once more
		*c = engine.Command{Kind: engine.CmdTime}
		t.timeNs, t.toldNs = nextSecond(nowNs), nowNs
		if nowNs-t.dayNs > dayNs { // it stood still for more than a day
			t.skip(nowNs)
		}
	default:
		*c = phaseCommand(&t.points[t.next])
		t.next++
		t.wrap()
	}
}

// skip leaves out the points that were due more than a day ago.
func (t *timetable) skip(nowNs int64) {
	for t.pointDue(nowNs - dayNs) {
		t.next++
		t.wrap()
	}
}
