package ot

import "math"

// maxLen bounds lengths and their sum: JavaScript counts no further.
const maxLen = 1<<53 - 1

// Parse reads {"ops":[…]} or […] into a canonical Delta. It is strict: one
// action a component, positive lengths, no unknown or repeated key, no
// attributes on a delete, no null on an insert; in text no lone surrogate, NUL
// or carriage return. Any JSON is taken as an attribute's value; what a
// document may hold is for Schema to say.
//
// The index in an error counts the components as they stand in data.
func Parse(data []byte) (Delta, error) {
	p := parser{scanner: scanner{in: data}}
	if err := p.document(); err != nil {
		return Delta{}, p.refusal(err)
	}
	return p.out.delta(), nil
}

// UnmarshalJSON is Parse.
func (d *Delta) UnmarshalJSON(data []byte) error {
	parsed, err := Parse(data)
	if err == nil {
		*d = parsed
	}
	return err
}

// parser turns JSON into components.
type parser struct {
	scanner
	out   writer
	index int    // of the component being read
	total int    // of the lengths so far
	json  []byte // scratch for a value in canonical form
}

func (p *parser) document() error {
	if p.peek() != '{' {
		if err := p.components(); err != nil {
			return err
		}
		return p.end()
	}
	p.at++
	key, err := p.key()
	if err != nil {
		return err
	}
	if string(key) != "ops" {
		return fault{text: "the only key beside the components is ops"}
	}
	if err := p.components(); err != nil {
		return err
	}
	if err := p.expect('}'); err != nil {
		return err
	}
	return p.end()
}

func (p *parser) components() error {
	if err := p.expect('['); err != nil {
		return err
	}
	if p.accept(']') {
		return nil
	}
	for ; ; p.index++ {
		if err := p.component(); err != nil {
			return fault{inside: true}.around(err)
		}
		if p.accept(']') {
			return nil
		}
		if err := p.expect(','); err != nil {
			return err
		}
	}
}

// component reads one {"insert":…} and its like, its keys in any order.
func (p *parser) component() error {
	if err := p.expect('{'); err != nil {
		return err
	}
	var c component
	var attrs *attrSet
	for first := true; !p.accept('}'); first = false {
		if !first {
			if err := p.expect(','); err != nil {
				return err
			}
		}
		if err := p.member(&c, &attrs); err != nil {
			return err
		}
	}
	return p.take(c, attrs)
}

// member reads one key of a component and its value.
func (p *parser) member(c *component, attrs **attrSet) error {
	key, err := p.key()
	if err != nil {
		return err
	}
	switch string(key) {
	case "attributes":
		if *attrs != nil {
			return fault{part: "attributes", text: "stands twice"}
		}
		*attrs, err = p.attributes()
	case "insert", "retain", "delete":
		if c.head != 0 {
			return fault{text: "has more than one of insert, retain and delete"}
		}
		*c, err = p.action(key[0])
	default:
		return fault{text: "has a key other than insert, retain, delete and attributes"}
	}
	return err
}

// action reads the value of "insert", "retain" or "delete".
func (p *parser) action(initial byte) (component, error) {
	switch initial {
	case 'i':
		return p.insertion()
	case 'r':
		n, err := p.length()
		return retain(n, nil), fault{part: "retain"}.around(err)
	default:
		n, err := p.length()
		return remove(n), fault{part: "delete"}.around(err)
	}
}

// take checks what only the whole component shows, and keeps it.
func (p *parser) take(c component, attrs *attrSet) error {
	switch {
	case c.head == 0:
		return fault{text: "has none of insert, retain and delete"}
	case attrs != nil && c.kind() == Delete:
		return fault{part: "attributes", text: "cannot be on a delete"}
	case attrs != nil && attrs.nulls && c.adds():
		return fault{part: "attributes", text: "has a null, which only a retain may have"}
	case c.len() > maxLen-p.total:
		return fault{text: "makes the lengths too large"}
	}
	p.total += c.len()
	c.attrs = attrs
	p.out.add(c)
	return nil
}

// length reads a positive integer, however it is spelled: 10, 1e1.
func (p *parser) length() (int, error) {
	if n, ok := p.digits(); ok {
		return n, nil
	}
	value, err := p.number()
	if err != nil || value < 1 || value > maxLen || value != math.Trunc(value) {
		return 0, fault{text: "is not a positive integer"}
	}
	return int(value), nil
}
