package wire

import "testing"

// An address shows all of what it is: no two that look the same where they are listed differ by what nobody sees.
func TestAddressesOfPrincipalsShow(t *testing.T) {
	for text, want := range map[string]bool{
		"ada@example.com": true, "jürgen@bücher.example": true, "=x@example.com": true,
		"": false, "ada": false, "@example.com": false, "ada@": false, "a@b@c": false, "a b@c": false, "a\x00@c": false, "a\xff@c": false,
		"ada\u200b@example.com": false, "ada@example\u202e.com": false, "\u2066ada@example.com": false, "ada\u00ad@example.com": false,
		"ada\u3164@example.com": false, "ada\u034f@example.com": false, "ada\u00a0@example.com": false, "ada\ufeff@example.com": false,
		"ada\n@example.com": false, "ada\u2028@example.com": false, "ada\U000e0041@example.com": false,
	} {
		var p Principal
		if err := p.UnmarshalText([]byte("email:" + text)); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
