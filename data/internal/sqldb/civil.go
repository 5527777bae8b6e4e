package sqldb

// The widths of a date and an instant as text: remit.DateLayout and
// remit.TimeLayout.
const (
	dateWidth = len("2006-01-02")
	timeWidth = len("2006-01-02T15:04:05.000000Z")
)

const microsOfDay = 86_400_000_000

// appendDay appends the day so many days after 1970-01-01 as YYYY-MM-DD. It is
// meant for the years 1 to 9999.
func appendDay(b []byte, day int64) []byte {
	year, month, dayOfMonth := civil(day)
	b = appendDigits(b, year, 4)
	b = append(b, '-')
	b = appendDigits(b, month, 2)
	b = append(b, '-')
	return appendDigits(b, dayOfMonth, 2)
}

// appendMicros appends an instant, in microseconds since 1970-01-01 UTC, in
// remit.TimeLayout.
func appendMicros(b []byte, micros int64) []byte {
	day := floorDiv(micros, microsOfDay)
	rest := micros - day*microsOfDay
	b = appendDay(b, day)
	b = append(b, 'T')
	b = appendDigits(b, rest/3_600_000_000, 2)
	b = append(b, ':')
	b = appendDigits(b, rest/60_000_000%60, 2)
	b = append(b, ':')
	b = appendDigits(b, rest/1_000_000%60, 2)
	b = append(b, '.')
	b = appendDigits(b, rest%1_000_000, 6)
	return append(b, 'Z')
}

// parseDay reads YYYY-MM-DD as days since 1970-01-01, and anything else as 0:
// columns of dates hold nothing else.
func parseDay(b []byte) int64 {
	if len(b) < dateWidth {
		return 0
	}
	return dayNumber(digits(b[0:4]), digits(b[5:7]), digits(b[8:10]))
}

// parseMicros reads remit.TimeLayout as microseconds since 1970-01-01 UTC, and
// anything else as 0.
func parseMicros(b []byte) int64 {
	if len(b) < timeWidth {
		return 0
	}
	seconds := (digits(b[11:13])*60+digits(b[14:16]))*60 + digits(b[17:19])
	return parseDay(b)*microsOfDay + seconds*1_000_000 + digits(b[20:26])
}

func appendDigits(b []byte, n int64, width int) []byte {
	start := len(b)
	b = append(b, "000000"[:width]...)
	for i := start + width - 1; i >= start; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

func digits(b []byte) int64 {
	n := int64(0)
	for _, c := range b {
		n = n*10 + int64(c-'0')
	}
	return n
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// The proleptic Gregorian calendar repeats every 400 years. Counting years from
// 1 March puts the leap day last, so that months have a closed form. Source:
// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
const (
	daysOfEra     = 146_097 // 400 years
	daysToEpoch   = 719_468 // from 0000-03-01 to 1970-01-01
	daysOfCentury = 36_524
)

func dayNumber(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return era*daysOfEra + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - daysToEpoch
}

func civil(dayNumber int64) (year, month, day int64) {
	n := dayNumber + daysToEpoch
	era := floorDiv(n, daysOfEra)
	dayOfEra := n - era*daysOfEra
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/daysOfCentury - dayOfEra/(daysOfEra-1)) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	year, month, day = yearOfEra+era*400, shifted+3, dayOfYear-(153*shifted+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}
