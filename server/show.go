package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

// Show prints the configuration that serve would have.
type Show struct {
	Settings `embed:""`
}

// Run prints each value and where it comes from. The faults, if there are any, are its error.
func (s *Show) Run(parsed *kong.Context, stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, flag := range parsed.Flags() {
		if flag.Name != "help" {
			fmt.Fprintf(table, "%s\t%s\t%s\n", flag.Name, cmp.Or(shown(flag), "-"), s.source(parsed, flag))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return s.check()
}

// source tells where a flag's value comes from.
func (s *Show) source(parsed *kong.Context, flag *kong.Flag) string {
	if flag.Tag.Has("lifted") && s.LimitsProfile == loadProfile {
		return "profile " + loadProfile
	}
	given := ""
	for _, step := range parsed.Path {
		switch {
		case step.Flag != flag:
		case step.Resolved:
			given = "file"
		default:
			given = "flag"
		}
	}
	if variable, set := fromEnvironment(flag); set && given == "" {
		return "environment " + variable
	}
	return cmp.Or(given, "default")
}

// shown is a flag's value as it may be read by anybody.
func shown(flag *kong.Flag) string {
	value := flag.Target
	if flag.Tag.Has("secret") {
		return withoutSecrets(value.String())
	}
	if value.Kind() != reflect.Slice {
		return fmt.Sprint(value.Interface())
	}
	items := make([]string, value.Len())
	for i := range items {
		items[i] = fmt.Sprint(value.Index(i).Interface())
	}
	return strings.Join(items, ",")
}

// withoutSecrets leaves of an address what is no secret: scheme, host and path. Passwords may stand before the host and in the query.
func withoutSecrets(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "(hidden)"
	}
	return fmt.Sprintf("%s://(hidden)@%s%s", u.Scheme, u.Host, u.Path)
}
