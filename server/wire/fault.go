package wire

// Fault is why a message or a body was refused before anything was done with it. It never holds text of its sender:
// Pointer names members of our schema and indexes only, and Message is one of our own sentences.
type Fault struct {
	Code    Code
	Pointer string // a JSON pointer (RFC 6901) to the fault, as deep as the schema goes; empty for the whole
	Message string

	// Seq is set if the fault is the Delta of a Submit that is otherwise well formed: the answer is then Rejected, not Error.
	Seq int64
}

func (f *Fault) Error() string {
	if f.Pointer == "" {
		return string(f.Code) + ": " + f.Message
	}
	return string(f.Code) + ": " + f.Pointer + ": " + f.Message
}

func invalid(pointer, message string) *Fault {
	return &Fault{Code: CodeInvalid, Pointer: pointer, Message: message}
}

// within moves a fault one step down from a member or an index.
func (f *Fault) within(step string) *Fault {
	f.Pointer = "/" + step + f.Pointer
	return f
}
