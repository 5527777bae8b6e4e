package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/remit-crm/remit"
)

// Export writes the entries that match, oldest first, as JSON lines: events of
// the class API Activity (6003) of the Open Cybersecurity Schema Framework, so
// that the tools that companies have for logs can read them. What the class has
// no attribute for is under "unmapped", in our words; its "leaf" is the entry
// itself, from which an outsider can recompute the tree. docs/audit-format.md
// has the mapping.
func (l *Log) Export(ctx context.Context, w io.Writer, f Filter) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	if err := l.each(ctx, f, func(r *Record) error { return encoder.Encode(newEvent(r)) }); err != nil {
		return err
	}
	return buffered.Flush()
}

// event is an OCSF event of the class API Activity, version 1.3.
type event struct {
	ClassUID     int            `json:"class_uid"`
	ClassName    string         `json:"class_name"`
	CategoryUID  int            `json:"category_uid"`
	CategoryName string         `json:"category_name"`
	ActivityID   int            `json:"activity_id"`
	ActivityName string         `json:"activity_name"`
	TypeUID      int            `json:"type_uid"`
	SeverityID   int            `json:"severity_id"`
	Severity     string         `json:"severity"`
	StatusID     int            `json:"status_id"`
	Status       string         `json:"status"`
	StatusCode   string         `json:"status_code"`
	StatusDetail string         `json:"status_detail,omitempty"`
	Time         int64          `json:"time"` // milliseconds
	TimeDT       string         `json:"time_dt"`
	Duration     int64          `json:"duration"` // milliseconds
	Count        int            `json:"count"`
	Metadata     eventMetadata  `json:"metadata"`
	Actor        eventActor     `json:"actor"`
	API          eventAPI       `json:"api"`
	SrcEndpoint  eventEndpoint  `json:"src_endpoint"`
	Resources    []eventObject  `json:"resources,omitempty"`
	Unmapped     eventRemainder `json:"unmapped"`
}

type eventMetadata struct {
	Version  string       `json:"version"`
	UID      string       `json:"uid"`
	Sequence int64        `json:"sequence"`
	LogName  string       `json:"log_name"`
	Product  eventProduct `json:"product"`
}

type eventProduct struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
}

type eventActor struct {
	User      eventUID  `json:"user"`
	Session   *eventUID `json:"session,omitempty"`
	AppName   string    `json:"app_name,omitempty"`
	InvokedBy string    `json:"invoked_by,omitempty"`
}

type eventUID struct {
	UID string `json:"uid"`
}

type eventAPI struct {
	Operation string    `json:"operation"`
	Request   *eventUID `json:"request,omitempty"`
}

type eventEndpoint struct {
	SvcName string `json:"svc_name"`
}

type eventObject struct {
	Type      string `json:"type"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	UID       string `json:"uid,omitempty"`
}

type eventRemainder struct {
	Task           string          `json:"task,omitempty"`
	Tool           string          `json:"tool,omitempty"`
	Conversation   string          `json:"conversation,omitempty"`
	Run            string          `json:"run,omitempty"`
	Token          string          `json:"token,omitempty"`
	ModelService   string          `json:"model_service,omitempty"`
	Fields         []string        `json:"fields,omitempty"`
	Sensitivity    string          `json:"sensitivity,omitempty"`
	Rows           int64           `json:"rows"`
	DistinctRows   int64           `json:"distinct_records_estimate,omitempty"`
	PolicyEpoch    int64           `json:"policy_epoch"`
	DurationMicros int64           `json:"duration_us"`
	DetailsErased  bool            `json:"details_erased,omitempty"`
	Details        json.RawMessage `json:"details,omitempty"`
	Damage         string          `json:"damage,omitempty"`
	Leaf           []byte          `json:"leaf"`
}

// newEvent maps an entry. docs/audit-format.md says the same in a table.
func newEvent(r *Record) *event {
	activity, activityName := activityOf(r.Operation)
	const class = 6003
	e := &event{
		ClassUID: class, ClassName: "API Activity", CategoryUID: 6, CategoryName: "Application Activity",
		ActivityID: activity, ActivityName: activityName, TypeUID: class*100 + activity,
		StatusCode: r.Decision.String(), StatusDetail: r.Reason,
		Time: r.Time.UnixMilli(), TimeDT: r.Time.Format(remit.TimeLayout), Duration: r.Duration.Milliseconds(), Count: 1,
		Metadata: eventMetadata{
			Version: "1.3.0", UID: string(r.ID), Sequence: r.Sequence, LogName: "audit",
			Product: eventProduct{Name: "Remit", VendorName: "Remit"},
		},
		Actor: eventActor{User: eventUID{string(r.Actor.Person)}, AppName: r.Actor.EmployeeKey(), InvokedBy: r.Actor.Operator},
		API:   eventAPI{Operation: string(r.Operation)},
		// The log has no network addresses; the face is where a call came from.
		SrcEndpoint: eventEndpoint{SvcName: string(r.Actor.Channel)},
		Unmapped: eventRemainder{
			Task: r.Actor.Task, Tool: r.Actor.Tool, Conversation: string(r.Actor.Conversation), Run: string(r.Actor.Run),
			Token: string(r.Actor.Token), ModelService: r.Actor.Service, Fields: r.Fields, Sensitivity: r.Sensitivity.String(),
			Rows: r.Rows, PolicyEpoch: r.Epoch, DurationMicros: int64(r.Duration / time.Microsecond),
			DetailsErased: r.Erased, Damage: r.Damage, Leaf: r.Leaf,
		},
	}
	e.StatusID, e.Status, e.SeverityID, e.Severity = statusOf(r.Decision)
	if r.Actor.Session != "" {
		e.Actor.Session = &eventUID{string(r.Actor.Session)}
	}
	if r.Actor.Request != "" {
		e.API.Request = &eventUID{r.Actor.Request}
	}
	if r.Sketch != nil {
		e.Unmapped.DistinctRows = r.Sketch.Count()
	}
	if details, ok := r.Details.(json.RawMessage); ok {
		e.Unmapped.Details = details
	}
	e.Resources = resourcesOf(r)
	return e
}

// activityOf returns OCSF's create, read, update, delete or other.
func activityOf(op Operation) (id int, name string) {
	switch op {
	case OpCreate:
		return 1, "Create"
	case OpQuery, OpGet, OpCount, OpAggregate, OpSearch, OpSQL, OpExport, OpDescribe:
		return 2, "Read"
	case OpUpdate:
		return 3, "Update"
	case OpDelete, OpErase:
		return 4, "Delete"
	case OpOutbox:
	}
	return 99, "Other"
}

func statusOf(d Decision) (status int, name string, severity int, severityName string) {
	if d == Allowed {
		return 1, "Success", 1, "Informational"
	}
	return 2, "Failure", 2, "Low"
}

// resourcesOf lists the collection and its records.
func resourcesOf(r *Record) []eventObject {
	var resources []eventObject
	if r.Collection != "" {
		resources = append(resources, eventObject{Type: "collection", Namespace: r.Source, Name: r.Collection})
	}
	for _, id := range r.Records {
		resources = append(resources, eventObject{Type: "record", Namespace: r.Source, Name: r.Collection, UID: string(id)})
	}
	return resources
}
