package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

// The longest texts, in code points.
const (
	maxTitle    = 200
	maxName     = 80
	maxNote     = 500
	minPassword = 8
	maxPassword = 256
)

// register teaches v the rules that are ours.
func register(v *validator.Validate) {
	for tag, holds := range map[string]func(validator.FieldLevel) bool{
		"title":     func(f validator.FieldLevel) bool { return isLine(f.Field().String(), maxTitle) },
		"name":      func(f validator.FieldLevel) bool { return isLine(f.Field().String(), maxName) },
		"note":      func(f validator.FieldLevel) bool { return isNote(f.Field().String(), maxNote) },
		"password":  func(f validator.FieldLevel) bool { return isPassword(f.Field().String()) },
		"plain":     func(f validator.FieldLevel) bool { return wire.IsPlainAddress(f.Field().String()) },
		"grantable": func(f validator.FieldLevel) bool { return authz.Role(f.Field().Uint()).Grantable() },
	} {
		if err := v.RegisterValidation(tag, holds, true); err != nil {
			panic("schema: " + err.Error())
		}
	}
	v.RegisterStructValidation(numbered, wire.WriteOps{})
}

// isLine tells whether text is something to read in one line: something of it shows, it is no longer than longest, and it is
// without characters that move or hide what stands beside it.
func isLine(text string, longest int) bool {
	return strings.ContainsFunc(text, shows) && utf8.RuneCountInString(text) <= longest && !strings.ContainsFunc(text, foul)
}

// isNote tells whether text is something to read in a few lines, or nothing.
func isNote(text string, longest int) bool {
	return utf8.RuneCountInString(text) <= longest && !strings.ContainsFunc(text, func(r rune) bool { return foul(r) && r != '\n' && r != '\t' })
}

// foul are the characters that no text has which people write for one another, about documents: control characters, of which a
// terminal takes some for commands, line separators, the marks that turn the direction of writing for what follows, and what means
// nothing: private and unassigned ones.
func foul(r rune) bool {
	const mark = '\u200e' // for left to right; the next one is for right to left
	if unicode.Is(unicode.Bidi_Control, r) {
		return r != mark && r != mark+1
	}
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs, unicode.Cf) && !picture(r)
}

// picture tells whether a character is, or will be, an emoji: there are new ones each year.
func picture(r rune) bool { return r >= 0x1f000 && r <= 0x1faff }

// shows tells whether a character shows by itself. Not so spaces, control and format characters, marks upon others, and the
// few letters and symbols that are blank.
func shows(r rune) bool {
	const blankBraille = '\u2800'
	return r != blankBraille && !unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.M, unicode.Other_Default_Ignorable_Code_Point)
}

func isPassword(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= minPassword && n <= maxPassword
}

// maxSeq is the highest number of an edit: the last one that JavaScript counts to.
const maxSeq = 1<<53 - 1

// numbered: an edit has an id and an id has an edit, and the last one's number is a number still.
func numbered(level validator.StructLevel) {
	body := level.Current().Interface().(wire.WriteOps)
	if len(body.IDs) != len(body.Ops) {
		level.ReportError(body.IDs, "ids", "IDs", "same", "")
	}
	if body.Seq > maxSeq-int64(len(body.Ops))+1 {
		level.ReportError(body.Seq, "seq", "Seq", "room", "")
	}
}

// sentence says what a value must be.
func sentence(fault validator.FieldError) string {
	switch fault.Tag() {
	case "required":
		return "is missing"
	case "min":
		return "must be at least " + fault.Param()
	case "max":
		return "must be at most " + fault.Param()
	case "len":
		return "must be " + fault.Param() + " characters long"
	case "oneof":
		return "must be one of: " + fault.Param()
	case "email", "plain":
		return "is not an e-mail address"
	case "printascii":
		return "may hold printable ASCII only"
	case "title":
		return "must be one line of 1 to 200 characters"
	case "name":
		return "must be one line of 1 to 80 characters"
	case "note":
		return "must be at most 500 characters, without control characters"
	case "password":
		return "must be 8 to 256 characters long"
	case "grantable":
		return "must be viewer, commenter, editor or admin"
	case "excluded_with":
		return "cannot stand beside the other end"
	case "room":
		return "is too high for as many ops"
	case "same":
		return "must be as many as there are ops"
	}
	return "does not match the schema"
}
