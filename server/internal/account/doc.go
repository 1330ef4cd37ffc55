// Package account knows who somebody is: people with passwords and login sessions, programs with tokens, and the tickets
// by which either opens a socket.
//
// A secret (a cookie's token, an API token, a ticket, an invitation) is 256 random bits and is stored only as its SHA-256;
// a password is stored as argon2id. What is read out of the store is asked again at every use, so that a suspended user or
// an ended credential is refused at the next request; sockets and rooms, which live longer than a request, hear of the end
// on the bus and fence every write.
//
// An ended session leaves a tombstone behind. A request that was on its way when its session ended may still try to
// prolong it, and finds it dead.
//
// A Service is safe for concurrent use.
package account
