package ot

import "unicode/utf8"

// Text is kept as UTF-8 and counted in UTF-16 code units, as JavaScript
// counts it. A string with as many units as bytes is ASCII, and everything
// about it is arithmetic.

// units returns the length of valid UTF-8 text in UTF-16 code units.
func units[T string | []byte](s T) int {
	n := len(s)
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b < 0x80:
		case b < 0xC0:
			n-- // a continuation byte
		case b >= 0xF0:
			n++ // outside the BMP: a surrogate pair
		}
	}
	return n
}

// byteAt returns where the n-th unit of s begins. If that is the middle of a
// surrogate pair, whole is false and at is where the pair begins.
func byteAt[T string | []byte](s T, n int) (at int, whole bool) {
	for n > 0 {
		switch b := s[at]; {
		case b < 0x80:
			at++
		case b < 0xE0:
			at += 2
		case b < 0xF0:
			at += 3
		case n == 1:
			return at, false
		default:
			at += 4
			n--
		}
		n--
	}
	return at, true
}

// cutText splits text of the given length at unit n. A cut through a
// surrogate pair leaves U+FFFD on both sides: lengths stay true and the text
// stays valid. Only a Delta that does not fit its document cuts there.
func cutText(s string, length, n int) (head, tail string) {
	if len(s) == length {
		return s[:n], s[n:]
	}
	at, whole := byteAt(s, n)
	if whole {
		return s[:at], s[at:]
	}
	const half = string(utf8.RuneError)
	return s[:at] + half, half + s[at+4:]
}
