package ot

import "testing"

// Eight bytes at once are taken for plain exactly if each of them is, but for
// what stands behind a byte that is not.
func TestIsPlainKnowsEveryByteInEveryPlace(t *testing.T) {
	for place := range 8 {
		for b := range 256 {
			text := []byte("abcdefgh")
			text[place] = byte(b)
			want := b >= 0x20 && b < 0x80 && b != '"' && b != '\\'
			if got := isPlain(eight(text)); got != want {
				t.Errorf("byte %#x at place %d: %v, want %v", b, place, got, want)
			}
			// A second one elsewhere never hides the first.
			for other := range 8 {
				if both := text[other]; other != place && !want {
					text[other] = '!' // one above the quote, where a borrow ends
					if isPlain(eight(text)) {
						t.Errorf("byte %#x at place %d is hidden by one at %d", b, place, other)
					}
					text[other] = both
				}
			}
		}
	}
}
