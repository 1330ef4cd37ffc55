package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/coscribe/coscribe/storage/internal/relational"
)

// What is only ever added to. A server can do with a role in the database that may neither change nor remove a row of these:
// whoever takes the server over cannot rewrite what it has said. Who migrates and purges has another role, which owns the tables.
var onlyAdded = []string{"revisions", "audit"}

// GrantTo gives a role in the database at url just what a server needs, on all the tables that there are. It is called by
// the tables' owner after each migration, and may be called again. The role exists, and is another than the owner's.
func GrantTo(ctx context.Context, url, role string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return errURL
	}
	if role == config.User {
		return fmt.Errorf("%q is the role that migrates: the server needs one of its own", role)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return unreachable(config, err)
	}
	defer conn.Close(ctx)
	name := pgx.Identifier{role}.Sanitize()
	statements := []string{
		"GRANT USAGE ON SCHEMA public TO " + name,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + name,
		"REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM " + name,
	}
	for _, table := range onlyAdded {
		statements = append(statements, "REVOKE UPDATE, DELETE, TRUNCATE ON "+table+" FROM "+name)
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	var foreign *pgconn.PgError
	switch {
	case errors.As(err, &foreign) && foreign.Code == "42704": // undefined object
		return fmt.Errorf("%s has no role %q: make it with CREATE ROLE, which takes a LOGIN", place(config), role)
	case err != nil:
		return fmt.Errorf("grant to the role %q: %w", role, translate(err))
	}
	return nil
}

// Privileges names what the role of this store could do, and no server needs, to what is only ever added to: "UPDATE audit",
// or "OWN audit" for who could give themselves the rest. None is as it should be; a role that migrates has some.
func (s *Store) Privileges(ctx context.Context) ([]string, error) {
	var can []string
	err := engine{s.pool}.Read(ctx, relational.Query{
		SQL: `SELECT privilege || ' ' || t.name FROM unnest($1::text[]) WITH ORDINALITY AS t (name, place),
			unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'OWN']) WITH ORDINALITY AS p (privilege, rank)
			WHERE CASE privilege
				WHEN 'OWN' THEN pg_has_role((SELECT relowner FROM pg_class WHERE oid = t.name::regclass), 'MEMBER')
				WHEN 'UPDATE' THEN has_any_column_privilege(t.name, privilege)
				ELSE has_table_privilege(t.name, privilege) END
			ORDER BY t.place, p.rank`,
		Args: []any{onlyAdded},
		Row: func(row relational.Row) error {
			var one string
			err := row.Scan(&one)
			can = append(can, one)
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("read the role's privileges: %w", err)
	}
	return can, nil
}
