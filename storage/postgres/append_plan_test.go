package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
)

// A plan is made once, whatever the tables grow to: it finds each row by its key, also if they were empty then, or small, or
// never looked at.
func TestAppendFindsRowsByTheirKeys(t *testing.T) {
	url := pgtest.URL(t)
	newAuthor(t, url)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, state := range []struct{ name, reach string }{
		{"Small", "SELECT"},
		{"SmallAnalysed", "ANALYZE"},
		{"Grown", `INSERT INTO documents (id, title, owner, epoch, head, access_version, open_history, locked, created_at, updated_at, deleted_at)
			SELECT gen_random_uuid(), '', (SELECT id FROM users), 1, 0, 1, false, false, 1, 1, 0 FROM generate_series(1, 2000);
			INSERT INTO revisions SELECT id, 1, id, id, id, id, 1, 1, 'edit', '', 0 FROM documents`},
		{"GrownAnalysed", "ANALYZE"},
	} {
		t.Run(state.name, func(t *testing.T) {
			if _, err := db.Exec(state.reach); err != nil {
				t.Fatal(err)
			}
			for name, text := range postgres.AppendStatements() {
				if plan := planOf(t, db, text); !byKeys(plan) {
					t.Errorf("%s:\n%s", name, plan)
				}
			}
		})
	}
}

var (
	parameter = regexp.MustCompile(`\$\d+`)
	scan      = regexp.MustCompile(`(?m)(\w+ )?Scan (using (\w+) )?on (\w+).*\n\s*(.*)$`)
)

// keys are what the conditions on the indexes begin with.
var keys = map[string]*regexp.Regexp{
	"documents_pkey": regexp.MustCompile(`^Index Cond: \(id = `),
	"users_pkey":     regexp.MustCompile(`^Index Cond: \(id = `),
	"sessions_pkey":  regexp.MustCompile(`^Index Cond: \(id = `),
	"tokens_pkey":    regexp.MustCompile(`^Index Cond: \(id = `),
	"sessions_user":  regexp.MustCompile(`^Index Cond: \(\(user_id = .*\) AND \(id = `),
	"tokens_user":    regexp.MustCompile(`^Index Cond: \(\(user_id = .*\) AND \(id = `),
	"revisions_pkey": regexp.MustCompile(`^Index Cond: \(\(document = .*\) AND \(rev >= `),
}

// byKeys tells whether the plan reads tables only by whole keys.
func byKeys(plan string) bool {
	for _, s := range scan.FindAllStringSubmatch(plan, -1) {
		switch kind, index, condition := s[1], s[3], s[5]; {
		case kind == "CTE ", kind == "Subquery ", kind == "Function ":
		case keys[index] == nil || !keys[index].MatchString(condition):
			return false
		}
	}
	return strings.Contains(plan, "Index Scan using documents_pkey")
}

// planOf is the plan that a connection for Append makes of a statement.
func planOf(t *testing.T, db *sql.DB, text string) string {
	t.Helper()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	arguments := make(map[string]bool)
	for _, p := range parameter.FindAllString(text, -1) {
		arguments[p] = true
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(arguments)), ", ")
	if _, err := conn.ExecContext(context.Background(), fmt.Sprintf("%s; PREPARE planned AS %s", postgres.AppendSettings, text)); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.QueryContext(context.Background(), "EXPLAIN (COSTS OFF) EXECUTE planned("+nulls+")")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if _, err := conn.ExecContext(context.Background(), "DEALLOCATE planned"); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
