package httpapi

import (
	"context"
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/settings"
)

// Settings is what the API needs of package ops/settings.
type Settings interface {
	Get(ctx context.Context, actor remit.Actor) (settings.Company, error)
	Set(ctx context.Context, actor remit.Actor, c settings.Company) (settings.Company, error)
}

func (a *API) settingsRoutes() []route {
	const path = "/api/settings"
	return []route{
		{
			method: http.MethodGet, path: path, id: "getSettings", tag: "settings", summary: "The company's name, time zone and currency",
			handler: a.getSettings, viewing: true, status: http.StatusOK, answer: settings.Company{},
		},
		{
			method: http.MethodPut, path: path, id: "setSettings", tag: "settings", summary: "Replace the settings",
			description: "Needs the capability settings.manage. Every server answers by them from then on.",
			handler:     a.setSettings, body: settings.Company{}, status: http.StatusOK, answer: settings.Company{},
		},
	}
}

func noSettings() error {
	return remit.Errorf(remit.KindUnavailable, "there are no settings on this server")
}

func (a *API) getSettings(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	if a.options.Settings == nil {
		return noSettings()
	}
	return sendResult(w, http.StatusOK)(a.options.Settings.Get(r.Context(), actor))
}

func (a *API) setSettings(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	var c settings.Company
	err := members(w, r, []string{"company", "time_zone", "currency"}, func(name string, v input.Value) (err error) {
		switch name {
		case "company":
			c.Name, err = v.Text()
		case "time_zone":
			c.TimeZone, err = v.Text()
		case "currency":
			c.Currency, err = v.Text()
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.options.Settings == nil {
		return noSettings()
	}
	return sendResult(w, http.StatusOK)(a.options.Settings.Set(r.Context(), actor, c))
}
