package api

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// An error that nobody put into the table is internal, and says nothing of itself.
func TestUnknownErrorsAreInternal(t *testing.T) {
	for _, err := range []error{errors.New("SELECT secret FROM users"), storage.ErrCorrupt, fmt.Errorf("x: %w", storage.ErrHeadMoved)} {
		problem, _ := problemOf(err)
		if problem.Status != 500 || problem.Code != wire.CodeInternal || strings.Contains(problem.Detail, "SELECT") {
			t.Errorf("%v is answered by %+v", err, problem)
		}
	}
}

// However deep an error is wrapped, it is found.
func TestWrappedErrorsAreFound(t *testing.T) {
	for _, known := range refusals {
		problem, _ := problemOf(fmt.Errorf("doing this: %w", fmt.Errorf("doing that: %w", known.err)))
		if problem.Status != known.status || problem.Code != known.code || problem.Detail != known.detail {
			t.Errorf("%v is answered by %+v, want %+v", known.err, problem, known.refusal)
		}
	}
	problem, wait := problemOf(fmt.Errorf("sign in: %w", &account.TooManyTries{RetryAfter: 41e9}))
	if problem.Status != 429 || wait != 41e9 {
		t.Errorf("too many tries: %+v, %v", problem, wait)
	}
	if problem, _ := problemOf(&storage.FenceError{}); problem.Status != 401 {
		t.Errorf("a fence: %+v", problem)
	}
}

// Every error that the packages below name is in the table, or is one that they settle among themselves.
func TestEveryNamedErrorHasAnAnswer(t *testing.T) {
	// The last two are answered by their handlers.
	settledBelow := []string{"ErrCorrupt", "ErrNewer", "ErrHeadMoved", "ErrAccessMoved", "ErrDuplicate", "ErrNoTicket", "ErrBadTicket",
		"ErrAudit", "ErrGuessable"}
	table, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	for folder, name := range map[string]string{"../../../storage": "storage", "../account": "account", "../document": "document"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if ok && strings.HasPrefix(spec.Names[0].Name, "Err") && !slices.Contains(settledBelow, spec.Names[0].Name) &&
					!strings.Contains(string(table), "{"+name+"."+spec.Names[0].Name+",") {
					t.Errorf("%s.%s has no answer in problem.go", name, spec.Names[0].Name)
				}
				return true
			})
		}
	}
}

// Every code of package wire is in the description, and nothing else is.
func TestEveryCodeIsDescribed(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../wire/code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			want = append(want, text)
		}
		return true
	})
	doc, _ := described()
	var got []string
	for _, value := range doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Enum {
		got = append(got, value.(string))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("described %v, want %v", got, want)
	}
}

// A temporary refusal has a status that says so, and no other has.
func TestTemporaryCodesHaveTemporaryStatuses(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeBadDelta, wire.CodeNotAllowed, wire.CodeDoesNotFit, wire.CodeTooLarge, wire.CodeEmptyEdit,
		wire.CodeBadBase, wire.CodeResync, wire.CodeStaleSeq, wire.CodeSeqReuse, wire.CodeConflict, wire.CodeOverloaded,
		wire.CodeSlowDown, wire.CodeUnavailable, wire.CodeForbidden, wire.CodeNotSignedIn, wire.CodeNotFound, wire.CodeInvalid,
		wire.CodeGone, wire.CodeDraining, wire.CodeInternal} {
		problem, _ := problemOf(&room.Refusal{Code: code})
		if temporary := problem.Status == 429 || problem.Status >= 500; temporary != code.Temporary() {
			t.Errorf("%s is %d, temporary is %v", code, problem.Status, code.Temporary())
		}
	}
}
