package modelservices

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/policystore"
)

// TestGuardLooksWhenItConnects checks that an address which is refused is not asked
// whatever name led to it.
func TestGuardLooksWhenItConnects(t *testing.T) {
	for _, test := range []struct {
		url       string
		allowed   []string
		forbidden bool
	}{
		{"http://169.254.169.254/", nil, true},
		{"http://[fe80::1%25lo]/", nil, true},
		{"http://0.0.0.0:1/", nil, true},
		{"http://127.0.0.1:1/", nil, false},
		{"http://0.0.0.0:1/", []string{"0.0.0.0"}, false},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := guarded(test.url, test.allowed).RoundTrip(req)
		if err == nil {
			_ = res.Body.Close()
		}
		cancel()
		if errors.Is(err, errForbidden) != test.forbidden {
			t.Errorf("%s, allowed %v: %v", test.url, test.allowed, err)
		}
		var dial *net.OpError
		if test.forbidden && !errors.As(err, &dial) {
			t.Errorf("%s: refused elsewhere: %v", test.url, err)
		}
	}
}

func TestPriceOf(t *testing.T) {
	prices := []policystore.Price{{Model: "gpt", Input: 1}, {Model: "gpt-big", Input: 2}, {Model: "*", Input: 3}, {Model: "free"}}
	for model, want := range map[string]int64{
		"gpt": 1, "gpt-2026": 1, "gpt-big": 2, "gpt-big-2026-01-01": 2, "gptx": 3, "claude": 3, "free": 3, "": 3,
	} {
		if p, ok := priceOf(prices, model); !ok || p.Input != want {
			t.Errorf("%q: %+v, want %d", model, p, want)
		}
	}
	if p, ok := priceOf(prices[3:], "free"); ok {
		t.Errorf("no price, and yet %+v", p)
	}
}

func TestCostIsRoundedHalfEven(t *testing.T) {
	for _, test := range []struct{ input, output, price, want int64 }{
		{1, 0, 500, 0}, {3, 0, 500, 2}, {1, 0, 501, 1}, {1, 0, 499, 0}, {0, 5, 300, 2}, {1_000_000, 0, 2_500_000, 2_500_000_000},
	} {
		if got := cost(policystore.Price{Input: test.price, Output: test.price}, test.input, test.output); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
	if got := decimal(12_150_000, 9) + " " + decimal(0, 9) + " " + decimal(2_000_000_000, 9); got != "0.01215 0 2" {
		t.Errorf("decimals %s", got)
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	s := policystore.Service{Name: "one", Key: policystore.NewKey("secret-of-one")}
	if text := strings.Join([]string{s.Key.String(), s.Key.GoString(), s.Key.LogValue().String()}, " "); strings.Contains(text, "secret-of-one") {
		t.Error(text)
	}
}
