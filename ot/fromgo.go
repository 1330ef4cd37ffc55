package ot

import (
	"encoding/json"
	"math"
	"strings"
	"unicode/utf8"
)

// What a Builder is given are Go values. They are checked as what Parse
// reads is, and most are: they are encoded and then read.

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
	object, err := canonical(attrs)
	if err != nil {
		return nil, fault{part: "attributes"}.around(err)
	}
	return intern(object), nil
}

// canonical encodes an object and puts it into canonical form.
func canonical(object map[string]any) ([]byte, error) {
	data, err := appendObject(nil, object, 0)
	if err != nil {
		return nil, err
	}
	s := scanner{in: data}
	out, _, err := s.object(nil, 0)
	return out, err
}

// appendValue encodes a value. Strings do not go through encoding/json, which
// would quietly replace what is not UTF-8.
func appendValue(dst []byte, value any, depth int) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return appendQuoted(dst, v), nil
	case Attrs:
		return appendObject(dst, v, depth)
	case map[string]any:
		return appendObject(dst, v, depth)
	case []any:
		return appendArray(dst, v, depth)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fault{text: "is not a finite number"}
		}
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fault{text: "is not a JSON value"}
	}
	return append(dst, data...), nil
}

func appendObject(dst []byte, object map[string]any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fault{text: "is nested too deeply"}
	}
	dst = append(dst, '{')
	var err error
	for key, value := range object {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, key), ':')
		if dst, err = appendValue(dst, value, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendArray(dst []byte, array []any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fault{text: "is nested too deeply"}
	}
	dst = append(dst, '[')
	var err error
	for i, value := range array {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, value, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}
