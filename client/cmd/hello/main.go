// Command hello writes a line at the end of a document: hello <document>
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

func main() {
	if err := hello(context.Background(), os.Args[len(os.Args)-1]); err != nil {
		log.Fatal(err)
	}
}

func hello(ctx context.Context, page string) error {
	doc, err := id.Parse[id.Doc](page)
	if err != nil {
		return err
	}
	c, err := client.New(os.Getenv("COSCRIBE"), client.WithToken(os.Getenv("COSCRIBE_TOKEN")))
	if err != nil {
		return err
	}
	d, err := c.Open(ctx, doc) // live: it reconnects by itself
	if err != nil {
		return err
	}
	defer d.Close()
	edit, err := d.Edit(func(content *ot.Document) (ot.Delta, error) {
		return ot.New().Retain(content.Len()-1, nil).Insert("\nHello 👋", nil).Delta()
	})
	if err != nil {
		return err
	}
	rev, err := edit.Wait(ctx) // committed, or refused with a reason
	fmt.Println("revision", rev)
	return err
}
