package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/remit-crm/remit"
)

// countBatch counts each call of a JSON-RPC batch for the rate limit: a client of
// an older version of MCP may send many in one request. It leaves the body to be
// read again.
func (a *API) countBatch(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if r.Method != http.MethodPost {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		return bodyError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return a.limits.batch(actor, callsIn(body))
}

// callsIn returns how many calls a JSON-RPC body holds. Of one that is malformed
// it counts what comes before the mistake; none of it will be carried out.
func callsIn(body []byte) int {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return 1
	}
	calls := 0
	for decoder.More() {
		var skipped json.RawMessage
		if decoder.Decode(&skipped) != nil {
			break
		}
		calls++
	}
	return calls
}
