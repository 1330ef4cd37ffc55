package ot

import (
	"math"
	"strconv"
)

// Numbers are read and written as JavaScript does it.

// digits reads a plain positive integer of at most 15 digits, if that is
// what comes next.
func (s *scanner) digits() (n int, ok bool) {
	first := s.peek()
	if first < '1' || first > '9' {
		return 0, false
	}
	i := s.at
	for ; i < len(s.in) && '0' <= s.in[i] && s.in[i] <= '9'; i++ {
		if i-s.at == 15 {
			return 0, false
		}
		n = n*10 + int(s.in[i]-'0')
	}
	if i < len(s.in) && (s.in[i] == '.' || s.in[i]|0x20 == 'e') {
		return 0, false
	}
	s.at = i
	return n, true
}

// number reads any JSON number as JavaScript would.
func (s *scanner) number() (float64, error) {
	s.peek()
	start := s.at
	if !s.numberShape() {
		return 0, fault{text: "is not a number"}
	}
	value, err := strconv.ParseFloat(string(s.in[start:s.at]), 64)
	if err != nil {
		return 0, fault{text: "is a number out of range"}
	}
	return value, nil
}

// numberShape steps over a number by JSON's grammar.
func (s *scanner) numberShape() bool {
	s.one("-")
	if s.at < len(s.in) && s.in[s.at] == '0' {
		s.at++
	} else if s.run() == 0 {
		return false
	}
	if s.one(".") && s.run() == 0 {
		return false
	}
	if s.one("eE") {
		s.one("+-")
		return s.run() > 0
	}
	return true
}

// one steps over one byte if it is any of set.
func (s *scanner) one(set string) bool {
	if s.at < len(s.in) {
		for i := 0; i < len(set); i++ {
			if s.in[s.at] == set[i] {
				s.at++
				return true
			}
		}
	}
	return false
}

// run steps over digits and returns how many there were.
func (s *scanner) run() int {
	start := s.at
	for s.at < len(s.in) && '0' <= s.in[s.at] && s.in[s.at] <= '9' {
		s.at++
	}
	return s.at - start
}

// appendNumber writes a number as JSON.stringify does.
func appendNumber(dst []byte, n float64) []byte {
	if n == 0 {
		return append(dst, '0') // also for -0
	}
	if size := math.Abs(n); size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, n, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, n, 'e', -1, 64)
	if end := len(dst); dst[end-2] == '0' && (dst[end-3] == '-' || dst[end-3] == '+') {
		dst[end-2] = dst[end-1] // e-07 is e-7
		dst = dst[:end-1]
	}
	return dst
}
