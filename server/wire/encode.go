package wire

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A text that is not UTF-8 cannot come from a client; from elsewhere it becomes U+FFFD rather than a lost message.
var lenient = json.JoinOptions(momentEncoding, jsontext.AllowInvalidUTF8(true))

// Append appends the JSON of a body of the HTTP API to dst. It panics if the value cannot be encoded, which no value of a
// type of this package does.
func Append(dst []byte, body any) []byte {
	buffer := bytes.NewBuffer(dst)
	if err := json.MarshalWrite(buffer, body, lenient); err != nil {
		panic("wire: " + err.Error())
	}
	return buffer.Bytes()
}

// AppendInbound appends the JSON of a message from a client to dst.
func AppendInbound(dst []byte, m Inbound) []byte {
	switch m := m.(type) {
	case *Join:
		return appendFrame(dst, "join", m)
	case *Submit:
		return appendFrame(dst, "submit", m)
	case *ShowCursor:
		return appendFrame(dst, "cursor", m)
	case *Rename:
		return appendFrame(dst, "rename", m)
	case *Grant:
		return appendFrame(dst, "grant", m)
	case *Revoke:
		return appendFrame(dst, "revoke", m)
	case *NewLink:
		return appendFrame(dst, "link", m)
	case *Lock:
		return appendFrame(dst, "lock", m)
	case *Unlock:
		return appendFrame(dst, "unlock", m)
	case *Disconnect:
		return appendFrame(dst, "disconnect", m)
	case *Ping:
		return appendFrame(dst, "ping", m)
	}
	panic("wire: a message of no type")
}

// AppendOutbound appends the JSON of a message from a server to dst. For what is sent to many, and for content that is
// encoded already, see AppendRevisions and AppendWelcome.
func AppendOutbound(dst []byte, m Outbound) []byte {
	switch m := m.(type) {
	case *Welcome:
		return appendFrame(dst, "welcome", m)
	case *Revisions:
		return appendFrame(dst, "revisions", m)
	case *Rejected:
		return appendFrame(dst, "rejected", m)
	case *Presences:
		return appendFrame(dst, "presence", m)
	case *Access:
		return appendFrame(dst, "access", m)
	case *DocumentChanged:
		return appendFrame(dst, "document", m)
	case *Done:
		return appendFrame(dst, "done", m)
	case *Error:
		return appendFrame(dst, "error", m)
	case *Notice:
		return appendFrame(dst, "notice", m)
	case *Pong:
		return appendFrame(dst, "pong", m)
	}
	panic("wire: a message of no type")
}

func appendFrame[M any](dst []byte, name string, m *M) []byte {
	return Append(dst, struct {
		Type string `json:"type"`
		Body *M     `json:",embed"`
	}{name, m})
}
