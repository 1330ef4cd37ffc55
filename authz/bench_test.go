package authz

import (
	"encoding/binary"
	"testing"
)

// The edit path asks May once for each edit: 100 ns at most, and nothing allocated.
func BenchmarkMay(b *testing.B) {
	s := Standing{Role: Editor, SignedIn: true}
	b.ReportAllocs()
	for b.Loop() {
		if !s.May(Edit) {
			b.Fatal("an editor may not edit")
		}
	}
}

func TestDecisionsAllocateNothing(t *testing.T) {
	s, list, who := Standing{Role: Editor, SignedIn: true}, crowd(100, ToUser), member(fewMembers)
	if n := testing.AllocsPerRun(100, func() { s.May(Edit) }); n != 0 {
		t.Errorf("May allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { Decide([16]byte{9}, list, who, 1) }); n != 0 {
		t.Errorf("Decide allocates %v times", n)
	}
}

const crowded = 10_000

// Ten thousand grants to others; to as many groups of which one is in all; and the same for the explanation.
func BenchmarkDecide(b *testing.B) {
	for name, c := range crowds {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Decide([16]byte{9}, c.list, c.who, 1)
			}
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	for name, c := range crowds {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Explain([16]byte{9}, c.list, c.who, 1)
			}
		})
	}
}

var crowds = map[string]struct {
	list []Right
	who  Who
}{
	"users":      {crowd(crowded, ToUser), member(1)},
	"one group":  {crowd(crowded, ToGroup), member(1)},
	"all groups": {crowd(crowded, ToGroup), member(crowded)},
}

// crowd is n grants to different principals, each better than the one before it in its end.
func crowd(n int, kind PrincipalKind) []Right {
	list := make([]Right, n)
	for i := range list {
		list[i] = Right{To: Principal{Kind: kind, ID: numbered(i)}, Role: Viewer + Role(i)%4, ExpiresAt: int64(i + 2)}
	}
	return list
}

// member is a user who is in the last n groups of a crowd.
func member(n int) Who {
	who := Who{User: [16]byte{1}}
	for i := range n {
		who.Groups = append(who.Groups, numbered(crowded-1-i))
	}
	return who
}

// numbered are ids that differ late, as those of one moment do.
func numbered(i int) (id [16]byte) {
	binary.BigEndian.PutUint64(id[8:], uint64(i)+1)
	return id
}
