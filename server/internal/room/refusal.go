package room

import (
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
)

// Refusal is an answer: what was asked has no effect, and why. It is an error of Join and Write, and goes over the
// socket as a `rejected` message.
type Refusal struct {
	Code    wire.Code
	Message string // for people
	Pointer string // into the refused Delta, where one place is at fault
	Head    ot.Rev // the committed head when it was refused; 0 when no document was reached
}

// Error is for logs.
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Message) }

// Closed is Pull's error: send what was appended with it, then close the connection with Code.
type Closed struct{ Code wire.CloseCode }

// Error is for logs.
func (c *Closed) Error() string { return "seat closed: " + c.Code.Reason() }
