// Package stack prepares the stacks of goroutines that live for one piece of work, of which a busy server begins several for
// every edit.
package stack

// Grow makes a new goroutine's stack as large as the work of a room, a connection or the store needs, while nothing lies there
// yet. The runtime would do so as well, but in the midst of the work, more than once, and each time it has to move every frame
// and mend what points there: that takes longer than handling an edit. The collector takes back what turns out not to be used.
//
//go:noinline
func Grow() {
	if never != "" {
		var frame [6 << 10]byte // with it in the frame, the stack is grown on the way in; it is not touched
		never = string(frame[:copy(frame[:], never)])
	}
}

// never is empty, which the compiler does not know.
var never string
