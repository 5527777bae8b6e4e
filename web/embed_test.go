package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestIndex checks what the server relies on: a page at the root whose styles and
// scripts carry the nonce's place, since its policy lets no others run.
func TestIndex(t *testing.T) {
	embedded, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	unbuilt, err := files(fstest.MapFS{"dist/.gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]fs.FS{"embedded": embedded, "placeholder": unbuilt} {
		t.Run(name, func(t *testing.T) {
			text, err := fs.ReadFile(files, "index.html")
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, string(text))
		})
	}
}

var element = regexp.MustCompile(`<(script|style|link)\b[^>]*>`)

func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, tag := range element.FindAllString(page, -1) {
		loads := !strings.HasPrefix(tag, "<link") || strings.Contains(tag, "stylesheet") || strings.Contains(tag, "modulepreload")
		if loads && !strings.Contains(tag, `nonce="__CSP_NONCE__"`) {
			t.Errorf("%s has no nonce, so the policy refuses it", tag)
		}
	}
	if strings.Contains(page, " style=") {
		t.Error("the page holds a style attribute, which the policy refuses")
	}
	if !strings.Contains(page, "<title>") || !strings.Contains(page, `lang="`) {
		t.Error("the page has no title or language")
	}
}

// TestFilesPrefersTheBuiltApp checks that the placeholder steps back.
func TestFilesPrefersTheBuiltApp(t *testing.T) {
	found, err := files(fstest.MapFS{"dist/index.html": {Data: []byte("the app")}})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(found, "index.html"); err != nil || string(text) != "the app" {
		t.Fatalf("index.html is %q, %v", text, err)
	}
}
