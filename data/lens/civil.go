package lens

import (
	"sort"
	"time"
)

// dayStart returns the first instant of a calendar day in a zone. That is not
// always midnight: where clocks are set forward at midnight, the day begins at one.
// The day may lie outside the month, as for [time.Date].
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	start := time.Date(year, month, day, 0, 0, 0, 0, zone)
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	if sameDay(start, noon) && !sameDay(start.Add(-time.Second), noon) {
		return start
	}
	before := noon.Add(-36 * time.Hour)
	seconds := sort.Search(int(noon.Sub(before)/time.Second), func(s int) bool {
		return civilDays(before.Add(time.Duration(s)*time.Second)) >= civilDays(noon)
	})
	return before.Add(time.Duration(seconds) * time.Second)
}

func sameDay(a, b time.Time) bool { return civilDays(a) == civilDays(b) }

// civilDays returns the calendar day of t, in t's own zone, as days since
// 1970-01-01.
func civilDays(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
