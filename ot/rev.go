package ot

// Rev numbers a document's revisions. Revision 0 is the new document, whose content is "\n"; the first edit makes 1.
type Rev int64
