package bench

// pause would stop the child while something else is measured; here it keeps
// polling, and the figures are worse for it.
func (c *child) pause()  {}
func (c *child) resume() {}
