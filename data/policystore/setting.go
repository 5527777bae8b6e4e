package policystore

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Settings are what an installation says of its company.
type Settings struct {
	Company  string // the company's name; "" before somebody gives it
	Currency string // ISO 4217 code for new fields of money
	TimeZone string // IANA name; it decides where days, weeks and months begin
}

// The names of the settings in their table.
const (
	companySetting  = "company"
	currencySetting = "currency"
	timeZoneSetting = "time_zone"
)

// Settings returns the settings, with US dollars and UTC where nobody chose.
func (s *Store) Settings(ctx context.Context) (Settings, error) { return readSettings(ctx, s.db) }

func readSettings(ctx context.Context, q querier) (Settings, error) {
	set := Settings{Currency: "USD", TimeZone: "UTC"}
	err := q.Query(ctx, sqldb.Stmt{SQL: "SELECT name, value FROM settings"}, func(r sqldb.Row) error {
		switch r.Text(0) {
		case companySetting:
			set.Company = r.Text(1)
		case currencySetting:
			set.Currency = r.Text(1)
		case timeZoneSetting:
			set.TimeZone = r.Text(1)
		}
		return nil
	})
	return set, err
}

// SetSettings replaces the settings. They count as policy: figures that were
// grouped under another time zone are not released under the new one.
func (s *Store) SetSettings(ctx context.Context, by remit.Actor, set Settings) error {
	if err := set.check(); err != nil {
		return err
	}
	return s.UpdateSettings(ctx, by, func(now *Settings) { *now = set }, companySetting, currencySetting, timeZoneSetting)
}

// UpdateSettings changes the settings as they are in the transaction, so that of two
// changes at once neither undoes the other. The audit names the fields.
func (s *Store) UpdateSettings(ctx context.Context, by remit.Actor, fn func(*Settings), fields ...string) error {
	return s.Change(ctx, by, OpSettings, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Fields = fields
		set, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		fn(&set)
		if err := set.check(); err != nil {
			return err
		}
		return writeSettings(ctx, tx, set)
	})
}

func writeSettings(ctx context.Context, tx sqldb.Tx, set Settings) error {
	for name, value := range map[string]string{
		companySetting:  set.Company,
		currencySetting: set.Currency,
		timeZoneSetting: set.TimeZone,
	} {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			Args: []any{name, value},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const maxCompany = 200 // characters of a company's name

func (set Settings) check() error {
	if !utf8.ValidString(set.Company) || utf8.RuneCountInString(set.Company) > maxCompany || strings.ContainsFunc(set.Company, unicode.IsControl) {
		return remit.FieldErrorf(companySetting, "must be a line of text of at most %d characters", maxCompany)
	}
	if ok, err := regexp.MatchString(`^[A-Z]{3}$`, set.Currency); err != nil || !ok {
		return remit.FieldErrorf(currencySetting, "must be an ISO 4217 code such as EUR")
	}
	// LoadLocation reads "" and "Local" too, which mean something else on each
	// server.
	if _, err := time.LoadLocation(set.TimeZone); err != nil || set.TimeZone == "" || set.TimeZone == "Local" {
		return remit.FieldErrorf(timeZoneSetting, "must be the IANA name of a time zone, such as Europe/Vienna")
	}
	return nil
}
