package directory

import (
	"context"
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// How often signing in may fail within a window that opens with the first
// attempt. An account is counted for each network address by itself: whoever
// could lock an account from anywhere would lock its owner out. Much looser, a
// network address is counted over all accounts, and an account over all network
// addresses, for whoever has many of either.
//
// Those two bounds can still be used up by a stranger, from the owner's own network
// or from many. So a device on which the owner has signed in before carries a
// mark of it, and is counted by itself and by nothing else: who guesses elsewhere
// cannot keep it out, and who steals the mark has no more guesses than anybody.
// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies".)
//
// The counts are in the database, so they hold over all replicas. There are as
// many rows as attempts within a window at most, and every attempt takes a turn
// at hashing, some dozens a second.
const (
	attemptWindow      = 15 * time.Minute
	attemptsPerAccount = 10
	attemptsPerDevice  = 10
	attemptsPerAddress = 100
	attemptsEverywhere = 200 // for one account
)

// attemptBucket is what attempts are counted in.
type attemptBucket struct {
	key  [sha256.Size]byte
	most int64 // attempts within a window
	back int64 // attempts that a right password takes back
}

// attemptBuckets returns what an attempt counts against, always in this order:
// transactions that lock rows in different orders wait for each other.
func (d *Directory) attemptBuckets(in SignIn) []attemptBucket {
	if device, ok := d.deviceOf(in.Email, in.Device); ok {
		return []attemptBucket{{d.digest("device attempts", device), attemptsPerDevice, attemptsPerDevice}}
	}
	network := networkOf(in.Address)
	return []attemptBucket{
		{d.digest("address", network), attemptsPerAddress, 1},
		{d.digest("everywhere", foldEmail(in.Email)), attemptsEverywhere, 1},
		{d.digest("account", foldEmail(in.Email)+"\x00"+network), attemptsPerAccount, attemptsPerAccount},
	}
}

// networkOf returns the part of an address that one party holds: an IPv4 address,
// or the /64 of an IPv6 address.
func networkOf(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	parsed = parsed.Unmap().WithZone("")
	if parsed.Is4() {
		return parsed.String()
	}
	network, err := parsed.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

// countAttempt counts an attempt before its password is looked at, so that many
// at once are counted too, and refuses it where there were too many. The error is
// [remit.KindLimited]; first says that it is the first one in a bucket's window.
func (d *Directory) countAttempt(ctx context.Context, in SignIn) (first bool, err error) {
	var refused error
	err = d.db.Write(ctx, func(tx sqldb.Tx) error {
		first, refused = false, nil
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL:  "DELETE FROM sign_in_attempts WHERE expires_at <= ?",
			Args: []any{now},
		})
		if err != nil {
			return err
		}
		for _, bucket := range d.attemptBuckets(in) {
			over, wait, err := countIn(ctx, tx, bucket, now)
			if err != nil {
				return err
			}
			if over > 0 {
				first, refused = first || over == 1, errTooMany(wait)
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return first, refused
}

func errTooMany(wait time.Duration) error {
	minutes := int(wait/time.Minute) + 1
	return remit.Errorf(remit.KindLimited, "too many attempts to sign in: try again in %d minutes", minutes)
}

// countIn counts an attempt in a bucket, and returns how many there were too many
// and how long to wait then.
func countIn(ctx context.Context, tx sqldb.Tx, bucket attemptBucket, now time.Time) (over int64, wait time.Duration, err error) {
	err = tx.Query(ctx, sqldb.Stmt{
		SQL: `INSERT INTO sign_in_attempts (bucket, attempts, expires_at) VALUES (?, 1, ?)
ON CONFLICT (bucket) DO UPDATE SET attempts = sign_in_attempts.attempts + 1
RETURNING attempts, expires_at`,
		Args: []any{bucket.key[:], now.Add(attemptWindow)},
	}, func(r sqldb.Row) error {
		over, wait = r.Int(0)-bucket.most, r.Time(1).Sub(now)
		return nil
	})
	return over, wait, err
}

// forgiveAttempts takes back what counted against somebody who then gave the
// right password: all of the account's or the device's, and this one of the
// looser bounds.
func (d *Directory) forgiveAttempts(ctx context.Context, tx sqldb.Tx, in SignIn) error {
	for _, bucket := range d.attemptBuckets(in) {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE sign_in_attempts SET attempts = CASE WHEN attempts > ? THEN attempts - ? ELSE 0 END WHERE bucket = ?",
			Args: []any{bucket.back, bucket.back, bucket.key[:]},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
