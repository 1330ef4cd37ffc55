package ot

// Builder makes a Delta step by step:
//
//	d, err := ot.New().Retain(4, nil).Insert("x", ot.Attrs{"bold": true}).Delta()
//
// Steps of no length are left out. The first mistake is kept, and Delta
// returns it. A chain is one Builder: continue it, do not branch it.
type Builder struct{ draft *draft }

type draft struct {
	writer
	steps int
	total int
	err   error
}

// New returns a Builder of the empty change.
func New() Builder { return Builder{&draft{}} }

// Retain keeps n units and, where attrs is not empty, formats them.
func (b Builder) Retain(n int, attrs Attrs) Builder {
	return b.add(attrs, func() (component, error) { return retain(n, nil), nil })
}

// Insert inserts text.
func (b Builder) Insert(text string, attrs Attrs) Builder {
	return b.add(attrs, func() (component, error) {
		return insert(text, units(text), nil), checkText(text)
	})
}

// Embed inserts an object such as an image: value is anything that
// encoding/json can encode.
func (b Builder) Embed(kind string, value any, attrs Attrs) Builder {
	return b.add(attrs, func() (component, error) {
		object, err := canonical(map[string]any{kind: value})
		return embed(string(object), nil), fault{part: "insert"}.around(err)
	})
}

// Delete removes n units.
func (b Builder) Delete(n int) Builder {
	return b.add(nil, func() (component, error) { return remove(n), nil })
}

// Delta returns what was built, or the first mistake.
func (b Builder) Delta() (Delta, error) {
	if b.draft.err != nil {
		return Delta{}, b.draft.err
	}
	return b.draft.delta(), nil
}

// MustDelta is Delta for constants and tests: a mistake panics.
func (b Builder) MustDelta() Delta {
	d, err := b.Delta()
	if err != nil {
		panic(err)
	}
	return d
}

func (b Builder) add(attrs Attrs, step func() (component, error)) Builder {
	d := b.draft
	if d.err != nil {
		return b
	}
	c, err := step()
	if err == nil {
		err = d.check(c)
	}
	if err == nil && len(attrs) > 0 && c.len() > 0 {
		c.attrs, err = internAttrs(attrs)
	}
	if err == nil && c.adds() && c.attrs != nil && c.attrs.nulls {
		err = fault{part: "attributes", text: "has a nil, which only a retain may have"}
	}
	if err != nil {
		p := parser{index: d.steps}
		d.err = p.refusal(fault{inside: true}.around(err))
		return b
	}
	d.steps++
	d.writer.add(c)
	return b
}

func (d *draft) check(c component) error {
	if c.len() < 0 {
		return fault{text: "has a negative length"}
	}
	if c.len() > maxLen-d.total {
		return fault{text: "makes the lengths too large"}
	}
	d.total += c.len()
	return nil
}
