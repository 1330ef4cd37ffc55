package ot

// insertion reads the value of "insert": a text, or an object of one key.
func (p *parser) insertion() (component, error) {
	if p.peek() == '{' {
		return p.embed()
	}
	text, length, err := p.str()
	switch {
	case err != nil:
	case length == 0:
		err = fault{text: "is empty"}
	case p.sawReturn:
		err = fault{text: "has a carriage return; lines end with \\n alone"}
	default:
		return insert(string(text), length, nil), nil
	}
	return component{}, fault{part: "insert"}.around(err)
}

func (p *parser) embed() (component, error) {
	json, keys, err := p.object(p.json[:0], 0)
	if err == nil && keys != 1 {
		err = fault{text: "is an embed without exactly one key"}
	}
	if err != nil {
		return component{}, fault{part: "insert"}.around(err)
	}
	p.json = json
	return embed(string(json), nil), nil
}

func (p *parser) attributes() (*attrSet, error) {
	json, keys, err := p.object(p.json[:0], 0)
	if err == nil && keys == 0 {
		err = fault{text: "is empty"}
	}
	if err != nil {
		return nil, fault{part: "attributes"}.around(err)
	}
	p.json = json
	return intern(json), nil
}
