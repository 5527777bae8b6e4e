package directory

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

func TestSignInRefusesAlike(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.SetPassword(ctx, admin, ada, goodPassword))
		gone := b.person(t, "gone")
		must(t, b.a.SetPassword(ctx, admin, gone, goodPassword))
		must(t, b.a.UpdatePerson(ctx, admin, gone, PersonChange{Active: ptr(false)}))
		b.person(t, "without")

		answers := map[string]bool{}
		for name, in := range map[string]SignIn{
			"wrong password":  {Email: "ada@example.com", Password: goodPassword + "!"},
			"no password":     {Email: "ada@example.com"},
			"unknown address": {Email: "nobody@example.com", Password: goodPassword},
			"inactive":        {Email: "gone@example.com", Password: goodPassword},
			"never had one":   {Email: "without@example.com", Password: ""},
			"operator":        {Email: "operator@localhost", Password: goodPassword},
			"no UTF-8":        {Email: "ada@example.com\xff", Password: "\xff\xfe"},
			"very long":       {Email: "ada@example.com", Password: strings.Repeat("x", 1<<20)},
		} {
			in.Address = "192.0.2.1"
			_, _, err := b.a.SignIn(ctx, in)
			if err == nil || remit.KindOf(err) != remit.KindUnauthenticated {
				t.Errorf("%s: %v", name, err)
				continue
			}
			answers[err.Error()] = true
		}
		if len(answers) != 1 {
			t.Errorf("the answers differ: %v", answers)
		}
		secret, s, err := b.a.SignIn(ctx, SignIn{Email: "ADA@example.com", Password: goodPassword, Address: "192.0.2.1", Client: strings.Repeat("é", 150)})
		must(t, err)
		if s.Person != ada || !wellFormed(secret, SessionPrefix) || len(s.Client) > maxClient {
			t.Errorf("session = %+v", s)
		}
	})
}

func TestSignInIsThrottled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		must(t, b.a.SetPassword(ctx, admin, b.person(t, "ada"), goodPassword))
		try := func(d *Directory, password, address string) error {
			_, _, err := d.SignIn(ctx, SignIn{Email: "ada@example.com", Password: password, Address: address})
			return err
		}
		// Many at once, over two servers: not one guess more than is allowed.
		var guesses atomic.Int64
		var all sync.WaitGroup
		for i := range 2 * attemptsPerAccount {
			d := []*Directory{b.a, b.b}[i%2]
			all.Go(func() {
				switch err := try(d, fmt.Sprint("wrong guess ", i), "2001:db8::1"); remit.KindOf(err) {
				case remit.KindUnauthenticated:
					guesses.Add(1)
				case remit.KindLimited:
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := guesses.Load(); n != attemptsPerAccount {
			t.Errorf("%d guesses were answered, want %d", n, attemptsPerAccount)
		}
		wantKind(t, try(b.a, goodPassword, "2001:db8::2"), remit.KindLimited) // the same network
		must(t, try(b.a, goodPassword, "2001:db8:0:1::1"))                    // another: the owner is not locked out
		b.pass(t, attemptWindow+time.Second)
		must(t, try(b.a, goodPassword, "2001:db8::1"))

		// Success takes the count back.
		for range 3 {
			for range attemptsPerAccount - 1 {
				wantKind(t, try(b.a, "wrong", "192.0.2.9"), remit.KindUnauthenticated)
			}
			must(t, try(b.a, goodPassword, "192.0.2.9"))
		}
	})
}

func TestAddressIsThrottledOverAllAccounts(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	ctx := context.Background()
	limited := 0
	for i := range attemptsPerAddress + 5 {
		if _, err := b.a.countAttempt(ctx, SignIn{Email: fmt.Sprint(i, "@example.com"), Address: "192.0.2.7"}); err != nil {
			wantKind(t, err, remit.KindLimited)
			limited++
		}
	}
	if limited != 5 {
		t.Errorf("%d attempts were refused, want 5", limited)
	}
	b.pass(t, attemptWindow+time.Second)
	_, err := b.a.countAttempt(ctx, SignIn{Email: "x@example.com", Address: "192.0.2.7"})
	must(t, err)
	query(t, b.a, "SELECT count(*) FROM sign_in_attempts", func(r sqldb.Row) error {
		if r.Int(0) != 3 {
			t.Errorf("%d buckets are kept after their window, want the 3 of the last attempt", r.Int(0))
		}
		return nil
	})
}

func TestNetworkOf(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":        "192.0.2.1",
		"::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8::1":      "2001:db8::/64",
		"2001:db8::ffff:1": "2001:db8::/64",
		"2001:db8:0:1::1":  "2001:db8:0:1::/64",
		"fe80::1%eth0":     "fe80::/64",
		"pipe":             "pipe",
		"":                 "",
	} {
		if got := networkOf(address); got != want {
			t.Errorf("networkOf(%q) = %q, want %q", address, got, want)
		}
	}
}

// TestPasswordChangeBeatsSignIn changes the password after it was compared: the
// session must not be made.
func TestPasswordChangeBeatsSignIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.SetPassword(ctx, admin, ada, goodPassword))
		in := SignIn{Email: "ada@example.com", Password: goodPassword}
		who, err := b.a.passwordOf(ctx, in.Email)
		must(t, err)
		must(t, b.b.SetPassword(ctx, admin, ada, goodPassword+" 2"))
		_, _, err = b.a.openSession(ctx, in, who, who.encoded)
		wantKind(t, err, remit.KindUnauthenticated)
	})
}

func TestOldHashesAreRenewed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		weak := hashParams{memory: 16, passes: 1, threads: 1}
		salt := []byte("0123456789abcdef")
		key := argon2.IDKey([]byte(goodPassword), salt, weak.passes, weak.memory, weak.threads, hashLength)
		b.exec(t, "UPDATE people SET password_hash = ? WHERE id = ?", formatHash(weak, salt, key), ada)
		for range 2 {
			_, _, err := b.a.SignIn(ctx, SignIn{Email: "ada@example.com", Password: goodPassword})
			must(t, err)
			who, err := b.a.passwordOf(ctx, "ada@example.com")
			must(t, err)
			if p, _, _, err := parseHash(who.encoded); err != nil || p != b.a.cost {
				t.Errorf("after signing in the hash is %s", who.encoded)
			}
		}
	})
}

func TestUnknownAddressCostsAHash(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	b.a.cost = defaultCost()
	who, err := b.a.passwordOf(context.Background(), "nobody@example.com")
	must(t, err)
	if p, _, _, err := parseHash(who.encoded); err != nil || p != defaultCost() || who.person != "" {
		t.Errorf("an unknown address is compared with %s of %q", who.encoded, who.person)
	}
}

func TestHashFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hashParams{
			memory:  rapid.Uint32Range(8, 256*1024).Draw(t, "memory"),
			passes:  rapid.Uint32Range(1, 16).Draw(t, "passes"),
			threads: rapid.Uint8Range(1, 8).Draw(t, "threads"),
		}
		salt := rapid.SliceOfN(rapid.Byte(), 8, 32).Draw(t, "salt")
		key := rapid.SliceOfN(rapid.Byte(), hashLength, hashLength).Draw(t, "key")
		gotP, gotSalt, gotKey, err := parseHash(formatHash(p, salt, key))
		if err != nil || gotP != p || string(gotSalt) != string(salt) || string(gotKey) != string(key) {
			t.Fatalf("read back %+v %x %x, %v", gotP, gotSalt, gotKey, err)
		}
	})
}

func FuzzParseHash(f *testing.F) {
	f.Add(dummyHash(defaultCost()))
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA")
	f.Fuzz(func(t *testing.T, encoded string) {
		p, salt, key, err := parseHash(encoded)
		if err != nil {
			return
		}
		if !p.sane() || formatHash(p, salt, key) != encoded {
			t.Errorf("%q was read as %+v", encoded, p)
		}
	})
}

func TestStrength(t *testing.T) {
	for _, weak := range []string{
		"", "short", "elevenchars", "password1234", "Password!!!!", "PASSWORDPASSWORD", "Passwordpassword123!",
		"p@ssw0rdp@ssw0rd", "qwertyuiop123456", "1q2w3e4r5t6y", "correct horse battery staple",
		"aaaaaaaaaaaaaaaa", "abababababababab", "abcabcabcabcabc", "Remit!Remit!Remit!Remit!",
		"abcdefghijklmnop", "zyxwvutsrqponmlk", "1234567890123456", "123412341234",
		"lovelace-9-copper", "my name is LOVELACE", "analytical.example 42", "pass\x00word pass word", "not text \xff\xfe\xfd",
		"ｐａｓｓｗｏｒｄ１２３４", // full width, which NFKC folds
		strings.Repeat("meadow copper ", 30),
	} {
		if err := checkStrength(weak, "Ada Lovelace", "ada@analytical.example"); err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%q was accepted: %v", weak, err)
		} else if len(weak) > 4 && strings.Contains(err.Error(), weak) {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
	for _, strong := range []string{
		goodPassword, "Tr4mpoline-oyster", "ein Löwe frißt Äpfel", "猫が好きで毎日公園を歩きます", "8f$kQz!m2@Lw", "Ada likes 9 copper pans",
	} {
		if err := checkStrength(strong, "Ada Lovelace", "ada@analytical.example"); err != nil {
			t.Errorf("%q was refused: %v", strong, err)
		}
	}
}

func TestPasswordsMatchHoweverTheyAreComposed(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	ctx := context.Background()
	encoded, err := b.a.hash(ctx, "caf\u00e9 copper meadow")
	must(t, err)
	for password, want := range map[string]bool{
		"caf\u00e9 copper meadow": true, "cafe\u0301 copper meadow": true, "cafe copper meadow": false, "Caf\u00e9 copper meadow": false,
	} {
		ok, outdated, err := b.a.matches(ctx, password, encoded)
		if err != nil || ok != want || outdated {
			t.Errorf("%q: %v, outdated %v, %v; want %v", password, ok, outdated, err, want)
		}
	}
	again, err := b.a.hash(ctx, "caf\u00e9 copper meadow")
	must(t, err)
	if again == encoded {
		t.Error("two hashes of one password are the same: the salt is not fresh")
	}
}

func TestHashingWaitsItsTurn(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	for range concurrentHashes {
		b.a.hashing <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := b.a.hash(ctx, goodPassword)
	wantKind(t, err, remit.KindCanceled)
}
