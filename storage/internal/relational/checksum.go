package relational

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// RevisionSum is the CRC-32C of all that a revision's row says, so that a row in the wrong place is noticed as well.
func RevisionSum(doc id.Doc, r *storage.Revision) int64 {
	head := make([]byte, 0, 6*16+len(storage.KindRestore))
	head = append(head, doc[:]...)
	head = append(head, r.Edit[:]...)
	head = append(head, r.Author[:]...)
	head = append(head, r.Seat[:]...)
	head = append(head, r.Client[:]...)
	head = binary.BigEndian.AppendUint64(head, uint64(r.Rev))
	head = binary.BigEndian.AppendUint64(head, uint64(r.Seq))
	head = binary.BigEndian.AppendUint64(head, uint64(r.At))
	head = append(head, r.Kind...)
	return int64(crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, r.Delta))
}

// snapshotSum is the CRC-32C of a snapshot before it is packed.
func snapshotSum(doc id.Doc, rev ot.Rev, content []byte) int64 {
	head := binary.BigEndian.AppendUint64(append(make([]byte, 0, 24), doc[:]...), uint64(rev))
	return int64(crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, content))
}
