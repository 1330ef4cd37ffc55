package wire

import "github.com/coscribe/coscribe/storage/id"

// Colors is how many colours carets and names have.
const Colors = 12

// ColorOf is a user's colour, the same everywhere: an index into the palette.
func ColorOf(user id.User) int { return int(user[0]) % Colors }
