package wire

// Channel is a kind of public market data. Sets of channels are bytes with one
// bit per channel, [Channel.Bit].
type Channel uint8

// The public channels, by their names in every protocol that names them.
const (
	ChannelFull    Channel = iota // every order's events, without owners
	ChannelLevel2                 // price levels with their total size
	ChannelTicker                 // the last trade and the best bid and ask
	ChannelMatches                // every trade

	Channels = 4 // how many there are
)

var channelNames = [Channels]string{"full", "level2", "ticker", "matches"}

// String is the channel's name.
func (c Channel) String() string { return channelNames[c] }

// Bit is the channel's bit in a set of channels.
func (c Channel) Bit() uint8 { return 1 << c }

// ParseChannel finds a channel by its name. It does not allocate.
func ParseChannel(name []byte) (Channel, bool) {
	for i, n := range channelNames {
		if string(name) == n {
			return Channel(i), true
		}
	}
	return 0, false
}
