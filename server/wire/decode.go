package wire

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// The JSON library refuses repeated and wrong-case members, trailing data, invalid UTF-8 and lone surrogates by itself.
var (
	strict   = json.JoinOptions(json.RejectUnknownMembers(true), momentDecoding)
	tolerant = momentDecoding
)

// Decode reads the body of an HTTP request into the struct that body points to, strictly. Its error is a *Fault. What the
// `validate` tags ask is for the caller to check.
func Decode[Body any](data []byte, body *Body) error {
	s := shapeOf(reflect.TypeFor[Body]())
	if fault := inspect(data, s, MaxDepth); fault != nil {
		return fault
	}
	if err := json.Unmarshal(data, body, strict); err != nil {
		return s.fault(err)
	}
	return nil
}

// DecodeInbound reads a message from a client, strictly. Its error is a *Fault. What the `validate` tags ask is for the
// caller to check.
func DecodeInbound(data []byte) (Inbound, error) {
	if typed, ok := plainSubmit(data); ok {
		return typed, nil
	}
	if kind, ok := inboundByName[typeOf(data)]; ok {
		return kind.decode(data)
	}
	return nil, unknownType(data)
}

// DecodeOutbound reads a message from a server. Members that this version does not know are passed over; a message of a
// type that it does not know is a *Fault with CodeUnsupported, to be passed over too.
func DecodeOutbound(data []byte) (Outbound, error) {
	if kind, ok := outboundByName[typeOf(data)]; ok {
		return kind.decode(data)
	}
	return nil, unknownType(data)
}

// outboundDepth leaves room for what a Submit holds to come back in a list, and for members that are yet to be invented.
const outboundDepth = 2 * MaxDepth

// frame is a message with its type, as it stands on the wire.
type frame[M any] struct {
	Type string `json:"type"`
	Body M      `json:",embed"`
}

func decodeInbound[M any](data []byte) (*M, error) {
	s := shapeOf(reflect.TypeFor[frame[M]]())
	if fault := inspect(data, s, MaxDepth); fault != nil {
		return nil, fault
	}
	var read frame[M]
	if err := json.Unmarshal(data, &read, strict); err != nil {
		return nil, s.fault(err)
	}
	return &read.Body, nil
}

func decodeOutbound[M any](data []byte) (*M, error) {
	s := shapeOf(reflect.TypeFor[frame[M]]())
	if fault := inspect(data, s, outboundDepth); fault != nil {
		return nil, fault
	}
	var read frame[M]
	if err := json.Unmarshal(data, &read, tolerant); err != nil {
		return nil, s.fault(err)
	}
	return &read.Body, nil
}

// decodeSubmit tells a Submit whose Delta alone is at fault from one that is no Submit at all.
func decodeSubmit(data []byte) (*Submit, error) {
	read, err := decodeInbound[Submit](data)
	if fault, ok := err.(*Fault); ok && strings.HasPrefix(fault.Pointer, "/delta") {
		type submit struct {
			Seq   int64          `json:"seq"`
			ID    id.Edit        `json:"id"`
			Base  ot.Rev         `json:"base"`
			Delta jsontext.Value `json:"delta"`
			Kind  string         `json:"kind,omitzero"`
		}
		if around, err := decodeInbound[submit](data); err == nil && around.Seq > 0 {
			fault.Seq = around.Seq
		}
	}
	return read, err
}

// typeOf returns the value of the outermost member "type", or "". It looks at no more than it must.
func typeOf(data []byte) string {
	w := inspection{in: data, deepest: outboundDepth}
	if !w.take('{') {
		return ""
	}
	for w.next() == '"' {
		name, fault := w.text()
		if fault != nil || !w.take(':') {
			return ""
		}
		if string(name) == "type" {
			if w.next() != '"' {
				return ""
			}
			value, _ := w.text()
			return string(value)
		}
		if w.value(nil, 2) != nil || !w.separator() {
			return ""
		}
	}
	return ""
}

// unknownType tells a message of no known type from what is no message.
func unknownType(data []byte) *Fault {
	if !jsontext.Value(data).IsValid() {
		return notJSON()
	}
	return &Fault{Code: CodeUnsupported, Pointer: "/type", Message: "is missing or names no message of " + Subprotocol}
}

// fault makes a Fault of the library's error, whose own text and pointer may quote the sender.
func (s *shape) fault(err error) *Fault {
	var delta *ot.Error
	if errors.As(err, &delta) {
		return &Fault{Code: Code(delta.Code), Pointer: s.known(err) + componentOf(delta), Message: delta.Message}
	}
	if errors.Is(err, ErrMoment) {
		return invalid(s.known(err), ErrMoment.Error())
	}
	if errors.Is(err, json.ErrUnknownName) {
		return invalid(s.known(err), "has a member that the schema does not name")
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return invalid(s.known(err), "stands twice")
	}
	if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		fault := notJSON()
		fault.Pointer = s.known(err)
		return fault
	}
	return invalid(s.known(err), "does not match the schema")
}

// componentOf is how deep an ot.Error's pointer goes before it quotes an attribute's name.
func componentOf(err *ot.Error) string {
	if err.Component < 0 {
		return ""
	}
	return "/ops/" + strconv.Itoa(err.Component)
}

// known is the library's pointer, cut where it leaves the schema.
func (s *shape) known(err error) string {
	var pointer jsontext.Pointer
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer = semantic.JSONPointer
	} else if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer = syntactic.JSONPointer
	}
	known := ""
	for step := range pointer.Tokens() {
		switch {
		case s == nil:
			return known
		case s.members != nil:
			i := s.find(step)
			if i < 0 {
				return known
			}
			s = s.members[i].shape
		default:
			s = s.element
		}
		known += "/" + step
	}
	return known
}
