package httpapi

import (
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
)

// MaxBody bounds the body of a request, in bytes.
const MaxBody = 1 << 20

// readBody returns the whole JSON body. It is not pooled: parts of it live on in
// the query.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := wantJSON(r); err != nil {
		return nil, err
	}
	if r.ContentLength > MaxBody {
		return nil, tooLarge()
	}
	limited := http.MaxBytesReader(w, r.Body, MaxBody)
	if r.ContentLength <= 0 {
		body, err := io.ReadAll(limited)
		return body, bodyError(err)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, bodyError(err)
}

func wantJSON(r *http.Request) error {
	content := r.Header.Get("Content-Type")
	if content == "application/json" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(content)
	charset := params["charset"]
	if err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8")) {
		return nil
	}
	return &statusError{http.StatusUnsupportedMediaType, remit.Errorf(remit.KindInvalid,
		"the body must be JSON: send Content-Type: application/json")}
}

func tooLarge() error {
	return &statusError{http.StatusRequestEntityTooLarge, remit.Errorf(remit.KindLimited,
		"the body is larger than %d bytes: send less at once", MaxBody)}
}

func bodyError(err error) error {
	var over *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &over):
		return tooLarge()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return remit.Errorf(remit.KindInvalid, "the body is shorter than its Content-Length")
	}
	return &remit.Error{Kind: remit.KindCanceled, Message: "the body could not be read to its end", Cause: err}
}

// values reads the query of the URL as strictly as a body: only known names,
// each once.
func values(r *http.Request, known ...string) (map[string]string, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	parsed, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, remit.Errorf(remit.KindInvalid, "the query of the URL is malformed: escape it as RFC 3986 says")
	}
	single := make(map[string]string, len(parsed))
	for _, name := range slices.Sorted(maps.Keys(parsed)) { // so that of several mistakes always the same one is told
		all := parsed[name]
		switch {
		case !slices.Contains(known, name):
			return nil, unknownParameter(name, known)
		case len(all) > 1:
			return nil, remit.FieldErrorf(name, "the parameter occurs twice")
		case !utf8.ValidString(all[0]):
			return nil, remit.FieldErrorf(name, "the text is not valid UTF-8")
		case strings.ContainsRune(all[0], 0):
			return nil, remit.FieldErrorf(name, "the text holds a NUL character")
		}
		single[name] = all[0]
	}
	return single, nil
}

func unknownParameter(name string, known []string) error {
	const most = 60
	hint := remit.DidYouMean(name, known)
	if hint == "" && len(known) > 0 {
		hint = "known are: " + strings.Join(known, ", ")
	}
	if len(name) > most {
		name = name[:most]
	}
	e := remit.FieldErrorf(strings.ToValidUTF8(name, "\uFFFD"), "there is no such parameter here")
	e.Hint = hint
	return e
}

// parameter reads one parameter of the URL as JSON.
func parameter(values map[string]string, name string) (input.Value, error) {
	text, ok := values[name]
	if !ok || text == "" {
		return input.Value{Path: name}, nil
	}
	v, err := input.Parse([]byte(text))
	if err != nil {
		var e *remit.Error
		if errors.As(err, &e) {
			e.Field = strings.TrimSuffix(input.Join(name, e.Field), ".")
		}
		return input.Value{}, err
	}
	v.Path = name
	return v, nil
}

// buffers holds what answers are built in.
type buffers struct{ pool sync.Pool }

// mostKept bounds what a rare large answer leaves in the pool.
const mostKept = 256 << 10

func (p *buffers) get() *[]byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, 4096)
	return &b
}

func (p *buffers) put(b *[]byte) {
	if cap(*b) <= mostKept {
		*b = (*b)[:0]
		p.pool.Put(b)
	}
}
