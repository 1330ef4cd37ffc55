package account

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/coscribe/coscribe/storage"
)

const (
	deviceFor   = 180 * 24 * time.Hour
	deviceNonce = 16
	deviceBytes = deviceNonce + sha256.Size
	deviceLen   = 64 // of its text
)

// Remember gives a browser the cookie by which it is known as a device of the user's when their account is under attack. It
// signs nobody in. Its seal is keyed by the hash of the password: no node needs a key of its own, and a new password ends all
// cookies made under the old one.
func (s *Service) Remember(w http.ResponseWriter, user storage.User) {
	if user.PasswordHash == "" {
		return
	}
	var nonce [deviceNonce]byte
	rand.Read(nonce[:])
	http.SetCookie(w, &http.Cookie{
		Name:     s.deviceCookie(),
		Value:    base64.RawURLEncoding.EncodeToString(append(nonce[:], s.seal(user, nonce[:])...)),
		Path:     "/",
		MaxAge:   int(deviceFor.Seconds()),
		Secure:   !s.config.Plain,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	})
}

// knows tells whether a device cookie was given to that user, who may be nobody.
func (s *Service) knows(user storage.User, cookie string) bool {
	made, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil || len(made) != deviceBytes {
		made = make([]byte, deviceBytes)
	}
	sealed := hmac.Equal(s.seal(user, made[:deviceNonce]), made[deviceNonce:])
	return sealed && user.PasswordHash != ""
}

func (s *Service) seal(user storage.User, nonce []byte) []byte {
	mac := hmac.New(sha256.New, []byte(cmp.Or(user.PasswordHash, s.nobody)))
	mac.Write([]byte("device\x00"))
	mac.Write(user.ID[:])
	mac.Write(nonce)
	return mac.Sum(nil)
}

func (s *Service) deviceCookie() string {
	if s.config.Plain {
		return "device"
	}
	return "__Host-device"
}
