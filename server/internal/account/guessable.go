package account

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
	"unicode"
)

// ErrGuessable is the refusal of a new password that is among the first to be tried.
var ErrGuessable = errors.New("the password is easily guessed")

// fewestChoices is how many separate choices a password must be made of.
const fewestChoices = 4

// Words by which a part of a password counts as one choice. common.txt holds words that people are known to make
// passwords of, lower case, one a line, gathered by us.
var (
	//go:embed common.txt
	commonText string

	common = sync.OnceValue(func() map[string]bool { return wordSet(strings.Fields(commonText)) })
)

const (
	minWord  = 3  // shorter parts of names and words are no words
	longWord = 40 // nor are longer ones
	digits   = 4  // that are one choice: a year, a day, a PIN
)

// walks are what fingers do: alphabet, digits and rows and columns of keyboards, forth and back.
var walks = forthAndBack("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiopü",
	"yxcvbnm,.-", "azertyuiop", "qsdfghjklm", "wxcvbn", "!@#$%^&*()_+", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
	"1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "147258369", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")

// plain are the letters that digits and signs stand for in the spellings that everybody knows.
var plain = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i", "|", "l")

// guessable tells whether a password is one of those that are tried first: NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5
// (6.2.4, 6.2.11) have a password held against lists of common ones, the words of the service, and the user's own name and address.
// Lists alone miss "Summer2026!", so a password is read as the fewest choices it can be made of: a common word or one of
// the personal ones in any spelling, a few digits, a run along the keyboard, a repetition of what stands before; every other
// character is one. With fewer than fewestChoices it is guessable. What kinds of characters it has does not matter.
func guessable(password string, personal ...string) bool {
	return choices(password, personal) < fewestChoices
}

// guessable tells whether somebody's new password is one that they, their service or everybody would be expected to take.
func (s *Service) guessable(password string, personal ...string) bool {
	return guessable(password, personalWords(append(personal, s.config.Words...)...)...)
}

// choices is the fewest choices that a password can be made of.
func choices(password string, personal []string) int {
	text := []rune(strings.ToLower(password))
	spellings := []string{string(text), plain.Replace(string(text)), plain.Replace(strings.ReplaceAll(string(text), "1", "l"))}
	var read [][]rune
	for _, spelling := range spellings {
		if runes := []rune(spelling); len(runes) == len(text) {
			read = append(read, runes)
		}
	}
	own := wordSet(personal)
	fewest := make([]int, len(text)+1) // fewest[i] is what text[:i] takes
	for end := 1; end <= len(text); end++ {
		fewest[end] = fewest[end-1] + 1
		for start := end - 2; start >= max(0, end-longWord); start-- {
			if fewest[start]+1 < fewest[end] && isChoice(text, read, start, end, own) {
				fewest[end] = fewest[start] + 1
			}
		}
	}
	return fewest[len(text)]
}

// isChoice tells whether text[start:end] is one choice, in one of the ways that it can be read.
func isChoice(text []rune, read [][]rune, start, end int, own map[string]bool) bool {
	part := string(text[start:end])
	if end-start <= digits && !strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsDigit(r) }) {
		return true
	}
	if repeats(text, start, end) {
		return true
	}
	if end-start < minWord {
		return false
	}
	for _, spelling := range read {
		if word := string(spelling[start:end]); common()[word] || own[word] {
			return true
		}
	}
	return strings.Contains(walks, part)
}

// repeats tells whether text[start:end] goes on as what stands before it does: "aaa" after "a", "abab" after "ab".
func repeats(text []rune, start, end int) bool {
	for period := 1; period <= start; period++ {
		same := true
		for i := start; i < end && same; i++ {
			same = text[i] == text[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// personalWords are the words in which somebody's name, address or host is known: the whole, and each part.
func personalWords(texts ...string) []string {
	var words []string
	for _, text := range texts {
		text = strings.ToLower(text)
		words = append(words, text)
		words = append(words, strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
		if local, _, found := strings.Cut(text, "@"); found {
			words = append(words, local)
		}
		words = append(words, strings.ReplaceAll(text, " ", ""))
	}
	return words
}

func wordSet(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		if n := len([]rune(word)); n >= minWord && n <= longWord {
			set[word] = true
		}
	}
	return set
}

// forthAndBack joins texts and what they are from right to left, with a character between that is in none.
func forthAndBack(texts ...string) string {
	var all strings.Builder
	for _, text := range texts {
		runes := []rune(text)
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		all.WriteString(text + "\x00" + string(runes) + "\x00")
	}
	return all.String()
}
