package account

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Passwords that stand in every list, and what people make of them when they are asked for a capital, a digit and a sign.
func TestGuessable(t *testing.T) {
	personal := personalWords("Ada Lovelace", "ada.king@analytical.example", "Coscribe", "docs.engine.example")
	for _, password := range []string{
		"password", "PASSWORD", "Passw0rd!", "P@$$w0rd2026", "12345678", "1234567890123456", "87654321", "qwertyuiop", "Qwertz12",
		"1q2w3e4r", "zaq12wsx", "aaaaaaaa", "abababab", "abcabcabcabc", "iloveyou", "iloveyou!!", "Summer2026!", "sunshine1", "letmein1",
		"trustno1", "Dragon-1999", "monkey 123", "dragon monkey", "11111111111111111111", "20000101", "01011990", "passwordpassword",
		"йцукенгш", "motdepasse", "pa55word", "111222333",
		"adalovelace", "Lovelace1815", "ada.king@analytical.example", "analytical!1", "coscribe", "Coscribe2026", "engine.engine", "AdaAdaAda",
	} {
		if !guessable(password, personal...) {
			t.Errorf("%q passes", password)
		}
	}
	for _, password := range []string{
		"correct horse", "battery staple", "a long enough phrase", "xK3$vQ9z", "8f2kq0vm", "lo que el viento", "ein langer Satz",
		"七つの海を渡る風", "5824 9176 3308 4471", "tr0ub4dor&3xyz", "my cat likes 3 mice",
	} {
		if guessable(password, personal...) {
			t.Errorf("%q is refused", password)
		}
	}
	if guessable("Lovelace1815") && !guessable("Lovelace1815", "lovelace") {
		t.Error("a name counts for others than its bearer")
	}
}

// Capitals are no choice, a repetition is one, and parts that can each be made of some choices can be made of them together.
func TestChoicesLaws(t *testing.T) {
	texts := rapid.StringMatching(`[a-z0-9!@$ é]{1,12}|(pass|love|dragon|123|qwe|a){1,5}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		of := func(text string) int { return choices(text, nil) }
		switch {
		case of(a) != of(strings.ToUpper(a)):
			t.Fatalf("%q and its capitals differ", a)
		case of(a) < 1 || of(a) > len([]rune(a)):
			t.Fatalf("%q is made of %d choices", a, of(a))
		case of(a+a) > of(a)+1:
			t.Fatalf("%q takes %d, and twice %d", a, of(a), of(a+a))
		case of(a+b) > of(a)+of(b):
			t.Fatalf("%q takes %d, %q %d, and both together %d", a, of(a), b, of(b), of(a+b))
		}
	})
}

// What a password manager makes passes.
func TestRandomPasswordsPass(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 2000 {
		password := make([]byte, 12)
		for i := range password {
			password[i] = letters[rand.IntN(len(letters))]
		}
		if guessable(string(password)) {
			t.Errorf("%s is refused", password)
		}
	}
}

func BenchmarkGuessable(b *testing.B) {
	text := strings.Repeat("abcd1234", 32) // as long as they may be
	for b.Loop() {
		guessable(text)
	}
}
