package ot

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Codes of an Error. They go over the wire and never change.
const (
	CodeBadDelta   = "bad_delta"    // not a Delta: malformed JSON, text or structure
	CodeNotAllowed = "not_allowed"  // a Delta, but the schema refuses what it holds
	CodeTooLarge   = "too_large"    // more than a limit allows
	CodeDoesNotFit = "does_not_fit" // a Delta, but not for this document
)

// Error is why a Delta was refused. Every error of this package is one.
type Error struct {
	Code      string // one of the Code constants
	Component int    // index of the component at fault, -1 if no single one is
	Pointer   string // JSON pointer to the fault, such as /ops/3/attributes/link
	Message   string // for people; never quotes more than a few bytes of the input
}

func (e *Error) Error() string {
	if e.Pointer == "" {
		return "ot: " + e.Message
	}
	return "ot: " + e.Pointer + ": " + e.Message
}

// refuse makes an Error about one component. The parts lead from the
// component to the fault.
func refuse(code string, component int, parts []string, format string, args ...any) *Error {
	e := &Error{Code: code, Component: component, Message: fmt.Sprintf(format, args...)}
	if component >= 0 {
		e.Pointer = "/ops/" + strconv.Itoa(component)
	}
	for _, part := range parts {
		e.Pointer += "/" + pointerPart(part)
	}
	return e
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointerPart escapes a key for a JSON pointer. Keys come from strangers, so
// a long one is cut.
func pointerPart(key string) string {
	const longest = 40
	if len(key) > longest {
		end := longest
		for !utf8.RuneStart(key[end]) {
			end--
		}
		key = key[:end] + "…"
	}
	return pointerEscapes.Replace(key)
}
