package relational

import (
	"fmt"

	"github.com/coscribe/coscribe/storage/id"
)

// one returns a Row function that scans the only row, noting that there was one.
func one(found *bool, dest ...any) func(Row) error {
	return func(row Row) error {
		*found = true
		return row.Scan(dest...)
	}
}

// key lets an id be scanned.
func key[Kind any](id *id.Of[Kind]) *[16]byte { return (*[16]byte)(id) }

// orNull is an id as an argument, where the zero id is null.
func orNull[ID ~[16]byte](id ID) any {
	if id == (ID{}) {
		return nil
	}
	return [16]byte(id)
}

// nullable scans an id that may be null, which it reads as zero.
type nullable [16]byte

func fromNull[Kind any](id *id.Of[Kind]) *nullable { return (*nullable)(id) }

// Scan implements sql.Scanner for the 16 bytes that SQLite gives and for the text that pgx gives to scanners.
func (n *nullable) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*n = nullable{}
		return nil
	case []byte:
		if len(src) == len(n) {
			copy(n[:], src)
			return nil
		}
	case string:
		read, err := id.Parse[id.Of[struct{}]](src)
		*n = nullable(read)
		return err
	}
	return fmt.Errorf("not an id: %T", src)
}

// digest scans a hash.
type digest [32]byte

// Scan implements sql.Scanner.
func (d *digest) Scan(src any) error {
	bytes, ok := src.([]byte)
	if !ok || len(bytes) != len(d) {
		return fmt.Errorf("not a hash: %T of %d bytes", src, len(bytes))
	}
	copy(d[:], bytes)
	return nil
}
