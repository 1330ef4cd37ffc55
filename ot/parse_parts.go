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
	keys, err := p.canonical()
	if err == nil && keys != 1 {
		err = fault{text: "is an embed without exactly one key"}
	}
	if err != nil {
		return component{}, fault{part: "insert"}.around(err)
	}
	return embed(string(p.json), nil), nil
}

func (p *parser) attributes() (*attrSet, error) {
	keys, err := p.canonical()
	if err == nil && keys == 0 {
		err = fault{text: "is empty"}
	}
	if err != nil {
		return nil, fault{part: "attributes"}.around(err)
	}
	return intern(p.json), nil
}

// canonical reads an object into p.json and returns how many keys it has.
func (p *parser) canonical() (keys int, err error) {
	if p.json == nil {
		p.json = make([]byte, 0, 128)
	}
	p.json, keys, err = p.object(p.json[:0], 0)
	return keys, err
}
