package room

import (
	"sync"

	"github.com/coscribe/coscribe/storage/id"
)

// author is who changed an access list. The zero value is nobody that we know of.
type author struct {
	user id.User
	name string
}

// changer collects who changed the access list since it was last read. Where it was more than one, nobody can tell whose change
// concerns whom.
type changer struct {
	mu   sync.Mutex
	by   author // guarded by mu
	more bool   // guarded by mu
}

func (c *changer) note(by author) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case by == author{}:
	case c.by == author{}:
		c.by = by
	case c.by != by:
		c.more = true
	}
}

// take returns who it was, and begins anew.
func (c *changer) take() author {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := c.by
	if c.more {
		by = author{}
	}
	c.by, c.more = author{}, false
	return by
}
