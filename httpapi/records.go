package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/records"
)

// The data routes are written by hand, from the bytes of the request to those of
// the answer: no reflection, one pooled buffer. They are what a sales team waits
// for all day.

func (a *API) query(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	q, err := records.ParseQuery(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&q.Source, source)
	}
	if err != nil {
		return err
	}
	return a.page(w, r, actor, q)
}

// list is query for whoever has only a URL.
func (a *API) list(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source", "fields", "filter", "sort", "limit", "cursor", "versions", "total")
	if err != nil {
		return err
	}
	q := lens.Query{
		Source: v["data_source"], Collection: r.PathValue("name"), Cursor: v["cursor"],
		Fields: commas(v["fields"]), Sort: commas(v["sort"]),
	}
	filter, err := parameter(v, "filter")
	if err != nil {
		return err
	}
	q.Filter = filter.Raw()
	if q.Limit, err = whole(v, "limit"); err != nil {
		return err
	}
	for name, flag := range map[string]*bool{"versions": &q.Versions, "total": &q.Total} {
		if *flag, err = boolean(v, name); err != nil {
			return err
		}
	}
	return a.page(w, r, actor, q)
}

func boolean(v map[string]string, name string) (bool, error) {
	switch v[name] {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, remit.FieldErrorf(name, "must be true or false")
}

func commas(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (a *API) page(w http.ResponseWriter, r *http.Request, actor remit.Actor, q lens.Query) error {
	page, err := a.options.Records.Query(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return a.send(w, http.StatusOK, page.AppendJSON)
}

func (a *API) count(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	q, err := records.ParseCount(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&q.Source, source)
	}
	if err != nil {
		return err
	}
	n, err := a.options.Records.Count(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return a.send(w, http.StatusOK, func(b []byte) []byte {
		b = append(b, `{"count":`...)
		b = strconv.AppendInt(b, n, 10)
		return append(b, '}')
	})
}

func (a *API) aggregate(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	q, err := records.ParseAggregate(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&q.Source, source)
	}
	if err != nil {
		return err
	}
	result, err := a.options.Records.Aggregate(r.Context(), actor, q)
	if err != nil {
		return err
	}
	return a.send(w, http.StatusOK, result.AppendJSON)
}

func (a *API) search(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	if source != "" && source != remit.MainSource {
		return remit.FieldErrorf("data_source", "only the data source %q can be searched", remit.MainSource)
	}
	q, err := records.ParseSearch(r.PathValue("name"), body)
	if err != nil {
		return err
	}
	hits, err := a.options.Records.Search(r.Context(), actor, q)
	if err != nil {
		return err
	}
	if hits == nil {
		hits = []lens.SearchHit{}
	}
	return sendValue(w, http.StatusOK, searchAnswer{Hits: hits})
}

func (a *API) get(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source", "fields")
	if err != nil {
		return err
	}
	page, err := a.options.Records.Get(r.Context(), actor, place(r, v["data_source"]), commas(v["fields"]))
	if err != nil {
		return err
	}
	if tag := entityTag(page); tag != "" && r.Header.Get("If-None-Match") == tag {
		w.Header().Set("Etag", tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return a.record(w, http.StatusOK, page)
}

func (a *API) create(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	change, err := records.ParseCreate(r.PathValue("name"), body)
	if err == nil {
		err = setSource(&change.Source, source)
	}
	if err != nil {
		return err
	}
	page, err := a.options.Records.Create(r.Context(), actor, change)
	if err != nil {
		return err
	}
	if len(page.Records) > 0 {
		w.Header().Set("Location", r.URL.EscapedPath()+"/"+string(page.Records[0].ID))
	}
	return a.record(w, http.StatusCreated, page)
}

func (a *API) update(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, source, err := dataBody(w, r)
	if err != nil {
		return err
	}
	change, err := records.ParseUpdate(place(r, ""), body)
	if err == nil {
		err = setSource(&change.Source, source)
	}
	if err != nil {
		return err
	}
	matched, err := ifMatch(r)
	if err != nil {
		return err
	}
	if matched != "" && change.Version != "" && matched != change.Version {
		return remit.FieldErrorf("version", "the body and If-Match name different versions")
	}
	if matched != "" {
		change.Version = matched
	}
	page, err := a.options.Records.Update(r.Context(), actor, change)
	if err != nil {
		return precondition(matched, err)
	}
	return a.record(w, http.StatusOK, page)
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source", "version")
	if err != nil {
		return err
	}
	matched, err := ifMatch(r)
	if err != nil {
		return err
	}
	removal := lens.Removal{
		Source: v["data_source"], Collection: r.PathValue("name"),
		ID: remit.ID(r.PathValue("id")), Version: v["version"],
	}
	if matched != "" {
		removal.Version = matched
	}
	if err := a.options.Records.Delete(r.Context(), actor, removal); err != nil {
		return precondition(matched, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) collections(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := values(r); err != nil {
		return err
	}
	all, err := a.options.Records.Collections(r.Context(), actor)
	if err != nil {
		return err
	}
	if all == nil {
		all = []lens.CollectionInfo{}
	}
	return sendValue(w, http.StatusOK, collectionsAnswer{Collections: all})
}

func (a *API) collection(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	v, err := values(r, "data_source")
	if err != nil {
		return err
	}
	info, err := a.options.Records.Describe(r.Context(), actor, v["data_source"], r.PathValue("name"))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, info)
}

// place names the record of the path.
func place(r *http.Request, source string) records.Place {
	return records.Place{Source: source, Collection: r.PathValue("name"), ID: remit.ID(r.PathValue("id"))}
}

// dataBody reads the body of a data call, and the data source if the URL names
// it.
func dataBody(w http.ResponseWriter, r *http.Request) (body []byte, source string, err error) {
	v, err := values(r, "data_source")
	if err != nil {
		return nil, "", err
	}
	body, err = readBody(w, r)
	return body, v["data_source"], err
}

// setSource merges the data source of the URL into that of the body.
func setSource(inBody *string, inURL string) error {
	if inURL != "" && *inBody != "" && *inBody != inURL {
		return remit.FieldErrorf("data_source", "the body and the URL name different data sources")
	}
	if inURL != "" {
		*inBody = inURL
	}
	return nil
}

// ifMatch returns the version token of the If-Match header, "" if there is none.
func ifMatch(r *http.Request) (string, error) {
	header := r.Header.Get("If-Match")
	if header == "" {
		return "", nil
	}
	token, ok := strings.CutPrefix(header, `"`)
	token, closed := strings.CutSuffix(token, `"`)
	if !ok || !closed || token == "" || strings.ContainsAny(token, `",`) {
		return "", remit.FieldErrorf("If-Match", `must be one ETag as it was read, e.g. "abc"`)
	}
	return token, nil
}

// precondition gives a conflict the status of a failed If-Match, if there was
// one (RFC 9110, section 13.1.1).
func precondition(matched string, err error) error {
	if matched != "" && asError(err).Kind == remit.KindConflict {
		return &statusError{http.StatusPreconditionFailed, err}
	}
	return err
}

func entityTag(page *lens.Page) string {
	if len(page.Records) == 0 || page.Records[0].Version == "" {
		return ""
	}
	return `"` + page.Records[0].Version + `"`
}
