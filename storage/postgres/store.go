// Package postgres keeps storage.Store in PostgreSQL 14 or later.
//
// A call is one transaction at READ COMMITTED, or for a read of several tables one at REPEATABLE READ. What a decision hangs on
// is locked before it is looked at: each statement sees what was committed when it began, so the statement after the lock sees
// the rows as they will be at the commit. Rows are locked in the order documents, users, sessions, tokens, each by id.
//
// Append is one exchange with the database, however many documents it is about: a statement that writes what nothing refuses,
// and commits with the end of its message. Only what it did not write costs a second exchange, which finds out why.
//
// What became of a transaction is known if the server said so: that it committed, or in an error of severity ERROR that it did
// not. Whatever else ends a commit, a lost connection or a server that shuts down, is storage.ErrUnknown; nothing is
// concluded from whether bytes were sent.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
	"github.com/coscribe/coscribe/storage/internal/schema"
)

// Limits of every connection and call.
const (
	poolSize       = 10 // connections, at the least, unless the URL says pool_max_conns
	appendPoolSize = 4  // further connections, for Append alone
	connectTimeout = 5 * time.Second
	acquireTimeout = 2 * time.Second  // for a free connection of the pool
	callTimeout    = 15 * time.Second // for a whole call
)

// settings are what every connection is set to. The timeouts end, on the server, what a stalled node holds; a lost answer is
// never taken for a commit, and a database that does not wait for its disk would break that from the other side.
const settings = `SELECT
	set_config('application_name', 'coscribe', false),
	set_config('default_transaction_isolation', 'read committed', false),
	set_config('statement_timeout', '10s', false),
	set_config('lock_timeout', '5s', false),
	set_config('idle_in_transaction_session_timeout', '5s', false),
	set_config('jit', 'off', false),
	set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`

// appendSettings are what a connection for Append is set to besides. Its statements find every row by its key, whatever the
// values are: they are planned once, since that takes the server longer than to run them, and so that they do not read a table
// whole for having been small when they were planned.
const appendSettings = `SELECT
	set_config('plan_cache_mode', 'force_generic_plan', false),
	set_config('enable_seqscan', 'off', false),
	set_config('enable_bitmapscan', 'off', false)`

// Store is a storage.Store in a Postgres database. Append has connections of its own: it keeps its plans on them, and does not
// queue behind those who read.
type Store struct {
	*relational.Store
	pool    *pgxpool.Pool
	appends *pgxpool.Pool
}

var _ storage.Store = (*Store)(nil)

var dialect = relational.Dialect{
	ForShare:  " FOR SHARE",
	ForUpdate: " FOR NO KEY UPDATE",
	ForIdle:   " FOR UPDATE SKIP LOCKED",
	Now:       "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
	HoldUsers: "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE",
}

// Open connects to the database at url and brings its schema up to date. The errors name the host, the database and the user,
// and never the password.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, poolSize)
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.AfterConnect = set(settings)
	if err := migrate(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	forAppend := config.Copy()
	forAppend.MinConns, forAppend.MaxConns = 0, appendPoolSize
	forAppend.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if err := set(settings, appendSettings)(ctx, conn); err != nil {
			return err
		}
		return prepareWholes(ctx, conn)
	}

	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, unreachable(config.ConnConfig, err)
	}
	appends, err := pgxpool.NewWithConfig(ctx, forAppend)
	if err != nil {
		pool.Close()
		return nil, unreachable(config.ConnConfig, err)
	}
	return &Store{Store: relational.New(engine{pool}, dialect), pool: pool, appends: appends}, nil
}

// errURL says nothing of the address: the parser's own words may repeat it.
var errURL = errors.New("the database URL cannot be read: it is written postgres://user:password@host:port/name")

// set runs statements on every new connection of a pool.
func set(statements ...string) func(context.Context, *pgx.Conn) error {
	return func(ctx context.Context, conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}
}

// Migrate brings the schema at url up to date and leaves the rest to those whom it is granted to: see GrantTo. It is what Open does, for
// servers whose own role may not.
func Migrate(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return errURL
	}
	return migrate(ctx, config)
}

// migrate uses a connection without the time limits of the others.
func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config.Copy())
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return unreachable(config, err)
	}
	err := translate(schema.MigratePostgres(ctx, db))
	switch {
	case errors.Is(err, storage.ErrNotAllowed):
		return fmt.Errorf("%s is not at the schema of this program, and %q may not change that: run `coscribe migrate` as the owner of its tables (%w)",
			place(config), config.User, storage.ErrNotAllowed)
	case err != nil:
		return fmt.Errorf("%s: %w", place(config), err)
	}
	return nil
}

// place names the database without its password.
func place(config *pgx.ConnConfig) string {
	return fmt.Sprintf("the database %q at %s:%d", config.Database, config.Host, config.Port)
}

// unreachable is one sentence on why there is no connection.
func unreachable(config *pgx.ConnConfig, err error) error {
	var foreign *pgconn.PgError
	reason := err
	if errors.As(err, &foreign) {
		reason = errors.New(foreign.Message)
	} else {
		for errors.Unwrap(reason) != nil { // to what the network said
			reason = errors.Unwrap(reason)
		}
	}
	sentence, _, _ := strings.Cut(reason.Error(), "\n") // one of several addresses tried
	return fmt.Errorf("%s cannot be reached as %q (%s): %w", place(config), config.User, sentence, storage.ErrUnavailable)
}

// Close waits for calls in progress and closes the connections.
func (s *Store) Close() error {
	s.appends.Close()
	s.pool.Close()
	return nil
}
