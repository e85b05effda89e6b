// Package replay plays recorded commands through the matching core or over TCP
// and checks every fill that the record expects against what was executed.
//
//	commands file ──┐                          ┌─> core: engine.Apply, in process
//	                ├─> records ─> one by one ─┤                                      ─> outcome ─> check ─> Report
//	LOBSTER day ────┘   (converted)            └─> tcp: a venue, embedded or running
//
// One command is under way at a time: the next one goes when the one before has
// been answered. That is what makes each outcome attributable to its line, and it
// makes the times in the report service times of a closed loop: what a
// queue would add at a given rate is not in them.
package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"pricetime/bench/recorded"
	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/latency"
	"pricetime/gateway/wire"
)

// Over is the way that commands take.
type Over string

// Ways.
const (
	OverCore Over = "core" // straight into the matching core, in this process
	OverTCP  Over = "tcp"  // over a connection, as JSON lines
)

// Options say what to play and where. Either Commands is set, or Messages and Book.
type Options struct {
	Commands string // a commands file, gzipped or not; "-" is Input
	Messages string // a LOBSTER message file, gzipped or not
	Book     string // the order book file that belongs to it
	Save     string // where to write a converted LOBSTER day as a commands file; "": nowhere

	Input io.Reader // what a commands file named "-" is read from

	Over    Over   // default OverCore
	Addr    string // OverTCP: the JSON door of a running venue; "": a venue of our own on a free port
	Product string // default DEMO. Its tick and lot are those of the embedded products
}

// Progress is how far a run is.
type Progress struct {
	Done, Total int // commands
	Elapsed     time.Duration
}

// Left is how long the rest takes at the pace so far; 0 before anything is done.
func (p Progress) Left() time.Duration {
	if p.Done == 0 {
		return 0
	}
	return time.Duration(float64(p.Elapsed) / float64(p.Done) * float64(p.Total-p.Done))
}

// progressEvery is how often progress is told.
const progressEvery = 100 * time.Millisecond

// Run plays what o says and returns what came of it. It ends early with ctx's error
// when ctx ends; any other error means that the play could not be held: wrong options,
// a file that cannot be read, a venue that cannot be reached. A mismatch
// is no error, the report has it. progress, if not nil, is called
// on this goroutine, not more often than every 100 ms.
func Run(ctx context.Context, o Options, progress func(Progress)) (Report, error) {
	product, err := o.check()
	if err != nil {
		return Report{}, err
	}
	commands, err := o.read()
	if err != nil {
		return Report{}, err
	}
	p, err := o.player(ctx, commands, product)
	if err != nil {
		return Report{}, err
	}
	r := newReport(&o, commands)
	err = play(ctx, commands, p, &r, progress)
	if endErr := p.end(); err == nil {
		err = endErr
	}
	if ctx.Err() != nil {
		err = ctx.Err() // whatever failed because of it
	}
	return r, err
}

// check completes o, refuses what is contradictory, and returns the product.
func (o *Options) check() (product, error) {
	if o.Over == "" {
		o.Over = OverCore
	}
	if o.Product == "" {
		o.Product = "DEMO"
	}
	switch {
	case o.Commands == "" && o.Messages == "" && o.Book == "":
		return product{}, errors.New("nothing to play: name a commands file (--commands), or the two files of a LOBSTER day (--lobster and --book)")
	case o.Commands != "" && (o.Messages != "" || o.Book != ""):
		return product{}, errors.New("a commands file and a LOBSTER day: name one of them")
	case o.Commands == "" && (o.Messages == "" || o.Book == ""):
		return product{}, errors.New("a LOBSTER day is two files: name the messages (--lobster) and the order book (--book)")
	case o.Save != "" && o.Commands != "":
		return product{}, errors.New("only a converted LOBSTER day can be saved")
	case o.Over != OverCore && o.Over != OverTCP:
		return product{}, fmt.Errorf("over %q: must be core or tcp", string(o.Over))
	case o.Addr != "" && o.Over != OverTCP:
		return product{}, errors.New("an address is for a play over tcp")
	}
	instruments := gateway.EmbeddedInstruments()
	at := slices.IndexFunc(instruments, func(in engine.Instrument) bool { return in.Symbol == o.Product })
	if at < 0 {
		return product{}, fmt.Errorf("product %q: must be one of %s", o.Product, symbols(instruments))
	}
	all, err := wire.NewProducts(instruments)
	if err != nil {
		return product{}, err
	}
	return product{all, engine.InstrumentID(at)}, nil
}

// product is the product that is traded, among all.
type product struct {
	all *wire.Products
	id  engine.InstrumentID
}

func symbols(instruments []engine.Instrument) string {
	text := ""
	for i, in := range instruments {
		if i > 0 {
			text += ", "
		}
		text += in.Symbol
	}
	return text
}

// read reads the records, and converts and saves them where they are a LOBSTER day.
func (o *Options) read() (*recorded.Commands, error) {
	switch {
	case o.Commands == "-" && o.Input != nil:
		return recorded.ReadCommands(o.Input, "standard input")
	case o.Commands != "":
		return recorded.ReadCommandsFile(o.Commands)
	}
	day, err := recorded.ReadDay(o.Messages, o.Book)
	if err != nil {
		return nil, err
	}
	commands, err := recorded.Convert(day)
	if err != nil || o.Save == "" {
		return commands, err
	}
	f, err := os.Create(o.Save)
	if err != nil {
		return nil, err
	}
	err = commands.Write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return commands, err
}

func (o *Options) player(ctx context.Context, commands *recorded.Commands, product product) (player, error) {
	if o.Over == OverCore {
		return newCorePlayer(commands, product)
	}
	return newTCPPlayer(ctx, o.Addr, commands, product)
}

// player carries out commands.
type player interface {
	// play carries out an N, R, C or X and fills out, which is empty, with what became
	// of it. total is the order's new total for an R.
	play(rec *recorded.Record, total engine.Qty, out *outcome) error
	// end leaves nothing of the play behind. It is called once, also after an error.
	end() error
}

// outcome is what became of one command.
type outcome struct {
	status  status
	reason  string        // why it was refused
	leaves  engine.Qty    // what is open of the order, where it rests
	fills   []fill        // in the order they happened
	service time.Duration // from handing it over to its acknowledgement
}

func (o *outcome) reset() { *o = outcome{fills: o.fills[:0]} }

// status is how a command ended.
type status uint8

const (
	unanswered status = iota
	rests             // the order is in the book
	ended             // the order is gone: filled, or its remainder was canceled
	reduced
	canceled
	refused
)

// fill is one execution. Resting is the order of the record that it hit; foreign
// names an order that the record does not know.
type fill struct {
	resting uint64
	foreign string
	qty     engine.Qty
	price   engine.Price
}

// play plays the commands one after the other and fills the report, also where it
// ends early.
func play(ctx context.Context, commands *recorded.Commands, p player, r *Report, progress func(Progress)) error {
	times := latency.NewRecorder()
	c := check{file: commands.Name, report: r, executed: make(map[uint64]engine.Qty)}
	began := time.Now()
	defer func() { r.finish(time.Since(began), times) }()
	told := time.Duration(0)
	var out outcome
	for records := commands.Records; len(records) > 0; {
		rec, fills := &records[0], records[1:1+fillsAfter(records)]
		records = records[1+len(fills):]

		out.reset()
		if err := p.play(rec, c.total(rec), &out); err != nil {
			return fmt.Errorf("%s:%d: %w", commands.Name, rec.Line, err)
		}
		times.Record(int64(out.service))
		c.compare(rec, fills, &out)
		r.Played++

		// Between two commands, so that it is in no service time.
		if elapsed := time.Since(began); elapsed-told >= progressEvery {
			told = elapsed
			if progress != nil {
				progress(Progress{Done: r.Played, Total: r.Commands, Elapsed: elapsed})
			}
			if ctx.Err() != nil {
				break
			}
		}
	}
	return ctx.Err()
}

// fillsAfter counts the F lines that follow the first record.
func fillsAfter(records []recorded.Record) int {
	n := 0
	for n+1 < len(records) && records[n+1].Kind == recorded.Fill {
		n++
	}
	return n
}
