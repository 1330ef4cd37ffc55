package ot

import "encoding/json"

// membersOf splits the canonical JSON of an object. The strings are parts of
// it wherever they can be.
func membersOf(object string) []member {
	members := make([]member, 0, 1+countCommas(object))
	for i := 1; i < len(object)-1; i++ { // past the brace or the comma
		from := i
		i = skipValue(object, i)
		key := unquote(object[from:i])
		i++ // the colon
		from = i
		i = skipValue(object, i)
		members = append(members, member{key: key, value: object[from:i]})
	}
	return members
}

// countCommas returns how many commas stand outside of nested values, which
// is one less than the members of an object.
func countCommas(object string) int {
	n := 0
	for i := 1; i < len(object)-1; {
		if object[i] == ',' {
			n++
		}
		if object[i] == ',' || object[i] == ':' {
			i++
		}
		i = skipValue(object, i)
	}
	return n
}

// skipValue returns where the value that begins at i ends.
func skipValue(json string, i int) int {
	for depth := 0; i < len(json); i++ {
		switch json[i] {
		case '"':
			for i++; json[i] != '"'; i++ {
				if json[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of what the value is in
			}
			depth--
		case ',', ':':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}

// unquote decodes a canonical JSON string.
func unquote(quoted string) string {
	s := scanner{in: []byte(quoted)}
	text, length, _ := s.str()
	if length == len(quoted)-2 {
		return quoted[1 : len(quoted)-1]
	}
	return string(text)
}

// decodeValue gives canonical JSON to a caller as encoding/json would.
func decodeValue(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if text[0] == '"' {
		return unquote(text)
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic("ot: a kept value is not JSON: " + err.Error())
	}
	return value
}
