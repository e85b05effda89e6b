package config

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// A key is 32 random bytes, written in base64url: nobody thinks one up, and the door
// takes nothing else for a key. That is what makes one round of SHA-256 enough: there
// is no dictionary of such keys to go through (ADR 0021).

// KeyBytes is how long a key is as it is written and sent.
const KeyBytes = 43

// keyScheme is what a key's hash begins with in the file.
const keyScheme = "sha256:"

// KeyHash is SHA-256 of an account's name, a zero byte and its key. The name is the
// salt: a line of the file is no use for another account.
type KeyHash [sha256.Size]byte

// String is the hash as the file has it.
func (h KeyHash) String() string { return keyScheme + hex.EncodeToString(h[:]) }

// NewKey makes a key.
func NewKey() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HashKey is the hash of an account's key. It does not allocate.
func HashKey(account, key []byte) KeyHash {
	var text [16 + 1 + KeyBytes]byte
	n := copy(text[:16], account)
	n++ // the zero byte
	n += copy(text[n:], key)
	return sha256.Sum256(text[:n])
}

// Opens says whether key is the account's. It takes the same time for every key of
// the right length, and does not allocate.
func (h *KeyHash) Opens(account, key []byte) bool {
	if len(key) != KeyBytes {
		return false
	}
	got := HashKey(account, key)
	return subtle.ConstantTimeCompare(got[:], h[:]) == 1
}
