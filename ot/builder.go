package ot

import (
	"encoding/json"
	"math"
	"strings"
	"unicode/utf8"
)

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
		object, _, err := canonical(map[string]any{kind: value})
		return embed(object, nil), err
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

func checkText(text string) error {
	switch {
	case !utf8.ValidString(text):
		return fault{part: "insert", text: "is not UTF-8"}
	case strings.IndexByte(text, 0) >= 0:
		return fault{part: "insert", text: "has a NUL"}
	case strings.IndexByte(text, '\r') >= 0:
		return fault{part: "insert", text: "has a carriage return; lines end with \\n alone"}
	}
	return nil
}

func internAttrs(attrs Attrs) (*attrSet, error) {
	object, _, err := canonical(map[string]any(attrs))
	if err != nil {
		return nil, fault{part: "attributes"}.around(err)
	}
	return intern([]byte(object)), nil
}

// canonical encodes an object and puts it into canonical form.
func canonical(object map[string]any) (text string, keys int, err error) {
	data, err := appendValue(nil, object)
	if err != nil {
		return "", 0, err
	}
	s := scanner{in: data}
	out, keys, err := s.object(nil, 0)
	return string(out), keys, err
}

// appendValue encodes a value. Strings go through here and not through
// encoding/json, which would quietly replace what is not UTF-8.
func appendValue(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendQuoted(dst, v), nil
	case bool, nil, int:
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fault{text: "is not a finite number"}
		}
	case Attrs:
		return appendValue(dst, map[string]any(v))
	case map[string]any:
		return appendObject(dst, v)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fault{text: "is not a JSON value"}
	}
	return append(dst, data...), nil
}

func appendObject(dst []byte, object map[string]any) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for key, value := range object {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, key), ':')
		if dst, err = appendValue(dst, value); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
