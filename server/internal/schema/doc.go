// Package schema checks decoded messages and bodies against their `validate` tags, for both doors of the server: package
// socket and package api.
//
// What it says of a fault is ours: a stable code, a JSON pointer made of our own members' names and of indexes, and one of
// a few sentences. The validator's own text, which may quote what was sent, does not leave this package.
//
// All of it is safe for concurrent use.
package schema
