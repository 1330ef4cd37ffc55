package ot

// Schema says what a document may hold and how much of it: which attributes
// with which values, which embeds, and the limits. Its zero value allows
// plain text without limits; a limit of 0 is none.
type Schema struct {
	MaxComponents    int // of one submission
	MaxInsertUnits   int // of one insert in a submission
	MaxDocumentUnits int // of the document, after the edit

	// Attributes and Embeds are allowlists: what has no Rule is refused.
	Attributes map[string]Rule
	Embeds     map[string]Rule
}

// Rule reports whether a value, as encoding/json decodes it, is allowed. It
// is not asked about nil on a retain: whatever may be set may be removed.
type Rule func(value any) bool

// DefaultSchema returns what Coscribe's editor can write and nothing else.
// The caller may change it before use.
func DefaultSchema() Schema {
	return Schema{
		MaxComponents:    1000,
		MaxInsertUnits:   32_768,
		MaxDocumentUnits: 2_000_000,
		Attributes: map[string]Rule{
			"bold":       isTrue,
			"italic":     isTrue,
			"underline":  isTrue,
			"strike":     isTrue,
			"code":       isTrue,
			"blockquote": isTrue,
			"script":     OneOf("sub", "super"),
			"list":       OneOf("ordered", "bullet", "checked", "unchecked"),
			"align":      OneOf("left", "center", "right", "justify"),
			"direction":  OneOf("ltr", "rtl"),
			"size":       OneOf("small", "large", "huge"),
			"font":       isWord,
			"code-block": func(v any) bool { return isTrue(v) || isWord(v) },
			"header":     Between(1, 6),
			"indent":     Between(0, 8),
			"color":      isColor,
			"background": isColor,
			"link":       URL("http", "https", "mailto", "tel"),
		},
		Embeds: map[string]Rule{
			"image":   URL("https"),
			"divider": isTrue,
		},
	}
}

// Check reports why d may not be submitted: not_allowed or too_large.
func (s *Schema) Check(d Delta) error {
	if d.IsEmpty() {
		return refuse(CodeBadDelta, -1, nil, "an edit must change something")
	}
	if n := d.first() + len(d.ops); s.MaxComponents > 0 && n > s.MaxComponents {
		return refuse(CodeTooLarge, s.MaxComponents, nil,
			"an edit has at most %d components, this has %d", s.MaxComponents, n)
	}
	for i := range d.ops {
		c := &d.ops[i]
		if s.MaxInsertUnits > 0 && c.kind() == Insert && c.len() > s.MaxInsertUnits {
			return refuse(CodeTooLarge, d.first()+i, []string{"insert"},
				"an insert has at most %d units, this has %d", s.MaxInsertUnits, c.len())
		}
	}
	return s.allows(d)
}

// CheckContent reports why content may not be a whole document.
func (s *Schema) CheckContent(content Delta) error {
	if err := checkDocument(content); err != nil {
		return err
	}
	if err := s.CheckLen(content.Len()); err != nil {
		return err
	}
	return s.allows(content)
}

// CheckLen reports whether a document may be n units long.
func (s *Schema) CheckLen(n int) error {
	if s.MaxDocumentUnits > 0 && n > s.MaxDocumentUnits {
		return refuse(CodeTooLarge, -1, nil,
			"a document has at most %d units, this would have %d", s.MaxDocumentUnits, n)
	}
	return nil
}

// allows checks d against the allowlists.
func (s *Schema) allows(d Delta) error {
	var last *attrSet // runs of one format need one check
	for i := range d.ops {
		c := &d.ops[i]
		if c.kind() == Embed {
			m := membersOf(c.text)[0]
			if rule := s.Embeds[m.key]; rule == nil || !rule(decodeValue(m.value)) {
				return refuse(CodeNotAllowed, d.first()+i, []string{"insert", m.key}, "is not an embed that is allowed here")
			}
		}
		if c.attrs == last {
			continue
		}
		for _, m := range c.attrs.list() {
			if rule := s.Attributes[m.key]; rule == nil || !m.isNull() && !rule(decodeValue(m.value)) {
				return refuse(CodeNotAllowed, d.first()+i, []string{"attributes", m.key}, "is not an attribute and value allowed here")
			}
		}
		last = c.attrs
	}
	return nil
}
