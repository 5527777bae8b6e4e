package lens

import (
	"testing"
	"time"
	_ "time/tzdata" // the test must know Apia on any machine

	"github.com/remit-crm/remit"
)

// Apia left out the 30th of December 2011. A date may name it all the same; for
// instants, the days since then begin with the 31st.
func TestLastDaysBeginOnADayThatWasLeftOut(t *testing.T) {
	apia, err := time.LoadLocation("Pacific/Apia")
	must(t, err)
	s := &session{snapshot: &snapshot{location: apia}, now: time.Date(2012, 1, 5, 12, 0, 0, 0, apia)}
	for kind, want := range map[remit.FieldType]remit.Value{
		remit.Date:      remit.DateValue(civilDays(time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC))),
		remit.Timestamp: remit.TimeValue(time.Date(2011, 12, 31, 0, 0, 0, 0, apia)),
	} {
		r := &relation{coll: &remit.Collection{TimeField: "at", Fields: []remit.Field{{Name: "at", Column: "at", Type: kind}}}}
		s.limitTime(r, 6)
		if r.since != any(want) {
			t.Errorf("by a %s, since %v, want %v", kind, r.since, want)
		}
	}
}
