package storage_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// row is an audit row with every field its own.
func row() storage.Audited {
	return storage.Audited{
		Chain: id.Doc{1}, N: 2, At: 3, Actor: id.User{4}, Credential: storage.Credential{Kind: storage.ByToken, ID: id.Credential{5}},
		OnBehalf: id.User{6}, Action: storage.AuditGrant, Target: "everyone", Before: `{"role":"viewer"}`, After: `{"role":"editor"}`,
		Reason: "vacation 🏖", From: "192.0.2.1", Request: "r",
	}
}

// What is hashed is for ever: chains that stand must be verified by every later version.
func TestAuditHashStays(t *testing.T) {
	const (
		canonical = "01" +
			"00000010" + "01000000000000000000000000000000" +
			"00000008" + "0000000000000002" +
			"00000008" + "0000000000000003" +
			"00000010" + "04000000000000000000000000000000" +
			"00000005" + "746f6b656e" +
			"00000010" + "05000000000000000000000000000000" +
			"00000010" + "06000000000000000000000000000000" +
			"0000000c" + "6163636573732e6772616e74" +
			"00000008" + "65766572796f6e65" +
			"00000011" + "7b22726f6c65223a22766965776572227d" +
			"00000011" + "7b22726f6c65223a22656469746f72227d" +
			"0000000d" + "7661636174696f6e20f09f8f96" +
			"00000009" + "3139322e302e322e31" +
			"00000001" + "72"
		sum = "0bf8b4ed8580fbeaee68b851a11abaa45edc4b6a175fb38b393dab13ae784a64"
	)
	r := row()
	if got := hex.EncodeToString(r.AppendCanonical(nil)); got != canonical {
		t.Errorf("canonical bytes are\n%s, want\n%s", got, canonical)
	}
	got := r.Sum(storage.Hash{7})
	if hex.EncodeToString(got[:]) != sum {
		t.Errorf("hash is %x, want %s", got, sum)
	}
}

// Two rows that differ anywhere, if only in where one text ends and the next begins, have other bytes.
func TestAuditHashCoversEveryField(t *testing.T) {
	original := row()
	want := original.AppendCanonical(nil)
	differs := func(name string, changed storage.Audited) {
		t.Helper()
		if bytes.Equal(changed.AppendCanonical(nil), want) {
			t.Errorf("a change of %s is not seen", name)
		}
	}
	fields := reflect.TypeFor[storage.Audited]()
	for i := range fields.NumField() {
		changed := row()
		switch field := reflect.ValueOf(&changed).Elem().Field(i); {
		case fields.Field(i).Name == "Hash":
			continue
		case fields.Field(i).Name == "Credential":
			changed.Credential.ID[0]++
			differs("Credential.ID", changed)
			changed = row()
			changed.Credential.Kind = storage.BySession
		case field.Kind() == reflect.Int64:
			field.SetInt(field.Int() + 1)
		case field.Kind() == reflect.String:
			field.SetString(field.String() + "x")
		case field.Kind() == reflect.Array:
			field.Index(15).SetUint(1)
		default:
			t.Fatalf("what of %s?", fields.Field(i).Name)
		}
		differs(fields.Field(i).Name, changed)
	}
	shifted := row()
	shifted.Action, shifted.Target = shifted.Action+"e", shifted.Target[1:]
	differs("the end of Action", shifted)
	if original.Sum(storage.Hash{1}) == original.Sum(storage.Hash{2}) {
		t.Error("the hash before is not covered")
	}
}

func TestNotesAreCutToWhatIsKept(t *testing.T) {
	note := storage.Note{
		From: strings.Repeat("1", 100), Reason: strings.Repeat("🐙", 200) + "\x00", Request: "a\x00b\xffc", OnBehalf: id.User{1},
	}.Clean()
	if len(note.From) != storage.MaxFromBytes || len(note.Reason) > storage.MaxReasonBytes || !utf8.ValidString(note.Reason) || note.Request != "abc" {
		t.Errorf("got %+v", note)
	}
	if note.OnBehalf != (id.User{1}) {
		t.Error("who it was for is gone")
	}
	fits := storage.Note{From: "192.0.2.1", Reason: "wegen Müller", Request: "r"}
	if got := fits.Clean(); got != fits {
		t.Errorf("got %+v, want %+v", got, fits)
	}
}

func TestPolicyAdmitsDomains(t *testing.T) {
	policy := storage.Policy{SignUpDomains: []string{"example.org", "example.com"}}
	for address, want := range map[string]bool{
		"a@example.org": true, "A@EXAMPLE.com": true, "a@sub.example.org": false, "a@example.org.evil": false, "a@b@example.org": false, "example.org": false, "": false,
	} {
		if got := policy.Admits(address); got != want {
			t.Errorf("%q: %t, want %t", address, got, want)
		}
	}
	if !(storage.Policy{}).Admits("anybody@anywhere") {
		t.Error("no domains must admit all")
	}
}
