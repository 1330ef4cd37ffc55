package ot

// Document is an open document. An edit costs what it changes and a few
// steps down a tree, however long the document is and has been edited.
//
// One goroutine at a time may use Apply and Clone. The other methods only
// read: any number may run at once, and on a clone they may run while the
// original is edited.
type Document struct {
	root   kid
	owner  *owner // nil until the first edit after a Clone
	finger finger
}

// NewDocument opens content, which holds inserts only and ends with "\n".
func NewDocument(content Delta) (*Document, error) {
	if err := checkDocument(content); err != nil {
		return nil, err
	}
	w := leafWriter{owner: new(owner)}
	for i := range content.ops {
		w.add(content.ops[i])
	}
	w.close()
	return &Document{root: grow(w.owner, w.done), owner: w.owner}, nil
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

// endsLine reports whether content ends with "\n".
func endsLine(content Delta) bool {
	if content.IsEmpty() {
		return false
	}
	last := content.ops[len(content.ops)-1]
	return last.kind() == Insert && last.text[len(last.text)-1] == '\n'
}

// Len returns the length in UTF-16 units.
func (doc *Document) Len() int { return doc.root.units }

// Clone returns a second document with the same content, at once: the two
// share what neither has changed since. Either may be edited without the
// other, also at the same time.
func (doc *Document) Clone() *Document {
	doc.owner = nil // what was made so far is for both to read
	return &Document{root: doc.root}
}
