package ot

import (
	"bytes"
	"slices"
	"strconv"
)

// Values of attributes and embeds are kept as canonical JSON: no white space,
// keys sorted, strings escaped no more than they must be, numbers spelled as
// JavaScript spells them. Two values are equal exactly if their texts are.

const (
	maxDepth = 32   // of values within values
	maxKeys  = 1000 // of one object
)

// value reads any JSON value and appends it to dst in canonical form.
func (s *scanner) value(dst []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fault{text: "is nested too deeply"}
	}
	switch c := s.peek(); c {
	case '"':
		text, _, err := s.str()
		return appendQuoted(dst, text), err
	case '{':
		dst, _, err := s.object(dst, depth)
		return dst, err
	case '[':
		return s.array(dst, depth)
	case 't':
		return s.literal(dst, "true")
	case 'f':
		return s.literal(dst, "false")
	case 'n':
		return s.literal(dst, "null")
	default:
		if n, ok := s.digits(); ok {
			return strconv.AppendInt(dst, int64(n), 10), nil
		}
		n, err := s.number()
		return appendNumber(dst, n), err
	}
}

func (s *scanner) literal(dst []byte, word string) ([]byte, error) {
	if len(s.in)-s.at < len(word) || string(s.in[s.at:s.at+len(word)]) != word {
		return nil, fault{text: "is not JSON"}
	}
	s.at += len(word)
	return append(dst, word...), nil
}

func (s *scanner) array(dst []byte, depth int) ([]byte, error) {
	s.at++
	dst = append(dst, '[')
	if s.accept(']') {
		return append(dst, ']'), nil
	}
	for {
		var err error
		if dst, err = s.value(dst, depth+1); err != nil {
			return nil, err
		}
		if s.accept(']') {
			return append(dst, ']'), nil
		}
		if err := s.expect(','); err != nil {
			return nil, err
		}
		dst = append(dst, ',')
	}
}

// object reads an object, appends it to dst with its keys sorted, and
// returns how many there are. A repeated key is refused.
func (s *scanner) object(dst []byte, depth int) ([]byte, int, error) {
	if err := s.expect('{'); err != nil {
		return nil, 0, err
	}
	start := len(dst)
	dst = append(dst, '{')
	if s.accept('}') {
		return append(dst, '}'), 0, nil
	}
	var small [8]placed
	list := small[:0]
	sorted := true
	for {
		key, err := s.key()
		if err != nil {
			return nil, 0, err
		}
		m := placed{key: key, from: len(dst)}
		dst = appendQuoted(dst, key)
		dst = append(dst, ':')
		if dst, err = s.value(dst, depth+1); err != nil {
			return nil, 0, fault{key: string(m.key)}.around(err)
		}
		m.to = len(dst)
		sorted = sorted && (len(list) == 0 || bytes.Compare(list[len(list)-1].key, m.key) < 0)
		if list = append(list, m); len(list) > maxKeys {
			return nil, 0, fault{text: "has too many keys"}
		}
		if s.accept('}') {
			break
		}
		if err := s.expect(','); err != nil {
			return nil, 0, err
		}
		dst = append(dst, ',')
	}
	if !sorted {
		if err := sortMembers(dst[start+1:], list, start+1); err != nil {
			return nil, 0, err
		}
	}
	return append(dst, '}'), len(list), nil
}

// placed is a member of an object and where its text stands.
type placed struct {
	key      []byte
	from, to int
}

// sortMembers puts the members in json, which begins at offset, in order.
func sortMembers(json []byte, list []placed, offset int) error {
	slices.SortFunc(list, func(a, b placed) int { return bytes.Compare(a.key, b.key) })
	out := make([]byte, 0, len(json))
	for i, m := range list {
		if i > 0 {
			if bytes.Equal(m.key, list[i-1].key) {
				return fault{key: string(m.key), text: "stands twice"}
			}
			out = append(out, ',')
		}
		out = append(out, json[m.from-offset:m.to-offset]...)
	}
	copy(json, out)
	return nil
}

const hexDigits = "0123456789abcdef"

// appendQuoted writes text as a JSON string, escaping what must be escaped.
func appendQuoted[T string | []byte](dst []byte, text T) []byte {
	return append(appendEscaped(append(dst, '"'), text), '"')
}

func appendEscaped[T string | []byte](dst []byte, text T) []byte {
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(append(dst, text[from:i]...), '\\')
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\n':
			dst = append(dst, 'n')
		case '\t':
			dst = append(dst, 't')
		case '\r':
			dst = append(dst, 'r')
		case '\b':
			dst = append(dst, 'b')
		case '\f':
			dst = append(dst, 'f')
		default:
			dst = append(dst, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, text[from:]...)
}
