package ot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

func TestSchemaAllowsWhatTheEditorWrites(t *testing.T) {
	s := ot.DefaultSchema()
	for _, attrs := range []ot.Attrs{
		{"bold": true}, {"italic": true, "underline": true, "strike": true, "code": true}, {"script": "sub"}, {"script": "super"},
		{"header": 1}, {"header": 6}, {"list": "ordered"}, {"list": "unchecked"}, {"indent": 0}, {"indent": 8}, {"align": "justify"},
		{"blockquote": true}, {"code-block": true}, {"code-block": "c++"}, {"direction": "rtl"},
		{"color": "#a0F"}, {"color": "#a0b1c2"}, {"background": "rgb(0, 12,255)"}, {"color": "rebeccapurple"},
		{"font": "serif"}, {"size": "huge"},
		{"link": "https://example.org/ä?q=1#x"}, {"link": "http://[::1]:8080/"}, {"link": "mailto:a@example.org"}, {"link": "https://example.org/@ada?q=a@b#@"}, {"link": "tel:+49-30"}, {"link": "HTTPS://EXAMPLE.ORG"},
	} {
		if err := s.Check(ot.New().Insert("x", attrs).MustDelta()); err != nil {
			t.Errorf("%v on text: %v", attrs, err)
		}
		removal := ot.Attrs{}
		for key := range attrs {
			removal[key] = nil
		}
		if err := s.Check(ot.New().Retain(1, removal).MustDelta()); err != nil {
			t.Errorf("removing %v: %v", attrs, err)
		}
	}
	for _, b := range []ot.Builder{ot.New().Embed("image", "https://example.org/a.png", nil), ot.New().Embed("divider", true, nil), ot.New().Delete(3)} {
		if err := s.Check(b.MustDelta()); err != nil {
			t.Error(err)
		}
	}
}

func TestSchemaRefusesTheRest(t *testing.T) {
	s := ot.DefaultSchema()
	for _, attrs := range []ot.Attrs{
		{"bold": false}, {"bold": 1}, {"bold": "true"}, {"bold": map[string]any{}}, {"Bold": true}, {"onclick": "x"}, {"style": "x"}, {"class": "x"}, {"": true},
		{"script": "alert"}, {"header": 0}, {"header": 7}, {"header": 1.5}, {"header": "1"}, {"header": true}, {"list": "x"}, {"list": []any{"ordered"}},
		{"indent": -1}, {"indent": 9}, {"align": "x"}, {"blockquote": "x"}, {"code-block": "<x>"}, {"code-block": ""}, {"code-block": "x y"}, {"code-block": strings.Repeat("a", 33)},
		{"color": "#ab"}, {"color": "#abcde"}, {"color": "#xyz"}, {"color": "red;x"}, {"color": "url(x)"}, {"color": "rgb(1,2)"}, {"color": "rgb(1,2,3"}, {"color": "rgb(1,2,9999)"}, {"color": "var(--x)"}, {"color": ""},
		{"font": `x";y`}, {"font": "Times New"}, {"size": "10px"}, {"size": 10},
		{"link": "javascript:alert(1)"}, {"link": "JaVaScRiPt:alert(1)"}, {"link": " javascript:alert(1)"}, {"link": "java\nscript:alert(1)"}, {"link": "\u0001javascript:alert(1)"},
		{"link": "data:text/html,x"}, {"link": "vbscript:x"}, {"link": "file:///etc/passwd"}, {"link": "blob:https://x/y"}, {"link": "//example.org"}, {"link": "/x"}, {"link": "x"}, {"link": ""},
		{"link": "https:"}, {"link": "https://"}, {"link": "https:/x"}, {"link": "https:x"}, {"link": "https://:80"}, {"link": "https:\\\\x"}, {"link": "https://x/\\y"}, {"link": "https://x y/"}, {"link": "https://x/\u202Ey"},
		{"link": `https://x/"onclick=`}, {"link": "https://x/<script>"}, {"link": "https://x:99999999999y/"}, {"link": "https://x/" + strings.Repeat("a", 2048)}, {"link": true}, {"link": "mailto:"}, {"link": "mailto://x"},
		{"link": "https://user:pw@example.org/"}, {"link": "https://user@example.org"}, {"link": "http://@example.org"}, {"link": "https://bank.example%40evil@example.org/"},
	} {
		wantRefusal(t, "attributes", s.Check(ot.New().Insert("x", attrs).MustDelta()), ot.CodeNotAllowed)
		if err := s.Check(ot.New().Insert("x", attrs).MustDelta()); err == nil {
			t.Errorf("%v is allowed on text", attrs)
		}
		if err := s.Check(ot.New().Retain(1, attrs).MustDelta()); err == nil {
			t.Errorf("%v is allowed on a retain", attrs)
		}
	}
	for _, b := range []ot.Builder{
		ot.New().Embed("video", "https://example.org", nil), ot.New().Embed("formula", "x", nil), ot.New().Embed("image", "http://example.org", nil),
		ot.New().Embed("image", "data:image/png;base64,x", nil), ot.New().Embed("image", "javascript:x", nil), ot.New().Embed("image", "https://user:pw@example.org/a.png", nil), ot.New().Embed("image", map[string]any{"src": "https://x"}, nil),
		ot.New().Embed("divider", false, nil), ot.New().Embed("divider", "x", nil), ot.New().Retain(1, ot.Attrs{"unknown": nil}),
	} {
		wantRefusal(t, b.MustDelta().String(), s.Check(b.MustDelta()), ot.CodeNotAllowed)
	}
	wantRefusal(t, "an empty edit", s.Check(ot.Delta{}), ot.CodeBadDelta)
}

func TestSchemaRefusalPointsAtTheAttribute(t *testing.T) {
	s := ot.DefaultSchema()
	err := s.Check(ot.New().Retain(3, nil).Insert("a", nil).Insert("b", ot.Attrs{"bold": true, "on/click": "x"}).MustDelta())
	var refusal *ot.Error
	if !errors.As(err, &refusal) || refusal.Pointer != "/ops/2/attributes/on~1click" || refusal.Component != 2 {
		t.Errorf("got %+v, want the pointer /ops/2/attributes/on~1click", refusal)
	}
}

func TestSchemaLimits(t *testing.T) {
	s := ot.DefaultSchema()
	s.MaxComponents, s.MaxInsertUnits, s.MaxDocumentUnits = 3, 4, 6
	three := ot.New().Retain(1, nil).Insert("😀😀", nil).Delete(1)
	if err := s.Check(three.MustDelta()); err != nil {
		t.Error(err)
	}
	wantRefusal(t, "four components", s.Check(ot.New().Retain(1, nil).Insert("a", nil).Delete(1).Retain(1, nil).Delete(1).MustDelta()), ot.CodeTooLarge)
	wantRefusal(t, "five units", s.Check(ot.New().Insert("😀😀a", nil).MustDelta()), ot.CodeTooLarge)
	if err := s.CheckContent(ot.New().Insert("12345\n", nil).MustDelta()); err != nil {
		t.Error(err)
	}
	wantRefusal(t, "seven units", s.CheckContent(ot.New().Insert("123456\n", nil).MustDelta()), ot.CodeTooLarge)
	wantRefusal(t, "no last newline", s.CheckContent(ot.New().Insert("12345", nil).MustDelta()), ot.CodeBadDelta)
	wantRefusal(t, "a font", s.CheckContent(ot.New().Insert("a\n", ot.Attrs{"face": "x"}).MustDelta()), ot.CodeNotAllowed)
}
