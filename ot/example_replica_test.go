package ot_test

import (
	"fmt"

	"github.com/coscribe/coscribe/ot"
)

// Two people write at the same place at the same time. The one whose edit is committed first comes first, on both screens.
func ExampleReplica() {
	content, _ := ot.New().Insert("\n", nil).Delta()
	open := func() *ot.Document { doc, _ := ot.NewDocument(content); return doc }
	authority := ot.NewAuthority(0, open(), 100)
	ana, ben := ot.NewReplica(0, open()), ot.NewReplica(0, open())

	left, _ := ot.New().Insert("Ana", nil).Delta()
	right, _ := ot.New().Insert("Ben", nil).Delta()
	ana.Edit(left)
	ben.Edit(right)
	for i, replica := range []*ot.Replica{ana, ben} {
		s, _ := replica.Send(1, [16]byte{byte(i)}, ot.Limits{}) // the caller makes numbers and ids
		s.Origin = ot.Origin{Author: [16]byte{byte(i + 1)}}     // and the server stamps the author
		authority.Remember(s.Origin, 0, [16]byte{}, 0)          // nothing yet, says the log
		authority.Accept(s)
	}
	authority.Commit(authority.Head())

	revisions, _ := authority.Since(0)
	for rev, change := range revisions {
		if rev == 1 {
			ana.Acknowledge(rev)
			ben.Receive(rev, change)
		} else {
			ana.Receive(rev, change)
			ben.Acknowledge(rev)
		}
	}
	fmt.Println(ana.Shown().Delta())
	fmt.Println(ben.Shown().Delta())
	// Output:
	// {"ops":[{"insert":"AnaBen\n"}]}
	// {"ops":[{"insert":"AnaBen\n"}]}
}
