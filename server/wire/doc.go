// Package wire is the shape of everything that crosses the network: the WebSocket messages of the subprotocol coscribe.v1,
// its close codes, and the bodies of the HTTP API. The server and the Go client share it; the browser client mirrors it.
//
// All of it is JSON. A WebSocket message is one text frame holding one object whose member "type" names it. Decoding is
// strict: unknown, repeated and wrong-case members, trailing data, nesting deeper than MaxDepth, NUL and lone surrogates
// are refused. Lengths and positions in text are UTF-16 units; times are RFC 3339 in UTC with microseconds; ids are
// lower-case UUIDs. The struct tags `validate` are checked by the doors of the server (package socket, package api).
package wire
