package ot

// Document is an open document.
type Document struct {
	content Delta
}

// NewDocument opens content, which holds inserts only and ends with "\n".
func NewDocument(content Delta) (*Document, error) {
	if err := checkDocument(content); err != nil {
		return nil, err
	}
	return &Document{content: content}, nil
}

// checkDocument reports why content is not a document.
func checkDocument(content Delta) error {
	i := content.first()
	if i > 0 {
		return refuse(CodeBadDelta, 0, nil, "a document holds inserts only")
	}
	for ; i < len(content.ops); i++ {
		if !content.ops[i].adds() {
			return refuse(CodeBadDelta, i, nil, "a document holds inserts only")
		}
	}
	if !endsLine(content) {
		return refuse(CodeBadDelta, len(content.ops)-1, nil, "a document ends with \\n")
	}
	return nil
}

func endsLine(content Delta) bool {
	if content.IsEmpty() {
		return false
	}
	last := content.ops[len(content.ops)-1]
	return last.kind() == Insert && last.text[len(last.text)-1] == '\n'
}

// Apply changes the document by d, wholly or, with an error, not at all.
func (doc *Document) Apply(d Delta) error {
	if err := doc.fits(d); err != nil {
		return err
	}
	doc.content = doc.content.Compose(d)
	return nil
}

func (doc *Document) fits(d Delta) error {
	length := doc.Len()
	at := 0
	base := doc.content.cursor()
	for c, i := d.cursor(), 0; !c.done(); i++ {
		op := c.next()
		n := op.len()
		if op.adds() {
			if at >= length {
				return refuse(CodeDoesNotFit, i, nil, "inserts after the last newline")
			}
			continue
		}
		if n > length-at {
			return pastEnd(i, at+n, length)
		}
		if at += n; op.kind() == Delete && at == length {
			return refuse(CodeDoesNotFit, i, nil, "deletes the last newline")
		}
		for n > 0 {
			if n < base.cur.len() && base.cur.kind() == Insert && !wholeAt(base.cur, n) {
				return splitsPair(i)
			}
			n -= base.take(min(n, base.cur.len())).len()
		}
	}
	return nil
}

// Len returns the length in UTF-16 units.
func (doc *Document) Len() int { return doc.content.Len() }

// Delta returns the content.
func (doc *Document) Delta() Delta { return doc.content }

// AppendJSON appends the content as Delta.AppendJSON would.
func (doc *Document) AppendJSON(dst []byte) []byte { return doc.content.AppendJSON(dst) }

// Clone returns a second document with the same content. Either may be
// edited without the other.
func (doc *Document) Clone() *Document { return &Document{content: doc.content} }
