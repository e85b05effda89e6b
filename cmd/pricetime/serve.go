package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"pricetime/gateway"
	"pricetime/gateway/config"
	"pricetime/gateway/stamps"
)

// defaultAddress is where serve listens and where the clients look.
const defaultAddress = "127.0.0.1:7001"

// sameSignal is how soon after the first a signal counts as that one again: a parent
// that passes a signal on, and a terminal that sends it to the whole group, are two.
const sameSignal = 100 * time.Millisecond

func runServe(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("serve", "Runs the venue until SIGINT or SIGTERM. Prints one line on stdout when it is ready:\n"+
		"listening json ADDRESS. The configuration in effect and the log go to stderr.", `
pricetime serve
pricetime serve --json 127.0.0.1:0 --threads split --idle spin
pricetime serve --threads shared --idle spin --cpu 3 --fifo 50 --lock-memory on
pricetime serve --http 127.0.0.1:7005
pricetime serve --instruments docs/examples/instruments.conf --accounts accounts.conf --check
pricetime serve --hello`)
	var o gateway.Options
	var level slog.Level
	f.StringVar(&o.JSON, "json", defaultAddress, "`ADDRESS` of the JSON door; port 0 takes a free one. Off the loopback only with --accounts")
	instruments := f.String("instruments", "", "`FILE` with the products (docs/examples/instruments.conf); without it DEMO, AAPL, BTC-USD")
	accounts := f.String("accounts", "", "`FILE` with the accounts and the hashes of their keys (docs/examples/accounts.conf);\nwithout it any name is open, on the loopback")
	check := f.Bool("check", false, "read both files, say what is wrong with them, and end")
	venueFlags(f, &o)
	host := hostFlags(f, &o.Host)
	httpAddress := f.String("http", "", "`ADDRESS` of /metrics, /healthz and /readyz, on the loopback, such as 127.0.0.1:7005;\nwithout it there is no such door")
	profile := f.String("cpuprofile", "", "`FILE` for a profile of where the processors' time went, written at the end")
	f.TextVar(&level, "log-level", slog.LevelInfo, "least `LEVEL` of the log: debug, info, warn, error")
	hello := f.Bool("hello", isTerminal(stderr), "print lines to paste into nc for a first order, and what comes back")
	stamped := new(string)
	if stamps.Enabled {
		f.StringVar(stamped, "stamps", "", "`FILE` for the stamps of the stages, written at the end (docs/latency-budget.md)")
	}
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if err := cmp.Or(checkVenueFlags(&o), host.check()); err != nil {
		return f.usageError(stderr, err.Error())
	}
	if err := readFiles(&o, *instruments, *accounts); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintln(stderr, line)
		}
		return f.fail(stderr, errors.New("the venue does not start with files in error"))
	}
	if *check {
		fmt.Fprintf(stdout, "%d products, %d points of schedule, %d accounts\n", len(o.Instruments), len(o.Schedule), len(o.Accounts))
		return exitOK
	}
	stopProfile, err := startProfile(*profile)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer stopProfile()
	logs := newAsyncLog(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}), asyncLogRecords)
	defer logs.close()
	log := slog.New(logs)
	o.Log = log
	o.Limits = gateway.DefaultLimits()

	signals, stopSignals := interrupts()
	defer stopSignals()
	debug.SetGCPercent(-1) // the tables alone would start a collection every few of them
	venue, err := gateway.Start(o)
	var refusal *gateway.HostRefusal
	if errors.As(err, &refusal) {
		return f.usageError(stderr, refusal.Error())
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w; is another venue running? --json 127.0.0.1:0 takes a free port", err)
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	memory := setMemory(venue.TableBytes)
	metrics := gateway.NewMetrics(venue)
	var door *gateway.HTTPDoor
	if *httpAddress != "" {
		if door, err = gateway.OpenHTTP(*httpAddress, metrics); err != nil {
			venue.Stop()
			return f.fail(stderr, err)
		}
		defer door.Close()
	}
	printConfiguration(stderr, venue, &o, memory)
	if door != nil {
		printRow(stderr, "http", door.Addr()+": /metrics, /healthz, /readyz")
		fmt.Fprintf(stdout, "listening http %s\n", door.Addr())
	}
	for _, warning := range venue.Host.Warnings {
		printRow(stderr, "warning", warning)
	}
	if *hello {
		printHello(stderr, venue.JSONAddr())
	}
	fmt.Fprintf(stdout, "listening json %s\n", venue.JSONAddr())

	first := <-signals
	log.Info("draining", "signal", first.String())
	began := time.Now()
	stopped := make(chan struct{})
	go func() { venue.Stop(); close(stopped) }()
	for draining := true; draining; {
		select {
		case <-stopped:
			draining = false
		case second := <-signals:
			if time.Since(began) > sameSignal {
				log.Warn("ending at once", "signal", second.String())
				return exitStatusOf(second)
			}
		}
	}
	if *stamped != "" {
		if err := writeStamps(venue, *stamped); err != nil {
			return f.fail(stderr, err)
		}
	}
	printSummary(stderr, metrics)
	log.Info("stopped")
	return exitOK
}

// readFiles reads the instruments file and the accounts file, where there are any.
// Its error is what is wrong with both, a line each.
func readFiles(o *gateway.Options, instruments, accounts string) error {
	o.Instruments = gateway.EmbeddedInstruments()
	var errs []error
	if instruments != "" {
		x, err := config.ReadInstruments(instruments)
		if err != nil {
			errs = append(errs, err)
		} else {
			o.Instruments, o.Schedule = x.Products, x.Schedule
		}
	}
	if accounts != "" {
		list, err := config.ReadAccounts(accounts)
		if err != nil {
			errs = append(errs, err)
		}
		o.Accounts = list
	}
	return errors.Join(errs...)
}

// writeStamps writes what a stopped venue of a build with stamps has recorded.
func writeStamps(v *gateway.Venue, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := v.WriteStamps(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// venueFlags are the settings of a venue that serve and demo share.
func venueFlags(f *flags, o *gateway.Options) {
	o.Threads, o.Idle, o.Transport = gateway.ThreadsAuto, gateway.IdleAuto, gateway.TransportAuto
	f.StringVar((*string)(&o.Threads), "threads", string(gateway.ThreadsAuto), "`HOW` stages are put on threads: shared (all on one), split (one each),\nauto (shared with fewer than four processors)")
	f.StringVar((*string)(&o.Idle), "idle", string(gateway.IdleAuto), "`WHAT` a thread does without work: spin, yield, park,\nauto (spin where processors are to spare, else park)")
	f.StringVar((*string)(&o.Transport), "transport", string(gateway.TransportAuto), "`HOW` sockets are driven: epoll (Linux), net (portable), auto")
}

// checkVenueFlags finds what is wrong with the command line itself, as opposed to
// what fails when the venue starts.
func checkVenueFlags(o *gateway.Options) error {
	return cmp.Or(
		oneOf("threads", string(o.Threads), "shared", "split", "auto"),
		oneOf("idle", string(o.Idle), "spin", "yield", "park", "auto"),
		oneOf("transport", string(o.Transport), "epoll", "net", "auto"),
	)
}

// memoryPlan is what serve told the runtime about memory.
type memoryPlan struct {
	tablesBytes int64 // address space of the venue's tables and buffers; a page becomes memory when it is first used
	limitBytes  int64 // of Go's own memory: above this the collector works after all
}

// memorySlackBytes is room above the tables for what is allocated later: account
// names, log records, stacks, and per connection what package net keeps.
const memorySlackBytes = 256 << 20

// setMemory turns the collector off below a limit. The venue's tables and buffers
// are all made when it starts, in the sizes that the limits give, and in a steady
// state it allocates nothing; so there is nothing to collect. A cycle would
// nevertheless mark, and cost the core milliseconds: it would be the tail. What is
// measured here, after a start, is therefore what the limits come to; with
// the slack it is the limit at which a leak, should there be one, meets the
// collector before it meets the machine's memory.
func setMemory(mappedBytes int64) memoryPlan {
	runtime.GC() // what the start left behind; nobody is connected yet
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p := memoryPlan{
		tablesBytes: int64(m.Sys-m.HeapReleased) + mappedBytes,
		limitBytes:  int64(m.Sys-m.HeapReleased) + memorySlackBytes,
	}
	debug.SetMemoryLimit(p.limitBytes)
	return p
}

// printConfiguration prints what the venue runs with, resolved.
func printConfiguration(w io.Writer, v *gateway.Venue, o *gateway.Options, m memoryPlan) {
	l, e := &o.Limits, &o.Limits.Engine
	var symbols []string
	for _, in := range o.Instruments {
		symbols = append(symbols, in.Symbol)
	}
	for _, row := range [][2]string{
		{"threads", fmt.Sprintf("%s%s, %d processors", v.Threads, from(string(o.Threads)), min(runtime.NumCPU(), runtime.GOMAXPROCS(0)))},
		{"idle", string(v.Idle) + from(string(o.Idle))},
		{"cores", coresText(&v.Host)},
		{"locked", lockedText(&v.Host)},
		{"transport", string(v.Transport) + from(string(o.Transport))},
		{"products", strings.Join(symbols, " ")},
		{"schedule", scheduleText(o.Schedule)},
		{"accounts", accountsText(o.Accounts)},
		{"orders", fmt.Sprintf("%d open, %d a day, %d client ids a day, %d levels a side", e.OrdersMax, e.OrdersPerDay, e.ClOrdIDsPerDay, e.LevelsPerSideMax)},
		{"sessions", fmt.Sprintf("%d connections, %d accounts, lines of %d bytes, %d commands on their way; unsent %s, or %s of what was asked for, %s in all",
			l.ConnectionsMax, e.AccountsMax, l.LineBytesMax, l.InFlightMax, binarySize(int64(l.OutboxBytesMax)), binarySize(int64(l.AskedBytesMax)), binarySize(int64(l.OutboxChunks)*int64(l.OutboxChunkBytes)))},
		{"rings", fmt.Sprintf("%d commands, %d events, %d market data", l.CommandRingSlots, l.EventRingSlots, l.PublicRingSlots)},
		{"batches", fmt.Sprintf("%d commands, %d events, %d market data", l.CoreBatchMax, l.RouteBatchMax, l.FanOutBatchMax)},
		{"memory", fmt.Sprintf("%s of address space for these limits; the collector is off below %s of Go's own", binarySize(m.tablesBytes), binarySize(m.limitBytes))},
		{"durability", "memory: an acknowledged order does not survive the process"},
	} {
		printRow(w, row[0], row[1])
	}
}

func scheduleText(points []config.Point) string {
	if len(points) == 0 {
		return "none: products trade around the clock, and the day is rolled by hand"
	}
	return fmt.Sprintf("%d times a day, UTC", len(points))
}

func accountsText(accounts []config.Account) string {
	if len(accounts) == 0 {
		return "any name, without a key; admin has the admin role"
	}
	admins := 0
	for i := range accounts {
		if accounts[i].Role == config.RoleAdmin {
			admins++
		}
	}
	return fmt.Sprintf("%d, of which %d with the admin role", len(accounts), admins)
}

func printRow(w io.Writer, name, value string) { fmt.Fprintf(w, "%-10s  %s\n", name, value) }

// from says that a setting was resolved from auto.
func from(setting string) string {
	if setting == "auto" {
		return " (auto)"
	}
	return ""
}

// binarySize writes a number of bytes for people.
func binarySize(bytes int64) string {
	const units = "KMGT"
	if bytes < 1<<10 {
		return fmt.Sprintf("%d B", bytes)
	}
	size, unit := float64(bytes)/(1<<10), 0
	for size >= 1<<10 && unit < len(units)-1 {
		size, unit = size/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %ciB", size, units[unit])
}
