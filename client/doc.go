// Package client is the Go SDK of Coscribe: the HTTP API as methods of a Client, and live documents.
//
//	c, err := client.New("https://docs.example.org", client.WithToken(secret))
//	doc, err := c.Open(ctx, id)
//	defer doc.Close()
//	rev, err := doc.Submit(ctx, delta)
//
// # Live documents
//
// A Document is a copy of the content that is edited at once and kept in step with everybody else. It reconnects by
// itself, with a new ticket each time, and sends what was not acknowledged again; the server gives a repeated edit no
// second effect. Every edit is acknowledged, or its author is told that it was not: see Edit.Wait.
//
//	          welcome                    connection lost, or a close code to come back after
//	connecting ──────► catching up ──────► connecting …
//	     │                  │ has all up to the welcome's head
//	     │                  ▼
//	     │             in step: sends
//	     │                  │ Close, or a close code not to come back after
//	     └──────────────────┴─────► ended
//
// Lengths and positions are UTF-16 units, as in package ot. The document ends with "\n", and that one is fixed: an edit may
// format it, never delete it or insert after it.
//
// # Errors
//
// What the server refuses is a *Problem (over HTTP) or a *Rejected (an edit of a live document). Both match the sentinels,
// as in errors.Is(err, client.ErrForbidden). A document that ended by the server's word has an *Ended as its Err.
package client
