package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/go-json-experiment/json"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// A program writes into a document that people have open. They see it at once, and what they typed meanwhile stays.
func Example() {
	// The address of the server, a token made on its page “Your account”, and the id from the address of the document's page.
	address, token, page, stop := exampleServer("Notes")
	defer stop()

	ctx := context.Background()
	c, err := client.New(address, client.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	doc, err := id.Parse[id.Doc](page)
	if err != nil {
		log.Fatal(err)
	}
	d, err := c.Open(ctx, doc)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()

	edit, err := d.Edit(func(content *ot.Document) (ot.Delta, error) {
		end := content.Len() - 1 // before the last "\n", which is fixed
		return ot.New().Retain(end, nil).Insert("\nThe build is ", nil).Insert("green", ot.Attrs{"bold": true}).Delta()
	})
	if err != nil {
		log.Fatal(err)
	}
	rev, err := edit.Wait(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("revision", rev)
	for line := range d.Content().Lines() {
		fmt.Println(line.Content)
	}
	// Output:
	// revision 2
	// {"ops":[{"insert":"Notes"}]}
	// {"ops":[{"insert":"The build is "},{"attributes":{"bold":true},"insert":"green"}]}
}

// What is refused is taken back from the content, and told to its author.
func ExampleEdit_Wait() {
	server := startFake()
	defer server.stop()
	d := server.opened("ana")
	defer d.Close()
	server.refuse = func(*wire.Submit) wire.Code { return wire.CodeForbidden }

	edit, err := d.Apply(ot.New().Insert("Hello", nil).MustDelta())
	if err != nil {
		log.Fatal(err)
	}
	_, err = edit.Wait(context.Background())
	var rejected *client.Rejected
	if errors.As(err, &rejected) {
		fmt.Println(rejected.Code, rejected.Delta)
	}
	fmt.Println(errors.Is(err, client.ErrForbidden), d.Content().Delta())
	// Output:
	// forbidden {"ops":[{"insert":"Hello"}]}
	// true {"ops":[{"insert":"\n"}]}
}

// Every edit of a document, from the first.
func ExampleClient_Ops() {
	address, token, page, stop := exampleServer("Notes", "More ")
	defer stop()
	c, err := client.New(address, client.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	doc, err := id.Parse[id.Doc](page)
	if err != nil {
		log.Fatal(err)
	}
	for revision, err := range c.Ops(context.Background(), doc, client.From(0)) {
		if errors.Is(err, client.ErrForbidden) {
			log.Fatal("ask for the right to read history")
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(revision.Rev, revision.Kind, revision.Delta)
	}
	// Output:
	// 1 edit {"ops":[{"insert":"Notes"}]}
	// 2 edit {"ops":[{"insert":"More "}]}
}

// A program that reads along: what was written after a revision, and then each edit as it is committed, by whomever.
func ExampleClient_Tail() {
	address, token, page, stop := exampleServer("Notes", "More ")
	defer stop()
	c, err := client.New(address, client.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	doc, err := id.Parse[id.Doc](page)
	if err != nil {
		log.Fatal(err)
	}
	for revision, err := range c.Tail(context.Background(), doc, client.From(1)) {
		if errors.Is(err, client.ErrForbidden) {
			log.Fatal("the right to read history has ended")
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(revision.Rev, revision.Delta)
		if revision.Rev == 2 {
			break // it would wait for the next
		}
	}
	// Output:
	// 2 {"ops":[{"insert":"More "}]}
}

// Two edits, the second on the result of the first, over whatever was written since revision 0. A program that may crash in
// the middle keeps what it is about to write, numbers and all, and on its next start writes that again: it has one effect.
func ExampleClient_WriteOps() {
	address, token, page, stop := exampleServer("Notes")
	defer stop()
	ctx := context.Background()
	c, err := client.New(address, client.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	doc, err := id.Parse[id.Doc](page)
	if err != nil {
		log.Fatal(err)
	}
	kept, err := json.Marshal(wire.WriteOps{
		Epoch: 1, Base: 0, // of the content that the edits were made for, as Content gives them
		Mode:   client.Rebase,
		Client: id.New[id.Client](), Seq: 1, IDs: []id.Edit{id.New[id.Edit](), id.New[id.Edit]()},
		Ops: []ot.Delta{
			ot.New().Insert("Report\n", nil).MustDelta(),
			ot.New().Retain(6, ot.Attrs{"bold": true}).MustDelta(),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		var write wire.WriteOps
		if err := json.Unmarshal(kept, &write); err != nil {
			log.Fatal(err)
		}
		written, err := c.WriteOps(ctx, doc, write)
		if err != nil {
			log.Fatal(err)
		}
		for _, revision := range written.Items {
			fmt.Println(revision.Rev, revision.Delta)
		}
	}
	// Output:
	// 2 {"ops":[{"retain":5},{"insert":"Report\n"}]}
	// 3 {"ops":[{"retain":5},{"attributes":{"bold":true},"retain":6}]}
	// 2 {"ops":[{"retain":5},{"insert":"Report\n"}]}
	// 3 {"ops":[{"retain":5},{"attributes":{"bold":true},"retain":6}]}
}

// Somebody is given a role until a day, and it can be taken away again at any time.
func ExampleClient_Grant() {
	ctx := context.Background()
	c, err := client.New("https://docs.example.org", client.WithToken("cos_…"))
	if err != nil {
		log.Fatal(err)
	}
	made, err := c.CreateDocument(ctx, "Q3 plan")
	if err != nil {
		log.Fatal(err)
	}
	if err := c.Grant(ctx, made.ID, client.ToAddress("ana@example.org"), wire.PutGrant{Role: authz.Editor}); err != nil {
		log.Fatal(err)
	}
	if err := c.Revoke(ctx, made.ID, client.ToAddress("ana@example.org")); err != nil {
		log.Fatal(err)
	}
}
