package socket

import (
	"testing"
	"time"
)

// The number of the first moment of all means never: a grant that was to end then would last for ever.
func TestTheFirstMomentIsNotNever(t *testing.T) {
	first := time.Unix(0, 0)
	if micros(&first) == 0 {
		t.Error("it is")
	}
	if micros(nil) != 0 {
		t.Error("no end is none")
	}
}
