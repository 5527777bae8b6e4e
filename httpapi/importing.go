package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/importing"
)

// MaxFile bounds a file that is imported, in bytes. Larger ones go through the
// command line, which needs no memory of the server's.
const MaxFile = 64 << 20

// progressEvery is how often a running import tells how far it is.
const progressEvery = 250 * time.Millisecond

// Importer is what the API needs of package ops/importing.
type Importer interface {
	Preview(ctx context.Context, actor remit.Actor, file io.Reader, source, collection string) (*importing.Preview, error)
	Run(ctx context.Context, actor remit.Actor, file io.Reader, o importing.Options) (*importing.Report, error)
}

// ImportProgress is the event that tells how far an import is.
type ImportProgress struct {
	Done  int `json:"done" doc:"Lines that have been read. A line may be read again if somebody else writes meanwhile."`
	Total int `json:"total"`
}

func (a *API) importRoutes() []route {
	const base = "/api/collections/{name}/import"
	return []route{
		{
			method: http.MethodPost, path: base + "/preview", id: "previewImport", tag: "data", operation: "import", summary: "Look into a CSV file before it is imported",
			description: "Needs the capability data.import. Nothing is written.",
			handler:     a.previewImport, query: []string{"data_source"}, file: "text/csv", status: http.StatusOK, answer: importing.Preview{},
		},
		{
			method: http.MethodPost, path: base, id: "importRecords", tag: "data", operation: "import", summary: "Import a CSV file: all of it or nothing",
			description: "Needs the capability data.import and, for each record, what writing it by hand would need. Streams the events progress and last report, or error. With Accept: application/json only the report is sent. Hanging up takes everything back.",
			handler:     a.importFile, query: []string{"data_source", "options"}, file: "text/csv", status: http.StatusOK, answer: importing.Report{}, media: []string{"text/event-stream"},
		},
	}
}

func (a *API) previewImport(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	given, err := values(r, "data_source")
	if err != nil {
		return err
	}
	file, err := a.csvFile(w, r)
	if err != nil {
		return err
	}
	preview, err := a.options.Importer.Preview(r.Context(), actor, file, given["data_source"], r.PathValue("name"))
	if err != nil {
		return fileError(err)
	}
	return sendValue(w, http.StatusOK, preview)
}

func (a *API) importFile(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	given, err := values(r, "data_source", "options")
	if err != nil {
		return err
	}
	options, err := parameter(given, "options")
	if err != nil {
		return err
	}
	o, err := importing.ParseOptions(given["data_source"], r.PathValue("name"), options)
	if err != nil {
		return err
	}
	file, err := a.csvFile(w, r)
	if err != nil {
		return err
	}
	if !wantsStream(r) {
		report, err := a.options.Importer.Run(r.Context(), actor, file, o)
		if err != nil {
			return fileError(err)
		}
		return sendValue(w, http.StatusOK, report)
	}
	s := &stream{w: w, control: http.NewResponseController(w)}
	report, err := a.importing(r, actor, file, o, s)
	if err != nil {
		err = fileError(err)
		return s.fail(err, a.problem(r, requestID(w), err))
	}
	_ = s.write("report", report) // a client that is gone needs no last event
	return nil
}

// csvFile returns the body of the request, which the server then waits for as long
// as it takes to arrive.
func (a *API) csvFile(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	if a.options.Importer == nil {
		return nil, unserved("the import")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "text/csv" {
		return nil, &statusError{http.StatusUnsupportedMediaType, remit.Errorf(remit.KindInvalid,
			"the body must be the file itself: send Content-Type: text/csv")}
	}
	if r.ContentLength > MaxFile {
		return nil, fileTooLarge()
	}
	unhurried(w)
	return http.MaxBytesReader(w, r.Body, MaxFile), nil
}

func fileTooLarge() error {
	return &statusError{http.StatusRequestEntityTooLarge, remit.Errorf(remit.KindLimited,
		"the file is larger than %d bytes: split it, or use remit import", MaxFile)}
}

// fileError finds among what can be wrong with a file what is about HTTP.
func fileError(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return fileTooLarge()
	}
	return err
}

// importing runs an import and tells on the stream how far it is. The import never
// waits for the stream, since it holds a transaction; a client that is gone ends it.
func (a *API) importing(r *http.Request, actor remit.Actor, file io.Reader, o importing.Options, s *stream) (*importing.Report, error) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	var done, total atomic.Int64
	o.Progress = func(n, of int) {
		done.Store(int64(n))
		total.Store(int64(of))
	}
	type outcome struct {
		report *importing.Report
		err    error
	}
	ended := make(chan outcome, 1)
	go func() {
		report, err := a.options.Importer.Run(ctx, actor, file, o)
		ended <- outcome{report, err}
	}()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case out := <-ended:
			return out.report, out.err
		case <-tick.C:
			if total.Load() > 0 && s.write("progress", ImportProgress{int(done.Load()), int(total.Load())}) != nil {
				cancel() // goes on until the import has taken everything back
			}
		}
	}
}

// lineProblems lists what an error says of single lines of a file.
func lineProblems(err error) ([]importing.LineProblem, int) {
	var file *importing.FileError
	if !errors.As(err, &file) {
		return nil, 0
	}
	return file.Problems, file.More
}

// importOptions is the type of the parameter options, for the document.
type importOptions struct {
	Map           []columnField `json:"map,omitempty" nullable:"false" doc:"Which column goes to which field; an empty field leaves it out. A column that is not named here goes to the field that is called like it, and is refused if there is none."`
	Replace       []replacement `json:"replace,omitempty" nullable:"false" doc:"Values to be read as others."`
	Key           string        `json:"key,omitempty" doc:"Field by which a record is recognised and brought up to date; none: every line is a new record."`
	DryRun        bool          `json:"dry_run,omitempty" doc:"Do everything, then take it back."`
	CreateMissing bool          `json:"create_missing,omitempty" doc:"Create what a relation names and does not exist."`
	EmailDomain   string        `json:"email_domain,omitempty" doc:"For people without an address: first.last at this domain."`
	Roles         []string      `json:"roles,omitempty" nullable:"false" doc:"For people: roles of everyone in the file."`
	ManagerRoles  []string      `json:"manager_roles,omitempty" nullable:"false" doc:"For people: roles of everyone whom the file names as a manager."`
}

type columnField struct {
	Column string `json:"column"`
	Field  string `json:"field"`
}

type replacement struct {
	Column string `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}
