package wire

// The messages by the names that stand in their member "type". AppendInbound and AppendOutbound have the same names; a
// test holds both against each other.
var (
	inboundByName = map[string]kind[Inbound]{
		"join":       {inbound[Join]},
		"submit":     {func(data []byte) (Inbound, error) { return orNil(decodeSubmit(data)) }},
		"cursor":     {inbound[ShowCursor]},
		"rename":     {inbound[Rename]},
		"grant":      {inbound[Grant]},
		"revoke":     {inbound[Revoke]},
		"link":       {inbound[NewLink]},
		"lock":       {inbound[Lock]},
		"unlock":     {inbound[Unlock]},
		"disconnect": {inbound[Disconnect]},
		"ping":       {inbound[Ping]},
	}
	outboundByName = map[string]kind[Outbound]{
		"welcome":   {outbound[Welcome]},
		"revisions": {outbound[Revisions]},
		"rejected":  {outbound[Rejected]},
		"presence":  {outbound[Presences]},
		"access":    {outbound[Access]},
		"document":  {outbound[DocumentChanged]},
		"done":      {outbound[Done]},
		"error":     {outbound[Error]},
		"notice":    {outbound[Notice]},
		"pong":      {outbound[Pong]},
	}
)

type kind[Message any] struct {
	decode func([]byte) (Message, error)
}

func inbound[M any, P interface {
	*M
	Inbound
}](data []byte) (Inbound, error) {
	m, err := decodeInbound[M](data)
	if err != nil {
		return nil, err
	}
	return P(m), nil
}

func outbound[M any, P interface {
	*M
	Outbound
}](data []byte) (Outbound, error) {
	m, err := decodeOutbound[M](data)
	if err != nil {
		return nil, err
	}
	return P(m), nil
}

// orNil keeps a nil *Submit from becoming a message.
func orNil(m *Submit, err error) (Inbound, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
