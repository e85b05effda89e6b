package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// flags is the flag set of one subcommand, with the help page it prints. Flags are
// the standard library's; only what a person reads is ours.
type flags struct {
	*flag.FlagSet
	words    string // that the command takes beside its flags, as the usage line has them; "": none
	about    string // what the command does, a sentence or a few
	examples string // lines to paste, each with the command's name
}

// newFlags begins the flag set of a subcommand. about and examples appear on its
// help page.
func newFlags(name, about, examples string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), about: about, examples: examples}
	f.SetOutput(io.Discard) // errors and help are printed by parse
	return f
}

// parseWords is parse for a command that takes words too, before, between and behind its flags.
func (f *flags) parseWords(args []string, stdout, stderr io.Writer) (words []string, status int, done bool) {
	for {
		if status, done = f.parse(args, stdout, stderr); done {
			return nil, status, true
		}
		args = f.Args()
		for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			words, args = append(words, args[0]), args[1:]
		}
		if len(args) == 0 {
			return words, exitOK, false
		}
	}
}

// parse reads the arguments. When done is true the command ends with status: help
// was asked for, or the command line is wrong and stderr says how.
func (f *flags) parse(args []string, stdout, stderr io.Writer) (status int, done bool) {
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		f.printHelp(stdout)
		return exitOK, true
	case err != nil:
		return f.usageError(stderr, f.explain(err)), true
	case f.NArg() > 0 && f.words == "":
		return f.usageError(stderr, fmt.Sprintf("unexpected argument %q: all settings are flags", f.Arg(0))), true
	}
	return exitOK, false
}

// usageError says what is wrong with the command line and where to look; it
// returns exitUsage.
func (f *flags) usageError(stderr io.Writer, what string) int {
	fmt.Fprintf(stderr, "pricetime %s: %s\nRun pricetime %[1]s --help for its flags and examples.\n", f.Name(), what)
	return exitUsage
}

// fail reports an error of the world; it returns exitFailed.
func (f *flags) fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "pricetime %s: %v\n", f.Name(), err)
	return exitFailed
}

// explain puts the flag package's errors in our words: a flag is written with two
// dashes, and a mistyped one is guessed.
func (f *flags) explain(err error) string {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err.Error()
	}
	var names []string
	f.VisitAll(func(fl *flag.Flag) { names = append(names, "--"+fl.Name) })
	return fmt.Sprintf("there is no flag --%s%s", name, didYouMean("--"+name, names))
}

func (f *flags) printHelp(w io.Writer) {
	fmt.Fprintf(w, "%s\n\nUsage:\n  pricetime %s [flags]\n", f.about, strings.TrimSpace(f.Name()+" "+f.words))
	any := false
	f.VisitAll(func(fl *flag.Flag) {
		if !any {
			fmt.Fprint(w, "\nFlags:\n")
			any = true
		}
		value, usage := flag.UnquoteUsage(fl)
		head := "--" + fl.Name
		if value != "" {
			head += " " + value
		}
		if fl.DefValue != "" && fl.DefValue != "false" && fl.DefValue != "0" && fl.DefValue != "0s" {
			usage += " (default " + fl.DefValue + ")"
		}
		fmt.Fprintf(w, "  %-24s  %s\n", head, strings.ReplaceAll(usage, "\n", "\n"+strings.Repeat(" ", 28)))
	})
	fmt.Fprintf(w, "\nExamples:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(f.examples), "\n", "\n  "))
}

// given says whether a flag is on the command line.
func (f *flags) given(name string) bool {
	found := false
	f.Visit(func(fl *flag.Flag) { found = found || fl.Name == name })
	return found
}

// oneOf checks a flag that has a few words to choose from.
func oneOf(name, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	return fmt.Errorf("--%s is %q, must be one of %s", name, value, strings.Join(words, ", "))
}

// didYouMean guesses which of the names was meant by a mistyped one; "" when none
// is near.
func didYouMean(typed string, names []string) string {
	best, bestEdits := "", 3
	for _, n := range names {
		if e := edits(typed, n); e < bestEdits && e < len(n) {
			best, bestEdits = n, e
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits is the number of bytes to insert, delete or change to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// interrupts delivers the signals that ask a process to end. Stop gives them back
// their ordinary meaning.
func interrupts() (signals <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c, func() { signal.Stop(c) }
}

// exitStatusOf is the status of a process that a signal ended, as shells count it.
func exitStatusOf(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitFailed
}
