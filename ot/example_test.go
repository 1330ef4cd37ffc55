package ot_test

import (
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/ot"
)

func Example() {
	doc, err := ot.NewDocument(ot.New().Insert("Hello\n", nil).MustDelta())
	if err != nil {
		panic(err)
	}
	edit, err := ot.Parse([]byte(`{"ops":[{"retain":5},{"insert":" wörld 🌍","attributes":{"bold":true}}]}`))
	if err != nil {
		panic(err)
	}
	if err := doc.Apply(edit); err != nil {
		panic(err)
	}
	fmt.Println(doc.Len(), doc.Delta())
	// Output:
	// 15 {"ops":[{"insert":"Hello"},{"attributes":{"bold":true},"insert":" wörld 🌍"},{"insert":"\n"}]}
}

// Two people write at the same place at the same time. The server committed
// Ann's text first, so it stands left, in Ann's browser and in Bob's.
func ExampleDelta_Transform() {
	base := ot.New().Insert("\n", nil).MustDelta()
	ann := ot.New().Insert("Ann ", nil).MustDelta()
	bob := ot.New().Insert("Bob ", nil).MustDelta()

	server := base.Compose(ann).Compose(ann.Transform(bob, true))
	inBobsBrowser := base.Compose(bob).Compose(bob.Transform(ann, false))
	fmt.Println(server)
	fmt.Println(server.Equal(inBobsBrowser))
	// Output:
	// {"ops":[{"insert":"Ann Bob \n"}]}
	// true
}

func ExampleDelta_Compose() {
	typed := ot.New().Retain(3, nil).Insert("helo", nil).MustDelta()
	corrected := ot.New().Retain(6, nil).Insert("l", nil).MustDelta()
	fmt.Println(typed.Compose(corrected))
	// Output:
	// {"ops":[{"retain":3},{"insert":"hello"}]}
}

func ExampleDelta_Invert() {
	base := ot.New().Insert("red apple\n", nil).MustDelta()
	edit := ot.New().Delete(3).Insert("green", ot.Attrs{"italic": true}).MustDelta()
	undo, err := edit.Invert(base)
	if err != nil {
		panic(err)
	}
	fmt.Println(undo)
	fmt.Println(base.Compose(edit).Compose(undo))
	// Output:
	// {"ops":[{"insert":"red"},{"delete":5}]}
	// {"ops":[{"insert":"red apple\n"}]}
}

func ExampleDelta_TransformPosition() {
	edit := ot.New().Retain(2, nil).Insert("xyz", nil).MustDelta()
	fmt.Println("my caret after my own text:", edit.TransformPosition(2, true))
	fmt.Println("your caret, which stays:", edit.TransformPosition(2, false))
	// Output:
	// my caret after my own text: 5
	// your caret, which stays: 2
}

func ExampleDiff() {
	before := ot.New().Insert("The cat sat.\n", nil).MustDelta()
	after := ot.New().Insert("The ", nil).Insert("black", ot.Attrs{"bold": true}).Insert(" cat sat.\n", nil).MustDelta()
	change, err := ot.Diff(before, after)
	if err != nil {
		panic(err)
	}
	fmt.Println(change)
	// Output:
	// {"ops":[{"retain":4},{"attributes":{"bold":true},"insert":"black"},{"insert":" "}]}
}

func ExampleBuilder() {
	d, err := ot.New().
		Retain(4, nil).
		Insert("title", ot.Attrs{"bold": true}).
		Insert("\n", ot.Attrs{"header": 1}).
		Embed("image", "https://example.org/cat.png", nil).
		Retain(3, ot.Attrs{"italic": nil}).
		Delete(2).
		Delta()
	fmt.Println(d, err)
	// Output:
	// {"ops":[{"retain":4},{"attributes":{"bold":true},"insert":"title"},{"attributes":{"header":1},"insert":"\n"},{"insert":{"image":"https://example.org/cat.png"}},{"attributes":{"italic":null},"retain":3},{"delete":2}]} <nil>
}

// What does not fit is refused, with a code for programs and a pointer to the
// component; the document is as it was.
func ExampleDocument_Apply() {
	doc, err := ot.NewDocument(ot.New().Insert("😀\n", nil).MustDelta())
	if err != nil {
		panic(err)
	}
	err = doc.Apply(ot.New().Retain(1, nil).Insert("x", nil).MustDelta())
	var refusal *ot.Error
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Code, refusal.Pointer, refusal.Message)
	}
	// Output:
	// does_not_fit /ops/0 begins or ends inside a surrogate pair
}

func ExampleDocument_Clone() {
	doc, err := ot.NewDocument(ot.New().Insert("draft\n", nil).MustDelta())
	if err != nil {
		panic(err)
	}
	kept := doc.Clone()
	if err := doc.Apply(ot.New().Insert("new ", nil).MustDelta()); err != nil {
		panic(err)
	}
	fmt.Println(kept.Delta(), doc.Delta())
	// Output:
	// {"ops":[{"insert":"draft\n"}]} {"ops":[{"insert":"new draft\n"}]}
}

func ExampleDocument_Lines() {
	doc, err := ot.NewDocument(ot.New().Insert("Title", nil).Insert("\n", ot.Attrs{"header": 1}).Insert("Some text\n", nil).MustDelta())
	if err != nil {
		panic(err)
	}
	for line := range doc.Lines() {
		header, _ := line.End.Attr("header")
		fmt.Println(line.Content, header)
	}
	// Output:
	// {"ops":[{"insert":"Title"}]} 1
	// {"ops":[{"insert":"Some text"}]} <nil>
}

func ExampleSchema_Check() {
	schema := ot.DefaultSchema()
	err := schema.Check(ot.New().Insert("click", ot.Attrs{"link": "javascript:alert(1)"}).MustDelta())
	fmt.Println(err)
	// Output:
	// ot: /ops/0/attributes/link: is not an attribute and value allowed here
}
