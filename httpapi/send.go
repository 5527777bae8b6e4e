package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// send answers with what appendTo appends to a pooled buffer.
func (a *API) send(w http.ResponseWriter, status int, appendTo func([]byte) []byte) error {
	b := a.buffers.get()
	defer a.buffers.put(b)
	*b = append(appendTo((*b)[:0]), '\n')
	return write(w, status, *b)
}

// record answers with the only record of the page, and its version as ETag.
func (a *API) record(w http.ResponseWriter, status int, page *lens.Page) error {
	if len(page.Records) != 1 {
		return remit.Errorf(remit.KindInternal, "a page of one record has %d", len(page.Records))
	}
	if tag := entityTag(page); tag != "" {
		w.Header().Set("Etag", tag)
	}
	return a.send(w, status, func(b []byte) []byte { return page.AppendRecordJSON(b, 0) })
}

// sendValue answers with a value that encoding/json knows: for what is small or
// rare.
func sendValue(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return write(w, status, append(body, '\n'))
}

// Header values that most answers share. They are never changed.
var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
)

// write sends the answer. That a client has gone is no error of ours.
func write(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonType, noStore
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
