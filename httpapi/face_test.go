package httpapi_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/httpapi"
)

const query = "/api/collections/opportunities/query"

func TestHostAndOrigin(t *testing.T) {
	b := newBench(t, func(o *httpapi.Options) {
		o.Hosts = []string{"crm.example.com"}
		o.Origins = []string{"https://app.example.com"}
	})
	own := strings.TrimPrefix(b.URL, "http://")
	tests := []struct {
		name    string
		headers []string
		status  int
	}{
		{"loopback", nil, 200},
		{"localhost", []string{"Host: localhost:9"}, 200},
		{"IPv6 loopback", []string{"Host: [::1]:9"}, 200},
		{"configured", []string{"Host: CRM.example.com"}, 200},
		{"re-bound", []string{"Host: evil.example"}, 421},
		{"suffix", []string{"Host: crm.example.com.evil.example"}, 421},
		{"address that is not loopback", []string{"Host: 192.0.2.1"}, 421},
		{"own origin", []string{"Origin: http://" + own}, 200},
		{"configured origin", []string{"Origin: https://app.example.com"}, 200},
		{"other port", []string{"Origin: http://127.0.0.1:1"}, 403},
		{"other origin", []string{"Origin: https://evil.example"}, 403},
		{"opaque origin", []string{"Origin: null"}, 403},
		{"cross-site without origin", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"same-site without origin", []string{"Sec-Fetch-Site: same-site"}, 403},
	}
	for _, test := range tests {
		r := b.do(t, "POST", query, `{}`, test.headers...)
		if r.status != test.status {
			t.Errorf("%s: %d, want %d: %s", test.name, r.status, test.status, r.body)
		}
		if r.status != 200 {
			r.problem(t)
		}
	}
	if r := b.send(t, "GET", "/healthz", "", "Host: 10.0.0.7:8080"); r.status != 200 {
		t.Errorf("a probe by address: %d", r.status)
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBench(t)
	r := b.do(t, "POST", query, `{}`)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := r.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("another origin may read: %q", got)
	}
}

func TestCredentials(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name    string
		headers []string
		status  int
		channel remit.Channel
	}{
		{"token", []string{"Authorization: Bearer " + token}, 200, remit.ChannelAPI},
		{"token, lower case", []string{"Authorization: bearer " + token}, 200, remit.ChannelAPI},
		{"cookie", []string{"Cookie: remit_session=" + cookie}, 200, remit.ChannelWeb},
		{"none", nil, 401, ""},
		{"wrong token", []string{"Authorization: Bearer x"}, 401, ""},
		{"wrong token, right cookie", []string{"Authorization: Bearer x", "Cookie: remit_session=" + cookie}, 401, ""},
		{"session as token", []string{"Authorization: Bearer " + cookie}, 401, ""},
		{"token as session", []string{"Cookie: remit_session=" + token}, 401, ""},
		{"basic", []string{"Authorization: Basic YTpi"}, 401, ""},
	}
	for _, test := range tests {
		b.lens.actors = nil
		r := b.send(t, "POST", query, `{}`, test.headers...)
		if r.status != test.status {
			t.Errorf("%s: %d, want %d", test.name, r.status, test.status)
		}
		if r.status == 401 {
			if r.header.Get("WWW-Authenticate") == "" || len(b.lens.actors) > 0 {
				t.Errorf("%s: no challenge, or the lens was asked", test.name)
			}
			continue
		}
		if got := b.lens.actors[0]; got.Channel != test.channel || got.Person != ada || got.Request != r.header.Get("X-Request-Id") {
			t.Errorf("%s: actor %+v", test.name, got)
		}
	}
}

type fakeMCP struct {
	actor remit.Actor
	body  string
}

func (f *fakeMCP) ServeActor(w http.ResponseWriter, r *http.Request, actor remit.Actor) {
	body, _ := io.ReadAll(r.Body)
	f.actor, f.body = actor, string(body)
	w.WriteHeader(http.StatusAccepted)
}

func TestMCPTakesTokensOnly(t *testing.T) {
	mcp := &fakeMCP{}
	b := newBench(t, func(o *httpapi.Options) { o.MCP = mcp })
	if r := b.do(t, "POST", "/mcp", `{}`); r.status != 202 || mcp.actor.Person != ada {
		t.Errorf("token: %d, actor %+v", r.status, mcp.actor)
	}
	for _, headers := range [][]string{nil, {"Cookie: remit_session=" + cookie}, {"Authorization: Bearer " + cookie}} {
		if r := b.send(t, "POST", "/mcp", `{}`, headers...); r.status != 401 || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%v: %d", headers, r.status)
		}
	}
}

func TestSession(t *testing.T) {
	b := newBench(t)
	body := `{"email":"ada@example.com","password":"` + password + `"}`
	r := b.send(t, "POST", "/api/session", body)
	set := r.header.Get("Set-Cookie")
	if r.status != 200 || !strings.HasPrefix(set, "remit_session="+cookie+";") {
		t.Fatalf("sign in: %d %s, cookie %q", r.status, r.body, set)
	}
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie %q lacks %s", set, want)
		}
	}
	if sets := r.header.Values("Set-Cookie"); len(sets) != 2 || !strings.HasPrefix(sets[1], "remit_device="+device+"; Path=/; Expires=") || !strings.Contains(sets[1], "HttpOnly; SameSite=Strict") {
		t.Errorf("cookies %q", sets)
	}
	if strings.Contains(r.body, cookie) {
		t.Error("the body holds the secret")
	}
	if r := b.send(t, "GET", "/api/me", "", "Cookie: remit_session="+cookie); r.status != 200 || !strings.Contains(r.body, `"channel":"web"`) {
		t.Errorf("me: %d %s", r.status, r.body)
	}
	r = b.send(t, "DELETE", "/api/session", "", "Cookie: remit_session="+cookie)
	if r.status != 204 || !strings.HasPrefix(r.header.Get("Set-Cookie"), "remit_session=; Path=/; Expires=Thu, 01 Jan 1970") {
		t.Errorf("sign out: %d %v", r.status, r.header)
	}
	if r := b.send(t, "POST", "/api/session", `{"email":"ada@example.com","password":42424242}`); strings.Contains(r.body, "42424242") {
		t.Errorf("a password is quoted: %s", r.body)
	}
	secure := newBench(t, func(o *httpapi.Options) { o.Secure = true })
	r = secure.send(t, "POST", "/api/session", body)
	if set := r.header.Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-remit_session=") || !strings.Contains(set, "; Secure") || r.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("over TLS: cookie %q, headers %v", set, r.header)
	}
}

// Each call of a batch counts.
func TestBatchesCountByCall(t *testing.T) {
	now, mcp := start, &fakeMCP{}
	b := newBench(t, func(o *httpapi.Options) {
		o.Now, o.MCP = func() time.Time { return now }, mcp
		o.Rates = httpapi.Rates{Person: 5} // bursts of 10
	})
	batch := func(calls int) string {
		return " [" + strings.Repeat(`{"jsonrpc":"2.0"},`, calls-1) + `{"jsonrpc":"2.0"}]`
	}
	for i, test := range []struct {
		body   string
		status int
	}{
		{batch(6), 202}, {batch(6), 429}, {batch(11), 429}, {`{"jsonrpc":"2.0","params":[1,2,3,4]}`, 202}, {`[`, 202}, {`{}`, 429},
	} {
		mcp.body = ""
		r := b.do(t, "POST", "/mcp", test.body)
		if r.status != test.status {
			t.Errorf("request %d: %d %s, want %d", i, r.status, r.body, test.status)
		}
		if r.status == 202 && mcp.body != test.body {
			t.Errorf("request %d: %q was handed on", i, mcp.body)
		}
	}
	now = now.Add(2 * time.Second)
	if r := b.do(t, "POST", "/mcp", batch(10)); r.status != 202 {
		t.Errorf("after two seconds: %d %s", r.status, r.body)
	}
	if r := b.do(t, "POST", "/mcp", strings.Repeat(" ", httpapi.MaxBody+1)); r.status != 429 && r.status != 413 {
		t.Errorf("too large: %d", r.status)
	}
}

// Who has used up what an address may try keeps out no device that is known, and
// no e-mail address elsewhere.
func TestStrangerLocksNobodyOut(t *testing.T) {
	b := newBench(t, func(o *httpapi.Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	from := func(address, body string, headers ...string) int {
		return b.send(t, "POST", "/api/session", body, append(headers, "X-Forwarded-For: "+address)...).status
	}
	guess, right := `{"email":"ada@example.com","password":"x"}`, `{"email":"ada@example.com","password":"`+password+`"}`
	for range 12 {
		from("192.0.2.1", guess)
	}
	if got := from("192.0.2.1", right); got != 429 {
		t.Errorf("an address with too many attempts: %d", got)
	}
	if got := from("192.0.2.2", right); got != 200 {
		t.Errorf("the owner elsewhere: %d", got)
	}
	if got := from("192.0.2.1", right, "Cookie: remit_device="+device); got != 200 {
		t.Errorf("the owner's device at the same address: %d", got)
	}
	if got := from("192.0.2.1", right, "Cookie: remit_device=forged"); got != 429 {
		t.Errorf("a forged device: %d", got)
	}
	for range 12 {
		from("192.0.2.3", guess, "Cookie: remit_device="+device)
	}
	if got := from("192.0.2.4", guess, "Cookie: remit_device="+device); got != 429 {
		t.Errorf("a device with too many attempts: %d", got)
	}
}

func TestRateLimits(t *testing.T) {
	now := start
	b := newBench(t, func(o *httpapi.Options) {
		o.Now = func() time.Time { return now }
		o.Rates = httpapi.Rates{Person: 2}
	})
	var statuses []int
	for range 5 {
		statuses = append(statuses, b.do(t, "POST", query, `{}`).status)
	}
	if statuses[3] != 200 || statuses[4] != 429 {
		t.Errorf("statuses %v, want 429 after a burst of 4", statuses)
	}
	r := b.do(t, "POST", query, `{}`)
	if p := r.problem(t); p.Kind != "limited" || r.header.Get("Retry-After") != "1" {
		t.Errorf("%s, Retry-After %q", r.body, r.header.Get("Retry-After"))
	}
	now = now.Add(time.Second)
	if r := b.do(t, "POST", query, `{}`); r.status != 200 {
		t.Errorf("after a second: %d", r.status)
	}
	for range 10 {
		b.send(t, "POST", "/api/session", `{"email":"ada@example.com","password":"x"}`)
	}
	if r := b.send(t, "POST", "/api/session", `{"email":"Ada@example.com","password":"`+password+`"}`); r.status != 429 || r.header.Get("Retry-After") == "" {
		t.Errorf("the eleventh attempt to sign in: %d", r.status)
	}
	last := 0
	for range 25 {
		last = b.send(t, "POST", query, `{}`, "Authorization: Bearer wrong").status
	}
	if last != 429 {
		t.Errorf("guessed tokens: %d", last)
	}
	now = now.Add(time.Second)
	if r := b.do(t, "POST", query, `{}`); r.status != 200 {
		t.Errorf("a good token beside guessed ones: %d", r.status)
	}
}

func TestForwardedAddressCountsBehindTrustedProxiesOnly(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		b := newBench(t, func(o *httpapi.Options) {
			o.Rates = httpapi.Rates{Unknown: 0.001}
			if trusted {
				o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			}
		})
		for i := range 30 {
			r := b.send(t, "POST", query, `{}`, "Authorization: Bearer wrong", "X-Forwarded-For: 192.0.2."+string(rune('0'+i%10))+", 198.51.100."+string(rune('0'+i%10)))
			if want := map[bool]int{true: 401, false: 429}[trusted || i < 20]; r.status != want {
				t.Fatalf("trusted %v, request %d: %d, want %d", trusted, i, r.status, want)
			}
		}
	}
}

func TestRequestID(t *testing.T) {
	b := newBench(t)
	if r := b.do(t, "GET", "/healthz", "", "X-Request-Id: proxy-7.f00_baz"); r.header.Get("X-Request-Id") != "proxy-7.f00_baz" {
		t.Errorf("a well-formed id became %q", r.header.Get("X-Request-Id"))
	}
	for _, bad := range []string{"short", "has space in it", `quo"te-and-more`, strings.Repeat("x", 65)} {
		if r := b.do(t, "GET", "/healthz", "", "X-Request-Id: "+bad); !remit.ID(r.header.Get("X-Request-Id")).Valid() {
			t.Errorf("%q became %q", bad, r.header.Get("X-Request-Id"))
		}
	}
}

// TestFaultsAreHidden checks that what went wrong within stays within, and that
// the log has it under the request id.
func TestFaultsAreHidden(t *testing.T) {
	b := newBench(t)
	b.lens.err = errors.New("pq: relation secret_table does not exist")
	r := b.do(t, "POST", query, `{}`)
	if p := r.problem(t); r.status != 500 || strings.Contains(r.body, "secret_table") || !strings.Contains(b.log.String(), "secret_table") || !strings.Contains(b.log.String(), p.RequestID) {
		t.Errorf("%d %s\n%s", r.status, r.body, b.log)
	}
}

func TestLogHoldsNoValues(t *testing.T) {
	b := newBench(t)
	b.do(t, "POST", query, `{"filter":{"name":{"$eq":"Topsecret"}}}`)
	b.do(t, "GET", "/api/collections/opportunities/records?cursor=Topsecret", "")
	b.do(t, "GET", "/api/collections/opportunities/records/Topsecret", "")
	b.do(t, "GET", "/api/Topsecret", "")
	b.send(t, "POST", "/api/session", `{"email":"Topsecret","password":"Topsecret"}`)
	text := b.log.String()
	for _, secret := range []string{"Topsecret", token, password} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, `route="POST /api/collections/{name}/query" status=200`) || !strings.Contains(text, "person="+string(ada)) {
		t.Errorf("the log lacks the request:\n%s", text)
	}
	if r := b.send(t, "GET", "/metrics", ""); !strings.Contains(r.body, `remit_http_requests_total{method="POST",route="POST /api/collections/{name}/query",status="200"} 1`) || strings.Contains(r.body, "Topsecret") {
		t.Errorf("metrics:\n%s", r.body)
	}
}

func TestAskStreams(t *testing.T) {
	b := newBench(t)
	lines := openStream(t, b)
	if got := <-lines; got != "event: text" {
		t.Fatalf("first line %q", got)
	}
	if got := <-lines; got != `data: {"step":0,"text":"Hello\n"}` {
		t.Fatalf("second line %q", got)
	}
	b.answers.next <- struct{}{} // the first event arrived before the second was made
	rest := drain(lines)
	if len(rest) < 6 || rest[1] != "event: end" || rest[4] != "event: answer" || !strings.Contains(rest[5], `"answer":"Hello\nAda"`) {
		t.Errorf("rest %q", rest)
	}
	r := b.do(t, "POST", "/api/ask", `{"question":"hi"}`, "Accept: application/json")
	if r.status != 200 || !strings.Contains(r.body, `"answer":"Hello\nAda"`) || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("JSON: %d %s", r.status, r.body)
	}
}

func TestStreamEndsWithProblem(t *testing.T) {
	b := newBench(t)
	b.answers.err = errors.New("secret")
	b.answers.next <- struct{}{}
	all := strings.Join(drain(openStream(t, b)), "\n")
	if !strings.Contains(all, "event: error\ndata: {\"title\":\"Internal Server Error\"") || strings.Contains(all, "secret") {
		t.Errorf("stream:\n%s", all)
	}
}

func openStream(t *testing.T, b *bench) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", b.URL+"/api/ask", strings.NewReader(`{"question":"hi"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := b.Client().Do(r) //nolint:bodyclose // closed below, when the stream has been read
	if err != nil {
		t.Fatal(err)
	}
	if response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("content type %q", response.Header.Get("Content-Type"))
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer response.Body.Close()
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

func drain(lines <-chan string) []string {
	var all []string
	for line := range lines {
		all = append(all, line)
	}
	return all
}

func TestWeb(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		path, contains string
		status         int
	}{
		{"/", "<html>", 200},
		{"/accounts/x?tab=notes", "<html>", 200},
		{"/index.html", "<html>", 200},
		{"/assets/app.js", "1", 200},
		{"/icon.svg", "<svg/>", 200},
		{"/assets/gone.js", "404", 404},
		{"/api/gone", "not_found", 404},
		{"/api", "not_found", 404},
	}
	for _, test := range tests {
		r := b.send(t, "GET", test.path, "")
		if r.status != test.status || !strings.Contains(r.body, test.contains) {
			t.Errorf("%s: %d %s", test.path, r.status, r.body)
		}
	}
	first, second := b.send(t, "GET", "/", ""), b.send(t, "GET", "/", "")
	nonce := strings.Split(strings.Split(first.body, `nonce="`)[1], `"`)[0]
	if !strings.Contains(first.header.Get("Content-Security-Policy"), "'nonce-"+nonce+"'") || first.body == second.body {
		t.Errorf("nonce %q, policy %q", nonce, first.header.Get("Content-Security-Policy"))
	}
	if strings.Contains(first.header.Get("Content-Security-Policy"), "unsafe") || first.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", first.header)
	}
}
