package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// A program writes into a document that people have open. They see it at once, and what they typed meanwhile stays.
func ExampleClient_Open() {
	ctx := context.Background()
	c, err := client.New("https://docs.example.org", client.WithToken(os.Getenv("COSCRIBE_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	doc, err := id.Parse[id.Doc]("0f8fad5b-d9cb-469f-a165-70867728950e")
	if err != nil {
		log.Fatal(err)
	}
	d, err := c.Open(ctx, doc)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()

	edit, err := d.Edit(func(content *ot.Document) (ot.Delta, error) {
		return ot.New().Retain(content.Len()-1, nil).Insert("\nThe build is green.", nil).Delta()
	})
	if err != nil {
		log.Fatal(err)
	}
	rev, err := edit.Wait(ctx)
	var rejected *client.Rejected
	if errors.As(err, &rejected) {
		log.Fatalf("%s: %v was taken back", rejected.Message, rejected.Delta)
	}
	fmt.Println("it is revision", rev)
}

func ExampleClient_Ops() {
	ctx := context.Background()
	c, err := client.New("https://docs.example.org", client.WithToken(os.Getenv("COSCRIBE_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	var doc id.Doc
	for op, err := range c.Ops(ctx, doc, client.From(0)) {
		if errors.Is(err, client.ErrForbidden) {
			log.Fatal("ask for the right to read history")
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(op.Rev, op.At, op.Author, op.Delta)
	}
}

// Two edits, the second on the result of the first, over whatever was written since revision 41.
func ExampleClient_WriteOps() {
	ctx := context.Background()
	c, err := client.New("https://docs.example.org", client.WithToken(os.Getenv("COSCRIBE_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	title, _ := ot.New().Insert("Report\n", nil).Delta()
	bold, _ := ot.New().Retain(6, ot.Attrs{"bold": true}).Delta()
	var doc id.Doc
	written, err := c.WriteOps(ctx, doc, wire.WriteOps{Epoch: 1, Base: 41, Ops: []ot.Delta{title, bold}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("up to revision", written.Head)
}
