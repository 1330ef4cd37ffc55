package postgres

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"
)

// An array in Postgres's binary form. An Append sends two dozen of them, and what goes into them is known: written out here
// they cost a tenth of what they cost by way of types that are found out at run time.
//
//	dimensions, flags, element type; then of the one dimension its length and first index; then each element after its length

const arrayHeader = 5 * 4

func arrayOf(element uint32, n, elementBytes int) []byte {
	array := make([]byte, 0, arrayHeader+n*(4+elementBytes))
	if n == 0 {
		array = binary.BigEndian.AppendUint32(array, 0) // without a dimension
		array = binary.BigEndian.AppendUint32(array, 0)
		return binary.BigEndian.AppendUint32(array, element)
	}
	array = binary.BigEndian.AppendUint32(array, 1)
	array = binary.BigEndian.AppendUint32(array, 0)
	array = binary.BigEndian.AppendUint32(array, element)
	array = binary.BigEndian.AppendUint32(array, uint32(n))
	return binary.BigEndian.AppendUint32(array, 1)
}

func uuidArray(ids uuids) []byte {
	array := arrayOf(pgtype.UUIDOID, len(ids), 16)
	for i := range ids {
		array = append(binary.BigEndian.AppendUint32(array, 16), ids[i][:]...)
	}
	return array
}

func bigintArray(numbers []int64) []byte {
	array := arrayOf(pgtype.Int8OID, len(numbers), 8)
	for _, n := range numbers {
		array = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(array, 8), uint64(n))
	}
	return array
}

func textArray(texts []string) []byte {
	array := arrayOf(pgtype.TextOID, len(texts), 8)
	for _, text := range texts {
		array = append(binary.BigEndian.AppendUint32(array, uint32(len(text))), text...)
	}
	return array
}

func byteaArray(texts [][]byte) []byte {
	all := 0
	for _, text := range texts {
		all += len(text)
	}
	array := arrayOf(pgtype.ByteaOID, len(texts), all/max(len(texts), 1)+1)
	for _, text := range texts {
		array = append(binary.BigEndian.AppendUint32(array, uint32(len(text))), text...)
	}
	return array
}

func bigint(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
