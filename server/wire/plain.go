package wire

import (
	"bytes"
	"unicode/utf8"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// plainSubmit reads a Submit that is spelled as our clients spell what somebody types: these members in this order, no space,
// no escape, nothing nested in the components. Nearly every message is one, and it costs a quarter of the strict decoder. Of what
// is spelled otherwise, right or wrong, it says nothing: that is for the strict decoder, and so is every fault.
func plainSubmit(data []byte) (s *Submit, ok bool) {
	p := plain{data}
	s = new(Submit)
	if !p.skip(`{"type":"submit","seq":`) || !p.number(&s.Seq) ||
		!p.skip(`,"id":"`) || !p.id(&s.ID) ||
		!p.skip(`","base":`) || !p.number((*int64)(&s.Base)) ||
		!p.skip(`,"delta":`) || !utf8.Valid(p.rest) {
		return nil, false
	}
	delta, ok := p.kind(&s.Kind)
	if !ok || !isFlat(delta) {
		return nil, false
	}
	var err error
	s.Delta, err = ot.Parse(delta)
	return s, err == nil
}

// plain walks over a message.
type plain struct{ rest []byte }

func (p *plain) skip(text string) bool {
	if len(p.rest) < len(text) || string(p.rest[:len(text)]) != text {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

// number reads digits, as many as surely fit.
func (p *plain) number(n *int64) bool {
	const most = 15
	i := 0
	for ; i < len(p.rest) && i <= most && '0' <= p.rest[i] && p.rest[i] <= '9'; i++ {
		*n = *n*10 + int64(p.rest[i]-'0')
	}
	if i == 0 || i > most || p.rest[0] == '0' && i > 1 {
		return false
	}
	p.rest = p.rest[i:]
	return true
}

func (p *plain) id(edit *id.Edit) bool {
	const length = 36
	if len(p.rest) < length || edit.UnmarshalText(p.rest[:length]) != nil {
		return false
	}
	p.rest = p.rest[length:]
	return true
}

// kind reads the end of the message and returns what stands before it.
func (p *plain) kind(kind *string) (before []byte, ok bool) {
	for _, word := range [...]string{"edit", "undo", "redo"} {
		if before, ok := bytes.CutSuffix(p.rest, []byte(`,"kind":"`+word+`"}`)); ok {
			*kind = word
			return before, true
		}
	}
	return bytes.CutSuffix(p.rest, []byte("}"))
}

// isFlat tells whether a Delta has no escape and no component with anything nested in it, as attributes and embeds are.
func isFlat(delta []byte) bool {
	const components = 3 // their depth
	depth, text := 0, false
	for _, c := range delta {
		switch {
		case c == '\\':
			return false
		case c == '"':
			text = !text
		case text:
		case c == '{', c == '[':
			if depth++; depth > components {
				return false
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return true
}
