package wire

// CloseCode ends a connection. After 4000–4499 come back, with a new ticket; after 4500–4999 do not.
type CloseCode uint16

// The close codes. The standard ones are 1002 protocol error, 1003 binary frame, 1007 bad UTF-8, 1009 frame too big.
const (
	CloseNormal        CloseCode = 1000
	CloseGoingAway     CloseCode = 1001
	CloseProtocol      CloseCode = 1002
	CloseUnsupported   CloseCode = 1003
	CloseBadUTF8       CloseCode = 1007
	CloseFrameTooBig   CloseCode = 1009
	CloseInternal      CloseCode = 1011
	CloseDraining      CloseCode = 4001
	CloseTicket        CloseCode = 4005
	CloseNoPong        CloseCode = 4008
	CloseSlowConsumer  CloseCode = 4009
	CloseResync        CloseCode = 4010
	CloseTooLarge      CloseCode = 4013
	CloseRateLimited   CloseCode = 4029
	CloseTooMany       CloseCode = 4030
	CloseSuperseded    CloseCode = 4031 // the same client id joined again elsewhere
	CloseBadMessage    CloseCode = 4500
	CloseSignedOut     CloseCode = 4501
	CloseAccessRevoked CloseCode = 4503
	CloseNoDocument    CloseCode = 4504
	CloseDisconnected  CloseCode = 4505 // by somebody who may: coming back is for the person to decide
	CloseSeqReuse      CloseCode = 4509
)

var closeReasons = map[CloseCode]string{
	CloseNormal: "bye", CloseGoingAway: "going_away", CloseProtocol: "protocol_error", CloseUnsupported: "text_only",
	CloseBadUTF8: "bad_utf8", CloseFrameTooBig: "frame_too_big", CloseInternal: "internal", CloseDraining: "draining",
	CloseTicket: "ticket_refused", CloseNoPong: "no_pong", CloseSlowConsumer: "slow_consumer", CloseResync: "resync",
	CloseTooLarge: "too_large", CloseRateLimited: "rate_limited", CloseTooMany: "too_many_connections",
	CloseSuperseded: "superseded", CloseBadMessage: "bad_message", CloseSignedOut: "signed_out",
	CloseAccessRevoked: "access_revoked", CloseNoDocument: "no_document", CloseDisconnected: "disconnected", CloseSeqReuse: "seq_reuse",
}

// Reason is the fixed word sent with the code: never the text of an error.
func (c CloseCode) Reason() string { return closeReasons[c] }

// CloseFor is the code that a fixed word is the reason of, 0 for none.
func CloseFor(reason string) CloseCode {
	for code, known := range closeReasons {
		if known == reason {
			return code
		}
	}
	return 0
}

// ComeBack tells whether a client should reconnect after c.
func (c CloseCode) ComeBack() bool { return c < 4500 && c != CloseSuperseded }
