package directory

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// A stranger who guesses from many networks, the owner's too, uses up every bound
// but that of a device which the owner has signed in on.
func TestStrangerLocksNoKnownDeviceOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		must(t, b.a.SetPassword(ctx, admin, b.person(t, "ada"), goodPassword))
		_, s, err := b.a.SignIn(ctx, SignIn{Email: "ada@example.com", Password: goodPassword, Address: "192.0.2.1"})
		must(t, err)
		in := SignIn{Email: "ADA@example.com", Password: goodPassword, Address: "192.0.2.1", Device: s.Device}
		limited := 0
		for i := range attemptsEverywhere + 20 {
			if _, err := b.a.countAttempt(ctx, SignIn{Email: "ada@example.com", Address: fmt.Sprintf("198.51.%d.1", i)}); err != nil {
				limited++
			}
		}
		if limited != 20 {
			t.Errorf("%d guesses from many networks were refused, want 20", limited)
		}
		for range attemptsPerAddress {
			_, _ = b.a.countAttempt(ctx, SignIn{Email: "nobody@example.com", Address: "192.0.2.1"})
		}
		stranger := in
		stranger.Device = ""
		_, _, err = b.a.SignIn(ctx, stranger)
		wantKind(t, err, remit.KindLimited)
		_, again, err := b.a.SignIn(ctx, in)
		must(t, err)
		if id, _ := b.a.deviceOf(in.Email, again.Device); id == "" || !strings.Contains(s.Device, id) {
			t.Errorf("the device %q became %q", s.Device, again.Device)
		}

		// The mark buys no more guesses than anybody has.
		in.Password = "wrong"
		for range attemptsPerDevice {
			_, _, err = b.b.SignIn(ctx, in)
			wantKind(t, err, remit.KindUnauthenticated)
		}
		_, _, err = b.b.SignIn(ctx, in)
		wantKind(t, err, remit.KindLimited)
	})
}

func TestKnowsDevice(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	mark := b.a.markDevice(SignIn{Email: "ada@example.com"})
	if !b.b.KnowsDevice("Ada@Example.com", mark) {
		t.Error("another server does not know the device")
	}
	parts := strings.Split(mark, ".")
	for name, forged := range map[string]string{
		"none": "", "prefix alone": DevicePrefix, "no digest": parts[0] + "." + parts[1] + ".", "longer life": parts[0] + ".9" + parts[1] + "." + parts[2],
		"other id": DevicePrefix + strings.Repeat("b", 26) + "." + parts[1] + "." + parts[2], "more": mark + ".x", "cut": mark[:len(mark)-1],
	} {
		if b.a.KnowsDevice("ada@example.com", forged) {
			t.Errorf("%s: %q is known", name, forged)
		}
	}
	if b.a.KnowsDevice("eve@example.com", mark) {
		t.Error("the mark is good for another address")
	}
	b.time.advance(DeviceLife + time.Second)
	if b.a.KnowsDevice("ada@example.com", mark) {
		t.Error("the mark does not end")
	}
}
