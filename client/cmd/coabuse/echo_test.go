package main

import "testing"

// TestLeak holds what no answer may tell against what every answer may.
func TestLeak(t *testing.T) {
	for text, want := range map[string]bool{
		`{"ticket":"nhgWr6ftYFriPgXT4v2n9ni2wuw39XUgh1qkQ2halZ4"}`: false,
		`{"secret":"cos_VzP-pgx-_pgx"}`:                            false,
		`{"detail":"There is no such document."}`:                  false,
		`pgx: no rows in result set`:                               true,
		`github.com/jackc/pgx/v5/pgconn.(*PgConn).Close`:           true,
		`ERROR: duplicate key (SQLSTATE 23505)`:                    true,
		`SELECT id FROM users`:                                     true,
		`goroutine 7 [running]`:                                    true,
		`open /var/lib/coscribe: permission denied`:                true,
	} {
		if got := leak.MatchString(text); got != want {
			t.Errorf("%q: told %v, want %v", text, got, want)
		}
	}
}
