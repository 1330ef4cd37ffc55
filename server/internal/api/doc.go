// Package api is the door for HTTP: the routes under /v1, what says how the server is, and the pages of the browser client.
//
// A handler finds out who asks (package account), reads the body against its schema (packages wire and schema), runs one
// command (packages document and room) and writes what came of it. It decides nothing itself. Every refusal is a problem
// (RFC 9457) with a code from package wire; one table in problem.go says which error is which. openapi.yaml describes all
// of it and is held against the answers by the tests.
//
// To add a route, write its handler in the file of its resource, name it in routes, and describe it in openapi.yaml.
package api
