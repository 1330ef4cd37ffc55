package ot

import (
	"math/bits"
	"unicode/utf8"
)

// Text is kept as UTF-8 and counted in UTF-16 code units, as JavaScript
// counts it. A string with as many units as bytes is ASCII, and everything
// about it is arithmetic.

// units returns the length of valid UTF-8 text in UTF-16 code units.
func units[T string | []byte](s T) int {
	n, i := 0, 0
	for ; i+8 <= len(s); i += 8 {
		n += unitsIn(eight(s[i : i+8]))
	}
	for ; i < len(s); i++ {
		n += unitsOf(s[i])
	}
	return n
}

// byteAt returns where the n-th unit of s begins. If that is the middle of a
// surrogate pair, whole is false and at is where the pair begins.
func byteAt[T string | []byte](s T, n int) (at int, whole bool) {
	for ; at+8 <= len(s); at += 8 {
		ahead := unitsIn(eight(s[at : at+8]))
		if ahead > n {
			break
		}
		n -= ahead
	}
	for ; at < len(s); at++ {
		u := unitsOf(s[at])
		if u > n {
			return at, n == 0
		}
		n -= u
	}
	return at, true
}

// A code point counts where it begins: continuation bytes are none, and four
// bytes, which is outside the BMP, are a surrogate pair.

func unitsOf(b byte) int {
	switch {
	case b < 0x80:
		return 1
	case b < 0xC0:
		return 0
	case b < 0xF0:
		return 1
	}
	return 2
}

// unitsIn is unitsOf for eight bytes at once.
func unitsIn(w uint64) int {
	const tops = 0x8080808080808080
	continuing := w &^ (w << 1) & tops
	four := w & (w << 1) & (w << 2) & (w << 3) & tops
	return 8 - bits.OnesCount64(continuing) + bits.OnesCount64(four)
}

func eight[T string | []byte](s T) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
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
