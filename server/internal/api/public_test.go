package api

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

// Who edits is told that anybody may come in, and the owner whom they offer the ownership to: nobody else hears of either.
func TestDocumentTellsItsEditorsThatItIsPublic(t *testing.T) {
	h := newHouse(t)
	ada, kim, lou := h.user("ada"), h.user("kim"), h.user("lou")
	doc := ada.document("x").ID
	path := "/v1/documents/" + doc.String()
	h.grant(doc, kim.user.ID, authz.Editor, 0)
	h.grant(doc, lou.user.ID, authz.Viewer, 0)
	show := func(c *client) wire.Document { return into[wire.Document](c.do("GET", path, nil).want(200)) }
	told := func(want, wantViewer bool) {
		t.Helper()
		if owner, editor, viewer := show(ada).Public, show(kim).Public, show(lou).Public; owner != want || editor != want || viewer != wantViewer {
			t.Errorf("owner, editor, viewer are told %v, %v, %v; want %v, %v, %v", owner, editor, viewer, want, want, wantViewer)
		}
	}
	told(false, false)
	ada.do("PUT", path+"/grants/everyone", map[string]any{"role": "viewer"}).want(200)
	told(false, false)
	link := into[wire.Link](ada.do("POST", path+"/links", wire.PutLink{Name: "Client", Role: authz.Viewer}).want(201))
	told(true, false)
	ada.do("DELETE", path+"/links/"+link.ID.String(), nil).want(204)
	told(false, false)
	ada.do("PUT", path+"/grants/anyone", map[string]any{"role": "viewer"}).want(200)
	told(true, false)

	ada.do("PUT", path+"/offer", wire.Offer{To: kim.user.ID}).want(204)
	if owner, offered, other := show(ada), show(kim), show(lou); owner.OfferedTo != kim.user.ID || owner.Offered ||
		!offered.Offered || !offered.OfferedTo.IsZero() || other.Offered || !other.OfferedTo.IsZero() {
		t.Errorf("the offer is told as %+v, %+v, %+v", owner, offered, other)
	}
}
