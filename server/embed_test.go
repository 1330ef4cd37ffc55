package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestPageOfOnesOwnOpensADocument does what client/web/examples/embed.ts needs: a server of somebody else's gets a ticket for its
// page, which then connects from its own origin; from any other the ticket, and the connection, are worth nothing.
func TestPageOfOnesOwnOpensADocument(t *testing.T) {
	const page, elsewhere = "https://app.example.org", "https://evil.example"
	p := startProcess(t, "--data", t.TempDir(), "--allow-origin", page)
	person := withCookies(t, p.url)
	_, secret, _ := strings.Cut(p.setup, "#")
	if _, err := person.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: "ana@example.com", Name: "Ana Diaz", Password: password}); err != nil {
		t.Fatal(err)
	}
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "app", Scopes: []string{"write"}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := person.CreateDocument(t.Context(), "embedded")
	if err != nil {
		t.Fatal(err)
	}
	if welcome, _ := joinFrom(t, p.url, doc.ID, ticketFor(t, p.url, doc.ID, token.Secret, page), page); !welcome {
		t.Error("the page that is allowed is not let in")
	}
	if _, handshake := joinFrom(t, p.url, doc.ID, ticketFor(t, p.url, doc.ID, token.Secret, elsewhere), elsewhere); handshake {
		t.Error("a page that is not allowed is let in")
	}
	if welcome, _ := joinFrom(t, p.url, doc.ID, ticketFor(t, p.url, doc.ID, token.Secret, elsewhere), page); welcome {
		t.Error("another page's ticket lets in")
	}
}

// ticketFor asks as the server of a page does.
func ticketFor(t *testing.T, url string, doc id.Doc, token, page string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/documents/"+doc.String()+"/tickets", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + token}, "Origin": {page}, "Sec-Fetch-Site": {"none"}}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var ticket wire.Ticket
	if err := json.UnmarshalRead(response.Body, &ticket); err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("a ticket for %s: %s %v", page, response.Status, err)
	}
	return ticket.Ticket
}

// joinFrom connects as a page of that origin, and tells whether it was connected and then welcome.
func joinFrom(t *testing.T, url string, doc id.Doc, ticket, page string) (welcome, handshake bool) {
	t.Helper()
	first := &firstMessage{came: make(chan string, 1)}
	conn, _, err := gws.NewClient(first, &gws.ClientOption{
		Addr:          strings.Replace(url, "http", "ws", 1) + "/v1/documents/" + doc.String() + "/socket",
		RequestHeader: http.Header{"Sec-Websocket-Protocol": {wire.Subprotocol}, "Origin": {page}},
	})
	if err != nil {
		return false, false
	}
	defer conn.NetConn().Close()
	join := wire.AppendInbound(nil, &wire.Join{Ticket: ticket, Client: id.New[id.Client]()})
	if err := conn.WriteMessage(gws.OpcodeText, join); err != nil {
		t.Fatal(err)
	}
	go conn.ReadLoop()
	return strings.Contains(<-first.came, `"welcome"`), true
}

type firstMessage struct {
	gws.BuiltinEventHandler
	came chan string
}

func (f *firstMessage) OnMessage(_ *gws.Conn, message *gws.Message) { f.tell(message.Data.String()) }
func (f *firstMessage) OnClose(_ *gws.Conn, err error)              { f.tell(err.Error()) }

func (f *firstMessage) tell(what string) {
	select {
	case f.came <- what:
	default:
	}
}
