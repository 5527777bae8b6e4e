package evidence

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestUnsupportedFigures(t *testing.T) {
	const result = `{"collection":"opportunities","columns":[{"name":"revenue","type":"money","currency":"USD"}],
		"rows":[{"industry":"medical","revenue":1234567.89,"rate":0.631579,"avg":12.5,"month":"2026-01-01","n":42},
		{"industry":"GTX1080 dealers","revenue":-98000.00,"rate":0.25,"when":"2025-11-30T09:45:00.000000Z","n":7}],"records":4217}`
	tests := []struct {
		answer string
		want   []string
	}{
		{"Revenue was 1234567.89.", nil},
		{"Revenue was $1,234,567.89 (USD1,234,567.89, USD 1,234,568).", nil},
		{"Revenue was 1.234.567,89 EUR, 1\u202f234\u202f567,89, 1'234'567.89.", nil},
		{"Revenue was about 1.2 million, $1.23M, 1,235k, 1.235 million, 1,235 thousand, roughly 1,200,000.", nil},
		{"Revenue was 1.3 million and 1,244k.", []string{"1.3 million", "1,244k"}},
		{"The close rate is 63.16%, 63.2 %, 63 percent, **63**%, 0.63.", nil},
		{"The close rate is 64%.", []string{"64%"}},
		{"It fell by 98,000 to 25%.", nil},
		{"In January 2026 and on 2025-11-30 at 9:45.", nil},
		{"In 2024 it was better.", []string{"2024"}},
		{"42 deals of 4,217, in 2 groups.", nil},
		{"43 deals. 43 deals again, and 17 %.", []string{"43", "17 %"}},
		{"1. First\n2. Second\n  3) Third: 42\n- **4.** x", []string{"4"}},
		{"Q3, B2B, H1, v1.2, GTX1080, a7bc2defg, 2xyz7, 3rd, 21st, #9, https://x.example/55?y=66, room_12", nil},
		{"1080 dealers, 12,5 on average, 12.5", nil},
		{"共有42个客户，43个", []string{"43"}},
		{"", nil},
	}
	for _, test := range tests {
		var e Evidence
		e.AddJSON(json.RawMessage(result))
		e.Add(2)
		if diff := cmp.Diff(test.want, e.Unsupported(test.answer)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.answer, diff)
		}
	}
}

func TestEvidenceOfEarlierAnswersLeavesOutWhatWasUnsupported(t *testing.T) {
	var e Evidence
	e.AddAnswer("There are 12 deals and 99 hopes.", []string{"99"})
	if diff := cmp.Diff([]string{"99"}, e.Unsupported("12 and 99")); diff != "" {
		t.Error(diff)
	}
}

// Whatever way a number that was read is written, it is supported; one that
// differs by more than rounding is not.
func TestEveryWayToWriteANumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 1e14).Draw(t, "cents")
		var e Evidence
		e.AddJSON(json.RawMessage(fmt.Sprintf(`{"rows":[{"x":%d.%02d}]}`, cents/100, cents%100)))
		value := float64(cents) / 100
		for _, written := range ways(cents) {
			if got := e.Unsupported("It is " + written + " in all."); len(got) > 0 {
				t.Fatalf("%s is not supported by %d.%02d", written, cents/100, cents%100)
			}
		}
		other := cents + rapid.Int64Range(1, 1e12).Draw(t, "off")*100
		written := group(other/100, ",") + fmt.Sprintf(".%02d", other%100)
		if got := e.Unsupported("It is " + written); len(got) != 1 && math.Abs(float64(other)/100-value) > 1 {
			t.Fatalf("%s is supported by %d.%02d", written, cents/100, cents%100)
		}
	})
}

func ways(cents int64) []string {
	whole, rest := cents/100, cents%100
	list := []string{
		fmt.Sprintf("%d.%02d", whole, rest),
		group(whole, ",") + fmt.Sprintf(".%02d", rest),
		group(whole, ".") + fmt.Sprintf(",%02d", rest),
		group(whole, "\u00a0") + fmt.Sprintf(",%02d", rest),
		"$" + group(whole, ",") + fmt.Sprintf(".%02d", rest),
		"-" + fmt.Sprintf("%d.%02d", whole, rest),
		fmt.Sprintf("**%d.%02d**", whole, rest),
	}
	if whole >= 1000 {
		list = append(list, strconv.FormatFloat(float64(cents)/1e5, 'f', 1, 64)+"k")
	}
	if whole >= 1_000_000 {
		list = append(list, strconv.FormatFloat(float64(cents)/1e8, 'f', 2, 64)+" million")
	}
	return list
}

func group(n int64, separator string) string {
	s := strconv.FormatInt(n, 10)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), separator)
}

func FuzzFigures(f *testing.F) {
	f.Add("1,234.5 %", `{"a":[1,"2026-01-31T09:30:00Z"]}`)
	f.Add("共42\xff1e9 #", `{"a":`)
	f.Add("1.1.1,1,1''1", `12`)
	f.Fuzz(func(t *testing.T, answer, result string) {
		var e Evidence
		e.AddJSON(json.RawMessage(result))
		if len(e.Unsupported(answer)) > maxUnsupported {
			t.Fatal("too many")
		}
		e.AddText(answer)
		if got := e.Unsupported(answer); len(got) > 0 {
			t.Fatalf("%q is not supported by itself: %q", answer, got)
		}
	})
}
