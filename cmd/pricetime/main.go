// Command pricetime is the venue and everything to use it with: one binary, one
// subcommand for each job. Here are flags, wiring and terminal screens; the work
// itself is done by the packages below.
//
// Every subcommand is a function from its arguments and the three streams to an
// exit status. Status 0 is success, 1 is a failure or a refusal, 2 is a command
// line that makes no sense.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// subcommand is one job of the binary.
type subcommand struct {
	name    string
	summary string
	run     func(args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

func subcommands() []subcommand {
	return []subcommand{
		{"serve", "run the venue", runServe},
		{"send", "send one order from flags, or JSON lines from stdin", runSend},
		{"book", "watch a product's price ladder in the terminal", runBook},
		{"demo", "run a venue with made-up order flow, and watch it", runDemo},
		{"replay", "play a recorded day and check every fill", runReplay},
		{"bench", "measure this machine's latency, tail included", runBench},
		{"admin", "halt and open products, kill, roll the day", runAdmin},
		{"key", "make an account's key, and its lines for the accounts file", runKey},
		{"version", "say what this binary was built from", runVersion},
	}
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run carries out a whole command line.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		printOverview(stdout)
		return exitOK
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if name != "help" || len(rest) == 0 {
			printOverview(stdout)
			return exitOK
		}
		name, rest = rest[0], []string{"--help"} // pricetime help CMD
	case "-v", "-version", "--version":
		name = "version"
	}
	var names []string
	for _, c := range subcommands() {
		if c.name == name {
			return c.run(rest, stdin, stdout, stderr)
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(stderr, "pricetime: there is no command %q%s\nThe commands are %s; pricetime help tells more.\n",
		name, didYouMean(name, names), strings.Join(names, ", "))
	return exitUsage
}

func printOverview(w io.Writer) {
	fmt.Fprint(w, "pricetime is a price-time-priority matching venue. Its product is latency.\n\n"+
		"Usage:\n  pricetime COMMAND [flags]\n\nCommands:\n")
	for _, c := range subcommands() {
		fmt.Fprintf(w, "  %-8s  %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
Examples:
  pricetime demo                                      a venue with order flow, to look at
  pricetime serve                                     a venue on 127.0.0.1:7001
  pricetime send --side buy --price 100.00 --size 10  a first order to it
  pricetime book                                      its price ladder

pricetime COMMAND --help shows the flags of a command and examples.
`)
}
