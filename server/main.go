// Coscribe serves documents that many people write at once.
//
// Without a command it serves: `go run ./server` keeps everything in ./data and listens on loopback. See --help for the
// flags, each of which has an environment variable.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	defer runtime.KeepAlive(ballast())
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "coscribe:", err)
		os.Exit(1)
	}
}

// ballast reserves memory that is never touched, and so never resident. The collector runs whenever the heap has doubled: with
// little in it that is every few megabytes, which people who type produce many times a second. Who says GOGC or GOMEMLIMIT knows better.
func ballast() []byte {
	const bytes = 32 << 20
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return make([]byte, bytes)
}

// commands is the command line.
type commands struct {
	File kong.ConfigFlag `name:"config" placeholder:"FILE" help:"Configuration file in JSON, with flags as members. Flags and environment come before it."`

	Serve   Serve   `cmd:"" default:"withargs" help:"Serve documents (the default)."`
	Migrate Migrate `cmd:"" help:"Bring a Postgres up to date, for servers whose own role may not."`
	Config  struct {
		Show Show `cmd:"" help:"Print each value and where it comes from."`
	} `cmd:"" help:"Look at the configuration."`
	Audit   Audit   `cmd:"" help:"Look at the audit."`
	Access  Access  `cmd:"" help:"Look at who may do what."`
	Version Version `cmd:"" help:"Print the version."`
}

// run is main without the process: it returns when the command is done or ctx ended and everything is shut down.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	exited := false
	parser, err := newParser(&commands{}, stdout, stderr, func(int) { exited = true })
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if exited { // --help has been printed
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (see --help)", err)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.BindTo(stdout, (*io.Writer)(nil))
	return command.Run(logs{stderr})
}

// newParser reads command lines, each flag of which has an environment variable and may stand in a file.
func newParser(cli *commands, stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(cli,
		kong.Name("coscribe"),
		kong.Description("The backend for documents that many people write at once."),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.UsageOnError(),
		kong.DefaultEnvars("COSCRIBE"),
		kong.Configuration(readFile),
	)
}

// logs is where logs go: a type of its own, since a command is given its arguments by type.
type logs struct{ io.Writer }

// Version prints what this program is.
type Version struct{}

// Run prints it.
func (Version) Run(stdout io.Writer) error {
	_, err := fmt.Fprintln(stdout, "coscribe", version())
	return err
}
