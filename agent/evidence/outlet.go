package evidence

import (
	"strings"
	"unicode/utf8"
)

// Outlet lets a model's text out while it comes, without what could carry data
// away by being shown: an image is fetched by whoever shows it, and an address
// that the model made up may hold what it has read (CVE-2025-32711). Images
// become links, and addresses that were not read verbatim are taken out.
//
// It holds back the last word until that has ended, so it lags by a word. Make it
// with [Evidence.Outlet].
type Outlet struct {
	allowed *addresses
	write   func(string)
	text    strings.Builder // what was let out
	pending string          // a word that may go on
	closed  byte            // the last mark, where it was a "]"
	target  bool            // the next word is where a link leads
}

// Outlet returns an outlet that writes with write.
func (e *Evidence) Outlet(write func(string)) *Outlet {
	return &Outlet{allowed: &e.addresses, write: write}
}

// Text returns what was let out so far.
func (o *Outlet) Text() string { return o.text.String() }

const removedAddress = "[address removed]"

// Add takes the next piece of text.
func (o *Outlet) Add(piece string) {
	s := o.pending + piece
	var out strings.Builder
	begin := 0
	for i := range len(s) {
		if endsAddress(rune(s[i])) {
			o.finish(&out, s[begin:i], s[i])
			begin = i + 1
		}
	}
	o.pending = s[begin:]
	if len(o.pending) > maxWord {
		out.WriteString(o.judged(o.pending))
		o.pending = ""
	}
	o.release(out.String())
}

// finish lets out a word and the mark that ends it.
func (o *Outlet) finish(out *strings.Builder, word string, mark byte) {
	if mark == '[' {
		word = strings.TrimRight(word, "!") // "![" begins an image, "[" a link
	}
	out.WriteString(o.judged(word))
	out.WriteByte(mark)
	switch {
	case o.closed == ']' && ((mark == '(' && word == "") || strings.HasPrefix(word, ":")):
		o.target = true // "[text](" and "[label]:"
	case word != "" || (mark > ' ' && mark != '<'):
		o.target = false
	}
	o.closed = mark
}

// maxWord bounds what is held back, in bytes. A word that is longer is judged by
// its beginning; what follows holds no scheme any more.
const maxWord = 4096

// Flush lets the last word out.
func (o *Outlet) Flush() {
	word := o.pending
	o.pending = ""
	o.release(o.judged(word))
}

func (o *Outlet) release(text string) {
	if text != "" {
		o.text.WriteString(text)
		o.write(text)
	}
}

// judged returns the word, or what stands for it. Where a link leads, a word with
// any mark that an address needs is one, unless it is plainly a place on our own
// pages: Markdown has many ways to write one.
func (o *Outlet) judged(word string) string {
	if word == "" || o.allowed.has(word) {
		return word
	}
	if isAddress(word) || (o.target && strings.ContainsAny(word, `/\&:`) && !ownPage(word)) {
		return removedAddress
	}
	return word
}

// isAddress reports whether a reader would make a link of the word.
func isAddress(word string) bool {
	lower := strings.ToLower(word)
	if strings.Contains(lower, "://") || strings.Contains(lower, "www.") || strings.Contains(lower, `:\\`) {
		return true
	}
	for _, scheme := range []string{"//", "data:", "mailto:", "javascript:", "tel:"} {
		if rest, ok := strings.CutPrefix(lower, scheme); ok && rest != "" {
			return true
		}
	}
	return false
}

func ownPage(word string) bool {
	return (word[0] == '/' || word[0] == '#') && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_#-") == "" && !strings.HasPrefix(word, "//")
}

// endsAddress reports whether c cannot be part of an address as text has it.
// Letters beyond ASCII end one too: what stands before them is judged.
func endsAddress(c rune) bool {
	return c <= ' ' || c >= utf8.RuneSelf || strings.ContainsRune("()[]<>{}\"'`|*", c)
}

// addresses are those that were read. The zero value has none.
type addresses struct{ known map[string]bool }

// add takes every address of a text.
func (a *addresses) add(text string) {
	for _, word := range strings.FieldsFunc(text, endsAddress) {
		if !isAddress(word) {
			continue
		}
		if a.known == nil {
			a.known = map[string]bool{}
		}
		a.known[canonical(word)] = true
	}
}

func (a *addresses) has(word string) bool { return a.known[canonical(word)] }

// canonical drops the marks that a sentence puts after an address.
func canonical(word string) string { return strings.TrimRight(word, ".,;:!?") }
