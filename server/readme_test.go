package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestReadmeSpeaksHTTPAsWritten runs the README's lines for plain HTTP in a shell.
func TestReadmeSpeaksHTTPAsWritten(t *testing.T) {
	p := startProcess(t, "--data", t.TempDir())
	person := withCookies(t, p.url)
	_, secret, _ := strings.Cut(p.setup, "#")
	if _, err := person.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: "ana@example.com", Name: "Ana Diaz", Password: password}); err != nil {
		t.Fatal(err)
	}
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "readme", Scopes: []string{"write"}})
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile("(?s)```sh\n(api\\(\\).*?)```").FindStringSubmatch(pageOf(t, "../README.md"))
	if lines == nil {
		t.Fatal("the README has no lines for plain HTTP")
	}
	var faults bytes.Buffer
	shell := exec.Command("sh", "-euc", lines[1]+"\necho $doc")
	shell.Env = append(os.Environ(), "COSCRIBE="+p.url, "COSCRIBE_TOKEN="+token.Secret)
	shell.Stderr = &faults
	printed, err := shell.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, printed, &faults)
	}
	words := strings.Fields(string(printed))
	doc, err := id.Parse[id.Doc](words[len(words)-1])
	if err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	var log []ot.Rev
	for revision, err := range person.Ops(t.Context(), doc, client.From(0)) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, revision.Rev)
	}
	if got := strings.Count(string(printed), `"rev":1,`); got != 3 || len(log) != 1 {
		t.Errorf("the document has revisions %v, and revision 1 was told %d times, want 3:\n%s", log, got, printed)
	}
}

// TestDocsNameFlagsThatExist reads the pages for operators.
func TestDocsNameFlagsThatExist(t *testing.T) {
	var help bytes.Buffer
	for _, command := range []string{"serve", "migrate"} {
		parser, err := newParser(&commands{}, &help, &help, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		parser.Parse([]string{command, "--help"})
	}
	attack, err := coabuse()
	if err != nil {
		t.Fatalf("build coabuse: %v", err)
	}
	said, err := exec.CommandContext(t.Context(), attack, "--help").Output()
	if err != nil {
		t.Fatalf("coabuse --help: %v", err)
	}
	help.Write(said)
	of := map[string]bool{} // flags of other programs
	for _, flag := range strings.Fields("--clean --if-exists --dbname --format --file --help") {
		of[flag] = true
	}
	for _, page := range []string{"../README.md", "../docs/hosting.md"} {
		for _, flag := range regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(pageOf(t, page), -1) {
			if !of[flag] && !strings.Contains(help.String(), flag) {
				t.Errorf("%s names %s, which no command has", page, flag)
			}
		}
	}
}

func pageOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
