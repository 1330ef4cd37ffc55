package main

import (
	"encoding/json"
	"fmt"
)

// scripts would each run, if something took them for more than text.
var scripts = []string{
	`<script>ran=1</script>`, `<img src=x onerror=ran=1>`, `"><svg onload=ran=1>`, `' onmouseover=ran=1 x='`, `javascript:ran=1`, `JaVaScRiPt:ran=1`,
	"java\tscript:ran=1", ` javascript:ran=1`, `data:text/html,<script>ran=1</script>`, `vbscript:ran=1`, `https://a.example/" onerror="ran=1`, `red;background:url(javascript:ran=1)`,
	`expression(ran=1)`, `</style><script>ran=1</script>`, `{{constructor.constructor('ran=1')()}}`, `${ran=1}`, `<!--<script>ran=1//-->`, `//evil.example/x.js`, `blob:https://a.example/x`,
}

// quote is a text as JSON holds it.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("quote %q: %v", text, err))
	}
	return string(quoted)
}
