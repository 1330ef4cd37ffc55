package ot

// fault is what the parser found wrong and where. It becomes an Error at the
// door; inside, it is small and made of constants, so that refusing costs no
// more than accepting.
type fault struct {
	text   string
	part   string // member of the component
	key    string // attribute, or empty
	inside bool   // it happened inside a component
}

func (f fault) Error() string { return f.text }

// around adds to err what f knows about its place.
func (f fault) around(err error) error {
	inner, ok := err.(fault)
	if !ok {
		return err
	}
	if inner.part == "" {
		inner.part = f.part
	}
	if f.key != "" {
		inner.key = f.key // of nested keys the outermost: it names the attribute
	}
	inner.inside = inner.inside || f.inside
	return inner
}

// refusal makes an Error of a fault.
func (p *parser) refusal(err error) *Error {
	f := err.(fault)
	var parts []string
	if f.part != "" {
		parts = append(parts, f.part)
	}
	if f.key != "" {
		parts = append(parts, f.key)
	}
	if !f.inside {
		return refuse(CodeBadDelta, -1, nil, "%s, at byte %d", f.text, p.at)
	}
	return refuse(CodeBadDelta, p.index, parts, "%s, at byte %d", f.text, p.at)
}
