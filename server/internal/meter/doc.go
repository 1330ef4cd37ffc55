// Package meter is what an operator sees of a node: metrics, and security events in the log. Once a connection has become a
// WebSocket, no firewall sees what goes on in it; so the node itself says who was refused what.
//
// Metrics are counted by plain atomic additions, so that counting an edit costs some nanoseconds; they get their names only when
// somebody asks for them. No label holds anything but words that stand in the sources.
//
// A security event names what happened, the user, the document, the connection and the address, as far as they are known, and
// never content, a ticket, a cookie, a password or an e-mail address. Nobody can fill the log with them: a connection logs the
// first event of each kind, and how many there were when it ends; of events outside of connections, the first for an address and
// user within a while; and a node writes only so many lines in a second. What is not logged is counted.
//
// All of it may be used concurrently.
package meter
