package main

import (
	"encoding/json"
	"testing"
)

// pasted is what people bring along: from where, what the clipboard has, and how it must be drawn.
var pasted = []struct{ from, html, text, want string }{
	{"Markdown", "", "# Plan\n\nSome **bold** and [a link](https://example.org/).\nSecond line\n\n- one\n- [x] done\n\n---\n\n```js\nlet a\n```\n\nend",
		"h1: Plan\np: Some <strong>bold</strong> and <a>a link</a>.\np: Second line\nbullet: one\nchecked: done\np: <hr></hr>\ndiv: let a\np: end"},
	{"text that is none", "", "# install\napt-get **",
		"p: # install\np: apt-get **"},
	{"Google Docs", `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span style="color:#000000;background-color:transparent;font-weight:400;">Heading</span></h2>
<p dir="ltr"><span style="color:#000000;font-weight:700;">Bold</span><span style="color:#000000;font-weight:400;"> ink </span><span style="color:#ff0000;">red</span>
<a href="https://example.org/" style="text-decoration:none;"><span style="color:#1155cc;text-decoration:underline;">link</span></a></p></b><ul><li dir="ltr"><p dir="ltr"><span>item</span></p></li></ul>end`, "x",
		"h2: Heading\np: <strong>Bold</strong> ink <span>red</span> <a>link</a>\nbullet: item\np: end"},
	{"Word", `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- @list l0:level1 {mso-level-number-format:bullet;} --></style></head><body>
<h1>Title<o:p></o:p></h1><p class=MsoNormal>Hello <b>bold</b><span style='color:black'> ink</span></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp; </span>One</p><p>end</p></body></html>`, "x",
		"h1: Title\np: Hello <strong>bold</strong> ink\nbullet: One\np: end"},
}

// pasteAll empties the document before each paste.
func pasteAll(t *testing.T, b *browser, page string) {
	t.Helper()
	for _, paste := range pasted {
		b.do(page, "clickAt", ".ql-editor")
		b.do(page, "press", "Control+a")
		b.do(page, "press", "Delete")
		b.do(page, "press", "Control+Alt+0")
		b.do(page, "paste", paste.html, paste.text)
		value, err := b.try(page, "drawn")
		var drawn string
		if err == nil {
			err = json.Unmarshal(value, &drawn)
		}
		if err != nil || drawn != paste.want {
			t.Errorf("pasted from %s:\n%s\nwant:\n%s\n%v", paste.from, drawn, paste.want, err)
		}
	}
}
