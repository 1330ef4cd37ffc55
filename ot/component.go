package ot

// Kind tells what a component does.
type Kind uint8

// The four things a component can do.
const (
	Retain Kind = iota // keep, and format if it has attributes
	Insert             // insert text
	Embed              // insert an object, one unit long
	Delete             // remove
)

func (k Kind) String() string {
	return [...]string{"retain", "insert", "embed", "delete"}[k&3]
}

// component is one step of a Delta. It is four words and is copied freely:
// what it points to never changes.
type component struct {
	head  int      // length in UTF-16 units <<2 | Kind; 0 is no component
	attrs *attrSet // nil is none
	text  string   // of an Insert its text, of an Embed its canonical JSON
}

func retain(n int, attrs *attrSet) component {
	return component{head: n<<2 | int(Retain), attrs: attrs}
}

func insert(text string, length int, attrs *attrSet) component {
	return component{head: length<<2 | int(Insert), attrs: attrs, text: text}
}

func embed(json string, attrs *attrSet) component {
	return component{head: 1<<2 | int(Embed), attrs: attrs, text: json}
}

func remove(n int) component {
	return component{head: n<<2 | int(Delete)}
}

func (c component) kind() Kind { return Kind(c.head & 3) }
func (c component) len() int   { return c.head >> 2 }

// adds reports whether the component puts something into the document, as
// opposed to walking over what is there.
func (c component) adds() bool {
	k := c.kind()
	return k == Insert || k == Embed
}

func (c component) isPlainRetain() bool { return c.kind() == Retain && c.attrs == nil }

func (c component) equal(o component) bool {
	return c.head == o.head && c.text == o.text && same(c.attrs, o.attrs)
}

// cut splits c after n units, 0 < n < c.len().
func (c component) cut(n int) (head, tail component) {
	head, tail = c, c
	head.head = n<<2 | c.head&3
	tail.head = c.head - n<<2
	if c.kind() == Insert {
		head.text, tail.text = cutText(c.text, c.len(), n)
	}
	return head, tail
}

// Component is one step of a Delta as callers see it.
type Component struct {
	Kind Kind
	Len  int    // in UTF-16 units; 1 for an embed
	Text string // of an Insert

	attrs *attrSet
	embed string
}

func (c component) public() Component {
	p := Component{Kind: c.kind(), Len: c.len(), attrs: c.attrs}
	switch p.Kind {
	case Insert:
		p.Text = c.text
	case Embed:
		p.embed = c.text
	}
	return p
}

// Embed returns the kind and the value of an Embed, such as "image" and its
// address. Values are as encoding/json would give them.
func (c Component) Embed() (kind string, value any) {
	if c.Kind != Embed {
		return "", nil
	}
	m := membersOf(c.embed)[0]
	return m.key, decodeValue(m.value)
}

// HasAttrs reports whether the component carries attributes.
func (c Component) HasAttrs() bool { return c.attrs != nil }

// Attr returns the value of one attribute, as encoding/json would give it.
// A nil value with ok means that the attribute is to be removed.
func (c Component) Attr(key string) (value any, ok bool) {
	if m := c.attrs.find(key); m != nil {
		return decodeValue(m.value), true
	}
	return nil, false
}

// Attrs returns the attributes as a map of the caller's own, nil if there
// are none.
func (c Component) Attrs() Attrs { return c.attrs.decode() }

// SameAttrs reports whether both components carry equal attributes.
func (c Component) SameAttrs(other Component) bool { return same(c.attrs, other.attrs) }
