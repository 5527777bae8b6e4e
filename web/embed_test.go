package web

import (
	"io/fs"
	"strings"
	"testing"
)

// TestIndex checks what the server relies on: a page at the root whose styles and
// scripts carry the nonce's place, since its policy lets no others run.
func TestIndex(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(files, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if strings.Contains(page, "<style>") || strings.Contains(page, "<script>") || strings.Contains(page, " style=") {
		t.Error("index.html holds a style or script without a nonce, which the policy refuses")
	}
	if !strings.Contains(page, "<title>") || !strings.Contains(page, `lang="`) {
		t.Error("index.html has no title or language")
	}
}
