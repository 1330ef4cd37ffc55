package meter

import "net/netip"

// Network is what counts as one address: an IPv4 address, or the /64 that one customer has in IPv6. All whose address
// cannot be told count as one.
func Network(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
