package layers

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withManagers adds a manager, an executive, and accounts that a rep sees nothing of.
func withManagers(t *testing.T, o *office) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.csv")
	load := func(content string, arguments ...string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		o.in.Run(t, append([]string{"import", arguments[0], file}, arguments[1:]...)...)
	}
	load("name,email\nMia,mia@example.com\n", "people", "--role", "sales-manager")
	load("name,email\nRex,rex@example.com\n", "people", "--role", "sales-executive")
	load("name,industry,employees\n"+strings.Repeat("Medical,medical,20\n", 6)+strings.Repeat("Retail,retail,15\n", 3)+strings.Repeat("Mining,mining,18\n", 4), "accounts")
	for _, name := range []string{"mia", "rex", "rob"} {
		o.tokens[name] = strings.TrimSpace(o.in.Run(t, "token", "create", "--user", name+"@example.com"))
		o.tokens[name+"'s viz"] = strings.TrimSpace(o.in.Run(t, "token", "create", "--user", name+"@example.com", "--employee", "viz"))
	}
}

// Company-wide figures over HTTP, MCP and in a conversation: the same for a manager and an
// executive, nothing of them for a rep.
func TestCompanyWideOnEveryFace(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		withManagers(t, o)
		const run = "/api/analytics/accounts-by-industry/run"
		status, mia := o.post(t, "mia", run, `{}`)
		if status != http.StatusOK || !strings.Contains(mia, `"statement":"company-wide figure, reviewed by Remit, as shipped on`) ||
			!strings.Contains(mia, `{"accounts":6,"average_employees":20,"industry":"medical"}`) || strings.Contains(mia, "retail") || strings.Contains(mia, "mining") {
			t.Errorf("a manager: %d %s", status, mia)
		}
		if status, rex := o.post(t, "rex", run, `{"parameters":{}}`); status != http.StatusOK || rex != mia {
			t.Errorf("an executive: %d %s", status, rex)
		}
		for _, who := range []string{"rob", "rob's viz", "fay"} {
			if status, text := o.post(t, who, run, `{}`); status != http.StatusForbidden {
				t.Errorf("%s: %d %s", who, status, text)
			}
		}

		call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"overall_analytics","arguments":{"collection_name":"accounts","template":"accounts-by-industry"}}}`
		for who, passes := range map[string]bool{"mia": true, "mia's viz": true, "rex's viz": true, "rob": false, "rob's viz": false} {
			_, text := o.post(t, who, "/mcp", call)
			if told := strings.Contains(text, "company-wide figure"); told != passes || strings.Contains(text, "retail") {
				t.Errorf("%s over MCP: %s", who, text)
			}
			_, text = o.post(t, who, "/mcp", `{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}`)
			if listed := strings.Contains(text, `"overall_analytics"`); listed != passes {
				t.Errorf("%s is offered the tool: %t", who, listed)
			}
		}

		for who, passes := range map[string]bool{"mia": true, "rex": true, "rob": false} {
			status, text := o.post(t, who, "/api/ask", `{"employee":"viz","question":"Company-wide accounts by industry"}`)
			if told := strings.Contains(text, "company-wide figure, reviewed by"); status != http.StatusOK || told != passes || strings.Contains(text, "retail") {
				t.Errorf("%s asks Viz: %d %s", who, status, text)
			}
			if drawn := strings.Contains(text, `"kind":"pie"`); drawn != passes {
				t.Errorf("%s is drawn a chart: %t", who, drawn)
			}
		}
	})
}
