package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/coscribe/coscribe/storage"
)

const (
	secretBytes = 32
	secretLen   = 43 // of its text
)

// newSecret returns 256 random bits as unpadded base64url.
func newSecret() string {
	var secret [secretBytes]byte
	rand.Read(secret[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// hashSecret is what is stored of a secret. It needs no salt: nobody has a list of likely secrets of 256 bits.
func hashSecret(secret string) storage.Hash { return sha256.Sum256([]byte(secret)) }
