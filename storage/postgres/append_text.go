package postgres

import (
	"context"
	_ "embed"
	"strings"
	"text/template"

	"github.com/jackc/pgx/v5"
)

//go:embed append_one.sql
var oneTemplate string

//go:embed append_whole.sql
var wholeTemplate string

// shape is what the templates differ by.
type shape struct {
	Single bool // for one document
	Tables []held
}

// held is a table of credentials.
type held struct {
	Table       string
	Ended, Ends string // when it was ended, 0 for not; when it ends by itself
	IDs, Users  int    // in append_whole.sql: the numbers of the arguments
	Before      string // and the table that is held before it
}

func sessions(arg int, before string) held {
	return held{"sessions", "ended_at", "expires_at", arg, arg + 1, before}
}

func tokens(arg int, before string) held {
	return held{"tokens", "revoked_at", "nullif(expires_at, 0)", arg, arg + 1, before}
}

// wholes are the statements that an Append is tried with first, by the names under which they are prepared on every connection
// for it.
var wholes = map[string]string{
	"append one by session":      text(oneTemplate, shape{Tables: []held{sessions(0, "")}}),
	"append one by token":        text(oneTemplate, shape{Tables: []held{tokens(0, "")}}),
	"append document by session": text(wholeTemplate, shape{Single: true, Tables: []held{sessions(20, "users")}}),
	"append document by token":   text(wholeTemplate, shape{Single: true, Tables: []held{tokens(20, "users")}}),
	"append document by both":    text(wholeTemplate, shape{Single: true, Tables: []held{sessions(20, "users"), tokens(22, "sessions")}}),
	"append many by session":     text(wholeTemplate, shape{Tables: []held{sessions(20, "users")}}),
	"append many by token":       text(wholeTemplate, shape{Tables: []held{tokens(20, "users")}}),
	"append many by both":        text(wholeTemplate, shape{Tables: []held{sessions(20, "users"), tokens(22, "sessions")}}),
}

func text(of string, s shape) string {
	var text strings.Builder
	if err := template.Must(template.New("append").Parse(of)).Execute(&text, s); err != nil {
		panic("storage/postgres: " + err.Error())
	}
	return text.String()
}

// prepareWholes prepares them on a new connection.
func prepareWholes(ctx context.Context, conn *pgx.Conn) error {
	for name, text := range wholes {
		if _, err := conn.Prepare(ctx, name, text); err != nil {
			return err
		}
	}
	return nil
}
