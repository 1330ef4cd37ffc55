package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Access is the commands on who may do what.
type Access struct {
	Explain ExplainAccess `cmd:"" help:"Say what role somebody has in a document, and why."`
}

// ExplainAccess explains one principal's role in one document.
type ExplainAccess struct {
	Database
	Document  string `arg:"" help:"The document's id."`
	Principal string `arg:"" help:"user:ID, group:ID, link:ID, email:ADDRESS, everyone or anyone."`
}

// Run prints the role, and below it every grant that counts.
func (e *ExplainAccess) Run(ctx context.Context, stdout io.Writer) error {
	doc, err := id.Parse[id.Doc](e.Document)
	if err != nil {
		return fmt.Errorf("%s is no document's id", e.Document)
	}
	var about wire.Principal
	if err := about.UnmarshalText([]byte(e.Principal)); err != nil {
		return fmt.Errorf("%s is %w", e.Principal, err)
	}
	store, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	to := document.To{Principal: authz.Principal{Kind: about.Kind, ID: about.ID}, Address: about.Address}
	made, err := document.New(store, &bus.Bus{}).ExplainToOperator(ctx, doc, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s%s\n\n", made.Effective.Role, until(made.Effective.ValidUntil))
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BY\tROLE\tSTATE\tWITHOUT IT")
	for i, path := range made.Paths {
		fmt.Fprintf(table, "%s\t%s%s\t%s\t%s\n", named(&made, made.Grants[i]), path.Role, until(path.ExpiresAt), path.State, path.Without.Role)
	}
	return table.Flush()
}

// named is whom a grant speaks to, with the name that people know.
func named(e *document.Explanation, grant storage.Grant) string {
	to := wire.Principal{Kind: grant.To.Kind, ID: grant.To.ID, Address: grant.Address}
	name := ""
	switch grant.To.Kind {
	case authz.ToUser:
		name = e.People[grant.To.ID].Email
	case authz.ToGroup:
		name = e.Groups[grant.To.ID].Name
	case authz.ToLink:
		name = e.Links[grant.To.ID].Name
	}
	if name == "" {
		return to.String()
	}
	return fmt.Sprintf("%s (%s)", to, name)
}

func until(end int64) string {
	if end == 0 {
		return ""
	}
	return " until " + storage.Micros(end).Time().Format("2006-01-02 15:04:05 MST")
}
