package ot

// mark is the last edit of an origin.
type mark struct {
	seq int64
	id  [16]byte
	rev Rev
}

// rememberedOrigins is how many origins an Authority remembers at least and
// half of how many at most. Of a forgotten one it says ErrUnknownOrigin, and
// its caller looks in the log.
const rememberedOrigins = 1024

// origins remembers the last committed edit of each origin, in two
// generations: when the young one is full, what was not used since the last
// time is forgotten.
type origins struct{ young, old map[Origin]mark }

func newOrigins() origins { return origins{young: map[Origin]mark{}} }

func (o *origins) find(origin Origin) (mark, bool) {
	if m, ok := o.young[origin]; ok {
		return m, true
	}
	m, ok := o.old[origin]
	if ok {
		o.put(origin, m)
	}
	return m, ok
}

// raise sets the mark of an origin unless it has a later one.
func (o *origins) raise(origin Origin, m mark) {
	if known, ok := o.find(origin); !ok || m.seq > known.seq {
		o.put(origin, m)
	}
}

func (o *origins) put(origin Origin, m mark) {
	if _, known := o.young[origin]; !known && len(o.young) >= rememberedOrigins {
		o.old, o.young = o.young, make(map[Origin]mark, rememberedOrigins)
	}
	o.young[origin] = m
}
