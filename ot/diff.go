package ot

// Diff returns a change that makes b of a. Both are documents. It never cuts
// a surrogate pair, and if both end with "\n" it leaves that newline where it
// is, so that Document.Apply takes it.
//
// The change is a shortest one, or near it where the two differ much. The
// time it takes is bounded: where they differ very much, it replaces.
func Diff(a, b Delta) (Delta, error) {
	for _, d := range [...]Delta{a, b} {
		if !d.IsContent() {
			return Delta{}, refuse(CodeBadDelta, -1, nil, "only documents have a difference, and they hold inserts only")
		}
	}
	x, y := atomsOf(a, b)
	fixed := endsLine(a) && endsLine(b)
	if fixed {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	s := script{budget: diffBudget}
	s.diff(x, y)
	if fixed {
		s.keep([]atom{'\n'})
	}
	return s.tidy().write(a.cursor(), b.cursor()), nil
}

// atom is what Diff compares: a code point, or below zero an embed.
type atom int32

func (x atom) units() int {
	if x > 0xFFFF {
		return 2
	}
	return 1
}

func length(atoms []atom) int {
	n := 0
	for _, x := range atoms {
		n += x.units()
	}
	return n
}

// atomsOf spells out two documents; equal embeds get equal atoms.
func atomsOf(a, b Delta) (x, y []atom) {
	embeds := map[string]atom{}
	spell := func(d Delta) []atom {
		atoms := make([]atom, 0, d.Len())
		for i := range d.ops {
			c := &d.ops[i]
			if c.kind() == Embed {
				id, known := embeds[c.text]
				if !known {
					id = -1 - atom(len(embeds))
					embeds[c.text] = id
				}
				atoms = append(atoms, id)
				continue
			}
			for _, r := range c.text {
				atoms = append(atoms, atom(r))
			}
		}
		return atoms
	}
	return spell(a), spell(b)
}
