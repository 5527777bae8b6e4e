package directory

import (
	"context"
	"slices"

	"golang.org/x/text/language"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpPreferences is a change to what people choose for themselves, as the audit log
// names it.
const OpPreferences audit.Operation = "people.preferences"

// Preferences are what a person chooses for the screens that they see. They decide
// nothing.
type Preferences struct {
	Language string // BCP 47 tag; "" is none chosen
	Theme    string // one of Themes; "" is none chosen
}

// PreferenceChange says what to change; nil leaves a part as it is.
type PreferenceChange struct{ Language, Theme *string }

// Themes are the themes that can be chosen.
var Themes = []string{"light", "dark", "auto"}

// Preferences returns what the person chose.
func (d *Directory) Preferences(ctx context.Context, person remit.ID) (Preferences, error) {
	var chosen Preferences
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT language, theme FROM people WHERE id = ?",
		Args: []any{person},
	}, func(r sqldb.Row) error {
		chosen = Preferences{Language: r.Text(0), Theme: r.Text(1)}
		return nil
	})
	return chosen, err
}

// SetPreferences changes what the person chose; "" takes a choice back.
func (d *Directory) SetPreferences(ctx context.Context, by remit.Actor, person remit.ID, c PreferenceChange) error {
	if err := c.check(); err != nil {
		return err
	}
	return d.write(ctx, by, OpPreferences, person, func(tx sqldb.Tx, e *audit.Entry) error {
		// Their generation stays: nothing that runs for the person is concerned.
		changed, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE people SET language = coalesce(?, language), theme = coalesce(?, theme)
WHERE id = ? AND system = ?`,
			Args: []any{given(c.Language, "language", e), given(c.Theme, "theme", e), person, false},
		})
		if err == nil && changed == 0 {
			err = errNoPerson()
		}
		return err
	})
}

// given returns what is to be set, nil for nothing, and notes the field.
func given(value *string, field string, e *audit.Entry) any {
	if value == nil {
		return nil
	}
	e.Fields = append(e.Fields, field)
	return *value
}

func (c PreferenceChange) check() error {
	if c.Language != nil && *c.Language != "" {
		const most = 35 // RFC 5646, section 4.4.1
		tag, err := language.Parse(*c.Language)
		if err != nil || len(*c.Language) > most || tag.String() != *c.Language {
			return remit.FieldErrorf("language", "must be a BCP 47 tag such as en or de-AT")
		}
	}
	if c.Theme != nil && *c.Theme != "" && !slices.Contains(Themes, *c.Theme) {
		return remit.FieldErrorf("theme", "must be light, dark or auto")
	}
	return nil
}
