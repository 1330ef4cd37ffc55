package ot

// Operations on attribute sets, key by key. Values are opaque: they are
// replaced whole.

// pairs calls visit for each key of a or b, in order; the side that lacks
// the key is nil.
func pairs(a, b *attrSet, visit func(a, b *member)) {
	x, y := a.list(), b.list()
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].key < y[0].key:
			visit(&x[0], nil)
			x = x[1:]
		case len(x) == 0 || y[0].key < x[0].key:
			visit(nil, &y[0])
			y = y[1:]
		default:
			visit(&x[0], &y[0])
			x, y = x[1:], y[1:]
		}
	}
}

// composeAttrs returns b on top of a. A null in b removes the key; keepNull
// keeps it as an instruction, for a retain that may still meet the key.
func composeAttrs(a, b *attrSet, keepNull bool) *attrSet {
	if b == nil || same(a, b) && (keepNull || !b.nulls) {
		return a
	}
	if a == nil && (keepNull || !b.nulls) {
		return b
	}
	var scratch [8]member
	out := scratch[:0]
	pairs(a, b, func(a, b *member) {
		switch {
		case b == nil:
			out = append(out, *a)
		case keepNull || !b.isNull():
			out = append(out, *b)
		}
	})
	return internMembers(out)
}

// transformAttrs returns b as it is after the concurrent a. If a was first,
// what a sets or removes stays so.
func transformAttrs(a, b *attrSet, first bool) *attrSet {
	if !first || a == nil || b == nil {
		return b
	}
	if same(a, b) {
		return nil
	}
	var scratch [8]member
	out := scratch[:0]
	pairs(a, b, func(a, b *member) {
		if a == nil {
			out = append(out, *b)
		}
	})
	if len(out) == len(b.members) {
		return b
	}
	return internMembers(out)
}

// invertAttrs returns what undoes attrs on a run that has base. An object or
// array is restored even where it did not change: quill-delta compares those
// by identity, and both sides must write the same inverse.
func invertAttrs(attrs, base *attrSet) *attrSet {
	var scratch [8]member
	out := scratch[:0]
	pairs(attrs, base, func(set, was *member) {
		switch {
		case set == nil:
		case was == nil:
			out = append(out, member{set.key, "null"})
		case was.value != set.value || set.value[0] == '{' || set.value[0] == '[':
			out = append(out, *was)
		}
	})
	return internMembers(out)
}

// diffAttrs returns what turns a into b.
func diffAttrs(a, b *attrSet) *attrSet {
	if same(a, b) {
		return nil
	}
	var scratch [8]member
	out := scratch[:0]
	pairs(a, b, func(a, b *member) {
		switch {
		case b == nil:
			out = append(out, member{a.key, "null"})
		case a == nil || a.value != b.value:
			out = append(out, *b)
		}
	})
	return internMembers(out)
}
