package stamps

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"
)

// In an ordinary build a log is nothing and writes nothing; with the tag it gives back
// what was put in, and its stamps are in order of time over several logs.
func TestStampsComeBack(t *testing.T) {
	a, b := New(), New()
	now := a.Now()
	a.Put(ReadBegan, now)
	b.Put(Taken, now+1)
	a.Put(ReadDone, now+2)
	b.Put(Applied, now+3)
	a.At(Written)
	var file bytes.Buffer
	for _, l := range []Log{a, b} {
		if err := l.Write(&file); err != nil {
			t.Fatal(err)
		}
	}
	if !Enabled {
		if unsafe.Sizeof(a) != 0 || file.Len() != 0 {
			t.Errorf("an ordinary build has a log of %d bytes and wrote %d", unsafe.Sizeof(a), file.Len())
		}
		return
	}
	all, dropped, err := Read(&file)
	if err != nil || dropped != 0 {
		t.Fatal(err, dropped)
	}
	var marks []Mark
	for _, s := range all {
		marks = append(marks, s.Mark)
	}
	if want := []Mark{ReadBegan, Taken, ReadDone, Applied, Written}; !slices.Equal(marks, want) {
		t.Errorf("got %v, want %v", marks, want)
	}
	if all[0].At != now || all[3].At != now+3 {
		t.Errorf("put at %d, came back %+v", now, all)
	}
	if allocs := testing.AllocsPerRun(100, func() { a.At(Decoded) }); allocs != 0 {
		t.Errorf("%v allocations a stamp", allocs)
	}
}

func TestStampsThatAreNone(t *testing.T) {
	for _, text := range []string{"p", "not a log of stamps, but longer than its head", magic + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00ends"} {
		if _, _, err := Read(bytes.NewReader([]byte(text))); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
