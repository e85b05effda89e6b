package gateway

// outboxMessageMax is the most that is added to an outbox at once: one answer of
// any protocol, or one market-data message.
const outboxMessageMax = 2048

// chunkPool is the memory that all outboxes are made of: one slab, cut into
// chunks that are handed out and back by number, so that an idle session costs
// nothing and a busy one reuses the chunk that is still in the cache. I/O thread.
type chunkPool struct {
	slab  []byte
	size  int
	next  []uint32 // of a chunk in an outbox, or in the free list; 0 is none
	used  []uint32 // bytes written to a chunk
	free  uint32
	never uint32 // chunks from here on were never used: memory not touched yet
	left  int
}

func newChunkPool(chunks, size int) *chunkPool {
	return &chunkPool{
		slab:  make([]byte, (chunks+1)*size),
		size:  size,
		next:  make([]uint32, chunks+1),
		used:  make([]uint32, chunks+1),
		never: 1,
		left:  chunks,
	}
}

func (p *chunkPool) take() uint32 {
	if p.left == 0 {
		return 0
	}
	p.left--
	c := p.free
	if c != 0 {
		p.free = p.next[c]
	} else {
		c = p.never
		p.never++
	}
	p.next[c], p.used[c] = 0, 0
	return c
}

func (p *chunkPool) give(c uint32) {
	p.next[c] = p.free
	p.free = c
	p.left++
}

func (p *chunkPool) bytes(c uint32) []byte {
	return p.slab[int(c)*p.size : (int(c)+1)*p.size]
}

// outbox is a session's unsent output, a list of chunks, bounded by
// Limits.OutboxBytesMax. Law: unsent = sum of its chunks' used, less sent.
type outbox struct {
	first, last uint32
	sent        uint32 // bytes of the first chunk that are written to the socket
	unsent      int
}

// room returns an empty slice with space for outboxMessageMax bytes at the end
// of the outbox, or nil when the session is over its bound or the pool is empty.
// The caller appends to it and hands it to commit.
// hot
func (o *outbox) room(p *chunkPool, bytesMax int) []byte {
	if o.last == 0 || p.size-int(p.used[o.last]) < outboxMessageMax {
		if o.unsent > bytesMax-p.size {
			return nil
		}
		c := p.take()
		if c == 0 {
			return nil
		}
		if o.last == 0 {
			o.first, o.sent = c, 0
		} else {
			p.next[o.last] = c
		}
		o.last = c
	}
	used := int(p.used[o.last])
	return p.bytes(o.last)[used:used:p.size]
}

// commit takes what was appended to room's slice.
// hot
func (o *outbox) commit(p *chunkPool, b []byte) {
	p.used[o.last] += uint32(len(b))
	o.unsent += len(b)
}

// head is the next run of bytes to write, nil for none.
// hot
func (o *outbox) head(p *chunkPool) []byte {
	if o.unsent == 0 {
		return nil
	}
	return p.bytes(o.first)[o.sent:p.used[o.first]]
}

// wrote takes n bytes of head off.
// hot
func (o *outbox) wrote(p *chunkPool, n int) {
	o.sent += uint32(n)
	o.unsent -= n
	if o.sent < p.used[o.first] {
		return
	}
	if o.first == o.last { // keep the last chunk: the next answer goes there
		p.used[o.first], o.sent = 0, 0
		return
	}
	c := o.first
	o.first, o.sent = p.next[c], 0
	p.give(c)
}

// drop gives everything back, sent or not.
func (o *outbox) drop(p *chunkPool) {
	for c := o.first; c != 0; {
		next := p.next[c]
		p.give(c)
		c = next
	}
	*o = outbox{}
}
