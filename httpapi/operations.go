package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyPatience is how long the stores may take to answer /readyz.
const readyPatience = 3 * time.Second

// operations adds what operators and orchestrators watch. None of it says
// anything of data.
func (a *API) operations() {
	a.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_ = sendValue(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	a.mux.HandleFunc("GET /readyz", a.ready)
	if a.options.Metrics != nil {
		a.mux.Handle("GET /metrics", promhttp.HandlerFor(a.options.Metrics, promhttp.HandlerOpts{}))
	}
}

// ready reports whether requests can be answered, for which the audit log must
// take entries. Why they do not is for the log.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	if a.options.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
		defer cancel()
		if err := a.options.Ready(ctx); err != nil {
			a.options.Log.WarnContext(ctx, "not ready", "error", err)
			_ = sendValue(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
			return
		}
	}
	_ = sendValue(w, http.StatusOK, map[string]string{"status": "ready"})
}
