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

// hashQueue is how many wait for each that is hashed.
const hashQueue = 32

// turn waits until a password may be hashed, and returns what to call after it. A few are at a time, since each takes
// 19 MiB and a core; some more wait, as long as their requests do; for the others it is ErrBusy.
func (s *Service) turn(ctx context.Context) (done func(), err error) {
	if !s.queue.TryAcquire(1) {
		return nil, ErrBusy
	}
	if err := s.hashers.Acquire(ctx, 1); err != nil {
		s.queue.Release(1)
		return nil, err
	}
	return func() {
		s.hashers.Release(1)
		s.queue.Release(1)
	}, nil
}

// hash makes what is stored of a password.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	done, err := s.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return hashPassword(password)
}

// matches tells whether hash was made of password. An empty hash takes as long as any and matches nothing.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := s.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
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
