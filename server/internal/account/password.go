package account

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// argon is OWASP's first choice for argon2id: 19 MiB, two passes, one thread.
var argon = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func hashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(password, &argon)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// hash makes what is stored of a password. A few run at a time, since each takes 19 MiB and a core; the others wait, as
// long as their request does.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.hashers.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer s.hashers.Release(1)
	return hashPassword(password)
}

// matches tells whether hash was made of password. An empty hash takes as long as any and matches nothing.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := s.hashers.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer s.hashers.Release(1)
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, s.nobody)
		return false, err
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return ok, nil
}
