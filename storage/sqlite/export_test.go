package sqlite

import (
	"context"
	"strconv"
)

// LimitPages makes the disk full at that many pages.
func (s *Store) LimitPages(ctx context.Context, pages int) error {
	_, err := s.writerSays(ctx, "max_page_count = "+strconv.Itoa(pages))
	return err
}

// Pragma is what the writer has a setting at.
func (s *Store) Pragma(ctx context.Context, name string) (string, error) {
	return s.writerSays(ctx, name)
}

func (s *Store) writerSays(ctx context.Context, pragma string) (value string, err error) {
	conn, err := s.engine.take(ctx, s.engine.write)
	if err != nil {
		return "", err
	}
	defer func() { s.engine.write <- conn }()
	err = conn.conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&value)
	return value, err
}
