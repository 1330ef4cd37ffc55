package wire

import "strconv"

// inspection walks over JSON before the library decodes it, and refuses what the library lets through: members that are
// missing or null, deep nesting, and U+0000. It is no check of the grammar. What is not JSON may pass it,
// and the library refuses that; what it refuses for its form is not JSON.
type inspection struct {
	in      []byte
	at      int
	deepest int
}

// inspect inspects a whole text of the given shape.
func inspect(data []byte, s *shape, deepest int) *Fault {
	walk := inspection{in: data, deepest: deepest}
	if walk.next() == 'n' {
		return invalid("", "is null")
	}
	return walk.value(s, 1)
}

var errNotJSON = Fault{Code: CodeInvalid, Message: "is not JSON"}

func notJSON() *Fault {
	fault := errNotJSON
	return &fault
}

// value walks over one value. depth is how deep an object or array that begins here lies, counting the outermost as 1.
func (w *inspection) value(s *shape, depth int) *Fault {
	switch w.next() {
	case '{', '[':
		if depth > w.deepest {
			return invalid("", "nests deeper than "+strconv.Itoa(w.deepest)+" levels")
		}
		if w.in[w.at] == '{' {
			return w.object(s, depth)
		}
		return w.array(s, depth)
	case '"':
		_, fault := w.text()
		return fault
	case 0:
		return notJSON()
	}
	w.scalar()
	return nil
}

func (w *inspection) object(s *shape, depth int) *Fault {
	w.at++
	var seen uint64
	for separator := byte('{'); ; separator = w.in[w.at-1] {
		if separator == '}' || separator == '{' && w.take('}') {
			return s.missing(seen)
		}
		if separator == ']' || w.next() != '"' {
			return notJSON()
		}
		name, fault := w.text()
		if fault != nil {
			return fault
		}
		if !w.take(':') {
			return notJSON()
		}
		var inner *shape
		if i := s.index(name); i >= 0 {
			seen |= 1 << i
			inner = s.members[i].shape
			if w.next() == 'n' && !s.members[i].nullable {
				return invalid("/"+s.members[i].name, "is null")
			}
		}
		if fault := w.value(inner, depth+1); fault != nil {
			if i := s.index(name); i >= 0 {
				return fault.within(s.members[i].name)
			}
			return fault
		}
		if !w.separator() {
			return notJSON()
		}
	}
}

func (w *inspection) array(s *shape, depth int) *Fault {
	w.at++
	if w.take(']') {
		return nil
	}
	for i := 0; ; i++ {
		var inner *shape
		if s != nil && s.members == nil {
			inner = s.element
			if w.next() == 'n' {
				return invalid("/"+strconv.Itoa(i), "is null")
			}
		}
		if fault := w.value(inner, depth+1); fault != nil {
			if s != nil {
				return fault.within(strconv.Itoa(i))
			}
			return fault
		}
		if !w.separator() {
			return notJSON()
		}
		if w.in[w.at-1] != ',' {
			return nil
		}
	}
}

// index is find on the raw bytes of a name, which has no escapes if it is one of ours.
func (s *shape) index(name []byte) int {
	if s == nil || s.members == nil {
		return -1
	}
	return s.find(string(name))
}

// missing names the first required member that was not seen.
func (s *shape) missing(seen uint64) *Fault {
	if s == nil {
		return nil
	}
	for i := range s.members {
		if s.members[i].required && seen&(1<<i) == 0 {
			return invalid("/"+s.members[i].name, "is missing")
		}
	}
	return nil
}

// text walks over a string and returns what stands between its quotes.
func (w *inspection) text() ([]byte, *Fault) {
	w.at++
	from := w.at
	for ; w.at < len(w.in); w.at++ {
		switch w.in[w.at] {
		case '"':
			w.at++
			return w.in[from : w.at-1], nil
		case '\\':
			w.at++
			if rest := w.in[w.at:]; len(rest) >= 5 && string(rest[:5]) == "u0000" {
				return nil, invalid("", "has the character U+0000")
			}
		}
	}
	return nil, notJSON()
}

// scalar walks over a number or a literal.
func (w *inspection) scalar() {
	for ; w.at < len(w.in); w.at++ {
		switch w.in[w.at] {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return
		}
	}
}

// next skips space and returns the byte there, or 0 at the end.
func (w *inspection) next() byte {
	for ; w.at < len(w.in); w.at++ {
		switch c := w.in[w.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take skips space and the byte c, if that is there.
func (w *inspection) take(c byte) bool {
	if w.next() != c {
		return false
	}
	w.at++
	return true
}

// separator skips what stands between values or ends their list.
func (w *inspection) separator() bool {
	switch w.next() {
	case ',', '}', ']':
		w.at++
		return true
	}
	return false
}
