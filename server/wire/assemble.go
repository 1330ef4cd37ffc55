package wire

import "strconv"

// A revision goes to everyone in the document, and a snapshot may be megabytes. These helpers put messages together from
// parts that are encoded already, so that each part is encoded once.

// AppendRevision appends the JSON of r, with delta, which is the canonical JSON of a Delta, in place of r.Delta. A nil delta
// is left out, as in the acknowledgement to the author.
func AppendRevision(dst []byte, r *Revision, delta []byte) []byte {
	dst = append(dst, `{"rev":`...)
	dst = strconv.AppendInt(dst, int64(r.Rev), 10)
	dst = append(dst, `,"id":"`...)
	dst, _ = r.ID.AppendText(dst)
	dst = append(dst, `","author":"`...)
	dst, _ = r.Author.AppendText(dst)
	if !r.Seat.IsZero() {
		dst = append(dst, `","seat":"`...)
		dst, _ = r.Seat.AppendText(dst)
	}
	dst = append(dst, `","client":"`...)
	dst, _ = r.Client.AppendText(dst)
	dst = append(dst, `","seq":`...)
	dst = strconv.AppendInt(dst, r.Seq, 10)
	dst = append(dst, `,"at":"`...)
	dst = AppendMoment(dst, r.At)
	dst = append(dst, `","kind":"`...)
	dst = append(dst, r.Kind...) // one of four words
	dst = append(dst, '"')
	if delta != nil {
		dst = append(dst, `,"delta":`...)
		dst = append(dst, delta...)
	}
	return append(dst, '}')
}

// BeginRevisions, NextRevision and EndRevisions write a Revisions message of encoded revisions:
//
//	dst = BeginRevisions(dst)
//	for i := range revisions {
//		dst = append(NextRevision(dst, i), revisions[i]...)
//	}
//	dst = EndRevisions(dst)
func BeginRevisions(dst []byte) []byte { return append(dst, `{"type":"revisions","items":[`...) }

// NextRevision appends what stands before the item at index i.
func NextRevision(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

// EndRevisions ends what BeginRevisions began.
func EndRevisions(dst []byte) []byte { return append(dst, "]}"...) }

// AppendRevisions appends a Revisions message of encoded revisions.
func AppendRevisions(dst []byte, items ...[]byte) []byte {
	dst = BeginRevisions(dst)
	for i, item := range items {
		dst = append(NextRevision(dst, i), item...)
	}
	return EndRevisions(dst)
}

// AppendWelcome appends a Welcome with snapshot, which is the canonical JSON of a Delta, in place of w.Snapshot. A nil one
// is left out.
func AppendWelcome(dst []byte, w *Welcome, snapshot []byte) []byte {
	bare := *w
	bare.Snapshot = nil
	dst = AppendOutbound(dst, &bare)
	if snapshot == nil {
		return dst
	}
	dst = append(dst[:len(dst)-1], `,"snapshot":`...)
	dst = append(dst, snapshot...)
	return append(dst, '}')
}
