package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalSize returns the size of a terminal in characters; false when f is none.
func terminalSize(f *os.File) (columns, rows int, ok bool) {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0, 0, false
	}
	w := info.Window
	return int(w.Right-w.Left) + 1, int(w.Bottom-w.Top) + 1, true
}

// enableEscapes makes a Windows console understand escape sequences. One that
// cannot shows them, which is all that can be done.
func enableEscapes(f *os.File) {
	h := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(h, &mode) == nil {
		windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
}

// resizes: Windows sends no signal; the next picture has the new size.
func resizes() (<-chan os.Signal, func()) { return nil, func() {} }
