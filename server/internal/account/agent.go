package account

import "strings"

// What User-Agent headers are told apart by, the more telling first: every browser claims to be several others.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// deviceOf is the kind of device that a User-Agent header names, in words that say nothing more of its owner: that is enough to
// know one's own logins by, and nothing of the header itself is kept or shown.
func deviceOf(agent string) string {
	browser, system := "", ""
	for _, known := range browsers {
		if strings.Contains(agent, known[0]) {
			browser = known[1]
			break
		}
	}
	for _, known := range systems {
		if strings.Contains(agent, known[0]) {
			system = known[1]
			break
		}
	}
	switch {
	case browser == "":
		return "a program"
	case system == "":
		return browser
	}
	return browser + " on " + system
}
