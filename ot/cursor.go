package ot

// cursor walks a Delta and gives it out in pieces of the length asked for.
// Past its end a Delta retains for ever; the cursor says done there.
type cursor struct {
	cur  component // what is left of the component under the cursor
	rest []component
}

func (d Delta) cursor() cursor {
	if d.lead > 0 {
		return cursor{cur: retain(d.lead, nil), rest: d.ops}
	}
	c := cursor{rest: d.ops}
	c.next()
	return c
}

func (c *cursor) done() bool { return c.cur.head == 0 }

// adds reports whether an insert or embed is under the cursor.
func (c *cursor) adds() bool { return !c.done() && c.cur.adds() }

// next takes the whole rest of the component under the cursor.
func (c *cursor) next() component {
	cur := c.cur
	if len(c.rest) == 0 {
		c.cur = component{}
	} else {
		c.cur, c.rest = c.rest[0], c.rest[1:]
	}
	return cur
}

// take takes n units, 0 < n ≤ c.cur.len().
func (c *cursor) take(n int) component {
	if n == c.cur.len() {
		return c.next()
	}
	var head component
	head, c.cur = c.cur.cut(n)
	return head
}

// step returns how far both cursors, neither of them done, can go without
// leaving a component of either.
func step(a, b *cursor) int { return min(a.cur.len(), b.cur.len()) }
