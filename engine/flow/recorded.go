package flow

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"pricetime/engine"
)

// A flow file is a header and records, all little-endian:
//
//	header, 16 words of 8 bytes            record, 24 bytes
//	 0  magic                               0  price  i64
//	 1  records of the prefill              8  id     u32
//	 2  timed records                      12  new id u32
//	 3  lowest price                       16  qty    u32
//	 4  highest price                      20  type   u8
//	 5  highest id                         21  side   u8   0 buy, 1 sell
//	 6  expected trades                    22  -      u16
//	 7  expected quantity
//	 8  expected hash
//	 9  orders resting at the end
//	10  levels on the average
//	11  - (5 words)
const (
	fileMagic   = 0x3130574F4C46424F
	headerWords = 16
	recordBytes = 24
)

// opsMax bounds what a damaged header can make Read ask for: 2.4 GB of records.
const opsMax = 100_000_000

// Read reads a flow file. It fails on a file that is too short, that goes on
// after its last record, or whose records are out of range.
func Read(r io.Reader) (*Flow, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var h [headerWords]uint64
	if err := binary.Read(in, binary.LittleEndian, &h); err != nil {
		return nil, fmt.Errorf("read the header of a flow: %w", err)
	}
	switch {
	case h[0] != fileMagic:
		return nil, errors.New("this is no flow file: its first eight bytes are others")
	case h[1] > opsMax || h[2] > opsMax:
		return nil, fmt.Errorf("a flow of %d and %d records is too long", h[1], h[2])
	case h[5] > math.MaxUint32:
		return nil, fmt.Errorf("the highest id %d does not fit in 32 bits", h[5])
	}
	f := &Flow{
		PriceMin: engine.Price(h[3]), PriceMax: engine.Price(h[4]), IDMax: uint32(h[5]),
		Expected: Result{Trades: h[6], Qty: h[7], Hash: h[8]},
		Resting:  h[9], LevelsMean: h[10],
	}
	for i := range h[1] + h[2] {
		op, err := readOp(in, f)
		if err != nil {
			return nil, fmt.Errorf("record %d of the flow: %w", i+1, err)
		}
		if i < h[1] {
			f.Prefill = append(f.Prefill, op)
		} else {
			f.Ops = append(f.Ops, op)
		}
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, errors.New("the flow goes on after its last record")
	}
	return f, nil
}

func readOp(in io.Reader, f *Flow) (Op, error) {
	var b [recordBytes]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return Op{}, err
	}
	op := Op{
		Price: engine.Price(binary.LittleEndian.Uint64(b[0:])),
		ID:    binary.LittleEndian.Uint32(b[8:]),
		NewID: binary.LittleEndian.Uint32(b[12:]),
		Qty:   binary.LittleEndian.Uint32(b[16:]),
		Type:  OpType(b[20]),
		Side:  engine.Side(b[21]),
	}
	switch {
	case op.Type > OpReplace:
		return Op{}, fmt.Errorf("type %d", op.Type)
	case op.Side > engine.Sell:
		return Op{}, fmt.Errorf("side %d", op.Side)
	case op.ID == 0 || op.ID > f.IDMax || op.NewID > f.IDMax || op.Type == OpReplace && op.NewID == 0:
		return Op{}, fmt.Errorf("ids %d and %d, must be 1 to %d", op.ID, op.NewID, f.IDMax)
	case op.Type != OpCancel && (op.Qty == 0 || op.Price < f.PriceMin || op.Price > f.PriceMax):
		return Op{}, fmt.Errorf("quantity %d at price %d", op.Qty, op.Price)
	}
	return op, nil
}

// Write writes a flow file.
func (f *Flow) Write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	h := [headerWords]uint64{
		fileMagic, uint64(len(f.Prefill)), uint64(len(f.Ops)), uint64(f.PriceMin), uint64(f.PriceMax), uint64(f.IDMax),
		f.Expected.Trades, f.Expected.Qty, f.Expected.Hash, f.Resting, f.LevelsMean,
	}
	binary.Write(out, binary.LittleEndian, &h) // its error comes again at Flush
	for _, ops := range [][]Op{f.Prefill, f.Ops} {
		for _, op := range ops {
			var b [recordBytes]byte
			binary.LittleEndian.PutUint64(b[0:], uint64(op.Price))
			binary.LittleEndian.PutUint32(b[8:], op.ID)
			binary.LittleEndian.PutUint32(b[12:], op.NewID)
			binary.LittleEndian.PutUint32(b[16:], op.Qty)
			b[20], b[21] = byte(op.Type), byte(op.Side)
			out.Write(b[:])
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write a flow: %w", err)
	}
	return nil
}
