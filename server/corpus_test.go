package main

import (
	"fmt"
	"strings"
)

// corpus is what people have thought of to make a page run what it should only show. Each would set window.ran if it were let.
var corpus = func() (all []string) {
	const run = "top.ran=1"
	// Elements that run something by themselves, or soon.
	for _, with := range []string{
		"<script>%s</script>", "<script >%s</script >", "<SCRIPT>%s</SCRIPT>", "<script\n>%s</script>", "<script/x>%s</script>", "<scr<script>ipt>%s</scr</script>ipt>", "<script>%s//", "<script type=module>%s</script>",
		"<img src=x onerror=%s>", "<img/src=x/onerror=%s>", "<IMG SRC=x OnErRoR=%s>", "<img src=x onerror='%s'>", "<img src=x onerror=\"%s\">", "<img src=x onerror=`%s`>", "<img src=x\nonerror=%s>", "<img src=x\tonerror=%s>",
		"<img\fsrc=x\fonerror=%s>", "<img src onerror=%s//", "<img src=x:x onerror=%s>", "<img srcset=x onerror=%s>", "<image src=x onerror=%s>", "<img alt='<x' src=x onerror=%s>", "<img src=x onerror=%s x=",
		"<svg onload=%s>", "<svg/onload=%s>", "<svg><script>%s</script></svg>", "<svg><script href='data:text/javascript,%s'/></svg>", "<svg><animate onbegin=%s attributeName=x dur=1s>", "<svg><set onbegin=%s attributeName=x>",
		"<svg><a xlink:href='javascript:%s'><text x=9 y=9>x</text></a></svg>", "<svg><image href=x onerror=%s></svg>", "<svg><use href='data:image/svg+xml,<svg id=x onload=%s>#x'/></svg>", "<svg><foreignObject><img src=x onerror=%s></foreignObject></svg>",
		"<svg><style><img src=x onerror=%s></style></svg>", "<svg><title><img src=x onerror=%s></title></svg>", "<svg><desc><img src=x onerror=%s></desc></svg>",
		"<math><mi xlink:href='javascript:%s'>x</mi></math>", "<math><mtext><img src=x onerror=%s></mtext></math>", "<math><annotation-xml encoding=text/html><img src=x onerror=%s></annotation-xml></math>",
		"<body onload=%s>", "<body onpageshow=%s>", "<body onfocus=%s>", "<html onmouseover=%s>", "<iframe src='javascript:%s'></iframe>", "<iframe srcdoc='<script>%s</script>'></iframe>", "<iframe onload=%s></iframe>",
		"<iframe src='data:text/html,<script>%s</script>'></iframe>", "<object data='javascript:%s'></object>", "<object data='data:text/html,<script>%s</script>'></object>", "<object onerror=%s data=x></object>", "<embed src='javascript:%s'>",
		"<embed src='data:image/svg+xml,<svg onload=%s>'>", "<audio src=x onerror=%s>", "<audio><source src=x onerror=%s></audio>", "<video src=x onerror=%s></video>", "<video poster='javascript:%s'></video>", "<video><source onerror=%s></video>",
		"<video><track onerror=%s src=x default></video>", "<input autofocus onfocus=%s>", "<input type=image src=x onerror=%s>", "<textarea autofocus onfocus=%s></textarea>", "<select autofocus onfocus=%s></select>",
		"<button autofocus onfocus=%s>x</button>", "<button onclick=%s>x</button>", "<button formaction='javascript:%s'>x</button>", "<form><button formaction='javascript:%s'>x</button></form>", "<form action='javascript:%s'><input type=submit></form>",
		"<details open ontoggle=%s>x</details>", "<dialog open onclose=%s>x</dialog>", "<marquee onstart=%s>x</marquee>", "<marquee loop=1 width=0 onfinish=%s>x</marquee>", "<div onmouseover=%s>x</div>", "<p onclick=%s>x</p>",
		"<div onpointerenter=%s>x</div>", "<div tabindex=1 onfocus=%s autofocus>x</div>", "<div contenteditable oninput=%s>x</div>", "<div oncopy=%s>x</div>", "<div onpaste=%s>x</div>", "<div style='animation:x 1s' onanimationstart=%s>x</div>",
		"<style>@keyframes x{}</style><b style='animation:x 1s' onanimationstart=%s>x</b>", "<b style='transition:color 1s' ontransitionend=%s>x</b>", "<link rel=stylesheet href=x onerror=%s>", "<link rel=preload as=script href=x onerror=%s>",
		"<link rel=import href='data:text/html,<script>%s</script>'>", "<meta http-equiv=refresh content='0;url=javascript:%s'>", "<base href='javascript:%s//'>", "<a href='javascript:%s'>x</a>", "<a href='java&#115;cript:%s'>x</a>",
		"<a href='javascript&colon;%s'>x</a>", "<a href='&#1;javascript:%s'>x</a>", "<a href='jav&Tab;ascript:%s'>x</a>", "<a href='jav&NewLine;ascript:%s'>x</a>", "<a href=' javascript:%s'>x</a>", "<a ping='javascript:%s' href=#>x</a>",
		"<area href='javascript:%s' shape=default>", "<map name=m><area href='javascript:%s'></map><img usemap=#m>", "<table background='javascript:%s'>", "<td background='javascript:%s'>", "<isindex type=image src=x onerror=%s>",
		"<keygen autofocus onfocus=%s>", "<frameset onload=%s>", "<frame src='javascript:%s'>", "<template><script>%s</script></template>", "<noscript><img src=x onerror=%s></noscript>", "<xmp><img src=x onerror=%s></xmp>",
		"<x onclick=%s>x</x>", "<x-y onclick=%s tabindex=1>x</x-y>", "<slot onslotchange=%s>x</slot>", "<portal src='javascript:%s'></portal>", "<bgsound src='javascript:%s'>", "<layer src='javascript:%s'>",
	} {
		all = append(all, fmt.Sprintf(with, run))
	}
	// What ends what it stands in, and goes on as something else.
	for _, end := range []string{`"`, `'`, "`", `">`, `'>`, `-->`, `--!>`, `]]>`, `*/`, `</title>`, `</textarea>`, `</style>`, `</script>`, `</noscript>`, `</template>`, `</xmp>`, `</iframe>`, `</select>`, `</math>`, `</svg>`, `</p></div></body>`, `\"`, `\'`, `\`, `%22%3E`, `&quot;&gt;`} {
		all = append(all, end+"<img src=x onerror="+run+">", end+" onmouseover="+run+" x="+end, end+";"+run+"//")
	}
	// Addresses that are none.
	for _, address := range []string{
		"javascript:%s", "JavaScript:%s", "javascript://%%0a%s", "javascript:/*x*/%s", "javascript:void(%s)", "javascript&colon;%s", "java\tscript:%s", "java\nscript:%s", "java\rscript:%s", "\x01javascript:%s", "\x1fjavascript:%s",
		" javascript:%s", "\u00a0javascript:%s", "\ufeffjavascript:%s", "\u2028javascript:%s", "\u200bjavascript:%s", "javascript\u200b:%s", "javascript\u00ad:%s", "ｊavascript:%s", "javascript：%s", "%%6aavascript:%s", "&#106;avascript:%s",
		"\\x6aavascript:%s", "\\u006aavascript:%s", "vbscript:%s", "livescript:%s", "mocha:%s", "jar:javascript:%s!/", "view-source:javascript:%s", "data:text/html,<script>%s</script>", "DATA:text/html;base64,PHNjcmlwdD50b3AucmFuPTE8L3NjcmlwdD4=",
		"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='%s'/>", "data:,%s", "data:application/xhtml+xml,<x xmlns='http://www.w3.org/1999/xhtml'><script>%s</script></x>", "blob:https://a.example/%s", "filesystem:https://a.example/%s",
		"feed:javascript:%s", "//a.example/%s", "https:javascript:%s", "https://javascript:%s", "https://a.example\\@javascript:%s", "https://a.example/\" onerror=\"%s", "https://a.example/'onerror='%s", "https://a.example/><script>%s</script>",
		"mailto:a@a.example?body=<script>%s</script>", "tel:1\" onclick=\"%s", "?javascript:%s", "#javascript:%s", "./javascript:%s", "file:///etc/passwd#%s", "about:blank#%s", "chrome://settings/%s", "intent:#Intent;S.x=%s;end", "ms-word:ofe|u|%s",
	} {
		all = append(all, fmt.Sprintf(address, run))
	}
	// Styles, templates, names of what every object has, and letters that read backwards.
	for _, other := range []string{
		"red;background:url(javascript:%s)", "red}</style><script>%s</script>", "expression(%s)", "red;-moz-binding:url(x#%s)", "red;behavior:url(#%s)", "url('javascript:%s')", "@import 'javascript:%s';", "red;content:'</style><img src=x onerror=%s>'",
		"\\65xpression(%s)", "red/*\" onclick=\"%s*/", "{{constructor.constructor('%s')()}}", "${%s}", "#{%s}", "<%%= %s %%>", "{%% %s %%}", "[[${%s}]]", "{{'a'.constructor.prototype.charAt=[].join;$eval('%s')}}", "@(%s)", "{php}%s{/php}",
		"__proto__[onload]=%s", "constructor.prototype.src=data:,%s", "\u202e<script>%s</script>", "\u2066%s\u2069", "<\u0000script>%s</script>", "+ADw-script+AD4-%s+ADw-/script+AD4-", "%%3Cscript%%3E%s%%3C/script%%3E", "&lt;script&gt;%s&lt;/script&gt;",
		"\\u003cscript\\u003e%s\\u003c/script\\u003e", "<!--#exec cmd='%s'-->", "<?xml version='1.0'?><x onload=%s>", "<![CDATA[<script>%s</script>]]>", "[x](javascript:%s)", "![x](x\"onerror=\"%s)", "<javascript:%s>", "`<img src=x onerror=%s>`",
		"<svg></p><style><a id=\"</style><img src=x onerror=%s>\">", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=%s&gt;\">", "<noscript><p title=\"</noscript><img src=x onerror=%s>\">",
		"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=%s>", "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=%s>\">", "<b id=x><a name=y href=\"cid:%s\">x</a></b>",
	} {
		all = append(all, fmt.Sprintf(other, run))
	}
	return all
}()

// alive are those of the corpus that run by themselves where a page takes them for its own, which is tried as well.
const alive = 40

// places are formats, embeds, what neither is, and what Quill builds its own tree of.
var places = strings.Fields(`bold script list align direction size font code code-block header indent color background link
	image divider style class onclick src href alt formula video table html __proto__ constructor toString
	cursor scroll block inline text break code-block-container list-item`)

// embeds are the places whose values an embed may have made something of; the others have some scripts each.
const embeds = "image divider video formula link"

// hostile is content that no server of ours lets in, after a link that is in order: each script in each place, and as text.
func hostile(scripts []string) []any {
	ops := []any{map[string]any{"insert": "safe", "attributes": map[string]any{"link": "https://example.com/"}}}
	for i, script := range scripts {
		for j, place := range places {
			ops = append(ops, map[string]any{"insert": "t", "attributes": map[string]any{place: script}})
			if (i+j)%8 == 0 || strings.Contains(embeds, place) {
				ops = append(ops, map[string]any{"insert": map[string]any{place: script}})
			}
		}
		everywhere := map[string]any{}
		for _, place := range places {
			everywhere[place] = script
		}
		ops = append(ops, map[string]any{"insert": script}, map[string]any{"insert": "\n", "attributes": everywhere})
	}
	return append(ops, map[string]any{"insert": "the end\n"})
}
