package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes, read as 65536, 64KiB or 1MiB.
type size int

// byteUnits are those of a size, the largest first.
var byteUnits = []struct {
	name  string
	bytes size
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	number, unit := string(text), size(1)
	for _, u := range byteUnits {
		if before, found := strings.CutSuffix(number, u.name); found {
			number, unit = before, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < 0 || size(n) > (1<<40)/unit {
		return errors.New("give a number of bytes, as in 65536, 64KiB or 1MiB")
	}
	*s = size(n) * unit
	return nil
}

// String writes it in the largest unit that leaves no fraction.
func (s size) String() string {
	for _, u := range byteUnits[:len(byteUnits)-1] {
		if s >= u.bytes && s%u.bytes == 0 {
			return fmt.Sprintf("%d%s", s/u.bytes, u.name)
		}
	}
	return strconv.Itoa(int(s))
}
