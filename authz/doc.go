// Package authz says who may do what: the roles of a document, the commands, and the one table that joins them.
//
// Everything here is pure. A decision takes a Standing, which is computed from a document's owner and grants by Decide,
// and a Command, and answers yes or no; what no row of the table allows is denied. Transports do not check: they name a
// command, and the layer below them asks here. The decision alone never makes a write safe, because a right may end
// between the answer and the effect; each write therefore carries a fence to the database (package storage), which tests
// in the transaction of the effect that the access list and the credential are still those that the answer came from.
package authz
