package ot

import "strconv"

// MarshalJSON returns {"ops":[…]}: the same bytes for equal Deltas, keys
// sorted, nothing escaped that JSON does not ask for.
func (d Delta) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns to dst.
func (d Delta) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"ops":[`...)
	if d.lead > 0 {
		dst = retain(d.lead, nil).appendJSON(dst)
	}
	for i := range d.ops {
		if i > 0 || d.lead > 0 {
			dst = append(dst, ',')
		}
		dst = d.ops[i].appendJSON(dst)
	}
	return append(dst, "]}"...)
}

func (c component) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if c.attrs != nil {
		dst = append(dst, `"attributes":`...)
		dst = append(dst, c.attrs.json...)
		dst = append(dst, ',')
	}
	switch c.kind() {
	case Retain:
		dst = append(dst, `"retain":`...)
		dst = strconv.AppendInt(dst, int64(c.len()), 10)
	case Delete:
		dst = append(dst, `"delete":`...)
		dst = strconv.AppendInt(dst, int64(c.len()), 10)
	case Embed:
		dst = append(dst, `"insert":`...)
		dst = append(dst, c.text...)
	default:
		dst = append(dst, `"insert":`...)
		dst = appendQuoted(dst, c.text)
	}
	return append(dst, '}')
}
