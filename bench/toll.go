package bench

// toll is what a venue's threads and the machine lost to others while a venue was driven.
// It tells whose a stall is that the generator does not see: its own processor ran.
type toll struct {
	WaitedNs int64 `json:"venue_waited_ns"` // the order path's threads could run, and had no processor
	StolenNs int64 `json:"stolen_ns"`       // of all processors, by the host; in steps of 10 ms
	Faults   int64 `json:"venue_faults"`    // page faults of the process
}

func (t toll) since(before toll) toll {
	return toll{t.WaitedNs - before.WaitedNs, t.StolenNs - before.StolenNs, t.Faults - before.Faults}
}

func (t toll) plus(u toll) toll {
	return toll{t.WaitedNs + u.WaitedNs, t.StolenNs + u.StolenNs, t.Faults + u.Faults}
}

// noisy says whether more than 1 % of a time was lost.
func (t toll) noisy(seconds float64) bool { return float64(t.WaitedNs+t.StolenNs) > 0.01e9*seconds }
