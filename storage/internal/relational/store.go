package relational

import (
	"context"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/coscribe/coscribe/storage"
)

// Store is storage.Store without Append, Ready's meaning and Close. Engines embed it.
type Store struct {
	engine  Engine
	dialect Dialect
	bounds  storage.Bounds // set before use
	pack    *zstd.Encoder
	unpack  *zstd.Decoder
}

// maxContentBytes bounds what a snapshot may unpack to, far above any document's limit.
const maxContentBytes = 256 << 20

// New returns the store on an engine.
func New(engine Engine, dialect Dialect) *Store {
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // only for invalid options
	}
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxContentBytes))
	if err != nil {
		panic(err)
	}
	return &Store{engine: engine, dialect: dialect, bounds: storage.DefaultBounds(), pack: pack, unpack: unpack}
}

// Ready writes a row: a database on a full disk or without the right to write still answers queries.
func (s *Store) Ready(ctx context.Context) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "UPDATE readiness SET checked_at = "+s.dialect.Now+" WHERE id = 1")
		return err
	})
	return wrap(err, "check the database")
}

// read runs queries and wraps their error with what was being done.
func (s *Store) read(ctx context.Context, doing string, queries ...Query) error {
	return wrap(s.engine.Read(ctx, queries...), "%s", doing)
}

// wrap adds what was being done, if there is an error.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
