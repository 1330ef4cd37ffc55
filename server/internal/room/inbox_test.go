package room

import "testing"

// A room that has decided to unload looks once more: what has come in meanwhile keeps it open.
func TestInboxDoesNotCloseOverAnEvent(t *testing.T) {
	b := &inbox{queue: []event{bomb{}}}
	if _, closed := b.close(&Refusal{}, true); closed || b.closed != nil {
		t.Fatal("it closed over an event")
	}
	if left, closed := b.close(&Refusal{}, false); !closed || len(left) != 1 {
		t.Fatal("it did not close, or lost the event")
	}
	if _, closed := b.close(&Refusal{}, true); !closed {
		t.Fatal("it is open again")
	}
}
