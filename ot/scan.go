package ot

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON's tokens and nothing that is not JSON.
type scanner struct {
	in   []byte
	at   int
	text []byte // the last string that had escapes, decoded

	// What the last string had:
	sawEscape bool
	sawReturn bool // a carriage return, which can only be an escape
}

// peek returns the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.in); s.at++ {
		switch c := s.in[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) expect(c byte) error {
	if s.accept(c) {
		return nil
	}
	return fault{text: "is not the JSON of a Delta: expected " + string(rune(c))}
}

func (s *scanner) end() error {
	if s.peek() != 0 || s.at < len(s.in) {
		return fault{text: "something follows the Delta"}
	}
	return nil
}

// key reads an object's key and the colon after it. The bytes stay valid.
func (s *scanner) key() ([]byte, error) {
	key, _, err := s.str()
	if err != nil {
		return nil, err
	}
	if s.sawEscape {
		key = bytes.Clone(key)
	}
	if string(key) == "__proto__" {
		return nil, fault{text: "__proto__ cannot be a key"}
	}
	return key, s.expect(':')
}

// str reads a string and returns it decoded, with its length in UTF-16
// units. The bytes are valid until the next string is read.
func (s *scanner) str() (text []byte, length int, err error) {
	if !s.accept('"') {
		return nil, 0, fault{text: "is not a string"}
	}
	s.sawEscape, s.sawReturn = false, false
	start := s.at
	length, err = s.plain()
	switch {
	case err != nil:
		return nil, 0, err
	case s.in[s.at] == '"':
		s.at++
		return s.in[start : s.at-1], length, nil
	}
	s.sawEscape = true
	s.text = append(s.text[:0], s.in[start:s.at]...)
	return s.escaped(length)
}

// escaped goes on at the first escape, behind which there may be more.
func (s *scanner) escaped(length int) ([]byte, int, error) {
	for s.in[s.at] == '\\' {
		r, err := s.escape()
		if err != nil {
			return nil, 0, err
		}
		s.text = utf8.AppendRune(s.text, r)
		if length++; r > 0xFFFF {
			length++
		}
		start := s.at
		n, err := s.plain()
		if err != nil {
			return nil, 0, err
		}
		s.text = append(s.text, s.in[start:s.at]...)
		length += n
	}
	s.at++ // the quote
	return s.text, length, nil
}

// plain steps over what stands for itself in a string, up to an escape or
// the closing quote, and returns its length in units.
func (s *scanner) plain() (int, error) {
	n := 0
	for s.at < len(s.in) {
		if s.at+8 <= len(s.in) && isPlain(eight(s.in[s.at:s.at+8])) {
			s.at += 8
			n += 8
			continue
		}
		switch c := s.in[s.at]; {
		case c == '"' || c == '\\':
			return n, nil
		case c < 0x20:
			return 0, fault{text: "has a control character that is not escaped"}
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.in[s.at:])
			if r == utf8.RuneError && size == 1 {
				return 0, fault{text: "is not UTF-8"}
			}
			s.at += size
			n += size >> 2 // four bytes are two units
		}
		n++
	}
	return 0, fault{text: "is a string without an end"}
}

// isPlain reports whether eight bytes are ASCII that needs no escaping. It
// may say no for some that are, behind one that is not.
func isPlain(w uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^ones*'"', w^ones*'\\'
	control := (w - ones*0x20) &^ w
	quote = (quote - ones) &^ quote
	slash = (slash - ones) &^ slash
	return (w|control|quote|slash)&tops == 0
}

// escape reads one escape, or the two that make a surrogate pair.
func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.in) {
		return 0, fault{text: "is a string without an end"}
	}
	c := s.in[s.at+1]
	if c == 'u' {
		return s.unicode()
	}
	s.at += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		s.sawReturn = true
		return '\r', nil
	case 't':
		return '\t', nil
	}
	return 0, fault{text: "has an unknown escape"}
}

func (s *scanner) unicode() (rune, error) {
	r, ok := s.hex()
	if !ok {
		return 0, fault{text: "has a broken \\u escape"}
	}
	if utf16.IsSurrogate(r) {
		low, ok := s.hex()
		if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
			return 0, fault{text: "has a lone surrogate"}
		}
	}
	if r == 0 {
		return 0, fault{text: "has a NUL"}
	}
	s.sawReturn = s.sawReturn || r == '\r'
	return r, nil
}

// hex reads one \uXXXX.
func (s *scanner) hex() (rune, bool) {
	if len(s.in)-s.at < 6 || s.in[s.at] != '\\' || s.in[s.at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s.in[s.at+2 : s.at+6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	s.at += 6
	return r, true
}
