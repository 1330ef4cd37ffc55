package ot

import (
	"math"
	"net/url"
	"strings"
)

// OneOf allows the given strings.
func OneOf(words ...string) Rule {
	return func(value any) bool {
		text, ok := value.(string)
		if !ok {
			return false
		}
		for _, word := range words {
			if text == word {
				return true
			}
		}
		return false
	}
}

// Between allows whole numbers from low to high.
func Between(low, high int) Rule {
	return func(value any) bool {
		n, ok := value.(float64)
		return ok && n == math.Trunc(n) && n >= float64(low) && n <= float64(high)
	}
}

// URL allows absolute addresses with one of the given schemes, which are in
// lower case. http and https need a host, and take no user before it, who
// could be made to look like one. What a browser would drop or read otherwise
// than we do (white space, control characters, backslashes) is refused
// anywhere in the address.
func URL(schemes ...string) Rule {
	const longest = 2048
	isScheme := OneOf(schemes...)
	return func(value any) bool {
		text, ok := value.(string)
		if !ok || len(text) > longest || strings.ContainsFunc(text, unfitForURL) {
			return false
		}
		u, err := url.Parse(text)
		if err != nil || !isScheme(u.Scheme) {
			return false
		}
		if strings.HasPrefix(u.Scheme, "http") {
			return u.Host != "" && u.Hostname() != "" && u.User == nil
		}
		return u.Opaque != "" && u.Host == ""
	}
}

func unfitForURL(r rune) bool {
	return r <= ' ' || r == 0x7F || r == '\\' || r == '<' || r == '>' || r == '"' || r == '`' ||
		r >= 0x80 && r <= 0xA0 || r == 0xFEFF ||
		r >= 0x2000 && r <= 0x200F || r >= 0x2028 && r <= 0x202F || r >= 0x2066 && r <= 0x2069
}

func isTrue(value any) bool { return value == true }

// isWord allows names as fonts and programming languages have them.
func isWord(value any) bool {
	text, ok := value.(string)
	return ok && len(text) > 0 && len(text) <= 32 && strings.Trim(text, lowers+digits+"-+#") == ""
}

const (
	lowers = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
)

// isColor allows #rgb, #rgba, #rrggbb and #rrggbbaa, names, and rgb() with
// plain numbers.
func isColor(value any) bool {
	text, ok := value.(string)
	if !ok || len(text) == 0 || len(text) > 32 {
		return false
	}
	if text[0] == '#' {
		n := len(text) - 1
		return (n == 3 || n == 4 || n == 6 || n == 8) && strings.Trim(text[1:], digits+"abcdefABCDEF") == ""
	}
	if inside, ok := strings.CutPrefix(text, "rgb("); ok {
		inside, ok = strings.CutSuffix(inside, ")")
		return ok && isTriple(inside)
	}
	return strings.Trim(text, lowers) == ""
}

func isTriple(text string) bool {
	parts := strings.Split(text, ",")
	for _, part := range parts {
		part = strings.TrimPrefix(part, " ")
		if len(part) == 0 || len(part) > 3 || strings.Trim(part, digits) != "" {
			return false
		}
	}
	return len(parts) == 3
}
