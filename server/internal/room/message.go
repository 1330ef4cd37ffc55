package room

import (
	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

func rejectedMessage(seq int64, why *Refusal) []byte {
	return wire.AppendOutbound(nil, &wire.Rejected{
		Seq: seq, Code: why.Code, Message: why.Message, Pointer: why.Pointer, Temporary: why.Code.Temporary(), Head: why.Head,
	})
}

func accessMessage(now authz.Standing, reason string, by author) []byte {
	message := wire.Access{Role: now.Role, Commands: commandNames(now), Reason: reason}
	if !by.user.IsZero() {
		message.By = &wire.Author{User: by.user, Name: by.name}
	}
	return wire.AppendOutbound(nil, &message)
}

func documentMessage(doc storage.Document) []byte {
	return wire.AppendOutbound(nil, &wire.DocumentChanged{Document: documentState(doc)})
}

func documentState(doc storage.Document) wire.DocumentState {
	return wire.DocumentState{ID: doc.ID, Title: doc.Title, Epoch: doc.Epoch, Locked: doc.Locked}
}

func commandNames(now authz.Standing) []string {
	names := []string{}
	for _, command := range now.Commands() {
		names = append(names, command.String())
	}
	return names
}

// welcome is the first message of a seat. The snapshot is shared by all who get it.
type welcome struct {
	message wire.Welcome // without the snapshot
	shot    *shot        // nil if the seat has the content already
}

func (w *welcome) appendTo(dst []byte) []byte {
	var snapshot []byte
	if w.shot != nil {
		snapshot = w.shot.encoded()
	}
	return wire.AppendWelcome(dst, &w.message, snapshot)
}
